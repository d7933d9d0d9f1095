// Hosts, as columns: what they have, what Placement has promised away, and who runs on them. `claim` and `release` are the only ways to
// take and give back a host's room, so the promise can never differ from the servers that hold it. Every verb notes the row it has changed in
// `changes`; whoever writes a column without a verb has to note it too.
//
// vCPUs are counted in thousandths (`vcpuMilli`): traces hold fractions of a core, and whole numbers add up exactly.
import { ChangeLog } from "./change-log.ts";
import type { Flavor } from "./flavor.ts";

export type HostId = number & { readonly brand: "host" };

/** What one host is made of; capacities are physical, before ratios. */
export interface HostDescription {
  readonly name: string;
  readonly type: string;
  readonly rack: number;
  readonly hypervisorType: string;
  /** Hypervisor names an image may ask for here (`img_hv_type`): the second part of Nova's supported_instances. */
  readonly supportedHypervisors: readonly string[];
  readonly architecture: string;
  readonly vcpuMilli: number;
  readonly ramMb: number;
  readonly diskGb: number;
  readonly reservedVcpuMilli: number;
  readonly reservedRamMb: number;
  readonly reservedDiskGb: number;
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
}

export class Hosts {
  readonly count: number;
  readonly descriptions: readonly HostDescription[];
  readonly vcpuMilli: Int32Array;
  readonly ramMb: Int32Array;
  readonly diskGb: Int32Array;
  /** Placement's capacity, (total - reserved) x ratio rounded down, by host. */
  readonly capacityVcpuMilli: Float64Array;
  readonly capacityRamMb: Float64Array;
  readonly capacityDiskGb: Float64Array;
  /** Placement's usage: the sum of the claims. */
  readonly usedVcpuMilli: Float64Array;
  readonly usedRamMb: Float64Array;
  readonly usedDiskGb: Float64Array;
  /** Claims held, which is Nova's `num_instances`. */
  readonly instances: Int32Array;
  /** Servers being built: Nova's `num_io_ops` (io_workload). */
  readonly ioOps: Int32Array;
  /** Builds failed since the last success: Nova's `failed_builds`. */
  readonly failedBuilds: Int32Array;
  /** 1 while the host's nova-compute is enabled and up. */
  readonly serviceUp: Uint8Array;
  /** Hosts with at least one claim. */
  inUse = 0;
  /** Rows whose claims, builds, failures or service have changed. */
  readonly changes: ChangeLog;
  private readonly reservedVcpuMilli: Int32Array;
  private readonly reservedRamMb: Int32Array;
  private readonly reservedDiskGb: Int32Array;

  constructor(descriptions: readonly HostDescription[]) {
    const n = descriptions.length;
    this.count = n;
    this.descriptions = descriptions;
    const integers = (pick: (host: HostDescription) => number) => Int32Array.from(descriptions, pick);
    this.vcpuMilli = integers((host) => host.vcpuMilli);
    this.ramMb = integers((host) => host.ramMb);
    this.diskGb = integers((host) => host.diskGb);
    this.reservedVcpuMilli = integers((host) => host.reservedVcpuMilli);
    this.reservedRamMb = integers((host) => host.reservedRamMb);
    this.reservedDiskGb = integers((host) => host.reservedDiskGb);
    const capacity = (
      total: (host: HostDescription) => number,
      reserved: (host: HostDescription) => number,
      ratio: (host: HostDescription) => number,
    ) => Float64Array.from(descriptions, (host) => Math.max(0, Math.floor((total(host) - reserved(host)) * ratio(host))));
    this.capacityVcpuMilli = capacity(
      (host) => host.vcpuMilli,
      (host) => host.reservedVcpuMilli,
      (host) => host.cpuAllocationRatio,
    );
    this.capacityRamMb = capacity(
      (host) => host.ramMb,
      (host) => host.reservedRamMb,
      (host) => host.ramAllocationRatio,
    );
    this.capacityDiskGb = capacity(
      (host) => host.diskGb,
      (host) => host.reservedDiskGb,
      (host) => host.diskAllocationRatio,
    );
    this.usedVcpuMilli = new Float64Array(n);
    this.usedRamMb = new Float64Array(n);
    this.usedDiskGb = new Float64Array(n);
    this.instances = new Int32Array(n);
    this.ioOps = new Int32Array(n);
    this.failedBuilds = new Int32Array(n);
    this.serviceUp = new Uint8Array(n).fill(1);
    this.changes = new ChangeLog(n);
  }

