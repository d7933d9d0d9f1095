// Power-aware best fit: a server goes where it raises the power drawn least, by the hosts' own power curves. This is how PABFD (power-aware best
// fit decreasing) chooses a host; that it takes the largest servers first has no place in a cloud that learns of them one by one.
//
// Assumes that a promised vCPU keeps 1 / cpu_allocation_ratio of a hardware thread busy: a host whose vCPUs are all promised is fully busy.
// With a ratio of 1 that is the paper's rule with the servers' nominal demand. An idle host draws its idle watts already, so its rise
// is counted from there.
import { demandOf } from "../../../datacenter/resource-vector.ts";
import { defineWeigher, toBillionths } from "../weigher.ts";

export const powerWeigher = defineWeigher({
  name: "PowerWeigher",
  source: "Beloglazov & Buyya, Concurrency Computat.: Pract. Exper. 24 (2012), algorithm PABFD: least increase of power",
  meaning: "Prefers hosts whose power rises least when the server is placed there.",
  multiplier: {
    name: "power_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of a small rise of power in the sum; negative seeks the greatest rise.",
  },
  minval: null,
  dependsOn: "flavor",
  weigh: (hosts, { flavor, bootFromVolume = false }) => {
    const [vcpuMilli] = demandOf(flavor, bootFromVolume);
    return (host) => {
      const [capacity] = hosts.capacity(host);
      if (!(capacity > 0)) return 0;
      const promised = capacity - hosts.room(host)[0];
      return toBillionths(hosts.wattsAt(host, promised / capacity) - hosts.wattsAt(host, (promised + vcpuMilli) / capacity));
    };
  },
});
