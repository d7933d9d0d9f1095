// The compute node records that the scheduler reads. nova-compute writes its host's record when it takes a server on or lets it go, and every
// `update_resources_interval`; in between the record lags behind the host, and so does everything that filters and weighers see. Placement does
// not lag: it knows a claim at once, but only amounts.
//
// Assumes that the end of a build shows in the record only with the next periodic update (from memory), and that the updates of the hosts are
// spread evenly over the interval.
// @source nova/compute/resource_tracker.py (instance_claim, update_usage, _update_available_resource), nova/scheduler/host_manager.py
import { ChangeLog } from "../../datacenter/change-log.ts";
import type { Flavor } from "../../datacenter/flavor.ts";
import type { Amounts, Hosts } from "../../datacenter/hosts.ts";
import type { HostCell } from "../../datacenter/numa/host-cell.ts";
import type { PciPool } from "../../datacenter/pci-pool.ts";
import type { ResourceVector } from "../../datacenter/resource-vector.ts";
import { type RoomAsked, takeRoom } from "./host-claims.ts";
import type { Aggregate, HostStates, Metric } from "./host-states.ts";
import type { CellOrder } from "./numa/fit-to-host.ts";

/** The part of a record that a server's choice has changed, as it was before. */
interface Consumed {
  readonly host: number;
  readonly usedVcpuMilli: number;
  readonly usedRamMb: number;
  readonly usedDiskGb: number;
  readonly cells: readonly HostCell[] | null;
  readonly pools: readonly PciPool[];
}

export class ComputeNodes implements HostStates {
  readonly count: number;
  readonly hasAggregates: boolean;
  /** Rows whose records have changed, and rows whose service has. */
  readonly changes: ChangeLog;
  readonly averageCapacity: ResourceVector;
  private readonly hosts: Hosts;
  /** What nova-compute has taken on: its own servers, which Placement may know earlier. */
  private readonly heldVcpuMilli: Float64Array;
  private readonly heldRamMb: Float64Array;
  private readonly heldDiskGb: Float64Array;
  private readonly heldInstances: Int32Array;
  // The records.
  private readonly usedVcpuMilli: Float64Array;
  private readonly usedRamMb: Float64Array;
  private readonly usedDiskGb: Float64Array;
  private readonly instances: Int32Array;
  private readonly ioOps: Int32Array;
  private readonly failedBuilds: Int32Array;
  private readonly cells: (readonly HostCell[] | null)[];
  private readonly pools: (readonly PciPool[])[];
  private readonly consumed: Consumed[] = [];
  private readonly order: CellOrder;
  private readonly reported: (readonly Metric[])[] = []; // of hosts that were asked for metrics
  private readonly noServerRamMb: Float64Array;
  private readonly noServerDiskMb: Float64Array;
  private readonly reservedVcpuMilli: Float64Array;

  /** `order`: the host cells that the scheduler looks at first when it takes a server's topology off a host. */
  constructor(hosts: Hosts, order: CellOrder = "spread") {
    const n = hosts.count;
    this.order = order;
    this.count = n;
    this.hosts = hosts;
    this.hasAggregates = hosts.hasAggregates;
    this.changes = new ChangeLog(n);
    this.averageCapacity = hosts.averageCapacity;
    this.heldVcpuMilli = new Float64Array(n);
    this.heldRamMb = new Float64Array(n);
    this.heldDiskGb = new Float64Array(n);
    this.heldInstances = new Int32Array(n);
    this.usedVcpuMilli = new Float64Array(n);
    this.usedRamMb = new Float64Array(n);
    this.usedDiskGb = new Float64Array(n);
    this.instances = new Int32Array(n);
    this.ioOps = new Int32Array(n);
    this.failedBuilds = new Int32Array(n);
    this.cells = hosts.cells.slice();
    this.pools = hosts.pools.slice();
    // What a host without servers has free; hosts are handed in without any.
    this.noServerRamMb = Float64Array.from({ length: n }, (_, host) => hosts.freeRamMb(host));
    this.noServerDiskMb = Float64Array.from({ length: n }, (_, host) => hosts.freeDiskMb(host));
    this.reservedVcpuMilli = Float64Array.from(hosts.descriptions, (host) => host.reservedVcpuMilli);
  }

