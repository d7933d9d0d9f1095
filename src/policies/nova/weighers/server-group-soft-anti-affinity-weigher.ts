// Keeps the members of a group apart, as far as other weighers agree.
import { defineWeigher } from "../weigher.ts";

export const serverGroupSoftAntiAffinityWeigher = defineWeigher({
  name: "ServerGroupSoftAntiAffinityWeigher",
  source: "nova/scheduler/weights/affinity.py",
  meaning: "Prefers hosts with fewer members of a soft-anti-affinity server group.",
  needs: "soft server groups",
  multiplier: {
    name: "soft_anti_affinity_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of the lack of members on the host in the sum.",
    minimum: 0,
  },
  minval: null,
  dependsOn: "server group",
  weigh: (_hosts, { group, groups }) =>
    group >= 0 && groups.policyOf(group) === "soft-anti-affinity" ? (host) => 0 - groups.countOn(group, host) : null,
});
