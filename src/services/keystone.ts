// Keystone, the identity service: tokens are issued against a password and validated for every API call that carries one.
import { MILLISECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const keystone = defineService({
  name: "keystone",
  type: "identity",
  components: {
    api: {
      workers: 4,
      workersSource: "Fit of M/M/c plus a constant to four load points of openstack/performance-docs keystone_tuning (derived)",
      transport: "http",
      operations: {
        issueToken: {
          time: 31 * MILLISECOND,
          delay: 75 * MILLISECOND,
          cv: 1,
          source: "same fit: S = 31 ms on c = 4 behind a constant 75 ms, 30 to 120 requests/s, rmse 15 ms",
          evidence: "derived",
        },
        validateToken: { time: 20 * MILLISECOND, source: "Fernet validation with a warm cache takes 10 to 30 ms", evidence: "from memory" },
      },
    },
  },
});
