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

interface Backfill {
  readonly group: number;
  readonly copy: number;
  readonly from: number;
  readonly to: number;
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
  /** Groups with copies to be moved, in order of urgency. */
  private waiting: number[] = [];
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

  /** The map has changed: which groups have copies elsewhere than they belong. */
  private remap(): void {
    const { pool } = this;
    const moving: { group: number; holders: number }[] = [];
    for (let group = 0; group < pool.groups; group++) {
      if (this.copiesToMove(group).length > 0) moving.push({ group, holders: pool.holders(group).length });
    }
    moving.sort((a, b) => a.holders - b.holders || a.group - b.group);
    this.waiting = moving.map(({ group }) => group);
    this.simulation.schedule(0, this.nextBackfills, 0);
  }

  /** Copies of a group on OSDs that should not hold it, with those that should. */
  private copiesToMove(group: number): readonly { copy: number; to: number }[] {
    const { pool } = this;
    const wanted = pool.wanted(group);
    const acting = Array.from(pool.acting.subarray(group * pool.size, (group + 1) * pool.size));
    const coming = new Set([...this.running.values()].filter((one) => one.group === group).map(({ to }) => to));
    const targets = wanted.filter((osd) => !acting.includes(osd) && !coming.has(osd));
    const busy = new Set([...this.running.values()].filter((one) => one.group === group).map(({ copy }) => copy));
    const moves: { copy: number; to: number }[] = [];
    // Copies that are gone first: they are missed more than misplaced ones.
    const misplaced = acting.map((osd, copy) => ({ osd, copy })).filter(({ osd, copy }) => !wanted.includes(osd) && !busy.has(copy));
    misplaced.sort((a, b) => pool.up[a.osd]! - pool.up[b.osd]! || a.copy - b.copy);
    for (const [i, { copy }] of misplaced.entries()) if (targets[i] !== undefined) moves.push({ copy, to: targets[i] });
    return moves;
  }

  private startBackfills(): void {
    const { pool } = this;
    const most = ceph.maxBackfills.value;
    const left: number[] = [];
    let tooFull = false;
    for (const group of this.waiting) {
      let all = true;
      for (const { copy, to } of this.copiesToMove(group)) {
        const from = pool.holders(group).find((osd) => this.asSource[osd]! < most);
        const room = pool.usedShare(to) + pool.bytesPerGroup / pool.osds[to]!.device.capacityBytes <= ceph.backfillFullRatio.value;
        if (!room) tooFull = true;
        if (!room || from === undefined || pool.up[to] === 0 || this.asTarget[to]! >= most) {
          all = false;
          continue;
        }
        this.begin({ group, copy, from, to, bytes: pool.bytesPerGroup });
      }
      if (!all) left.push(group);
    }
    const worked = this.waiting.length > 0;
    this.waiting = left.filter((group) => !pool.isLost(group));
    if (tooFull && this.running.size === 0 && !this.heldUp) this.tell("backfill held up", -1);
    this.heldUp = tooFull && this.running.size === 0;
    if (worked && this.waiting.length === 0 && this.running.size === 0) this.tell("recovered", -1);
  }

  private begin(backfill: Backfill): void {
    const { from, to, bytes } = backfill;
    const { osds } = this.pool;
    this.asSource[from]!++;
    this.asTarget[to]!++;
    const number = this.started++;
    this.running.set(number, backfill);
    this.carry({ from: osds[from]!.host, to: osds[to]!.host, bytes }, number, (done) => this.end(done));
  }

  private end(number: number): void {
    const { pool } = this;
    const { group, copy, from, to, bytes } = this.running.get(number)!;
    this.running.delete(number);
    this.asSource[from]!--;
    this.asTarget[to]!--;
    // If the target has failed meanwhile, the copy is worth nothing; if the source was destroyed, it is not complete.
    const good = pool.up[to] === 1 && pool.destroyed[from] === 0 && pool.in[to] === 1;
    if (good) {
      pool.move(group, copy, to);
      this.copiedBytes += bytes;
    }
    if (!good || this.copiesToMove(group).length > 0) if (!this.waiting.includes(group)) this.waiting.push(group);
    if (this.waiting.length > 0 || this.running.size > 0) this.simulation.schedule(0, this.nextBackfills, 0);
    else this.tell("recovered", -1);
  }

  private require(osd: number): void {
    if (this.pool.osds[osd] === undefined)
      throw new RangeError(`Ceph pool ${this.pool.name}: no OSD ${osd} among ${this.pool.osds.length}`);
  }
}
