// Cinder, the block storage service: volumes are made on the tier of their volume type and attached to servers.
import { MILLISECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const cinder = defineService({
  name: "cinder",
  type: "volumev3",
  components: {
    api: {
      workers: 4,
      workersSource: "cinder-api: one worker per CPU, 4 assumed",
      transport: "http",
      operations: {
        createVolume: { time: 60 * MILLISECOND, source: "the API's part of create_volume", evidence: "assumed" },
        createAttachment: { time: 60 * MILLISECOND, source: "the API's part of attach_volume", evidence: "assumed" },
        deleteAttachment: { time: 60 * MILLISECOND, source: "the API's part of detach_volume", evidence: "assumed" },
        deleteVolume: { time: 40 * MILLISECOND, source: "the API's part of delete_volume", evidence: "assumed" },
        extendVolume: { time: 40 * MILLISECOND, source: "POST action os-extend, taken to be like a deletion", evidence: "assumed" },
        retypeVolume: { time: 40 * MILLISECOND, source: "POST action os-retype, taken to be like a deletion", evidence: "assumed" },
        migrateVolume: {
          time: 40 * MILLISECOND,
          source: "POST action os-migrate_volume, taken to be like a deletion",
          evidence: "assumed",
        },
        createSnapshot: { time: 60 * MILLISECOND, source: "POST /snapshots, taken to be like POST /volumes", evidence: "assumed" },
        deleteSnapshot: {
          time: 40 * MILLISECOND,
          source: "DELETE /snapshots/{id}, taken to be like that of a volume",
          evidence: "assumed",
        },
        createBackup: { time: 60 * MILLISECOND, source: "POST /backups, taken to be like POST /volumes", evidence: "assumed" },
        restoreBackup: { time: 40 * MILLISECOND, source: "POST /backups/{id}/restore", evidence: "assumed" },
        deleteBackup: { time: 40 * MILLISECOND, source: "DELETE /backups/{id}, taken to be like that of a volume", evidence: "assumed" },
        createType: { time: 30 * MILLISECOND, source: "POST /types: a row", evidence: "assumed" },
        deleteType: { time: 30 * MILLISECOND, source: "DELETE /types/{id}: a row", evidence: "assumed" },
        updateAttachment: {
          time: 30 * MILLISECOND,
          source: "PUT /attachments/{id} without what the driver does; attach_volume takes 0.75 s in all",
          evidence: "assumed",
        },
        completeAttachment: {
          time: 30 * MILLISECOND,
          source: "POST action os-complete: a row; attach_volume takes 0.75 s in all",
          evidence: "assumed",
        },
        beginDetaching: {
          time: 30 * MILLISECOND,
          source: "POST action os-begin_detaching: a row; detach_volume takes 0.63 s in all",
          evidence: "assumed",
        },
        createTransfer: { time: 30 * MILLISECOND, source: "POST /volume-transfers: a row", evidence: "assumed" },
        acceptTransfer: { time: 30 * MILLISECOND, source: "POST /volume-transfers/{id}/accept: a row", evidence: "assumed" },
        deleteTransfer: { time: 30 * MILLISECOND, source: "DELETE /volume-transfers/{id}: a row", evidence: "assumed" },
      },
    },
    scheduler: {
      workers: 1,
      workersSource: "one cinder-scheduler process",
      transport: "rpc",
      operations: {
        chooseBackend: { time: 20 * MILLISECOND, source: "capacity filter and weigher over a few pools", evidence: "assumed" },
      },
    },
    volume: {
      workers: 4,
      workersSource: "capacity of about 7 creates/s at 0.58 s each, performance-docs (derived)",
      transport: "rpc",
      operations: {
        createVolume: {
          time: 500 * MILLISECOND,
          source: "create_volume 0.58 s net of Rally's 2 s prepoll, less API and scheduler",
          evidence: "derived",
        },
        connectVolume: {
          time: 690 * MILLISECOND,
          source: "attach 0.75 s net of an assumed 2 s client delay, less the API",
          evidence: "derived",
        },
        disconnectVolume: {
          time: 570 * MILLISECOND,
          source: "detach 0.63 s net of an assumed 2 s client delay, less the API",
          evidence: "derived",
        },
        deleteVolume: {
          time: 260 * MILLISECOND,
          source: "delete_volume 0.3 s net of an assumed 2 s client delay, less the API",
          evidence: "derived",
        },
        updateAttachment: {
          time: 480 * MILLISECOND,
          source: "attach 0.75 s net of an assumed 2 s client delay, less the APIs and nova-compute",
          evidence: "derived",
        },
        terminateConnection: {
          time: 400 * MILLISECOND,
          source: "detach 0.63 s net of an assumed 2 s client delay, less the APIs and nova-compute",
          evidence: "derived",
        },
        extendVolume: {
          time: 300 * MILLISECOND,
          source: "lvextend, rbd resize: taken to be like a deletion",
          evidence: "assumed",
        },
        createSnapshot: {
          time: 500 * MILLISECOND,
          source: "a snapshot is made as a volume is",
          evidence: "assumed",
        },
        deleteSnapshot: {
          time: 260 * MILLISECOND,
          source: "taken to be like a volume's",
          evidence: "assumed",
        },
        retypeVolume: {
          time: 200 * MILLISECOND,
          source: "retype without the bytes that it may move",
          evidence: "assumed",
        },
        migrateVolume: {
          time: 300 * MILLISECOND,
          source: "migrate_volume without its bytes, which are a transfer",
          evidence: "assumed",
        },
      },
    },
    backup: {
      workers: 4,
      workersSource:
        "cinder-backup: native threads of one process (backup_native_threads_pool_size 60), of which the object store takes a few",
      transport: "rpc",
      operations: {
        createBackup: { time: 300 * MILLISECOND, source: "a temporary snapshot, without the bytes", evidence: "assumed" },
        restoreBackup: { time: 300 * MILLISECOND, source: "the volume is opened, without the bytes", evidence: "assumed" },
        deleteBackup: { time: 100 * MILLISECOND, source: "without the objects, which are deleted in Swift", evidence: "assumed" },
      },
    },
  },
});
