// Avoids hosts on which builds failed lately, more strongly than anything else counts. Nova reads the multiplier and negates it.
import { defineWeigher } from "../weigher.ts";

export const buildFailureWeigher = defineWeigher({
  name: "BuildFailureWeigher",
  source: "nova/scheduler/weights/compute.py",
  meaning: "Avoids hosts whose last builds failed.",
  multiplier: {
    name: "build_failure_weight_multiplier",
    default: 1_000_000,
    unit: "1",
    meaning: "Weight of failed builds, taken off the sum.",
  },
  negated: true,
  minval: null,
  dependsOn: "host",
  weigh: (hosts) => (host) => hosts.numFailedBuilds(host),
});
