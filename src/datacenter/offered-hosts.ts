// Placement's hosts as the scheduler is offered them: those whose compute service is disabled carry the trait COMPUTE_STATUS_DISABLED, which
// every request forbids. A claim is no offer, and may still come to such a host.
// @source nova/scheduler/request_filter.py compute_status_filter
import type { ChangeLog } from "./change-log.ts";
import type { Amounts, Hosts } from "./hosts.ts";

export class OfferedHosts {
  readonly changes: ChangeLog;
  private readonly hosts: Hosts;

  constructor(hosts: Hosts) {
    this.hosts = hosts;
    this.changes = hosts.changes;
  }

  fits(host: number, amounts: Amounts): boolean {
    return this.hosts.serviceEnabled[host] === 1 && this.hosts.fits(host, amounts);
  }

  // Room for less than nothing: no request is so small.

  roomVcpuMilli(host: number): number {
    return this.hosts.serviceEnabled[host] === 1 ? this.hosts.roomVcpuMilli(host) : -1;
  }

  roomRamMb(host: number): number {
    return this.hosts.serviceEnabled[host] === 1 ? this.hosts.roomRamMb(host) : -1;
  }

  roomDiskGb(host: number): number {
    return this.hosts.serviceEnabled[host] === 1 ? this.hosts.roomDiskGb(host) : -1;
  }
}
