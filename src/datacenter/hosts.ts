// Hosts, as columns: what they have, what Placement has promised away, and who runs on them. `claim` and `release` are the only ways to
// take and give back a host's room, so the promise can never differ from the servers that hold it. Every verb notes the row it has changed in
// `changes`; whoever writes a column without a verb has to note it too.
//
// vCPUs are counted in thousandths (`vcpuMilli`): traces hold fractions of a core, and whole numbers add up exactly.
import { ChangeLog } from "./change-log.ts";
import type { Flavor } from "./flavor.ts";
import type { HostCell } from "./numa/host-cell.ts";
import type { PciPool } from "./pci-pool.ts";
import { wattsAt } from "./power.ts";
import type { ResourceVector } from "./resource-vector.ts";

export type HostId = number & { readonly brand: "host" };

/** What one host is made of; capacities are physical, before ratios. */
export interface HostDescription {
  readonly name: string;
  readonly type: string;
  readonly rack: number;
  /** Absent: not known. */
  readonly address?: string;
  readonly hypervisorType: string;
  /** Hypervisor names an image may ask for here (`img_hv_type`): the second part of Nova's supported_instances. */
  readonly supportedHypervisors: readonly string[];
  readonly architecture: string;
  /** Hardware threads, for whatever use; absent = as many as vCPUs. Where CPUs are set aside for dedicated vCPUs there are more of them. */
  readonly threads?: number;
  /** The inventory of VCPU. */
  readonly vcpuMilli: number;
  readonly ramMb: number;
  readonly diskGb: number;
  readonly reservedVcpuMilli: number;
  readonly reservedRamMb: number;
  readonly reservedDiskGb: number;
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
  /** Traits of the compute node's resource provider; absent = none. */
  readonly traits?: readonly string[];
  /** Inventory beyond VCPU, MEMORY_MB and DISK_GB, by resource class; PCPU counts the CPUs of the dedicated set. */
  readonly resources?: ReadonlyMap<string, number>;
  /** The compute service is disabled; absent = it is not. */
  readonly disabled?: boolean;
  /** NUMA cells with nothing used; absent = the host reports no topology. */
  readonly cells?: readonly HostCell[];
  readonly pciPools?: readonly PciPool[];
  /** Watts at equally spaced loads from idle to full; absent = not known. */
  readonly wattsByLoad?: readonly number[];
  /** Bare metal: a server has all of the host, whatever its flavor says; absent = servers share it. */
  readonly oneServer?: boolean;
}

/** What a server takes of a host, as Placement counts it. A flavor says it of itself; requests may ask for other classes, too. */
export interface Amounts {
  readonly vcpuMilli: number;
  readonly ramMb: number;
  readonly diskGb: number;
  /** Amounts of other resource classes; absent = none. */
  readonly others?: ReadonlyMap<string, number>;
}

/** A host aggregate as the scheduler sees it. */
export interface HostAggregate {
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
}

/** One resource class beyond vCPUs, RAM and disk, by host. */
interface FurtherResource {
  readonly total: Int32Array;
  readonly used: Int32Array;
}