  /** nova-compute takes a server on; the record follows with `write`. */
  takeOn(host: number, flavor: Flavor): void {
    this.change(host, flavor, 1);
  }

  letGo(host: number, flavor: Flavor): void {
    this.change(host, flavor, -1);
  }

  /** Writes the host's record as the host is now. */
  write(host: number): void {
    const { hosts } = this;
    this.usedVcpuMilli[host] = this.heldVcpuMilli[host]!;
    this.usedRamMb[host] = this.heldRamMb[host]!;
    this.usedDiskGb[host] = this.heldDiskGb[host]!;
    this.instances[host] = this.heldInstances[host]!;
    this.ioOps[host] = hosts.ioOps[host]!;
    this.failedBuilds[host] = hosts.failedBuilds[host]!;
    this.cells[host] = hosts.cells[host]!;
    this.pools[host] = hosts.pools[host]!;
    if (this.reported[host] !== undefined) this.reported[host] = hosts.metrics(host);
    this.changes.note(host);
  }

  /**
   * What the scheduler takes off a host that it chose, until `restore`: the next server of the same request sees it. Swap is not looked at.
   * Assumes that every server of the request is fitted anew, with any page size that it allows.
   * @source nova/scheduler/host_manager.py HostState.consume_from_request
   */
  consume(host: number, { vcpuMilli, ramMb, diskGb }: Flavor, asked: RoomAsked): void {
    const cells = this.cells[host]!;
    const pools = this.pools[host]!;
    const [usedVcpuMilli, usedRamMb, usedDiskGb] = [this.usedVcpuMilli[host]!, this.usedRamMb[host]!, this.usedDiskGb[host]!];
    this.consumed.push({ host, usedVcpuMilli, usedRamMb, usedDiskGb, cells, pools });
    this.usedVcpuMilli[host] = usedVcpuMilli + vcpuMilli;
    this.usedRamMb[host] = usedRamMb + ramMb;
    this.usedDiskGb[host] = usedDiskGb + diskGb;
    this.instances[host]!++;
    this.ioOps[host]!++;
    this.changes.note(host);
    const taken = takeRoom({ cells, pools }, asked, this.order, true);
    if (taken === null) return;
    this.cells[host] = taken.cells;
    this.pools[host] = taken.pools;
  }

  /** Forgets what was consumed. */
  restore(): void {
    for (let last = this.consumed.pop(); last !== undefined; last = this.consumed.pop()) {
      this.usedVcpuMilli[last.host] = last.usedVcpuMilli;
      this.usedRamMb[last.host] = last.usedRamMb;
      this.usedDiskGb[last.host] = last.usedDiskGb;
      this.instances[last.host]!--;
      this.changes.note(last.host);
      this.ioOps[last.host]!--;
      this.cells[last.host] = last.cells;
      this.pools[last.host] = last.pools;
    }
  }

  /** What nova-compute holds on the host now, whether or not the record says so yet. */
  held(host: number): Amounts & { readonly instances: number } {
    return {
      vcpuMilli: this.heldVcpuMilli[host]!,
      ramMb: this.heldRamMb[host]!,
      diskGb: this.heldDiskGb[host]!,
      instances: this.heldInstances[host]!,
    };
  }

  /** local_gb_used is a whole number: what swap is over a GiB is left out. */
  private change(host: number, { vcpuMilli, ramMb, diskGb, swapMb = 0 }: Flavor, sign: 1 | -1): void {
    this.heldVcpuMilli[host]! += sign * vcpuMilli;
    this.heldRamMb[host]! += sign * ramMb;
    this.heldDiskGb[host]! += sign * (diskGb + Math.trunc(swapMb / 1024));
    this.heldInstances[host]! += sign;
  }

  // What changes, as recorded.

  usedVcpus(host: number): number {
    return (this.usedVcpuMilli[host]! + this.reservedVcpuMilli[host]!) / 1000;
  }

  usedDiskMb(host: number): number {
    return this.hosts.totalDiskGb(host) * 1024 - this.freeDiskMb(host);
  }

  freeRamMb(host: number): number {
    return this.noServerRamMb[host]! - this.usedRamMb[host]!;
  }

