// Draws the members of a group together, as far as other weighers agree.
import { defineWeigher } from "../weigher.ts";

export const serverGroupSoftAffinityWeigher = defineWeigher({
  name: "ServerGroupSoftAffinityWeigher",
  source: "nova/scheduler/weights/affinity.py",
  meaning: "Prefers hosts with more members of a soft-affinity server group.",
  needs: "soft server groups",
  multiplier: {
    name: "soft_affinity_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of members on the host in the sum.",
    minimum: 0,
  },
  minval: null,
  dependsOn: "server group",
  weigh: (_hosts, { group, groups }) =>
    group >= 0 && groups.policyOf(group) === "soft-affinity" ? (host) => groups.countOn(group, host) : null,
});
