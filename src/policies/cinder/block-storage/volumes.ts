// Cinder's volumes: made in a pool that a scheduler has chosen, counted against the quotas of their projects, and deleted. A verb that the API may
// refuse returns the name of Cinder's error, or null, or the row of what it has made.
// @source cinder/volume/api.py, cinder/volume/flows/api/create_volume.py, cinder/volume/manager.py (Zed)
import type { Outcome } from "../../../datacenter/outcomes.ts";
import type { RandomStreams } from "../../../kernel/random.ts";
import type { Micros } from "../../../kernel/time.ts";
import { type Deltas, OverQuota, Quotas, type Reservation, volumeDeltas } from "../../quotas/quotas.ts";
import type { Chosen, NotChosen } from "../cinder-scheduler.ts";
import type { VolumeRequestSpec } from "../volume-request-spec.ts";
import { type BlockPools, Pools } from "./pools.ts";
import type { Snapshot, Volume, VolumeOrigin, VolumeType } from "./rows.ts";
import { deletableIn, type VolumeStatus } from "./states.ts";

export interface BlockStorageSettings extends BlockPools {
  /** The first is the default type. */
  readonly types: readonly VolumeType[];
  /** Limits that are not Cinder's own, by resource. */
  readonly quota: ReadonlyMap<string, number>;
  /** no_snapshot_gb_quota: snapshots count no gigabytes. */
  readonly noSnapshotGbQuota: boolean;
}

export interface NewVolume {
  readonly name: string;
  readonly project: number;
  /** Undefined: that of what it is made of. */
  readonly sizeGb?: number;
  /** Undefined: that of what it is made of, or the default type. */
  readonly type?: string;
  readonly origin: VolumeOrigin;
  readonly zone?: string;
  /** GB that an image needs at least. */
  readonly leastGb?: number;
}

/** A row, or why there is none. */
export type RowOr<E extends Outcome = Outcome> = number | E;

const errorOf: readonly (readonly [resource: string, error: Outcome])[] = [
  ["gigabytes", "VolumeSizeExceedsAvailableQuota"],
  ["volumes", "VolumeLimitExceeded"],
  ["snapshots", "SnapshotLimitExceeded"],
  ["backup_gigabytes", "VolumeBackupSizeExceedsAvailableQuota"],
  ["backups", "BackupLimitExceeded"],
];

export class Volumes {
  readonly pools: Pools;
  readonly quotas: Quotas;
  readonly types = new Map<string, VolumeType>();
  readonly rows: Volume[] = [];
  readonly snapshots: Snapshot[] = [];
  /** Attachments that a volume has, whatever their state; whoever keeps them sets it. */
  attachedTo: (volume: number) => number = () => 0;
  readonly noSnapshotGbQuota: boolean;
  private readonly defaultType: string;
  /** scheduler_max_attempts */
  readonly maxAttempts: number;

  constructor(settings: BlockStorageSettings, streams: RandomStreams) {
    const counted = (host: string) => this.rows.filter((row) => row.made && this.pools.nameOf(row.pool) === host).length;
    this.pools = new Pools(settings, { isOn: () => false, countOn: counted }, (i) => streams.stream(`cinder.scheduler.${i + 1}`));
    this.quotas = new Quotas("cinder", settings.quota);
    this.noSnapshotGbQuota = settings.noSnapshotGbQuota;
    this.maxAttempts = settings.config.number("scheduler_max_attempts");
    for (const type of settings.types) this.types.set(type.name, type);
    this.defaultType = settings.types[0]!.name;
  }

  of(volume: number): Volume {
    const row = this.rows[volume];
    if (row === undefined) throw new RangeError(`no volume ${volume}: there are ${this.rows.length}`);
    return row;
  }

  /** VolumeNotFound for one that is deleted, or that belongs to another project; -1 is nobody's project, and sees all. */
  find(volume: number, project: number): Outcome | null {
    const row = this.rows[volume];
    const seen = row !== undefined && row.status !== "deleted" && (project < 0 || row.project === project);
    return seen ? null : "VolumeNotFound";
  }

  /** Sets aside what is asked for, or says which of Cinder's errors tells of the quota. */
  reserve(project: number, deltas: Deltas, now: Micros): Reservation | Outcome {
    try {
      return this.quotas.reserve(projectName(project), deltas, now);
    } catch (error) {
      if (!(error instanceof OverQuota)) throw error;
      const { resources } = error;
      return errorOf.find(([resource]) => resources.some((over) => over === resource || over.startsWith(`${resource}_`)))![1];
    }
  }

  count(project: number, deltas: Deltas): void {
    this.quotas.add(projectName(project), deltas);
  }

  /** POST /volumes: the row, or the error. */
  create(asked: NewVolume, now: Micros): RowOr {
    const source = this.source(asked.origin, asked.project);
    if (typeof source === "string") return source;
    const type = asked.type ?? source?.type ?? this.defaultType;
    const sizeGb = asked.sizeGb ?? source?.sizeGb;
    if (!this.types.has(type)) return "VolumeTypeNotFound";
    if (sizeGb === undefined || !Number.isInteger(sizeGb) || sizeGb < 1) return "InvalidInput";
    if (sizeGb < (source?.sizeGb ?? 0) || sizeGb < (asked.leastGb ?? 0)) return "InvalidInput";
    const { zone = null } = asked;
    if (zone !== null && !this.pools.backends.some((backend) => backend.zone === zone)) return "InvalidInput";
    if (!this.quotas.fitsObject(projectName(asked.project), "per_volume_gigabytes", sizeGb)) return "VolumeSizeExceedsLimit";
    const reservation = this.reserve(asked.project, volumeDeltas(sizeGb, type), now);
    if (typeof reservation === "string") return reservation;
    this.quotas.commit(reservation, now);
    const bootable = asked.origin.from === "image" || (source?.bootable ?? false);
    const { name, project, origin } = asked;
    const fresh = { status: "creating", migrationStatus: "none", pool: -1, retry: null, chosen: null, change: null } as const;
    const row: Volume = { name, project, sizeGb, type, origin, zone, bootable, ...fresh, restoring: -1, transfer: null, made: false };
    return this.rows.push(row) - 1;
  }

