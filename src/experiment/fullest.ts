// The moment at which the cloud was fullest: when the largest of the claimed shares of its vCPUs, RAM and disk was largest. What was claimed and
// released since is kept, so that the state of that moment can be had again at the end of the run; a claim costs a few additions.
import { type Amounts, Hosts } from "../datacenter/hosts.ts";
import type { Micros } from "../kernel/time.ts";
import type { Cloud } from "../workflows/cloud.ts";

export class Fullest {
  timeUs: Micros = 0;
  /** Claimed share of the resource that was scarcest. */
  share = 0;
  private readonly cloud: Cloud;
  /** By server, what it has claimed last: a number of `amounts`. */
  private readonly claimed: Int32Array;
  /** All that was ever claimed: servers that ask alike share one. */
  private readonly amounts: Amounts[] = [];
  private readonly numbers = new Map<Amounts, number>();
  /** Number of the amounts and sign, then host, of each change since. */
  private changes = new Int32Array(1024);
  private count = 0;

  /** Listens to the cloud's claims from now on. */
  constructor(cloud: Cloud) {
    this.cloud = cloud;
    const { hosts, servers, simulation, scheduling } = cloud;
    this.claimed = new Int32Array(servers.count);
    const [perVcpuMilli, perRamMb, perDiskGb] = [hosts.capacityVcpuMilli, hosts.capacityRamMb, hosts.capacityDiskGb].map(shareOfOne);
    let vcpuMilli = 0;
    let ramMb = 0;
    let diskGb = 0;
    cloud.claimListeners.push((server, sign) => {
      if (sign === 1) this.claimed[server] = this.numberOf(scheduling.claimOf(server)!);
      const number = this.claimed[server]!;
      const claim = this.amounts[number]!;
      vcpuMilli += sign * claim.vcpuMilli;
      ramMb += sign * claim.ramMb;
      diskGb += sign * claim.diskGb;
      if (sign === 1) {
        const share = Math.max(vcpuMilli * perVcpuMilli!, ramMb * perRamMb!, diskGb * perDiskGb!);
        if (share > this.share) {
          this.share = share;
          this.timeUs = simulation.now;
          this.count = 0;
          return;
        }
      }
      if (this.count === this.changes.length) this.grow();
      this.changes[this.count++] = sign === 1 ? 2 * number + 1 : 2 * number;
      this.changes[this.count++] = servers.lastHost[server]!;
    });
  }

  private numberOf(claim: Amounts): number {
    const known = this.numbers.get(claim);
    if (known !== undefined) return known;
    this.numbers.set(claim, this.amounts.length);
    return this.amounts.push(claim) - 1;
  }

  private grow(): void {
    const grown = new Int32Array(2 * this.changes.length);
    grown.set(this.changes);
    this.changes = grown;
  }

  /** Hosts with the claims of that moment; of their other states nothing. */
  get hosts(): Hosts {
    const { hosts } = this.cloud;
    const then = new Hosts(hosts.descriptions);
    then.usedVcpuMilli.set(hosts.usedVcpuMilli);
    then.usedRamMb.set(hosts.usedRamMb);
    then.usedDiskGb.set(hosts.usedDiskGb);
    const names = new Set(hosts.descriptions.flatMap(({ resources }) => [...(resources?.keys() ?? [])]));
    for (const name of names) then.furtherResource(name)!.used.set(hosts.furtherResource(name)!.used);
    for (let i = 0; i < this.count; i += 2) {
      const { vcpuMilli, ramMb, diskGb, others = [] } = this.amounts[this.changes[i]! >> 1]!;
      const host = this.changes[i + 1]!;
      const back = (this.changes[i]! & 1) === 1 ? -1 : 1;
      then.usedVcpuMilli[host]! += back * vcpuMilli;
      then.usedRamMb[host]! += back * ramMb;
      then.usedDiskGb[host]! += back * diskGb;
      for (const [name, amount] of others) then.furtherResource(name)!.used[host]! += back * amount;
    }
    return then;
  }
}

/** What one unit is of the whole cloud's capacity; 0 where there is none. */
function shareOfOne(capacities: Float64Array): number {
  const whole = capacities.reduce((sum, capacity) => sum + capacity, 0);
  return whole > 0 ? 1 / whole : 0;
}
