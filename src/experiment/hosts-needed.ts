// The fewest hosts that any policy could have done with: lower bounds on the hosts in use at once, for the servers that this run held. At every
// instant its claims are one way to pack its live servers into the hosts, so the hosts in use then are at least the bound of those servers;
// and so the largest bound over all instants is at most the largest number of hosts in use.
//
// The bound is that of all instants, but few are looked at. L1 grows with the sum of what is claimed, so its largest value is that of the largest
// sum. L2 does not fall when a server comes and rises by one host at most, so it is worth working out only when a server goes, and only if
// enough have come since the last time.
import type { Flavor } from "../datacenter/flavor.ts";
import type { Hosts } from "../datacenter/hosts.ts";
import { boundL1, boundL2 } from "../policies/packing/lower-bounds.ts";

/** One resource: what a server of each flavor takes of it, and what hosts have. */
interface Resource {
  readonly ofFlavor: Float64Array;
  /** Placement's capacities, largest first. */
  readonly capacities: Float64Array;
  /** Flavors from the one that takes most on, and what each takes. */
  readonly order: Int32Array;
  readonly sizes: Float64Array;
  /** Live servers in that order; scratch of `look`. */
  readonly counts: Float64Array;
  claimed: number;
  mostClaimed: number;
}

export class HostsNeeded {
  private readonly resources: readonly Resource[];
  private readonly live: Float64Array; // servers by flavor
  private largestL2 = 0;
  private lastL2 = 0;
  private claimsSince = 0;

  constructor(hosts: Hosts, flavors: readonly Flavor[]) {
    this.live = new Float64Array(flavors.length);
    this.resources = [
      resource(hosts.capacityVcpuMilli, flavors, (flavor) => flavor.vcpuMilli),
      resource(hosts.capacityRamMb, flavors, (flavor) => flavor.ramMb),
      resource(hosts.capacityDiskGb, flavors, (flavor) => flavor.diskGb),
    ];
  }

  claim(flavor: number): void {
    this.live[flavor]!++;
    this.claimsSince++;
    for (const resource of this.resources) {
      resource.claimed += resource.ofFlavor[flavor]!;
      if (resource.claimed > resource.mostClaimed) resource.mostClaimed = resource.claimed;
    }
  }

  release(flavor: number): void {
    this.look();
    this.live[flavor]!--;
    for (const resource of this.resources) resource.claimed -= resource.ofFlavor[flavor]!;
  }

  /** Ends the warm-up: from now on the bounds are those of the servers live now, and of later instants. */
  reset(): void {
    for (const resource of this.resources) resource.mostClaimed = resource.claimed;
    this.largestL2 = 0;
    this.lastL2 = 0;
    this.claimsSince = Number.POSITIVE_INFINITY;
  }

  /** Largest L1 over time, of the resource that needs most hosts. */
  get l1(): number {
    return Math.max(...this.resources.map(({ mostClaimed, capacities }) => boundL1(mostClaimed, capacities)));
  }

  /** Largest L2 over time. With hosts of one size it is never below L1; with several, L2 counts all as the largest, and L1 holds if it is greater. */
  get l2(): number {
    this.look();
    return Math.max(this.l1, this.largestL2);
  }

  private look(): void {
    if (this.lastL2 + this.claimsSince <= this.largestL2) return;
    this.claimsSince = 0;
    this.lastL2 = 0;
    for (const { order, sizes, counts, capacities } of this.resources) {
      for (let i = 0; i < order.length; i++) counts[i] = this.live[order[i]!]!;
      this.lastL2 = Math.max(this.lastL2, boundL2(sizes, counts, capacities[0]!));
    }
    this.largestL2 = Math.max(this.largestL2, this.lastL2);
  }
}

function resource(capacities: Float64Array, flavors: readonly Flavor[], amount: (flavor: Flavor) => number): Resource {
  const ofFlavor = Float64Array.from(flavors, amount);
  const order = Int32Array.from(flavors.keys()).sort((a, b) => ofFlavor[b]! - ofFlavor[a]! || a - b);
  return {
    ofFlavor,
    capacities: Float64Array.from(capacities).sort((a, b) => b - a),
    order,
    sizes: Float64Array.from(order, (flavor) => ofFlavor[flavor]!),
    counts: new Float64Array(flavors.length),
    claimed: 0,
    mostClaimed: 0,
  };
}