  /** Chooses a pool for a volume to be made, by the scheduler that the request has reached. */
  choose(volume: number, now: Micros): Outcome | null {
    const row = this.of(volume);
    this.pools.report(now);
    const source =
      row.origin.from === "snapshot" ? this.snapshots[row.origin.snapshot]!.volume : row.origin.from === "volume" ? row.origin.volume : -1;
    // The copy of a volume is made where the volume is.
    const bound = source >= 0 ? this.of(source).pool : -1;
    const request = { ...this.request(row, row.type), retry: row.retry, resourceBackend: bound < 0 ? null : this.pools.nameOf(bound) };
    const chosen = this.scheduler(volume).choose(request, { at: now, volume });
    if (!isChosen(chosen)) return "NoValidBackend";
    row.retry = chosen.retry;
    row.chosen = chosen.pool.backendId;
    return null;
  }

  /** The driver makes the volume in the pool that was chosen, if there is room. */
  make(volume: number, now: Micros): Outcome | null {
    const row = this.of(volume);
    const pool = this.pools.poolNamed(row.chosen!);
    row.chosen = null;
    if (!this.pools.take(pool, row.sizeGb, now)) return "VolumeBackendAPIException";
    row.pool = pool;
    row.made = true;
    return null;
  }

  /** Nothing more is to be done with it: it is available, or in use by those who have it. */
  settle(volume: number): void {
    const row = this.of(volume);
    row.status = this.attachedTo(volume) > 0 ? "in-use" : "available";
  }

  fail(volume: number, status: VolumeStatus = "error"): void {
    this.of(volume).status = status;
  }

  /** Does anything go on with it that others have to wait for? */
  isBusy(volume: number): boolean {
    const { change, migrationStatus } = this.of(volume);
    return change !== null || migrationStatus === "migrating";
  }

  hasSnapshots(volume: number): boolean {
    return this.snapshots.some((snapshot) => snapshot.volume === volume && snapshot.status !== "deleted");
  }

  beginDelete(volume: number): Outcome | null {
    const row = this.of(volume);
    if (!deletableIn.includes(row.status) || this.isBusy(volume) || this.attachedTo(volume) > 0 || this.hasSnapshots(volume))
      return "InvalidVolume";
    row.status = "deleting";
    return null;
  }

  /** It is gone: its room and its quota are given back. */
  deleted(volume: number, now: Micros): void {
    const row = this.of(volume);
    if (row.made) this.pools.giveBack(row.pool, row.sizeGb, now);
    row.made = false;
    row.status = "deleted";
    this.count(row.project, negative(volumeDeltas(row.sizeGb, row.type)));
  }

  createType(type: VolumeType): Outcome | null {
    if (this.types.has(type.name)) return "VolumeTypeExists";
    this.types.set(type.name, type);
    return null;
  }

  deleteType(name: string): Outcome | null {
    if (!this.types.has(name)) return "VolumeTypeNotFound";
    if (this.rows.some(({ type, status }) => type === name && status !== "deleted")) return "VolumeTypeInUse";
    this.types.delete(name);
    return null;
  }

  scheduler(volume: number) {
    const { schedulers } = this.pools;
    return schedulers[volume % schedulers.length]!;
  }

  request({ sizeGb, zone, transfer: _, ...row }: Volume, typeName: string): VolumeRequestSpec {
    const type = this.types.get(typeName);
    return {
      sizeGb,
      availabilityZone: zone,
      attachStatus: row.status === "in-use" ? "attached" : "detached",
      extraSpecs: type?.extraSpecs ?? new Map(),
      qosSpecs: type?.qosSpecs ?? null,
      schedulerHints: new Map(),
      ...(type?.multiattach === true ? { multiattach: true } : {}),
    };
  }

  /** What a volume is made of, as far as its size and type go by it. */
  private source(origin: VolumeOrigin, project: number): { sizeGb: number; type: string; bootable: boolean } | null | Outcome {
    if (origin.from === "snapshot") {
      const snapshot = this.snapshots[origin.snapshot];
      if (snapshot === undefined || snapshot.status === "deleted" || (project >= 0 && snapshot.project !== project))
        return "SnapshotNotFound";
      if (snapshot.status !== "available") return "InvalidSnapshot";
      return { sizeGb: snapshot.sizeGb, type: snapshot.type, bootable: this.of(snapshot.volume).bootable };
    }
    if (origin.from !== "volume") return null;
    const missing = this.find(origin.volume, project);
    if (missing !== null) return missing;
    const row = this.of(origin.volume);
    return row.status === "available" || row.status === "in-use" ? row : "InvalidVolume";
  }
}

export const projectName = (project: number): string => `project-${project + 1}`;

export const negative = (deltas: Deltas): Deltas =>
  Object.fromEntries(Object.entries(deltas).map(([resource, delta]) => [resource, -delta]));

export function isChosen(answer: Chosen | NotChosen): answer is Chosen {
  return answer.outcome === "chosen";
}
