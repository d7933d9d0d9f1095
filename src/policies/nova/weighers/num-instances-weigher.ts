// Counts the servers on a host: a negative multiplier spreads by number, a positive one packs. Nova ships it switched off.
import { defineWeigher } from "../weigher.ts";

export const numInstancesWeigher = defineWeigher({
  name: "NumInstancesWeigher",
  source: "nova/scheduler/weights/num_instances.py (Nova 28 and later)",
  meaning: "Prefers hosts with more servers, where its multiplier is positive.",
  multiplier: {
    name: "num_instances_weight_multiplier",
    default: 0,
    unit: "1",
    meaning: "Weight of the number of servers in the sum; negative spreads them.",
  },
  minval: null,
  dependsOn: "host",
  weigh: (hosts) => (host) => hosts.numInstances(host),
});