  freeDiskMb(host: number): number {
    return this.noServerDiskMb[host]! - 1024 * this.usedDiskGb[host]!;
  }

  freeVcpus(host: number): number {
    return this.hosts.totalVcpus(host) * this.hosts.cpuAllocationRatio(host) - this.usedVcpus(host);
  }

  numInstances(host: number): number {
    return this.instances[host]!;
  }

  numIoOps(host: number): number {
    return this.ioOps[host]!;
  }

  numFailedBuilds(host: number): number {
    return this.failedBuilds[host]!;
  }

  stats(host: number): ReadonlyMap<string, string> {
    return new Map([
      ["num_instances", String(this.instances[host])],
      ["io_workload", String(this.ioOps[host])],
      ["failed_builds", String(this.failedBuilds[host])],
    ]);
  }

  pciPools(host: number): readonly PciPool[] {
    return this.pools[host]!;
  }

  numaCells(host: number): readonly HostCell[] | null {
    return this.cells[host]!;
  }

  metrics(host: number): readonly Metric[] {
    this.reported[host] ??= this.hosts.metrics(host); // nova-compute reports once when it starts
    return this.reported[host]!;
  }

  /** Filled by what the records say, of what Placement may promise. */
  shareUsedWith(host: number, flavor: Flavor): number {
    return this.hosts.shareOf(
      host,
      this.usedVcpuMilli[host]! + flavor.vcpuMilli,
      this.usedRamMb[host]! + flavor.ramMb,
      this.usedDiskGb[host]! + flavor.diskGb,
    );
  }

  /** What of the capacity the records do not count as taken. */
  room(host: number): ResourceVector {
    const [vcpuMilli, ramMb, diskGb] = this.hosts.capacity(host);
    return [vcpuMilli - this.usedVcpuMilli[host]!, ramMb - this.usedRamMb[host]!, diskGb - this.usedDiskGb[host]!];
  }

  // What does not.

  capacity(host: number): ResourceVector {
    return this.hosts.capacity(host);
  }

  wattsAt(host: number, utilisation: number): number {
    return this.hosts.wattsAt(host, utilisation);
  }

  hostName(host: number): string {
    return this.hosts.hostName(host);
  }

  nodeName(host: number): string {
    return this.hosts.nodeName(host);
  }

  cell(host: number): string {
    return this.hosts.cell(host);
  }

  hostIp(host: number): string | null {
    return this.hosts.hostIp(host);
  }

  /** CPUs for shared vCPUs only, as the libvirt driver reports them (from memory); dedicated ones count in vcpus_used all the same. */
  totalVcpus(host: number): number {
    return this.hosts.totalVcpus(host);
  }

  totalRamMb(host: number): number {
    return this.hosts.totalRamMb(host);
  }

  totalDiskGb(host: number): number {
    return this.hosts.totalDiskGb(host);
  }

  cpuAllocationRatio(host: number): number {
    return this.hosts.cpuAllocationRatio(host);
  }

  ramAllocationRatio(host: number): number {
    return this.hosts.ramAllocationRatio(host);
  }

  diskAllocationRatio(host: number): number {
    return this.hosts.diskAllocationRatio(host);
  }

  hasInstance(host: number, uuid: string): boolean {
    return this.hosts.hasInstance(host, uuid);
  }

  hypervisorType(host: number): string {
    return this.hosts.hypervisorType(host);
  }

  hypervisorVersion(host: number): number | null {
    return this.hosts.hypervisorVersion(host);
  }

  supportedInstances(host: number): readonly (readonly string[])[] {
    return this.hosts.supportedInstances(host);
  }

  cpuInfo(host: number): string | null {
    return this.hosts.cpuInfo(host);
  }

  aggregates(host: number): readonly Aggregate[] {
    return this.hosts.aggregates(host);
  }

  serviceDisabled(host: number): boolean {
    return this.hosts.serviceDisabled(host);
  }

  serviceIsUp(host: number, serviceDownTime: number): boolean {
    return this.hosts.serviceIsUp(host, serviceDownTime);
  }

  fits(host: number, flavor: Flavor): boolean {
    return this.hosts.fits(host, flavor);
  }
}
