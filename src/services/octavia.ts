// Octavia, the load balancer service: each load balancer is an amphora, a machine with HAProxy that its worker boots and configures.
//
// Assumes that amphorae take time and no room: they run on hosts set aside for them, and what they balance is not followed.
import { MILLISECOND, SECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const octavia = defineService({
  name: "octavia",
  type: "load-balancer",
  components: {
    api: {
      workers: 4,
      workersSource: "octavia-api: one worker per CPU, 4 assumed",
      transport: "http",
      operations: {
        createLoadBalancer: { time: 200 * MILLISECOND, source: "the API's part: a row, a quota, a message", evidence: "assumed" },
        createListener: { time: 200 * MILLISECOND, source: "the API's part: a row, a quota, a message", evidence: "assumed" },
        createPool: { time: 200 * MILLISECOND, source: "the API's part: a row, a quota, a message", evidence: "assumed" },
        createMember: { time: 200 * MILLISECOND, source: "the API's part: a row, a quota, a message", evidence: "assumed" },
        deleteMember: { time: 200 * MILLISECOND, source: "the API's part: a row, a quota, a message", evidence: "assumed" },
        deletePool: { time: 200 * MILLISECOND, source: "the API's part: a row, a quota, a message", evidence: "assumed" },
        deleteListener: { time: 200 * MILLISECOND, source: "the API's part: a row, a quota, a message", evidence: "assumed" },
        deleteLoadBalancer: { time: 200 * MILLISECOND, source: "the API's part: a row, a quota, a message", evidence: "assumed" },
      },
    },
    worker: {
      workers: 5,
      workersSource: "octavia max_workers 5 (verified)",
      transport: "rpc",
      operations: {
        bootAmphora: {
          time: 40 * SECOND,
          source: "boot of a small server and its agent; it is asked for every 10 s, 30 times at most (amp_active_retries, verified)",
          evidence: "assumed",
        },
        configureAmphora: { time: 2 * SECOND, source: "HAProxy's configuration is sent and loaded", evidence: "assumed" },
        deleteAmphora: { time: 5 * SECOND, source: "deletion of the amphora", evidence: "assumed" },
      },
    },
  },
});
