// The network fabric: a leaf-spine. Every rack has a leaf switch, every leaf a link to every spine; hosts hang on their leaf, and Glance on a
// link of its own into the spines. Transfers share the links max-min fairly; which spine carries a flow is a hash, as in ECMP.
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
  private readonly rackOf: Int32Array;

  /** `nics` (bytes per second) and `racks` by host; the links are added to `capacity`. */
  constructor(capacity: SharedCapacity, description: FabricDescription, nics: readonly number[], racks: readonly number[]) {
    this.spines = description.spines;
    this.rackOf = Int32Array.from(racks);
    this.glance = capacity.addLink(description.glanceBytesPerSecond);
    const rackCount = racks.reduce((most, rack) => Math.max(most, rack + 1), 0);
    this.spineDown = Int32Array.from({ length: rackCount * description.spines }, () => capacity.addLink(description.uplinkBytesPerSecond));
    this.hostDown = Int32Array.from(nics, (nic) => capacity.addLink(nic));
  }

  /** The links from Glance to a host. `flow` picks the spine: a deterministic hash of it stands for the 5-tuple. */
  routeFromGlance(host: number, flow: number): readonly number[] {
    const spine = (Math.imul(flow + 1, 0x9e3779b1) >>> 8) % this.spines;
    return [this.glance, this.spineDown[this.rackOf[host]! * this.spines + spine]!, this.hostDown[host]!];
  }
}
