// What Cinder's database holds: one row for each volume, snapshot, backup and attachment, numbered from 0 and kept to the end of the run.
import type { PythonValue } from "../../python/python-values.ts";
import type { Reservation } from "../../quotas/quotas.ts";
import type { Retry } from "../volume-request-spec.ts";
import type { AttachStatus, BackupStatus, MigrationStatus, SnapshotStatus, VolumeStatus } from "./states.ts";

export interface VolumeType {
  readonly name: string;
  readonly extraSpecs: ReadonlyMap<string, PythonValue>;
  /** Null: none are associated. */
  readonly qosSpecs: ReadonlyMap<string, PythonValue> | null;
  readonly multiattach: boolean;
}

/** Where a new volume has its first bytes from. */
export type VolumeOrigin =
  | { readonly from: "nothing" }
  | { readonly from: "snapshot"; readonly snapshot: number }
  | { readonly from: "volume"; readonly volume: number }
  | { readonly from: "image"; readonly image: number };

export interface Volume {
  readonly name: string;
  project: number;
  sizeGb: number;
  type: string;
  status: VolumeStatus;
  migrationStatus: MigrationStatus;
  /** Row of its pool, -1 while it has none. */
  pool: number;
  readonly origin: VolumeOrigin;
  readonly zone: string | null;
  readonly bootable: boolean;
  /** What earlier attempts at making it have left. */
  retry: Retry | null;
  /** Pool that the scheduler has chosen and whose driver has not made it yet, by name; null: none. */
  chosen: string | null;
  /** While it changes: its size, type and pool to come. */
  change: {
    readonly sizeGb: number;
    readonly type: string;
    pool: number;
    readonly was: VolumeStatus;
    readonly reservation: Reservation;
  } | null;
  /** The backup that is being restored to it, -1 for none. */
  restoring: number;
  /** The key of a transfer that it awaits, null for none. */
  transfer: string | null;
  /** It has been made, and takes room in its pool. */
  made: boolean;
}

export interface Snapshot {
  readonly name: string;
  readonly project: number;
  readonly volume: number;
  readonly sizeGb: number;
  readonly type: string;
  status: SnapshotStatus;
}

export interface Backup {
  readonly name: string;
  readonly project: number;
  readonly volume: number;
  readonly sizeGb: number;
  /** What is stored of it, in bytes: all of the volume, or what has changed since the backup before. */
  readonly bytes: number;
  /** The backup that an incremental one builds on, -1 for a full one. */
  readonly parent: number;
  /** Status of the volume before. */
  readonly was: VolumeStatus;
  status: BackupStatus;
}

export interface Attachment {
  readonly volume: number;
  readonly server: number;
  readonly deleteOnTermination: boolean;
  status: AttachStatus;
}
