// Best fit for several resources at once: the host on which least is left over once the server is there, where what is left is measured as the
// squared Euclidean length of the vector of what remains, in shares of the host's capacity. A host with one resource all but used up and much
// left of another is long in one direction, and so is not taken for a good fit.
//
// The resources count alike; the paper also tries weights by how scarce each is.
import { demandOf, dot, minus, sharesOf } from "../../../datacenter/resource-vector.ts";
import { defineWeigher, toBillionths } from "../weigher.ts";

export const normWeigher = defineWeigher({
  name: "NormWeigher",
  source: "Panigrahy et al., Heuristics for Vector Bin Packing (2011), norm-based greedy with the L2 norm",
  meaning: "Prefers hosts on which the vector of what the server leaves over is shortest (L2 norm of shares).",
  multiplier: {
    name: "norm_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of the shortness in the sum; negative prefers hosts on which most is left.",
  },
  minval: null,
  dependsOn: "flavor",
  weigh: (hosts, { flavor, bootFromVolume = false }) => {
    const demand = demandOf(flavor, bootFromVolume);
    return (host) => {
      const left = sharesOf(minus(hosts.room(host), demand), hosts.capacity(host));
      return -toBillionths(dot(left, left));
    };
  },
});
