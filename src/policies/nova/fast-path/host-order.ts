// The order in which hosts stand in search trees: alike hosts side by side, in blocks. A bound of many hosts is close only if the hosts are alike;
// with four types of hosts by turns, a search looks at ten times as many of them as with each type in one run (measured at 10,000 hosts).
import type { HostStates } from "../host-states.ts";

/** Hosts in a block, at most 8: a set of them is a byte. */
export const BLOCK_BITS = 3;

export class HostOrder {
  /** By place: the host. */
  readonly hosts: Int32Array;
  /** By host: its place. */
  readonly places: Int32Array;
  readonly blocks: number;
  /** A power of two: block b is node leaves + b, node n has the children 2n and 2n + 1, the root is 1. */
  readonly leaves: number;
  /** By node: the lowest row of its hosts. */
  readonly lowest: Int32Array;

  constructor(states: HostStates) {
    const { count } = states;
    const column = (read: (host: number) => number) => Float64Array.from({ length: count }, (_, host) => read(host));
    const ram = column((host) => states.totalRamMb(host));
    const vcpus = column((host) => states.totalVcpus(host) * states.cpuAllocationRatio(host));
    const disk = column((host) => states.totalDiskGb(host));
    this.hosts = Int32Array.from({ length: count }, (_, host) => host);
    this.hosts.sort((a, b) => ram[a]! - ram[b]! || vcpus[a]! - vcpus[b]! || disk[a]! - disk[b]! || a - b);
    this.places = new Int32Array(count);
    for (let place = 0; place < count; place++) this.places[this.hosts[place]!] = place;
    this.blocks = (count + (1 << BLOCK_BITS) - 1) >> BLOCK_BITS;
    let leaves = 1;
    while (leaves < this.blocks) leaves *= 2;
    this.leaves = leaves;
    this.lowest = new Int32Array(2 * leaves).fill(count);
    for (let place = 0; place < count; place++) {
      const node = leaves + (place >> BLOCK_BITS);
      this.lowest[node] = Math.min(this.lowest[node]!, this.hosts[place]!);
    }
    for (let node = leaves - 1; node >= 1; node--) this.lowest[node] = Math.min(this.lowest[2 * node]!, this.lowest[2 * node + 1]!);
  }
}
