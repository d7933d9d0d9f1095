// The moment at which the cloud was fullest: when the largest of the claimed shares of its vCPUs, RAM and disk was largest. What was claimed and
// released since is kept, so that the state of that moment can be had again at the end of the run; a claim costs a few additions.
import { Hosts } from "../datacenter/hosts.ts";
import type { Micros } from "../kernel/time.ts";
import type { Cloud } from "../workflows/cloud.ts";

export class Fullest {
  timeUs: Micros = 0;
  /** Claimed share of the resource that was scarcest. */
  share = 0;
  private readonly cloud: Cloud;
  /** Server and sign, then host, of each change since. */
  private changes = new Int32Array(1024);
  private count = 0;

  /** Listens to the cloud's claims from now on. */
  constructor(cloud: Cloud) {
    this.cloud = cloud;
    const { hosts, servers, simulation } = cloud;
    const [perVcpuMilli, perRamMb, perDiskGb] = [hosts.capacityVcpuMilli, hosts.capacityRamMb, hosts.capacityDiskGb].map(shareOfOne);
    let vcpuMilli = 0;
    let ramMb = 0;
    let diskGb = 0;
    cloud.claimListeners.push((server, sign) => {
      const flavor = cloud.flavorOf(server);
      vcpuMilli += sign * flavor.vcpuMilli;
      ramMb += sign * flavor.ramMb;
      diskGb += sign * flavor.diskGb;
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
      this.changes[this.count++] = sign === 1 ? 2 * server + 1 : 2 * server;
      this.changes[this.count++] = servers.lastHost[server]!;
    });
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
    for (let i = 0; i < this.count; i += 2) {
      const { vcpuMilli, ramMb, diskGb } = this.cloud.flavorOf(this.changes[i]! >> 1);
      const host = this.changes[i + 1]!;
      const back = (this.changes[i]! & 1) === 1 ? -1 : 1;
      then.usedVcpuMilli[host]! += back * vcpuMilli;
      then.usedRamMb[host]! += back * ramMb;
      then.usedDiskGb[host]! += back * diskGb;
    }
    return then;
  }
}

/** What one unit is of the whole cloud's capacity; 0 where there is none. */
function shareOfOne(capacities: Float64Array): number {
  const whole = capacities.reduce((sum, capacity) => sum + capacity, 0);
  return whole > 0 ? 1 / whole : 0;
}
