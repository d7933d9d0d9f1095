// How few hosts could hold a set of servers, whatever the policy: lower bounds of bin packing. Nobody knows a policy to be bad by the hosts it
// uses alone; beside a bound one sees how much better any other could be at most.
//
// A bound for one resource (vCPUs, say) holds for servers that want several: it only forgets the other ones. So of several resources the
// largest bound counts.
// @source Martello & Toth, Lower bounds and reduction procedures for the bin packing problem, Discrete Applied Mathematics 28 (1990)

/**
 * L1, from the sum alone: the fewest hosts whose capacities together reach `demand`, the largest taken first. For hosts of one capacity C that is
 * ceil(demand / C). `capacities` descend. Infinity where all hosts together do not suffice.
 */
export function boundL1(demand: number, capacities: ArrayLike<number>): number {
  let reached = 0;
  let hosts = 0;
  while (reached < demand) {
    if (hosts === capacities.length) return Number.POSITIVE_INFINITY;
    reached += capacities[hosts++]!;
  }
  return hosts;
}

/**
 * L2, from the sizes: servers of more than half a host need one each, and those of at least alpha that do not fit into what such hosts leave
 * over need others; the largest such count over all alpha. Every host is taken to be as large as `capacity`, that of the largest. `sizes` descend,
 * repetitions allowed; `counts` says how many servers there are of each. Infinity where a server is larger than a host. Takes linear time.
 */
export function boundL2(sizes: ArrayLike<number>, counts: ArrayLike<number>, capacity: number): number {
  let large = 0; // servers of more than half a host
  let end = 0; // where the others begin
  for (; end < sizes.length && 2 * sizes[end]! > capacity; end++) {
    const count = counts[end]!;
    if (count > 0 && sizes[end]! > capacity) return Number.POSITIVE_INFINITY;
    large += count;
  }
  let most = large;
  let small = 0; // sum of the sizes from alpha to half a host
  let spare = 0; // left over beside large servers, where a server of alpha still fits
  let beside = end; // the large servers from here to `end` leave room for alpha
  for (let i = end; i < sizes.length; i++) {
    const alpha = sizes[i]!;
    if (counts[i]! === 0 || alpha === 0) continue;
    small += counts[i]! * alpha;
    while (beside > 0 && sizes[beside - 1]! <= capacity - alpha) {
      beside--;
      spare += counts[beside]! * (capacity - sizes[beside]!);
    }
    if (small > spare) most = Math.max(most, large + Math.ceil((small - spare) / capacity));
  }
  return most;
}
