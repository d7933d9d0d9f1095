// Which is the first host with room? A scan asks every host; this index asks O(log n) of them and gives the same answer. It is a segment
// tree over the hosts in order: each node holds, component by component, the most room that any host below it has, so a subtree is passed
// over as soon as one component of a request is too large for it. The maxima of a subtree may belong to different hosts; then the search
// looks into it in vain and goes on to the next.
//
// "Fits" means what `Hosts.fits` means. The index is told of every claim and release by `update`.
import type { Hosts } from "./hosts.ts";

/** Integers per node: vCPU in thousandths, RAM in MB, disk in GB, and one unused, so that a node is 16 bytes of one cache line. */
const STRIDE = 4;

export class FirstFitIndex {
  private readonly hosts: Hosts;
  /** Leaves, a power of two; host h is node leaves + h, node n has the children 2n and 2n + 1, the root is 1. */
  private readonly leaves: number;
  private readonly room: Int32Array;

  constructor(hosts: Hosts) {
    this.hosts = hosts;
    let leaves = 1;
    while (leaves < hosts.count) leaves *= 2;
    this.leaves = leaves;
    this.room = new Int32Array(2 * leaves * STRIDE).fill(-1); // a leaf without a host has room for nothing
    for (let host = 0; host < hosts.count; host++) this.writeLeaf(host);
    for (let node = leaves - 1; node >= 1; node--) this.pull(node);
  }

  /** To be called after a host's claims have changed. */
  update(host: number): void {
    if (!this.writeLeaf(host)) return;
    for (let node = (this.leaves + host) >> 1; node >= 1 && this.pull(node); ) node >>= 1;
  }

  /** The lowest-numbered host on which a request (vCPU in thousandths, RAM in MB, disk in GB) fits, -1 if there is none. */
  find(vcpuMilli: number, ramMb: number, diskGb: number): number {
    const { room, leaves } = this;
    let node = 1;
    for (;;) {
      const at = node * STRIDE;
      if (room[at]! >= vcpuMilli && room[at + 1]! >= ramMb && room[at + 2]! >= diskGb) {
        if (node >= leaves) return node - leaves;
        node *= 2;
        continue;
      }
      // Past this subtree: up from every right child, then over to the sibling.
      while ((node & 1) === 1) node >>= 1;
      if (node === 0) return -1;
      node++;
    }
  }

  /** The most of each resource that one host has room for; it need not be the same host. */
  get mostRoom(): { readonly vcpuMilli: number; readonly ramMb: number; readonly diskGb: number } {
    return { vcpuMilli: this.room[STRIDE]!, ramMb: this.room[STRIDE + 1]!, diskGb: this.room[STRIDE + 2]! };
  }

  /** Says whether the host's room differs from what was known. */
  private writeLeaf(host: number): boolean {
    const { hosts } = this;
    const at = (this.leaves + host) * STRIDE;
    return this.write(
      at,
      Math.min(hosts.vcpuMilli[host]!, hosts.capacityVcpuMilli[host]! - hosts.usedVcpuMilli[host]!),
      Math.min(hosts.ramMb[host]!, hosts.capacityRamMb[host]! - hosts.usedRamMb[host]!),
      Math.min(hosts.diskGb[host]!, hosts.capacityDiskGb[host]! - hosts.usedDiskGb[host]!),
    );
  }

  /** Takes a node's maxima from its children and says whether they have changed. */
  private pull(node: number): boolean {
    const { room } = this;
    const left = 2 * node * STRIDE;
    const right = left + STRIDE;
    return this.write(
      node * STRIDE,
      Math.max(room[left]!, room[right]!),
      Math.max(room[left + 1]!, room[right + 1]!),
      Math.max(room[left + 2]!, room[right + 2]!),
    );
  }

  private write(at: number, vcpuMilli: number, ramMb: number, diskGb: number): boolean {
    const { room } = this;
    if (room[at] === vcpuMilli && room[at + 1] === ramMb && room[at + 2] === diskGb) return false;
    room[at] = vcpuMilli;
    room[at + 1] = ramMb;
    room[at + 2] = diskGb;
    return true;
  }
}
