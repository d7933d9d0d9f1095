// Prefers the hosts whose hypervisor is newest, so that servers move on with an upgrade that goes from host to host.
import type { HostStates } from "../host-states.ts";
import { defineWeigher } from "../weigher.ts";

/** A host keeps its version for as long as there is the host. */
function allAlike(hosts: HostStates): boolean {
  for (let host = 1; host < hosts.count; host++) if (hosts.hypervisorVersion(host) !== hosts.hypervisorVersion(0)) return false;
  return true;
}

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
  weigh: (hosts) => (allAlike(hosts) ? null : (host) => hosts.hypervisorVersion(host) ?? 0),
});
