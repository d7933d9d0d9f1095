// Fragmentation gradient descent: a server goes where it strands least. What is left of a host is stranded for a flavor that no longer fits
// there; the fragmentation of a host is the expected amount stranded for a server drawn from the mix of flavors that the cloud is asked for,
//
//     F(host) = sum over flavors m of share(m) x (0 if m fits, else all that is free on the host),
//
// and the weight is by how much F would fall (or rise, less than nothing) if the server were placed there.
//
// The paper measures GPUs, in two cases: a task that fits nowhere on the node strands all its free GPUs, and one that fits strands those GPUs
// that alone have too little left. Here the resources are vCPUs, RAM and disk. Each is one pool on a host, so the second case is empty; the
// first case strands what is free of all three, each measured by the capacity of an average host of the cloud. They are added up in the
// proportion in which the mean server of the mix takes of an average host, because room that nobody is short of is not missed: with
// plenty of disk it is the vCPUs and the RAM that count, as in the paper only the GPUs do. The paper takes the mix from a trace of the
// workload; a run takes it from the flavors of its own requests, and a request that comes without a mix counts alone.
import { demandOf, dot, isWithin, minus, type ResourceVector, sharesOf } from "../../../datacenter/resource-vector.ts";
import { defineWeigher, toBillionths } from "../weigher.ts";

export const fragmentationWeigher = defineWeigher({
  name: "FragmentationWeigher",
  source: "Weng et al., Beware of Fragmentation (FGD), USENIX ATC 2023, for vCPUs, RAM and disk instead of GPUs",
  meaning: "Prefers hosts on which the server strands least room for the mix of flavors that the cloud is asked for.",
  multiplier: {
    name: "fragmentation_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of the fall of fragmentation in the sum; negative seeks fragmentation.",
  },
  minval: null,
  dependsOn: "flavor",
  weigh: (hosts, { flavor, bootFromVolume = false, mix = [{ flavor, share: 1 }] }) => {
    const demand = demandOf(flavor, bootFromVolume);
    const demands = mix.map((entry) => ({ demand: demandOf(entry.flavor, false), share: entry.share }));
    const needs: [number, number, number] = [0, 0, 0];
    for (const entry of demands)
      for (const [i, need] of sharesOf(entry.demand, hosts.averageCapacity).entries()) needs[i]! += entry.share * need;
    const need = needs[0] + needs[1] + needs[2];
    /** In average hosts, by what servers need of them. */
    const inHosts = (amounts: ResourceVector) => (need > 0 ? dot(sharesOf(amounts, hosts.averageCapacity), needs) / need : 0);
    const taken = inHosts(demand);
    return (host) => {
      const room = hosts.room(host);
      const left = minus(room, demand);
      // Placement's max_unit: no server larger than the host itself, whatever the allocation ratios.
      const most: ResourceVector = [
        Math.min(room[0], 1000 * hosts.totalVcpus(host)),
        Math.min(room[1], hosts.totalRamMb(host)),
        Math.min(room[2], hosts.totalDiskGb(host)),
      ];
      let refusedBefore = 0;
      let newlyRefused = 0;
      for (const { demand: other, share } of demands) {
        if (!isWithin(other, most)) refusedBefore += share;
        else if (!isWithin(other, left)) newlyRefused += share;
      }
      // F before less F after: what was stranded already loses what the server takes, and what it leaves is stranded for the newly refused.
      return toBillionths(refusedBefore * taken - newlyRefused * inHosts(left));
    };
  },
});
