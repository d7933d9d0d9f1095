// What Ceph does when an OSD falls silent. After the heartbeat grace the others call it down and go on without it; if it stays down for
// `mon_osd_down_out_interval` it is marked out, the groups that it held belong to other OSDs, and those are filled from the copies that are left
// (backfill). An OSD that comes back in time has its data still; what it missed is taken to be negligible.
//
// Backfills are transfers between hosts like any others, so they compete for links; each OSD takes part in few at a time, and one that is
// nearly full takes none. Groups with the fewest copies go first.
import type { EventKind, Simulation, TimerKind } from "../../kernel/simulation.ts";
import { SECOND } from "../../kernel/time.ts";
import { cephParameters as ceph } from "./ceph-parameters.ts";
import type { CephPool } from "./ceph-pool.ts";
import type { Carrier } from "./volume-io.ts";

export type CephEvent = "osd down" | "osd up" | "osd out" | "recovered" | "backfill held up" | "data lost";

/** A copy of a group that is to be on another OSD. */
interface Move {
  readonly group: number;
  readonly copy: number;
  readonly to: number;
}

interface Backfill {
  readonly move: Move;
  readonly from: number;
  readonly bytes: number;
}

export class CephRecovery {
  readonly pool: CephPool;
  private readonly simulation: Simulation;
  private readonly carry: Carrier;
  private readonly tell: (event: CephEvent, entity: number) => void;
  private readonly grace: TimerKind;
  private readonly downOut: TimerKind;
  private readonly nextBackfills: EventKind;
  /** In order of urgency. */
  private waiting: Move[] = [];
  private readonly running = new Map<number, Backfill>();
  private readonly asSource: Int32Array;
  private readonly asTarget: Int32Array;
  private readonly lost: Uint8Array;
  private heldUp = false;
  private started = 0;
  private copiedBytes = 0;

  /** `carry` copies a group from host to host; `tell` hears what happens, to an OSD, or to a group for "data lost"; -1 where none is meant. */
  constructor(simulation: Simulation, pool: CephPool, carry: Carrier, tell: (event: CephEvent, entity: number) => void = () => {}) {
    this.simulation = simulation;
    this.pool = pool;
    this.carry = carry;
    this.tell = tell;
    this.asSource = new Int32Array(pool.osds.length);
    this.asTarget = new Int32Array(pool.osds.length);
    this.lost = new Uint8Array(pool.groups);
    this.grace = simulation.timer("OSD grace over", (osd) => this.markDown(osd));
    this.downOut = simulation.timer("OSD down-out interval over", (osd) => this.markOut(osd));
    this.nextBackfills = simulation.kind("backfills start", () => this.startBackfills());
  }

  /** Bytes copied by backfills that are complete. */
  get recoveredBytes(): number {
    return this.copiedBytes;
  }

  get backfilling(): number {
    return this.running.size;
  }

  /** Groups that lack a copy which is up. */
  get degraded(): number {
    let count = 0;
    for (let group = 0; group < this.pool.groups; group++) if (this.pool.holders(group).length < this.pool.size) count++;
    return count;
  }

  /** An OSD falls silent. `destroyed`: its data are gone, as when its device has failed. */
  fail(osd: number, destroyed: boolean): void {
    const { pool } = this;
    this.require(osd);
    if (destroyed) this.destroy(osd);
    if (pool.up[osd] === 0) return;
    pool.up[osd] = 0;
    this.simulation.set(ceph.graceSeconds.value * SECOND, this.grace, osd);
  }

  /** An OSD answers again, with the data that it had; one whose device was replaced comes back empty. */
  start(osd: number): void {
    const { pool } = this;
    this.require(osd);
    if (pool.up[osd] === 1) return;
    this.simulation.cancel(this.grace, osd);
    this.simulation.cancel(this.downOut, osd);
    pool.up[osd] = 1;
    pool.knownDown[osd] = 0;
    if (pool.destroyed[osd] === 1) {
      // A new device: what acting sets still ascribe to it must be copied, so it is as if another held it.
      if (pool.copiesOf(osd) > 0)
        throw new RangeError(`OSD ${osd} cannot come back empty: it is not out yet, so its groups still count on it`);
      pool.destroyed[osd] = 0;
    }
    pool.in[osd] = 1;
    this.tell("osd up", osd);
    this.remap();
  }

  private destroy(osd: number): void {
    const { pool } = this;
    pool.destroyed[osd] = 1;
    for (let group = 0; group < pool.groups; group++) {
      if (this.lost[group] === 1 || !pool.isLost(group)) continue;
      this.lost[group] = 1;
      this.tell("data lost", group);
    }
  }

