// Networks and the flows over them for the network bench: hosts on one switch, or a leaf-spine two to one oversubscribed, with flows that come at
// random or all at once (a shuffle). Every host has a link up and a link down; the numbers come from a 32-bit congruential generator, so that
// another simulator can be given the same work.
import { FlowNetwork } from "../src/queueing/max-min/flow-network.ts";

export interface FlowList {
  readonly hosts: number;
  readonly spines: number; // 0: all hosts on one switch
  readonly count: number;
  readonly startNs: Float64Array;
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly bytes: Float64Array;
  readonly spine: Int32Array; // -1: not by way of a spine
}

export const HOSTS_PER_LEAF = 16;
const BYTES_PER_SECOND = 1.25e9;

/** Numerical Recipes' generator: uniform numbers in [0, 1). */
function congruential(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    return x / 4294967296;
  };
}

function emptyList(hosts: number, spines: number, count: number): FlowList {
  return {
    hosts,
    spines,
    count,
    startNs: new Float64Array(count),
    source: new Int32Array(count),
    target: new Int32Array(count),
    bytes: new Float64Array(count),
    spine: new Int32Array(count).fill(-1),
  };
}

/** Which of 8 spines carries what one host sends to another: a hash, as in ECMP. */
function spineOf(source: number, target: number): number {
  return ((Math.imul(source, 0x9e3779b1) ^ Math.imul(target, 0x85ebca77)) >>> 0) >>> 29;
}

export interface RandomFlows {
  readonly hosts: number;
  readonly spines: 0 | 8;
  readonly gapSeconds: number;
  readonly meanBytes: number;
  readonly seed: number;
}

/** Flows between random hosts, with exponential gaps and sizes. */
export function randomFlows({ hosts, spines, gapSeconds, meanBytes, seed }: RandomFlows, count: number): FlowList {
  const list = emptyList(hosts, spines, count);
  const uniform = congruential(seed);
  let seconds = 0;
  for (let i = 0; i < count; i++) {
    seconds += -Math.log(1 - uniform()) * gapSeconds;
    const source = Math.floor(uniform() * hosts);
    const other = Math.floor(uniform() * (hosts - 1));
    const target = other >= source ? other + 1 : other;
    list.startNs[i] = Math.floor(seconds * 1e9 + 0.5);
    list.source[i] = source;
    list.target[i] = target;
    list.bytes[i] = 1 + Math.floor(-Math.log(1 - uniform()) * meanBytes);
    const sameLeaf = Math.floor(source / HOSTS_PER_LEAF) === Math.floor(target / HOSTS_PER_LEAF);
    if (spines > 0 && !sameLeaf) list.spine[i] = spineOf(source, target);
  }
  return list;
}

/** Every host sends to every other at once: as much to each, or with a seed between 1 and 100 MB. */
export function shuffle(hosts: number, seed: number | null): FlowList {
  const list = emptyList(hosts, 0, hosts * (hosts - 1));
  const uniform = congruential(seed ?? 0);
  let i = 0;
  for (let source = 0; source < hosts; source++) {
    for (let target = 0; target < hosts; target++) {
      if (source === target) continue;
      list.source[i] = source;
      list.target[i] = target;
      list.bytes[i] = seed === null ? 10_000_000 : 1_000_000 + Math.floor(uniform() * 99_000_000);
      i++;
    }
  }
  return list;
}

/** A network with all links of the list's topology, and the way from one host to another. */
export function networkOf(list: FlowList) {
  const { hosts, spines } = list;
  const network = new FlowNetwork();
  const links = (many: number) => Int32Array.from({ length: many }, () => network.addLink(BYTES_PER_SECOND));
  const up = links(hosts);
  const down = links(hosts);
  const leaves = Math.ceil(hosts / HOSTS_PER_LEAF);
  const leafUp = links(leaves * spines);
  const leafDown = links(leaves * spines);
  const leafOf = (host: number) => (host / HOSTS_PER_LEAF) | 0;
  const route = (source: number, target: number, spine: number): readonly number[] =>
    spine < 0
      ? [up[source]!, down[target]!]
      : [up[source]!, leafUp[leafOf(source) * spines + spine]!, leafDown[leafOf(target) * spines + spine]!, down[target]!];
  return { network, route };
}

/** What rounding can add to an instant: ends that close are one instant. */
export const ROUNDING = 1 + 2 ** -48;

/** Carries all flows of a list; gives the second at which each ends. */
export function carry(list: FlowList): { ends: Float64Array; network: FlowNetwork } {
  const { network, route } = networkOf(list);
  const ends = new Float64Array(list.count).fill(-1);
  const rowOf = new Int32Array(list.count);
  let row = 0;
  while (row < list.count || network.active > 0) {
    const start = row < list.count ? list.startNs[row]! / 1e9 : Number.POSITIVE_INFINITY;
    const end = network.nextEnd;
    if (end <= start) {
      if (end === Number.POSITIVE_INFINITY) break;
      network.advance(end);
      for (const flow of network.endBy(end * ROUNDING)) ends[rowOf[flow]!] = end;
    } else {
      network.advance(start);
      for (; row < list.count && list.startNs[row]! / 1e9 === start; row++) {
        const flow = network.start(list.bytes[row]!, route(list.source[row]!, list.target[row]!, list.spine[row]!));
        rowOf[flow] = row;
      }
    }
  }
  return { ends, network };
}
