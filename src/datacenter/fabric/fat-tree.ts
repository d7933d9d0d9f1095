// A fat tree of switches with k ports each: k pods of k/2 edge and k/2 aggregation switches, under (k/2)² cores; room for k³/4 hosts. Each rack
// has its edge switch. Services hang on a border switch next to the cores, whose cables never limit.
//
// @source Al-Fares, Loukissas and Vahdat, "A scalable, commodity data center network architecture", SIGCOMM 2008
import { type AttachPoints, rackCount } from "./attach-points.ts";
import { checkCount, Wiring } from "./wiring.ts";

export const MAX_FAT_TREE_PORTS = 128;

export interface FatTree {
  /** Ports of each switch; even. */
  readonly k: number;
  /** Speed of each cable between switches. */
  readonly linkBytesPerSecond: number;
}

/** Racks of a fat tree, each with room for k/2 NICs. */
export const fatTreeRacks = (k: number): number => (k * k) / 2;

export function fatTree(points: AttachPoints, { k, linkBytesPerSecond }: FatTree): Wiring {
  checkCount("ports of a fat tree's switches", k, MAX_FAT_TREE_PORTS);
  if (k % 2 !== 0) throw new RangeError(`ports of a fat tree's switches: expected an even number, got ${k}`);
  const half = k / 2;
  const racks = rackCount(points);
  if (racks > fatTreeRacks(k))
    throw new RangeError(`a fat tree with k = ${k} has ${fatTreeRacks(k)} racks, but the hosts are in ${racks}: take a larger k`);
  const wiring = new Wiring(points);
  const level = (name: string, count: number) => Array.from({ length: count }, (_, index) => wiring.addSwitch(`${name}-${index + 1}`));
  const edges = level("edge", k * half);
  const aggregations = level("aggregation", k * half);
  const cores = level("core", half * half);
  for (let pod = 0; pod < k; pod++) {
    for (let i = 0; i < half; i++)
      for (let j = 0; j < half; j++) wiring.addCable(edges[pod * half + i]!, aggregations[pod * half + j]!, linkBytesPerSecond);
    // The j-th aggregation switch of every pod reaches the j-th group of cores.
    for (let j = 0; j < half; j++)
      for (let core = 0; core < half; core++) wiring.addCable(aggregations[pod * half + j]!, cores[j * half + core]!, linkBytesPerSecond);
  }
  const used = new Int32Array(edges.length);
  for (let host = 0; host < wiring.hostCount; host++) {
    const rack = points.racks[host]!;
    wiring.attachHost(host, edges[rack]!);
    used[rack]! += points.nics?.[host] ?? 1;
    if (used[rack]! > half)
      throw new RangeError(
        `rack ${rack} has more than the ${half} NICs that an edge switch of a fat tree with k = ${k} has ports for: more racks, or a larger k`,
      );
  }
  for (const { rack = -1, name } of points.services) {
    if (rack < 0) continue;
    used[rack]!++;
    if (used[rack]! > half) throw new RangeError(`rack ${rack} has no port left for ${name}: an edge switch has ${half}`);
  }
  wiring.addBorder(cores, edges);
  return wiring;
}
