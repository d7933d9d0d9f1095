// Networks and the flows over them for the network bench: hosts on one switch, or a leaf-spine two to one oversubscribed, with flows that come at
// random or all at once (a shuffle); and a fat tree kept full of flows. Every host has a link up and a link down; the numbers come from a 32-bit
// congruential generator, so that another simulator can be given the same work.
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

const HOSTS_PER_LEAF = 16;
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
function networkOf({ hosts, spines }: FlowList, alwaysFills: boolean) {
  const network = new FlowNetwork(1, alwaysFills);
  const up = links(network, hosts);
  const down = links(network, hosts);
  const leaves = Math.ceil(hosts / HOSTS_PER_LEAF);
  const leafUp = links(network, leaves * spines);
  const leafDown = links(network, leaves * spines);
  const leafOf = (host: number) => (host / HOSTS_PER_LEAF) | 0;
  const route = (source: number, target: number, spine: number): readonly number[] =>
    spine < 0
      ? [up[source]!, down[target]!]
      : [up[source]!, leafUp[leafOf(source) * spines + spine]!, leafDown[leafOf(target) * spines + spine]!, down[target]!];
  return { network, route };
}

function links(network: FlowNetwork, many: number): Int32Array {
  return Int32Array.from({ length: many }, () => network.addLink(BYTES_PER_SECOND));
}

/** What rounding can add to an instant: ends that close are one instant. */
const ROUNDING = 1 + 2 ** -48;

/** Carries all flows of a list; gives the second at which each ends. `alwaysFills`: by the plain solution, as a judge. */
export function carry(list: FlowList, alwaysFills = false): { readonly ends: Float64Array; readonly network: FlowNetwork } {
  const { network, route } = networkOf(list, alwaysFills);
  const { count, startNs, source, target, bytes, spine } = list;
  const ends = new Float64Array(count).fill(-1);
  const rowOf = new Int32Array(count);
  let row = 0;
  while (row < count || network.active > 0) {
    const start = row < count ? startNs[row]! / 1e9 : Number.POSITIVE_INFINITY;
    const end = network.nextEnd;
    if (end <= start) {
      network.advance(end);
      for (const flow of network.endBy(end * ROUNDING)) ends[rowOf[flow]!] = end;
    } else {
      network.advance(start);
      for (; row < count && startNs[row]! / 1e9 === start; row++) {
        rowOf[network.start(bytes[row]!, route(source[row]!, target[row]!, spine[row]!))] = row;
      }
    }
  }
  return { ends, network };
}

/** A three-level fat tree of switches with `ports` ports: ports^3 / 4 hosts, and a random way for each flow. */
class FatTree {
  readonly network = new FlowNetwork();
  readonly hosts: number;
  private readonly half: number;
  private readonly hostUp: Int32Array;
  private readonly hostDown: Int32Array;
  private readonly edgeUp: Int32Array; // by edge switch and aggregation switch of its pod
  private readonly edgeDown: Int32Array;
  private readonly podUp: Int32Array; // by aggregation switch and core switch of its group
  private readonly podDown: Int32Array;

  constructor(ports: number) {
    this.half = ports / 2;
    this.hosts = ports ** 3 / 4;
    this.hostUp = links(this.network, this.hosts);
    this.hostDown = links(this.network, this.hosts);
    this.edgeUp = links(this.network, this.hosts);
    this.edgeDown = links(this.network, this.hosts);
    this.podUp = links(this.network, this.hosts);
    this.podDown = links(this.network, this.hosts);
  }

  route(source: number, target: number, choice: number): readonly number[] {
    const { half } = this;
    const [sourceEdge, targetEdge] = [Math.floor(source / half), Math.floor(target / half)];
    const [sourcePod, targetPod] = [Math.floor(sourceEdge / half), Math.floor(targetEdge / half)];
    const up = this.hostUp[source]!;
    const down = this.hostDown[target]!;
    if (sourceEdge === targetEdge) return [up, down];
    const middle = choice % half;
    const core = Math.floor(choice / half) % half;
    const [fromEdge, toEdge] = [this.edgeUp[sourceEdge * half + middle]!, this.edgeDown[targetEdge * half + middle]!];
    if (sourcePod === targetPod) return [up, fromEdge, toEdge, down];
    const fromPod = this.podUp[(sourcePod * half + middle) * half + core]!;
    const toPod = this.podDown[(targetPod * half + middle) * half + core]!;
    return [up, fromEdge, fromPod, toPod, toEdge, down];
  }
}

export interface FullTree {
  readonly network: FlowNetwork;
  /** Goes on until so many more flows have ended, each followed by another; gives how many have. */
  end(flows: number): number;
}

/** A fat tree on which `concurrent` flows between random hosts run at any time. */
export function fullFatTree(ports: number, concurrent: number, seed: number): FullTree {
  const tree = new FatTree(ports);
  const { network, hosts } = tree;
  const uniform = congruential(seed);
  const start = () => {
    const source = Math.floor(uniform() * hosts);
    const other = Math.floor(uniform() * (hosts - 1));
    const choice = Math.floor(uniform() * 4096);
    network.start(1 + Math.floor(-Math.log(1 - uniform()) * 1e8), tree.route(source, other >= source ? other + 1 : other, choice));
  };
  for (let i = 0; i < concurrent; i++) start();
  return {
    network,
    end(flows) {
      let ended = 0;
      while (ended < flows) {
        const end = network.nextEnd;
        network.advance(end);
        for (let left = network.endBy(end * ROUNDING).length; left > 0; left--, ended++) start();
      }
      return ended;
    },
  };
}
