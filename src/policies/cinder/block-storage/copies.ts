// Snapshots, which stay in the pool of their volume, and backups, which are kept outside of it. Assumes that snapshots take no room in the pool:
// Cinder counts none for them.
// @source cinder/volume/api.py (create_snapshot, delete_snapshot), cinder/backup/api.py (Zed)
import type { Outcome } from "../../../datacenter/outcomes.ts";
import { parameter } from "../../../kernel/parameter.ts";
import type { Micros } from "../../../kernel/time.ts";
import { type Deltas, snapshotDeltas } from "../../quotas/quotas.ts";
import type { Backup } from "./rows.ts";
import { negative, type RowOr, type Volumes } from "./volumes.ts";

const GIB = 2 ** 30;

export const changedShare = parameter({
  name: "cinder.backup.changed_share",
  value: 0.1,
  unit: "1",
  meaning: "Share of a volume that has changed since its last backup, which an incremental backup stores.",
  source: "a choice of Orrery",
  evidence: "assumed",
});

export class Copies {
  readonly backups: Backup[] = [];
  private readonly volumes: Volumes;

  constructor(volumes: Volumes) {
    this.volumes = volumes;
  }

  createSnapshot(volume: number, name: string, force: boolean, now: Micros): RowOr {
    const row = this.volumes.of(volume);
    if (!this.readable(volume, force)) return "InvalidVolume";
    const reservation = this.volumes.reserve(row.project, this.ofSnapshot(row.sizeGb, row.type), now);
    if (typeof reservation === "string") return reservation;
    this.volumes.quotas.commit(reservation, now);
    const { project, sizeGb, type } = row;
    return this.volumes.snapshots.push({ name, project, volume, sizeGb, type, status: "creating" }) - 1;
  }

  findSnapshot(snapshot: number, project: number): Outcome | null {
    const row = this.volumes.snapshots[snapshot];
    return row !== undefined && row.status !== "deleted" && (project < 0 || row.project === project) ? null : "SnapshotNotFound";
  }

  snapshotMade(snapshot: number): void {
    this.volumes.snapshots[snapshot]!.status = "available";
  }

  snapshotFails(snapshot: number): void {
    this.volumes.snapshots[snapshot]!.status = "error";
  }

  beginDeleteSnapshot(snapshot: number): Outcome | null {
    const row = this.volumes.snapshots[snapshot]!;
    if (row.status !== "available" && row.status !== "error") return "InvalidSnapshot";
    row.status = "deleting";
    return null;
  }

  snapshotDeleted(snapshot: number): void {
    const row = this.volumes.snapshots[snapshot]!;
    row.status = "deleted";
    this.volumes.count(row.project, negative(this.ofSnapshot(row.sizeGb, row.type)));
  }

  createBackup(volume: number, name: string, how: { readonly force: boolean; readonly incremental: boolean }, now: Micros): RowOr {
    const row = this.volumes.of(volume);
    if (!this.readable(volume, how.force)) return "InvalidVolume";
    let parent = -1;
    for (const [backup, { volume: of, status }] of this.backups.entries()) if (of === volume && status === "available") parent = backup;
    if (how.incremental && parent < 0) return "InvalidBackup";
    const { project, sizeGb, status: was } = row;
    const reservation = this.volumes.reserve(project, { backups: 1, backup_gigabytes: sizeGb }, now);
    if (typeof reservation === "string") return reservation;
    this.volumes.quotas.commit(reservation, now);
    const bytes = sizeGb * GIB * (how.incremental ? changedShare.value : 1);
    row.status = "backing-up";
    return this.backups.push({ name, project, volume, sizeGb, bytes, parent: how.incremental ? parent : -1, was, status: "creating" }) - 1;
  }

  findBackup(backup: number, project: number): Outcome | null {
    const row = this.backups[backup];
    return row !== undefined && row.status !== "deleted" && (project < 0 || row.project === project) ? null : "BackupNotFound";
  }

  backupEnds(backup: number, status: "available" | "error"): void {
    const row = this.backups[backup]!;
    row.status = status;
    this.volumes.settle(row.volume);
  }

  /** To a volume that there is and that nobody has. */
  beginRestore(backup: number, volume: number): Outcome | null {
    const [from, to] = [this.backups[backup]!, this.volumes.of(volume)];
    if (from.status !== "available") return "InvalidBackup";
    if (to.status !== "available" || this.volumes.isBusy(volume) || to.sizeGb < from.sizeGb) return "InvalidVolume";
    from.status = "restoring";
    to.status = "restoring-backup";
    to.restoring = backup;
    return null;
  }

  /** All that is read to restore it: itself, and those that it builds on. */
  bytesToRestore(backup: number): number {
    let bytes = 0;
    for (let at = backup; at >= 0; at = this.backups[at]!.parent) bytes += this.backups[at]!.bytes;
    return bytes;
  }

  restoreEnds(volume: number, well: boolean): void {
    const row = this.volumes.of(volume);
    this.backups[row.restoring]!.status = "available";
    row.restoring = -1;
    if (well) this.volumes.settle(volume);
    else this.volumes.fail(volume, "error_restoring");
  }

  /** One that others build on stays. */
  beginDeleteBackup(backup: number): Outcome | null {
    const row = this.backups[backup]!;
    const isNeeded = this.backups.some(({ parent, status }) => parent === backup && status !== "deleted");
    if ((row.status !== "available" && row.status !== "error") || isNeeded) return "InvalidBackup";
    row.status = "deleting";
    return null;
  }

  backupDeleted(backup: number): void {
    const row = this.backups[backup]!;
    row.status = "deleted";
    this.volumes.count(row.project, { backups: -1, backup_gigabytes: -row.sizeGb });
  }

  private readable(volume: number, force: boolean): boolean {
    const { status } = this.volumes.of(volume);
    return (status === "available" || (force && status === "in-use")) && !this.volumes.isBusy(volume);
  }

  private ofSnapshot(sizeGb: number, type: string): Deltas {
    return snapshotDeltas(sizeGb, type, this.volumes.noSnapshotGbQuota);
  }
}
