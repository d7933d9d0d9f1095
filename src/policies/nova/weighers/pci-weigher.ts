// Keeps hosts with free PCI devices for requests that want them: the fewer a host has, the better, whether or not this request wants any.
import type { HostStates } from "../host-states.ts";
import { defineWeigher } from "../weigher.ts";

/** More devices than this make no difference. */
const MOST_DEVICES = 100;

/** Which pools a host has does not change, only how many devices are left in them. */
function noneHas(hosts: HostStates): boolean {
  for (let host = 0; host < hosts.count; host++) if (hosts.pciPools(host).length > 0) return false;
  return true;
}

export const pciWeigher = defineWeigher({
  name: "PCIWeigher",
  source: "nova/scheduler/weights/pci.py",
  meaning: "Prefers hosts with fewer free PCI devices.",
  needs: "PCI devices",
  multiplier: {
    name: "pci_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of the lack of PCI devices in the sum.",
    minimum: 0,
  },
  minval: null,
  dependsOn: "host",
  weigh: (hosts) => {
    if (noneHas(hosts)) return null;
    return (host) => {
      const free = hosts.pciPools(host).reduce((sum, pool) => sum + pool.count, 0);
      return MOST_DEVICES - Math.min(free, MOST_DEVICES - 1);
    };
  },
});