export class Hosts {
  readonly count: number;
  readonly descriptions: readonly HostDescription[];
  readonly vcpuMilli: Int32Array;
  /** Hardware threads in thousandths: what guests keep busy, whichever CPUs they are on. */
  readonly threadMilli: Int32Array;
  readonly ramMb: Int32Array;
  readonly diskGb: Int32Array;
  /** CPUs of the dedicated set, which PCPU counts, in thousandths; not among `vcpuMilli`. */
  readonly dedicatedVcpuMilli: Float64Array;
  /** Placement's capacity, (total - reserved) x ratio rounded down, by host. */
  readonly capacityVcpuMilli: Float64Array;
  readonly capacityRamMb: Float64Array;
  readonly capacityDiskGb: Float64Array;
  /** Mean capacity over all hosts. */
  readonly averageCapacity: ResourceVector;
  /** Placement's usage: the sum of the claims. */
  readonly usedVcpuMilli: Float64Array;
  readonly usedRamMb: Float64Array;
  readonly usedDiskGb: Float64Array;
  /** Claims held, which is Nova's `num_instances`. */
  readonly instances: Int32Array;
  /** Servers that nova-compute has taken on and is building, Nova's `num_io_ops` (io_workload); those that wait for a build slot are not known yet. */
  readonly ioOps: Int32Array;
  /** Builds failed since the last success: Nova's `failed_builds`. */
  readonly failedBuilds: Int32Array;
  /** 1 while the host's nova-compute is enabled and heard of: what the ComputeFilter asks. */
  readonly serviceUp: Uint8Array;
  /** 1 while an operator has not disabled the compute service. */
  readonly serviceEnabled: Uint8Array;
  /** 1 while reports of nova-compute have come within service_down_time: some time after a crash it still is. */
  readonly serviceHeard: Uint8Array;
  /** 1 while the host belongs to the cloud. One that is to be added later is a row from the start, without room. */
  readonly inService: Uint8Array;
  /** Hosts with at least one claim. */
  inUse = 0;
  /** NUMA cells with what servers hold of them; null where a host reports none. Changed whole, so that a reader may keep what it was given. */
  readonly cells: (readonly HostCell[] | null)[];
  /** Free PCI devices. */
  readonly pools: (readonly PciPool[])[];
  private readonly further = new Map<string, FurtherResource>();
  private readonly aggregatesOf: readonly (readonly HostAggregate[])[];
  /** Rows whose claims, builds, failures or service have changed. */
  readonly changes: ChangeLog;
  private readonly reservedVcpuMilli: Int32Array;
  private readonly reservedRamMb: Int32Array;
  private readonly reservedDiskGb: Int32Array;
  private readonly cpuRatio: Float64Array;
  private readonly ramRatio: Float64Array;
  private readonly diskRatio: Float64Array;

  /** `aggregates` name their hosts by row. */
  constructor(
    descriptions: readonly HostDescription[],
    aggregates: readonly (HostAggregate & { readonly hosts: readonly number[] })[] = [],
  ) {
    const n = descriptions.length;
    this.count = n;
    this.descriptions = descriptions;
    const integers = (pick: (host: HostDescription) => number) => Int32Array.from(descriptions, pick);
    this.vcpuMilli = integers((host) => host.vcpuMilli);
    this.threadMilli = integers((host) => (host.threads === undefined ? host.vcpuMilli : host.threads * 1000));
    this.ramMb = integers((host) => host.ramMb);
    this.diskGb = integers((host) => host.diskGb);
    this.reservedVcpuMilli = integers((host) => host.reservedVcpuMilli);
    this.reservedRamMb = integers((host) => host.reservedRamMb);
    this.reservedDiskGb = integers((host) => host.reservedDiskGb);
    this.cpuRatio = Float64Array.from(descriptions, (host) => host.cpuAllocationRatio);
    this.ramRatio = Float64Array.from(descriptions, (host) => host.ramAllocationRatio);
    this.diskRatio = Float64Array.from(descriptions, (host) => host.diskAllocationRatio);
    this.capacityVcpuMilli = new Float64Array(n);
    this.capacityRamMb = new Float64Array(n);
    this.capacityDiskGb = new Float64Array(n);
    this.inService = new Uint8Array(n).fill(1);
    this.usedVcpuMilli = new Float64Array(n);
    this.usedRamMb = new Float64Array(n);
    this.usedDiskGb = new Float64Array(n);
    this.instances = new Int32Array(n);
    for (let host = 0; host < n; host++) this.writeCapacity(host);
    this.averageCapacity = [mean(this.capacityVcpuMilli), mean(this.capacityRamMb), mean(this.capacityDiskGb)];
    this.ioOps = new Int32Array(n);
    this.failedBuilds = new Int32Array(n);
    this.serviceEnabled = Uint8Array.from(descriptions, ({ disabled = false }) => (disabled ? 0 : 1));
    this.serviceHeard = new Uint8Array(n).fill(1);
    this.serviceUp = this.serviceEnabled.slice();
    this.cells = descriptions.map(({ cells }) => cells ?? null);
    this.pools = descriptions.map(({ pciPools }) => pciPools ?? []);
    for (const [host, { resources = new Map<string, number>() }] of descriptions.entries()) {
      for (const [name, total] of resources) {
        const known = this.further.get(name) ?? { total: new Int32Array(n), used: new Int32Array(n) };
        known.total[host] = total;
        this.further.set(name, known);
      }
    }
    const pcpus = this.further.get("PCPU");
    this.dedicatedVcpuMilli = Float64Array.from({ length: n }, (_, host) => 1000 * (pcpus?.total[host] ?? 0));
    this.hasAggregates = aggregates.length > 0;
    this.aggregatesOf = descriptions.map((_, host) => aggregates.filter(({ hosts }) => hosts.includes(host)));
    this.changes = new ChangeLog(n);
  }

