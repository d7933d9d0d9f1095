// Which host with room has the least of it? Best fit fills the fullest host that still takes the request: the one with the fewest free
// vCPUs, the lowest-numbered among equals. The hosts stand in that order in a treap (a search tree kept in balance by one hash per host),
// and each node knows, component by component, the most room below it, so a subtree in which nothing can fit is passed over.
//
// "Fits" means what `Hosts.fits` means; free vCPUs are Placement's, capacity less usage. The index is told of every claim and release.
import type { Hosts } from "./hosts.ts";

/** No node: nodes are host + 1. */
const NONE = 0;

export class BestFitIndex {
  private readonly hosts: Hosts;
  private root = NONE;
  private readonly left: Int32Array;
  private readonly right: Int32Array;
  private readonly priority: Int32Array;
  /** Free vCPUs in thousandths, by which the hosts are ordered. */
  private readonly free: Float64Array;
  // What fits on the host itself, and the most that fits on any host of its subtree; nothing (-1) in node 0.
  private readonly vcpuMilli: Int32Array;
  private readonly ramMb: Int32Array;
  private readonly diskGb: Int32Array;
  private readonly vcpuMilliBelow: Int32Array;
  private readonly ramMbBelow: Int32Array;
  private readonly diskGbBelow: Int32Array;
  // What `split` found: the nodes that come before, and the rest.
  private before = NONE;
  private rest = NONE;

  constructor(hosts: Hosts) {
    this.hosts = hosts;
    const nodes = hosts.count + 1;
    this.left = new Int32Array(nodes);
    this.right = new Int32Array(nodes);
    this.priority = Int32Array.from({ length: nodes }, (_, node) => scramble(node));
    this.free = new Float64Array(nodes);
    this.vcpuMilli = new Int32Array(nodes).fill(-1);
    this.ramMb = new Int32Array(nodes).fill(-1);
    this.diskGb = new Int32Array(nodes).fill(-1);
    this.vcpuMilliBelow = new Int32Array(nodes).fill(-1);
    this.ramMbBelow = new Int32Array(nodes).fill(-1);
    this.diskGbBelow = new Int32Array(nodes).fill(-1);
    for (let host = 0; host < hosts.count; host++) this.add(host + 1);
  }

  /** To be called after a host's claims have changed. */
  update(host: number): void {
    const node = host + 1;
    this.root = this.without(this.root, node);
    this.add(node);
  }

  /**
   * The host with the fewest free vCPUs on which a request (vCPU in thousandths, RAM in MB, disk in GB) fits, the lowest-numbered among
   * equals; -1 if there is none.
   */
  find(vcpuMilli: number, ramMb: number, diskGb: number): number {
    return this.firstIn(this.root, vcpuMilli, ramMb, diskGb) - 1;
  }

  private firstIn(node: number, vcpuMilli: number, ramMb: number, diskGb: number): number {
    while (this.vcpuMilliBelow[node]! >= vcpuMilli && this.ramMbBelow[node]! >= ramMb && this.diskGbBelow[node]! >= diskGb) {
      // Left of a host that has too few free vCPUs stand only those that have even fewer.
      if (this.free[node]! >= vcpuMilli) {
        const found = this.firstIn(this.left[node]!, vcpuMilli, ramMb, diskGb);
        if (found !== NONE) return found;
        if (this.vcpuMilli[node]! >= vcpuMilli && this.ramMb[node]! >= ramMb && this.diskGb[node]! >= diskGb) return node;
      }
      node = this.right[node]!;
    }
    return NONE;
  }

  private add(node: number): void {
    const { hosts } = this;
    const host = node - 1;
    this.free[node] = hosts.capacityVcpuMilli[host]! - hosts.usedVcpuMilli[host]!;
    this.vcpuMilli[node] = Math.min(hosts.vcpuMilli[host]!, this.free[node]!);
    this.ramMb[node] = Math.min(hosts.ramMb[host]!, hosts.capacityRamMb[host]! - hosts.usedRamMb[host]!);
    this.diskGb[node] = Math.min(hosts.diskGb[host]!, hosts.capacityDiskGb[host]! - hosts.usedDiskGb[host]!);
    this.root = this.with(this.root, node);
  }

  private comesBefore(a: number, b: number): boolean {
    return this.free[a]! < this.free[b]! || (this.free[a]! === this.free[b]! && a < b);
  }

  /** The subtree with one node more. */
  private with(tree: number, node: number): number {
    if (tree === NONE || this.priority[node]! > this.priority[tree]!) {
      this.split(tree, node);
      this.left[node] = this.before;
      this.right[node] = this.rest;
      this.pull(node);
      return node;
    }
    if (this.comesBefore(node, tree)) this.left[tree] = this.with(this.left[tree]!, node);
    else this.right[tree] = this.with(this.right[tree]!, node);
    this.pull(tree);
    return tree;
  }

  /** The subtree with one node less. */
  private without(tree: number, node: number): number {
    if (tree === node) return this.merge(this.left[node]!, this.right[node]!);
    if (this.comesBefore(node, tree)) this.left[tree] = this.without(this.left[tree]!, node);
    else this.right[tree] = this.without(this.right[tree]!, node);
    this.pull(tree);
    return tree;
  }

  /** Divides a subtree into the nodes that come before `node` and the rest. */
  private split(tree: number, node: number): void {
    if (tree === NONE) {
      this.before = this.rest = NONE;
    } else if (this.comesBefore(tree, node)) {
      this.split(this.right[tree]!, node);
      this.right[tree] = this.before;
      this.pull(tree);
      this.before = tree;
    } else {
      this.split(this.left[tree]!, node);
      this.left[tree] = this.rest;
      this.pull(tree);
      this.rest = tree;
    }
  }

  /** Joins two subtrees, all nodes of the first before those of the second. */
  private merge(first: number, second: number): number {
    if (first === NONE || second === NONE) return first + second;
    if (this.priority[first]! > this.priority[second]!) {
      this.right[first] = this.merge(this.right[first]!, second);
      this.pull(first);
      return first;
    }
    this.left[second] = this.merge(first, this.left[second]!);
    this.pull(second);
    return second;
  }

  private pull(node: number): void {
    const left = this.left[node]!;
    const right = this.right[node]!;
    const { vcpuMilliBelow, ramMbBelow, diskGbBelow } = this;
    vcpuMilliBelow[node] = Math.max(this.vcpuMilli[node]!, vcpuMilliBelow[left]!, vcpuMilliBelow[right]!);
    ramMbBelow[node] = Math.max(this.ramMb[node]!, ramMbBelow[left]!, ramMbBelow[right]!);
    diskGbBelow[node] = Math.max(this.diskGb[node]!, diskGbBelow[left]!, diskGbBelow[right]!);
  }
}

/** A hash of a node's number: it only has to look random beside the order of the hosts, and every run has the same tree. */
function scramble(node: number): number {
  let x = Math.imul(node, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