  /**
   * Placement's capacity rule: usage + amount within (total - reserved) x ratio, and no amount larger than the whole host (`max_unit`).
   * @source placement/objects/inventory.py, placement/objects/allocation.py
   */
  fits(host: number, flavor: Flavor): boolean {
    return (
      this.usedVcpuMilli[host]! + flavor.vcpuMilli <= this.capacityVcpuMilli[host]! &&
      this.usedRamMb[host]! + flavor.ramMb <= this.capacityRamMb[host]! &&
      this.usedDiskGb[host]! + flavor.diskGb <= this.capacityDiskGb[host]! &&
      flavor.vcpuMilli <= this.vcpuMilli[host]! &&
      flavor.ramMb <= this.ramMb[host]! &&
      flavor.diskGb <= this.diskGb[host]!
    );
  }

  /** Takes a server's room, or says false and takes nothing when it is no longer there. */
  claim(host: HostId, flavor: Flavor): boolean {
    if (!this.fits(host, flavor)) return false;
    this.usedVcpuMilli[host]! += flavor.vcpuMilli;
    this.usedRamMb[host]! += flavor.ramMb;
    this.usedDiskGb[host]! += flavor.diskGb;
    if (this.instances[host]!++ === 0) this.inUse++;
    this.changes.note(host);
    return true;
  }

  release(host: HostId, flavor: Flavor): void {
    const vcpuMilli = this.usedVcpuMilli[host]! - flavor.vcpuMilli;
    const ramMb = this.usedRamMb[host]! - flavor.ramMb;
    const diskGb = this.usedDiskGb[host]! - flavor.diskGb;
    if (vcpuMilli < 0 || ramMb < 0 || diskGb < 0 || this.instances[host]! < 1) {
      const claimed = `${this.usedVcpuMilli[host]! / 1000} vCPU, ${this.usedRamMb[host]} MB and ${this.usedDiskGb[host]} GB`;
      throw new RangeError(
        `host ${this.descriptions[host]!.name} cannot release ${flavor.vcpuMilli / 1000} vCPU, ${flavor.ramMb} MB and ${flavor.diskGb} GB: only ${claimed} are claimed`,
      );
    }
    this.usedVcpuMilli[host] = vcpuMilli;
    this.usedRamMb[host] = ramMb;
    this.usedDiskGb[host] = diskGb;
    if (--this.instances[host]! === 0) this.inUse--;
    this.changes.note(host);
  }

  /** A server's build starts on the host. */
  beginBuild(host: number): void {
    this.ioOps[host]!++;
    this.changes.note(host);
  }

  /** It has come to its end, whichever. */
  endBuild(host: number): void {
    this.ioOps[host]!--;
    this.changes.note(host);
  }

  buildFailed(host: number): void {
    this.failedBuilds[host]!++;
    this.changes.note(host);
  }

  /** One success makes up for all failures before it. */
  buildSucceeded(host: number): void {
    if (this.failedBuilds[host] === 0) return;
    this.failedBuilds[host] = 0;
    this.changes.note(host);
  }

  /** The host's nova-compute comes up or goes down, or is enabled or disabled. */
  setService(host: number, up: boolean): void {
    this.serviceUp[host] = up ? 1 : 0;
    this.changes.note(host);
  }

  // The largest server that fits, by resource: `fits` says that a flavor is no larger in any. Less than nothing on a host that is overfull.

  roomVcpuMilli(host: number): number {
    return Math.min(this.vcpuMilli[host]!, this.capacityVcpuMilli[host]! - this.usedVcpuMilli[host]!);
  }

  roomRamMb(host: number): number {
    return Math.min(this.ramMb[host]!, this.capacityRamMb[host]! - this.usedRamMb[host]!);
  }

  roomDiskGb(host: number): number {
    return Math.min(this.diskGb[host]!, this.capacityDiskGb[host]! - this.usedDiskGb[host]!);
  }

