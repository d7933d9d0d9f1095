// The network fabric: a leaf-spine. Every rack has a leaf switch, every leaf a link to every spine; hosts hang on their leaf, and Glance on a
// link of its own into the spines. Transfers, from Glance or between hosts, share the links max-min fairly; which spine carries a flow is a hash, as in ECMP.
import type { SharedCapacity } from "../queueing/shared-capacity.ts";

export interface FabricDescription {
  readonly spines: number;
  readonly uplinkBytesPerSecond: number;
  readonly glanceBytesPerSecond: number;
}

export class LeafSpineFabric {
  readonly spines: number;
  private readonly glance: number;
  private readonly hostDown: Int32Array; // leaf to host
  private readonly spineDown: Int32Array; // by rack * spines + spine: spine to leaf
  private readonly hostUp: Int32Array; // host to leaf
  private readonly spineUp: Int32Array; // by rack * spines + spine: leaf to spine
  private readonly rackOf: Int32Array;

  /** `nics` (bytes per second) and `racks` by host; the links are added to `capacity`. */
  constructor(capacity: SharedCapacity, description: FabricDescription, nics: readonly number[], racks: readonly number[]) {
    this.spines = description.spines;
    this.rackOf = Int32Array.from(racks);
    this.glance = capacity.addLink(description.glanceBytesPerSecond);
    const rackCount = racks.reduce((most, rack) => Math.max(most, rack + 1), 0);
    this.spineDown = Int32Array.from({ length: rackCount * description.spines }, () => capacity.addLink(description.uplinkBytesPerSecond));
    this.hostDown = Int32Array.from(nics, (nic) => capacity.addLink(nic));
    // Links are full duplex: what goes up has the same room again.
    this.spineUp = Int32Array.from(this.spineDown, () => capacity.addLink(description.uplinkBytesPerSecond));
    this.hostUp = Int32Array.from(nics, (nic) => capacity.addLink(nic));
  }

  /** The links from Glance to a host. `flow` picks the spine: a deterministic hash of it stands for the 5-tuple. */
  routeFromGlance(host: number, flow: number): readonly number[] {
    return [this.glance, this.spineDown[this.rackOf[host]! * this.spines + this.spineOf(flow)]!, this.hostDown[host]!];
  }

  /** The links from one host to another; hosts of one rack meet at their leaf, and a host needs none to itself. */
  routeBetween(from: number, to: number, flow: number): readonly number[] {
    if (from === to) return [];
    const [fromRack, toRack] = [this.rackOf[from]!, this.rackOf[to]!];
    if (fromRack === toRack) return [this.hostUp[from]!, this.hostDown[to]!];
    const spine = this.spineOf(flow);
    return [
      this.hostUp[from]!,
      this.spineUp[fromRack * this.spines + spine]!,
      this.spineDown[toRack * this.spines + spine]!,
      this.hostDown[to]!,
    ];
  }

  private spineOf(flow: number): number {
    return (Math.imul(flow + 1, 0x9e3779b1) >>> 8) % this.spines;
  }
}