  /**
   * Placement's capacity rule: usage + amount within (total - reserved) x ratio, and no amount larger than the whole host (`max_unit`).
   * @source placement/objects/inventory.py, placement/objects/allocation.py
   */
  fits(host: number, flavor: Amounts): boolean {
    if (flavor.others !== undefined && !this.holdsFurther(host, flavor.others)) return false;
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
  claim(host: HostId, flavor: Amounts): boolean {
    if (!this.fits(host, flavor)) return false;
    this.usedVcpuMilli[host]! += flavor.vcpuMilli;
    this.usedRamMb[host]! += flavor.ramMb;
    this.usedDiskGb[host]! += flavor.diskGb;
    for (const [name, amount] of flavor.others ?? []) this.further.get(name)!.used[host]! += amount;
    if (this.instances[host]!++ === 0) this.inUse++;
    if (this.descriptions[host]!.oneServer === true) this.writeCapacity(host);
    this.changes.note(host);
    return true;
  }

  release(host: HostId, flavor: Amounts): void {
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
    for (const [name, amount] of flavor.others ?? []) this.further.get(name)!.used[host]! -= amount;
    if (--this.instances[host]! === 0) this.inUse--;
    if (this.descriptions[host]!.oneServer === true) this.writeCapacity(host);
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

  /** The host's nova-compute is heard of, or not any more. */
  setService(host: number, heard: boolean): void {
    this.serviceHeard[host] = heard ? 1 : 0;
    this.writeService(host);
  }

  /** An operator enables or disables the host's compute service. */
  setEnabled(host: number, enabled: boolean): void {
    this.serviceEnabled[host] = enabled ? 1 : 0;
    this.writeService(host);
  }

  /** The host becomes a part of the cloud, or is none yet: then Placement has no inventory of it. */
  setInService(host: number, inService: boolean): void {
    this.inService[host] = inService ? 1 : 0;
    this.writeCapacity(host);
    this.changes.note(host);
  }

  /** Placement's inventory gets other allocation ratios; claims stay as they are, and may then be more than the capacity. */
  setRatios(host: number, { cpu, ram, disk }: { readonly cpu?: number; readonly ram?: number; readonly disk?: number }): void {
    for (const [name, ratio] of [["CPU", cpu] as const, ["RAM", ram] as const, ["disk", disk] as const]) {
      if (ratio === undefined || (ratio > 0 && ratio < Number.POSITIVE_INFINITY)) continue;
      throw new RangeError(`host ${this.hostName(host)}: a ${name} allocation ratio is a positive number, got ${ratio}`);
    }
    this.cpuRatio[host] = cpu ?? this.cpuRatio[host]!;
    this.ramRatio[host] = ram ?? this.ramRatio[host]!;
    this.diskRatio[host] = disk ?? this.diskRatio[host]!;
    this.writeCapacity(host);
    this.changes.note(host);
  }

  private writeService(host: number): void {
    this.serviceUp[host] = this.serviceHeard[host]! & this.serviceEnabled[host]!;
    this.changes.note(host);
  }

  private writeCapacity(host: number): void {
    if (this.descriptions[host]!.oneServer === true && this.instances[host]! > 0) {
      // There is nothing beside the server that has the host.
      this.capacityVcpuMilli[host] = this.usedVcpuMilli[host]!;
      this.capacityRamMb[host] = this.usedRamMb[host]!;
      this.capacityDiskGb[host] = this.usedDiskGb[host]!;
      return;
    }
    const serves = this.inService[host]!;
    const capacity = (physical: number, reserved: number, ratio: number) => Math.max(0, Math.floor((physical - reserved) * ratio)) * serves;
    this.capacityVcpuMilli[host] = capacity(this.vcpuMilli[host]!, this.reservedVcpuMilli[host]!, this.cpuRatio[host]!);
    this.capacityRamMb[host] = capacity(this.ramMb[host]!, this.reservedRamMb[host]!, this.ramRatio[host]!);
    this.capacityDiskGb[host] = capacity(this.diskGb[host]!, this.reservedDiskGb[host]!, this.diskRatio[host]!);
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

  /** What is used and what there is of a class beyond vCPUs, RAM and disk; null where no host has any. */
  furtherResource(name: string): FurtherResource | null {
    return this.further.get(name) ?? null;
  }

  /** Neither reserved nor overcommitted: a class that a host lists has allocation ratio 1, as PCPU has. */
  private holdsFurther(host: number, amounts: ReadonlyMap<string, number>): boolean {
    for (const [name, amount] of amounts) {
      const resource = this.further.get(name);
      if (resource === undefined || resource.used[host]! + amount > resource.total[host]!) return false;
    }
    return true;
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
    const total = (this.vcpuMilli[host]! / 1000) * this.cpuRatio[host]!;
    return total - (this.usedVcpuMilli[host]! + this.reservedVcpuMilli[host]!) / 1000;
  }

  /** Mean share of vCPUs, RAM and disk used once a server of the flavor is there; a resource the host has none of is left out. */
  shareUsedWith(host: number, { vcpuMilli, ramMb, diskGb }: Flavor): number {
    return this.shareOf(host, this.usedVcpuMilli[host]! + vcpuMilli, this.usedRamMb[host]! + ramMb, this.usedDiskGb[host]! + diskGb);
  }

  /** The same mean for any amounts in use. */
  shareOf(host: number, vcpuMilli: number, ramMb: number, diskGb: number): number {
    let shares = ramMb / this.capacityRamMb[host]!;
    let resources = 1;
    const cpus = this.capacityVcpuMilli[host]! + this.dedicatedVcpuMilli[host]!;
    if (cpus > 0) {
      shares += vcpuMilli / cpus;
      resources++;
    }
    if (this.capacityDiskGb[host]! > 0) {
      shares += diskGb / this.capacityDiskGb[host]!;
      resources++;
    }
    return shares / resources;
  }

  /** What may be promised of each resource. */
  capacity(host: number): ResourceVector {
    return [this.capacityVcpuMilli[host]!, this.capacityRamMb[host]!, this.capacityDiskGb[host]!];
  }

  /** What of the capacity is not claimed. */
  room(host: number): ResourceVector {
    return [
      this.capacityVcpuMilli[host]! - this.usedVcpuMilli[host]!,
      this.capacityRamMb[host]! - this.usedRamMb[host]!,
      this.capacityDiskGb[host]! - this.usedDiskGb[host]!,
    ];
  }

  wattsAt(host: number, utilisation: number): number {
    const { wattsByLoad } = this.descriptions[host]!;
    return wattsByLoad === undefined ? 0 : wattsAt(wattsByLoad, utilisation);
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

  hostIp(host: number): string | null {
    return this.descriptions[host]!.address ?? null;
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
    return this.cpuRatio[host]!;
  }

  ramAllocationRatio(host: number): number {
    return this.ramRatio[host]!;
  }

  diskAllocationRatio(host: number): number {
    return this.diskRatio[host]!;
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

  /** Tells whether a server, by its name, is on a host; whoever owns the servers sets it. */
  isOn: (host: number, server: string) => boolean = () => false;

  /** Servers have names here where Nova has uuids. */
  hasInstance(host: number, uuid: string): boolean {
    return this.isOn(host, uuid);
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

  /** What a host's monitors report; whoever knows how busy the hosts are sets it. */
  metricsOf: (host: number) => readonly { readonly name: string; readonly value: number }[] = () => [];

  metrics(host: number): readonly { readonly name: string; readonly value: number }[] {
    return this.metricsOf(host);
  }

  pciPools(host: number): readonly PciPool[] {
    return this.pools[host]!;
  }

  numaCells(host: number): readonly HostCell[] | null {
    return this.cells[host]!;
  }

  readonly hasAggregates: boolean;

  aggregates(host: number): readonly HostAggregate[] {
    return this.aggregatesOf[host]!;
  }

  serviceDisabled(host: number): boolean {
    return this.serviceEnabled[host] === 0;
  }

  serviceIsUp(host: number, _serviceDownTime: number): boolean {
    return this.serviceUp[host] === 1;
  }
}

function mean(amounts: Float64Array): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return amounts.length === 0 ? 0 : sum / amounts.length;
}
