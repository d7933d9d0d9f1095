// What becomes of a volume that there is: it grows, gets another type, moves to another pool, or goes to another project.
// @source cinder/volume/api.py (extend, retype, migrate_volume), cinder/scheduler/manager.py, cinder/transfer/api.py (Zed)
import type { Outcome } from "../../../datacenter/outcomes.ts";
import type { Micros } from "../../../kernel/time.ts";
import { type Deltas, volumeDeltas } from "../../quotas/quotas.ts";
import type { MigrationPolicy } from "../retype-and-groups.ts";
import type { Volume } from "./rows.ts";
import type { VolumeStatus } from "./states.ts";
import { isChosen, negative, type Volumes } from "./volumes.ts";

const NOTHING_RESERVED = -1;

export class VolumeChanges {
  private readonly volumes: Volumes;

  constructor(volumes: Volumes) {
    this.volumes = volumes;
  }

  beginExtend(volume: number, sizeGb: number, now: Micros): Outcome | null {
    const row = this.volumes.of(volume);
    const refusal = this.refuses(volume);
    if (refusal !== null) return refusal;
    if (!Number.isInteger(sizeGb) || sizeGb <= row.sizeGb) return "InvalidInput";
    const more = sizeGb - row.sizeGb;
    return this.begin(row, "extending", { sizeGb, type: row.type, pool: row.pool }, gigabytes(more, row.type), now);
  }

  /** Has the pool room for the growth, as far as the scheduler knows? */
  chooseToExtend(volume: number, now: Micros): Outcome | null {
    const row = this.volumes.of(volume);
    this.volumes.pools.report(now);
    const request = { ...this.volumes.request(row, row.type), newSizeGb: row.change!.sizeGb };
    const answer = this.volumes.scheduler(volume).chooseToExtend(request, this.volumes.pools.nameOf(row.pool), { at: now, volume });
    return isChosen(answer) ? null : "NoValidBackend";
  }

  /** The driver makes it larger, if there is room. */
  extend(volume: number, now: Micros): Outcome | null {
    const row = this.volumes.of(volume);
    const { sizeGb, reservation } = row.change!;
    if (!this.volumes.pools.take(row.pool, sizeGb - row.sizeGb, now)) return "VolumeBackendAPIException";
    this.volumes.quotas.commit(reservation, now);
    row.sizeGb = sizeGb;
    this.end(volume);
    return null;
  }

  beginRetype(volume: number, type: string, now: Micros): Outcome | null {
    const row = this.volumes.of(volume);
    const refusal = this.refuses(volume);
    if (refusal !== null) return refusal;
    if (!this.volumes.types.has(type)) return "VolumeTypeNotFound";
    if (type === row.type) return "InvalidInput";
    const ofType = { [`volumes_${type}`]: 1, [`gigabytes_${type}`]: row.sizeGb };
    return this.begin(row, "retyping", { sizeGb: row.sizeGb, type, pool: row.pool }, ofType, now);
  }

  /** Where the volume goes with its new type: it stays if it can. What is moved may have no snapshots. */
  chooseToRetype(volume: number, policy: MigrationPolicy, now: Micros): Outcome | null {
    const row = this.volumes.of(volume);
    const { pools } = this.volumes;
    pools.report(now);
    const request = this.volumes.request(row, row.change!.type);
    const answer = this.volumes.scheduler(volume).chooseToRetype(request, pools.nameOf(row.pool), policy, { at: now, volume });
    if (!isChosen(answer)) return "NoValidBackend";
    const pool = pools.poolNamed(answer.pool.backendId);
    if (pool === row.pool) return null;
    if (this.volumes.hasSnapshots(volume)) return "InvalidVolume";
    return this.reach(row, pool, now);
  }

