// The states of volumes, snapshots, backups and attachments, spelt as Cinder spells them.
// @source cinder/objects/fields.py (VolumeStatus, SnapshotStatus, BackupStatus, VolumeAttachStatus), cinder/volume/api.py (Zed)

export const volumeStatuses = [
  "creating",
  "downloading",
  "available",
  "reserved",
  "attaching",
  "in-use",
  "detaching",
  "extending",
  "error_extending",
  "retyping",
  "backing-up",
  "restoring-backup",
  "error_restoring",
  "awaiting-transfer",
  "deleting",
  "deleted",
  "error",
  "error_deleting",
] as const;
export type VolumeStatus = (typeof volumeStatuses)[number];

export type SnapshotStatus = "creating" | "available" | "deleting" | "deleted" | "error";
export type BackupStatus = "creating" | "available" | "restoring" | "deleting" | "deleted" | "error";
export type AttachStatus = "reserved" | "attaching" | "attached" | "detaching" | "detached";
/** A volume keeps its status while it moves. */
export type MigrationStatus = "none" | "migrating" | "completing" | "success" | "error";

/** In these a volume that nobody has attached may be deleted. @source cinder/volume/api.py (delete) */
export const deletableIn: readonly VolumeStatus[] = ["available", "error", "error_restoring", "error_extending", "error_deleting"];
