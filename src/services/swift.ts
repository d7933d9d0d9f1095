// Swift, the object storage service, as far as others store objects in it.
import { MILLISECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const swift = defineService({
  name: "swift",
  type: "object-store",
  components: {
    proxy: {
      workers: 8,
      workersSource: "swift-proxy-server: one worker per CPU, 8 assumed",
      transport: "http",
      operations: {
        putObject: { time: 50 * MILLISECOND, source: "PUT without its bytes, which are a transfer", evidence: "assumed" },
        getObject: { time: 30 * MILLISECOND, source: "GET without its bytes, which are a transfer", evidence: "assumed" },
        deleteObject: { time: 30 * MILLISECOND, source: "DELETE: tombstones are written", evidence: "assumed" },
      },
    },
  },
});
