// Aligns what a server takes with what a host has left: a server that wants much RAM goes where RAM is what is left over. The score is the dot
// product of the two vectors, each amount as a share of the host's capacity.
//
// The paper on vector bin packing also weights the resources by how scarce they are in all that is to be packed; here, as in Tetris, they
// count alike.
import { demandOf, dot, sharesOf } from "../../../datacenter/resource-vector.ts";
import { defineWeigher, toBillionths } from "../weigher.ts";

export const dotProductWeigher = defineWeigher({
  name: "DotProductWeigher",
  source: "Panigrahy et al., Heuristics for Vector Bin Packing (2011); Grandl et al., Tetris, SIGCOMM 2014 (alignment score)",
  meaning: "Prefers hosts whose free vCPUs, RAM and disk point the same way as the demand (dot product of shares).",
  multiplier: {
    name: "dot_product_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of the alignment in the sum; negative prefers hosts that fit the demand's shape least.",
  },
  minval: null,
  dependsOn: "flavor",
  weigh: (hosts, { flavor, bootFromVolume = false }) => {
    const demand = demandOf(flavor, bootFromVolume);
    return (host) => {
      const capacity = hosts.capacity(host);
      return toBillionths(dot(sharesOf(demand, capacity), sharesOf(hosts.room(host), capacity)));
    };
  },
});
