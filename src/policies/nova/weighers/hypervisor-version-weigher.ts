// Prefers the hosts whose hypervisor is newest, so that servers move on with an upgrade that goes from host to host.
import { defineWeigher } from "../weigher.ts";

export const hypervisorVersionWeigher = defineWeigher({
  name: "HypervisorVersionWeigher",
  source: "nova/scheduler/weights/hypervisor_version.py (Nova 28 and later)",
  meaning: "Prefers hosts with a newer hypervisor.",
  needs: "hypervisor versions",
  multiplier: {
    name: "hypervisor_version_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of the version of the hypervisor in the sum; negative prefers older ones.",
  },
  minval: null,
  dependsOn: "host",
  weigh: (hosts) => (host) => hosts.hypervisorVersion(host) ?? 0,
});
