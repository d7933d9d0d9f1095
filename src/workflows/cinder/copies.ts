// Snapshots and backups of volumes. A backup is read from the back end and stored as objects in Swift; it is restored the other way round.
// @source cinder/volume/api.py (create_snapshot), cinder/backup/api.py, cinder/backup/drivers/swift.py (Zed)
import { cinder } from "../../services/cinder.ts";
import { swift } from "../../services/swift.ts";
import type { ApiOperation, Parameter } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import { act, at, attempt, call, cast, decide, notify, type Step, transfer } from "../vocabulary.ts";
import { theVolume } from "./create-and-delete.ts";
import { actOf, blockOf, decideOf, findVolume, named, targetOf, volumev3 } from "./volume-steps.ts";

const force: Parameter = { kind: { is: "flag" }, meaning: "Also while a server has the volume", absent: "false" };
const theSnapshot: Parameter = { kind: { is: "name", of: "volume snapshot" }, meaning: "The snapshot" };
const theBackup: Parameter = { kind: { is: "name", of: "volume backup" }, meaning: "The backup" };

export const volumeSnapshotCreate: ApiOperation = {
  name: "volume snapshot create",
  meaning: "Make a snapshot of a volume",
  service: volumev3,
  rule: "volume:create_snapshot",
  parameters: { name: { kind: { is: "new name", of: "volume snapshot" }, meaning: "Name of the snapshot" }, volume: theVolume, force },
  workflow: apiRequest(
    "create-volume-snapshot",
    cinder.api.createSnapshot,
    "volume id",
    findVolume,
    decideOf("snapshot", ({ books }, volume, { requests, names, simulation }, request) => {
      const name = requests.text(request, "name")!;
      const snapshot = books.copies.createSnapshot(volume, name, requests.flag(request, "force"), simulation.now);
      if (typeof snapshot === "string") return snapshot;
      requests.target[request] = snapshot;
      names.give("volume snapshot", name, snapshot);
      return null;
    }),
    answer(202),
    attempt(
      [
        cast(cinder.volume.createSnapshot, "snapshot id"),
        at(
          cinder.volume,
          actOf("available", ({ books }, snapshot) => books.copies.snapshotMade(snapshot)),
          notify("snapshot.create.end"),
        ),
      ],
      { undo: [actOf("error", ({ books }, snapshot) => books.copies.snapshotFails(snapshot))] },
    ),
  ),
};

export const volumeSnapshotDelete: ApiOperation = {
  name: "volume snapshot delete",
  meaning: "Delete a snapshot",
  service: volumev3,
  rule: "volume:delete_snapshot",
  parameters: { snapshot: theSnapshot },
  workflow: apiRequest(
    "delete-volume-snapshot",
    cinder.api.deleteSnapshot,
    "snapshot id",
    decide("snapshot", (cloud, request) => {
      const snapshot = named(cloud, request, "snapshot", "volume snapshot");
      cloud.requests.target[request] = snapshot;
      const { copies } = blockOf(cloud).books;
      return copies.findSnapshot(snapshot, cloud.requests.project(request)) ?? copies.beginDeleteSnapshot(snapshot);
    }),
    answer(202),
    attempt(
      [
        cast(cinder.volume.deleteSnapshot, "snapshot id"),
        at(
          cinder.volume,
          actOf("snapshot gone", ({ books }, snapshot) => books.copies.snapshotDeleted(snapshot)),
          notify("snapshot.delete.end"),
        ),
      ],
      { undo: [actOf("error", ({ books }, snapshot) => books.copies.snapshotFails(snapshot))] },
    ),
  ),
};

export const volumeBackupCreate: ApiOperation = {
  name: "volume backup create",
  meaning: "Store a volume in the object store",
  service: volumev3,
  rule: "backup:create",
  parameters: {
    name: { kind: { is: "new name", of: "volume backup" }, meaning: "Name of the backup" },
    volume: theVolume,
    force,
    incremental: { kind: { is: "flag" }, meaning: "Only what has changed since the last backup", absent: "false" },
  },
  workflow: apiRequest(
    "create-volume-backup",
    cinder.api.createBackup,
    "volume id",
    findVolume,
    decideOf("backup", ({ books }, volume, { requests, names, simulation }, request) => {
      const name = requests.text(request, "name")!;
      const how = { force: requests.flag(request, "force"), incremental: requests.flag(request, "incremental") };
      const backup = books.copies.createBackup(volume, name, how, simulation.now);
      if (typeof backup === "string") return backup;
      requests.target[request] = backup;
      names.give("volume backup", name, backup);
      return null;
    }),
    answer(202),
    attempt(
      [
        cast(cinder.backup.createBackup, "backup id"),
        at(
          cinder.backup,
          call(swift.proxy.putObject, "chunks of the backup"),
          transfer("backup", (cloud, request) => blockOf(cloud).backupFlow(targetOf(cloud, request))),
          actOf("available", ({ books }, backup) => books.copies.backupEnds(backup, "available")),
        ),
      ],
      { undo: [actOf("error", ({ books }, backup) => books.copies.backupEnds(backup, "error"))] },
    ),
  ),
};

const findBackup: Step = decide("backup", (cloud, request) => {
  const backup = named(cloud, request, "backup", "volume backup");
  cloud.requests.target[request] = backup;
  return blockOf(cloud).books.copies.findBackup(backup, cloud.requests.project(request));
});

export const volumeBackupRestore: ApiOperation = {
  name: "volume backup restore",
  meaning: "Write a backup to a volume that nobody has attached",
  service: volumev3,
  rule: "backup:restore",
  parameters: { backup: theBackup, volume: theVolume },
  workflow: apiRequest(
    "restore-volume-backup",
    cinder.api.restoreBackup,
    "backup id, volume id",
    findBackup,
    findVolume,
    decideOf("restoring", ({ books }, volume, cloud, request) =>
      books.copies.beginRestore(named(cloud, request, "backup", "volume backup"), volume),
    ),
    answer(202),
    attempt(
      [
        cast(cinder.backup.restoreBackup, "backup id, volume id"),
        at(
          cinder.backup,
          call(swift.proxy.getObject, "chunks of the backup"),
          transfer("backup", (cloud, request) => blockOf(cloud).restoreFlow(targetOf(cloud, request))),
          actOf("restored", ({ books }, volume) => books.copies.restoreEnds(volume, true)),
        ),
      ],
      { undo: [actOf("error_restoring", ({ books }, volume) => books.copies.restoreEnds(volume, false))] },
    ),
  ),
};

export const volumeBackupDelete: ApiOperation = {
  name: "volume backup delete",
  meaning: "Delete a backup that no other builds on",
  service: volumev3,
  rule: "backup:delete",
  parameters: { backup: theBackup },
  workflow: apiRequest(
    "delete-volume-backup",
    cinder.api.deleteBackup,
    "backup id",
    findBackup,
    decideOf("deleting", ({ books }, backup) => books.copies.beginDeleteBackup(backup)),
    answer(202),
    attempt(
      [
        cast(cinder.backup.deleteBackup, "backup id"),
        at(
          cinder.backup,
          call(swift.proxy.deleteObject, "chunks of the backup"),
          act("backup gone", (cloud, request) => blockOf(cloud).books.copies.backupDeleted(targetOf(cloud, request))),
        ),
      ],
      {
        undo: [
          actOf("error", ({ books }, backup) => {
            books.copies.backups[backup]!.status = "error";
          }),
        ],
      },
    ),
  ),
};