  /** To a pool by name: `host@backend#pool`. */
  beginMigrate(volume: number, host: string, now: Micros): Outcome | null {
    const row = this.volumes.of(volume);
    const refusal = this.refuses(volume);
    if (refusal !== null) return refusal;
    if (this.volumes.hasSnapshots(volume)) return "InvalidVolume";
    const pool = this.volumes.pools.poolNamed(host);
    if (pool < 0 || pool === row.pool) return "InvalidHost";
    row.change = { sizeGb: row.sizeGb, type: row.type, pool: row.pool, was: row.status, reservation: NOTHING_RESERVED };
    row.migrationStatus = "migrating";
    const full = this.reach(row, pool, now);
    if (full === null) this.volumes.scheduler(volume).consume(host, row.sizeGb, now);
    else this.giveUp(volume, now);
    return full === null ? null : "InvalidHost";
  }

  /** Its bytes are where they were to go, if they had to: the old room is free, and it has its new type. */
  finish(volume: number, now: Micros): void {
    const row = this.volumes.of(volume);
    const { pool, type, reservation } = row.change!;
    if (pool !== row.pool) this.volumes.pools.giveBack(row.pool, row.sizeGb, now);
    row.pool = pool;
    if (row.migrationStatus === "migrating") row.migrationStatus = "success";
    if (reservation !== NOTHING_RESERVED) {
      this.volumes.quotas.commit(reservation, now);
      this.volumes.count(row.project, negative({ [`volumes_${row.type}`]: 1, [`gigabytes_${row.type}`]: row.sizeGb }));
    }
    row.type = type;
    this.end(volume);
  }

  /** It is as it was before, or in an error state that says what has failed. */
  giveUp(volume: number, now: Micros, status?: VolumeStatus): void {
    const row = this.volumes.of(volume);
    const change = row.change!;
    if (change.pool !== row.pool) this.volumes.pools.giveBack(change.pool, row.sizeGb, now);
    if (change.reservation !== NOTHING_RESERVED) this.volumes.quotas.rollback(change.reservation);
    if (row.migrationStatus === "migrating") row.migrationStatus = "error";
    this.end(volume);
    if (status !== undefined) row.status = status;
  }

  offer(volume: number): Outcome | null {
    const row = this.volumes.of(volume);
    if (row.status !== "available" || this.volumes.isBusy(volume) || this.volumes.hasSnapshots(volume)) return "InvalidVolume";
    row.status = "awaiting-transfer";
    row.transfer = row.name;
    return null;
  }

  /** The volume counts for the project that takes it from now on. */
  accept(volume: number, project: number, now: Micros): Outcome | null {
    const row = this.volumes.rows[volume];
    if (row === undefined || row.transfer === null) return "TransferNotFound";
    const deltas = volumeDeltas(row.sizeGb, row.type);
    const reservation = this.volumes.reserve(project, deltas, now);
    if (typeof reservation === "string") return reservation;
    this.volumes.quotas.commit(reservation, now);
    this.volumes.count(row.project, negative(deltas));
    row.project = project;
    this.withdraw(volume);
    return null;
  }

  withdraw(volume: number): Outcome | null {
    const row = this.volumes.rows[volume];
    if (row === undefined || row.transfer === null) return "TransferNotFound";
    row.transfer = null;
    row.status = "available";
    return null;
  }

  /** In these states, and with nothing else under way, a volume can be changed. */
  private refuses(volume: number): Outcome | null {
    const { status } = this.volumes.of(volume);
    return (status === "available" || status === "in-use") && !this.volumes.isBusy(volume) ? null : "InvalidVolume";
  }

  private begin(row: Volume, status: VolumeStatus, to: { sizeGb: number; type: string; pool: number }, deltas: Deltas, now: Micros) {
    const reservation = this.volumes.reserve(row.project, deltas, now);
    if (typeof reservation === "string") return reservation;
    row.change = { ...to, was: row.status, reservation };
    row.status = status;
    return null;
  }

  private reach(row: Volume, pool: number, now: Micros): Outcome | null {
    if (!this.volumes.pools.take(pool, row.sizeGb, now)) return "VolumeBackendAPIException";
    row.change!.pool = pool;
    return null;
  }

  private end(volume: number): void {
    this.volumes.of(volume).change = null;
    this.volumes.settle(volume);
  }
}

const gigabytes = (sizeGb: number, type: string): Deltas => ({ gigabytes: sizeGb, [`gigabytes_${type}`]: sizeGb });
