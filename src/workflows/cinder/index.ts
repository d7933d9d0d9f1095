// What users can ask of Cinder, and of Nova about volumes.
import type { ApiOperation } from "../api/api-operation.ts";
import { serverAddVolume, serverRemoveVolume, serverSwapVolume } from "./attach-volume.ts";
import {
  volumeMigrate,
  volumeSetSize,
  volumeSetType,
  volumeTransferRequestAccept,
  volumeTransferRequestCreate,
  volumeTransferRequestDelete,
} from "./change-volume.ts";
import { volumeBackupCreate, volumeBackupDelete, volumeBackupRestore, volumeSnapshotCreate, volumeSnapshotDelete } from "./copies.ts";
import { volumeCreate, volumeDelete, volumeTypeCreate, volumeTypeDelete } from "./create-and-delete.ts";

export const cinderOperations: readonly ApiOperation[] = [
  volumeCreate,
  volumeDelete,
  volumeSetSize,
  volumeSetType,
  volumeMigrate,
  volumeTypeCreate,
  volumeTypeDelete,
  volumeSnapshotCreate,
  volumeSnapshotDelete,
  volumeBackupCreate,
  volumeBackupRestore,
  volumeBackupDelete,
  volumeTransferRequestCreate,
  volumeTransferRequestAccept,
  volumeTransferRequestDelete,
  serverAddVolume,
  serverRemoveVolume,
  serverSwapVolume,
];