  private markDown(osd: number): void {
    this.pool.knownDown[osd] = 1;
    this.tell("osd down", osd);
    this.simulation.set(ceph.downOutSeconds.value * SECOND, this.downOut, osd);
  }

  private markOut(osd: number): void {
    this.pool.in[osd] = 0;
    this.tell("osd out", osd);
    this.remap();
  }

  /** The map has changed: find the copies that are elsewhere than they belong, groups with the fewest first. */
  private remap(): void {
    const { pool } = this;
    const moving: { holders: number; moves: readonly Move[] }[] = [];
    for (let group = 0; group < pool.groups; group++) {
      const moves = pool.isLost(group) ? [] : this.movesOf(group);
      if (moves.length > 0) moving.push({ holders: pool.holders(group).length, moves });
    }
    moving.sort((a, b) => a.holders - b.holders || a.moves[0]!.group - b.moves[0]!.group);
    this.waiting = moving.flatMap(({ moves }) => moves);
    this.simulation.schedule(0, this.nextBackfills, 0);
  }

  /** Copies of a group on OSDs that should not hold it, each with one that should; those under way left out. Copies that are down come first. */
  private movesOf(group: number): readonly Move[] {
    const { pool } = this;
    const wanted = pool.wanted(group);
    const acting = Array.from(pool.acting.subarray(group * pool.size, (group + 1) * pool.size));
    const underWay = [...this.running.values()].map(({ move }) => move).filter((move) => move.group === group);
    const targets = wanted.filter((osd) => !acting.includes(osd) && !underWay.some(({ to }) => to === osd));
    const misplaced = acting
      .map((osd, copy) => ({ osd, copy }))
      .filter(({ osd, copy }) => !wanted.includes(osd) && !underWay.some((move) => move.copy === copy))
      .sort((a, b) => pool.up[a.osd]! - pool.up[b.osd]! || a.copy - b.copy);
    return misplaced.flatMap(({ copy }, i) => (targets[i] === undefined ? [] : [{ group, copy, to: targets[i] }]));
  }

  private startBackfills(): void {
    const { pool } = this;
    const most = ceph.maxBackfills.value;
    const before = this.waiting;
    let tooFull = false;
    this.waiting = [];
    for (const move of before) {
      const { group, to } = move;
      if (pool.isLost(group)) continue;
      const room = pool.usedShare(to) + pool.bytesPerGroup / pool.osds[to]!.device.capacityBytes <= ceph.backfillFullRatio.value;
      if (!room) tooFull = true;
      const free = room && pool.up[to] === 1 && this.asTarget[to]! < most;
      const from = free ? pool.holders(group).find((osd) => this.asSource[osd]! < most) : undefined;
      if (from === undefined) this.waiting.push(move);
      else this.begin(move, from);
    }
    const heldUp = tooFull && this.running.size === 0;
    if (heldUp && !this.heldUp) this.tell("backfill held up", -1);
    this.heldUp = heldUp;
    if (before.length > 0) this.tellIfRecovered();
  }

  private begin(move: Move, from: number): void {
    const { osds, bytesPerGroup: bytes } = this.pool;
    this.asSource[from]!++;
    this.asTarget[move.to]!++;
    const number = this.started++;
    this.running.set(number, { move, from, bytes });
    this.carry({ from: osds[from]!.host, to: osds[move.to]!.host, bytes }, number, (done) => this.end(done));
  }

  private end(number: number): void {
    const { pool } = this;
    const { move, from, bytes } = this.running.get(number)!;
    const { group, copy, to } = move;
    this.running.delete(number);
    this.asSource[from]!--;
    this.asTarget[to]!--;
    // A target that fell silent holds nothing of use; a source that was destroyed, or fell silent, did not get to the end.
    if (pool.up[to] === 1 && pool.up[from] === 1 && pool.destroyed[from] === 0) {
      pool.move(group, copy, to);
      this.copiedBytes += bytes;
    }
    // The map may have changed meanwhile.
    if (!pool.isLost(group)) {
      const known = this.waiting.some((other) => other.group === group);
      if (!known) this.waiting.unshift(...this.movesOf(group));
    }
    if (this.waiting.length > 0) this.simulation.schedule(0, this.nextBackfills, 0);
    else this.tellIfRecovered();
  }

  private tellIfRecovered(): void {
    if (this.waiting.length === 0 && this.running.size === 0) this.tell("recovered", -1);
  }

  private require(osd: number): void {
    if (this.pool.osds[osd] === undefined)
      throw new RangeError(`Ceph pool ${this.pool.name}: no OSD ${osd} among ${this.pool.osds.length}`);
  }
}