  /** HostState.free_ram_mb: physical RAM less what is reserved and used, without the ratio; may be negative. */
  freeRamMb(host: number): number {
    return this.ramMb[host]! - this.reservedRamMb[host]! - this.usedRamMb[host]!;
  }

  /** HostState.free_disk_mb; may be negative. Assumes disk_available_least does not bind. */
  freeDiskMb(host: number): number {
    return 1024 * (this.diskGb[host]! - this.reservedDiskGb[host]! - this.usedDiskGb[host]!);
  }

  /** vcpus_total x cpu_allocation_ratio - vcpus_used, as the CPUWeigher reads it; reserved CPUs count as used. */
  freeVcpus(host: number): number {
    const total = (this.vcpuMilli[host]! / 1000) * this.descriptions[host]!.cpuAllocationRatio;
    return total - (this.usedVcpuMilli[host]! + this.reservedVcpuMilli[host]!) / 1000;
  }

  /** Mean share of vCPUs, RAM and disk used once a server of the flavor is there; a resource the host has none of is left out. */
  shareUsedWith(host: number, { vcpuMilli, ramMb, diskGb }: Flavor): number {
    let shares =
      (this.usedVcpuMilli[host]! + vcpuMilli) / this.capacityVcpuMilli[host]! + (this.usedRamMb[host]! + ramMb) / this.capacityRamMb[host]!;
    let resources = 2;
    if (this.capacityDiskGb[host]! > 0) {
      shares += (this.usedDiskGb[host]! + diskGb) / this.capacityDiskGb[host]!;
      resources++;
    }
    return shares / resources;
  }

  // What follows is how the scheduler reads hosts (HostState, by Nova's meaning of the words); reserved resources count as used.

  hostName(host: number): string {
    return this.descriptions[host]!.name;
  }

  nodeName(host: number): string {
    return this.descriptions[host]!.name;
  }

  /** All hosts are in one cell. */
  cell(_host: number): string {
    return "cell1";
  }

  /** Hosts have no addresses. */
  hostIp(_host: number): null {
    return null;
  }

  totalVcpus(host: number): number {
    return this.vcpuMilli[host]! / 1000;
  }

  totalRamMb(host: number): number {
    return this.ramMb[host]!;
  }

  totalDiskGb(host: number): number {
    return this.diskGb[host]!;
  }

  usedVcpus(host: number): number {
    return (this.usedVcpuMilli[host]! + this.reservedVcpuMilli[host]!) / 1000;
  }

  usedDiskMb(host: number): number {
    return 1024 * (this.usedDiskGb[host]! + this.reservedDiskGb[host]!);
  }

  cpuAllocationRatio(host: number): number {
    return this.descriptions[host]!.cpuAllocationRatio;
  }

  ramAllocationRatio(host: number): number {
    return this.descriptions[host]!.ramAllocationRatio;
  }

  diskAllocationRatio(host: number): number {
    return this.descriptions[host]!.diskAllocationRatio;
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

  /** Servers have numbers here, and no uuids by which a request could name them. */
  hasInstance(_host: number, _uuid: string): boolean {
    return false;
  }

  hypervisorType(host: number): string {
    return this.descriptions[host]!.hypervisorType;
  }

  /** Versions are not modelled. */
  hypervisorVersion(_host: number): null {
    return null;
  }

  supportedInstances(host: number): readonly (readonly string[])[] {
    const { architecture, supportedHypervisors } = this.descriptions[host]!;
    return supportedHypervisors.map((hypervisor) => [architecture, hypervisor, "hvm"]);
  }

  cpuInfo(_host: number): null {
    return null;
  }

  stats(host: number): ReadonlyMap<string, string> {
    return new Map([
      ["num_instances", String(this.instances[host])],
      ["io_workload", String(this.ioOps[host])],
      ["failed_builds", String(this.failedBuilds[host])],
    ]);
  }

  metrics(_host: number): readonly never[] {
    return [];
  }

  pciPools(_host: number): readonly never[] {
    return [];
  }

  readonly hasAggregates = false;

  aggregates(_host: number): readonly never[] {
    return [];
  }

  serviceDisabled(host: number): boolean {
    return this.serviceUp[host] === 0;
  }

  serviceIsUp(host: number, _serviceDownTime: number): boolean {
    return this.serviceUp[host] === 1;
  }
}
