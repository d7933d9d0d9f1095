// Counts the servers being built on a host; its multiplier is negative, so busy hosts are avoided.
import { defineWeigher } from "../weigher.ts";

export const ioOpsWeigher = defineWeigher({
  name: "IoOpsWeigher",
  source: "nova/scheduler/weights/io_ops.py",
  meaning: "Avoids hosts that are building servers.",
  multiplier: {
    name: "io_ops_weight_multiplier",
    default: -1,
    unit: "1",
    meaning: "Weight of running builds in the sum; positive would prefer busy hosts.",
  },
  minval: 0,
  dependsOn: "host",
  weigh: (hosts) => (host) => hosts.numIoOps(host),
});
