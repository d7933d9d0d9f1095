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
      },
    },
  },
});
