// Hosts as records: Nova's compute nodes, services and inventories as a file tells them, in Nova's own words. The scheduler's virtual consumption
// changes what it sees (`consume`); the records themselves stay as they are.
// @source nova/scheduler/host_manager.py HostState
import type { Flavor } from "../../datacenter/flavor.ts";
import type { HostCell } from "../../datacenter/numa/host-cell.ts";
import type { PciPool } from "../../datacenter/pci-pool.ts";
import { wattsAt } from "../../datacenter/power.ts";
import type { ResourceVector } from "../../datacenter/resource-vector.ts";
import type { Aggregate, HostStates, Metric } from "./host-states.ts";
import { amountsOf, hasRoom, type Inventory } from "./inventory.ts";
import { consumePci } from "./pci/consume.ts";
import type { RequestSpec } from "./request-spec.ts";

/** Memory in MB, disk in GB, times in seconds. */
export interface HostRecord {
  readonly host: string;
  readonly node: string;
  readonly cell: string;
  readonly vcpus: number;
  readonly vcpus_used: number;
  readonly memory_mb: number;
  readonly free_ram_mb: number;
  readonly local_gb: number;
  readonly local_gb_used: number;
  readonly free_disk_gb: number;
  /** Null = unknown. */
  readonly disk_available_least: number | null;
  readonly num_instances: number;
  readonly num_io_ops: number;
  readonly failed_builds: number;
  readonly cpu_allocation_ratio: number;
  readonly ram_allocation_ratio: number;
  readonly disk_allocation_ratio: number;
  readonly hypervisor_type: string;
  readonly hypervisor_version: number;
  readonly host_ip: string | null;
  readonly supported_instances: readonly (readonly string[])[];
  readonly cpu_info: string | null;
  readonly stats: Readonly<Record<string, string>>;
  readonly metrics: readonly Metric[];
  readonly pci_pools: readonly Readonly<Record<string, string | number | null | Readonly<Record<string, string>>>>[];
  /** Absent: the host reports no NUMA topology. */
  readonly numa_cells?: readonly HostCell[];
  /** Uuids. */
  readonly instances: readonly string[];
  readonly service: {
    readonly disabled: boolean;
    readonly forced_down: boolean;
    readonly seconds_since_heartbeat: number | null;
    readonly seconds_since_created?: number;
  };
  /** Watts at equally spaced loads from idle to full; absent = not known. */
  readonly watts_by_load?: readonly number[];
  /** By resource class; without it the host is never asked whether a server fits. */
  readonly inventory?: Readonly<Record<string, Inventory>>;
}

export interface AggregateRecord {
  readonly name: string;
  /** Names of service hosts. */
  readonly hosts: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export class HostRecords implements HostStates {
  readonly count: number;
  readonly hasAggregates: boolean;
  readonly averageCapacity: ResourceVector;
  private readonly records: readonly HostRecord[];
  private readonly ofHost: readonly (readonly Aggregate[])[];
  private readonly statistics: readonly ReadonlyMap<string, string>[];
  // What the consumption of a request changes.
  private readonly ramMb: Float64Array;
  private readonly diskMb: Float64Array;
  private readonly vcpusUsed: Float64Array;
  private readonly instances: Int32Array;
  private readonly ioOps: Int32Array;
  private readonly uuids: readonly Set<string>[];
  private readonly pools: (readonly PciPool[])[];

  constructor(records: readonly HostRecord[], aggregates: readonly AggregateRecord[]) {
    this.records = records;
    this.count = records.length;
    const known = aggregates.map(({ name, hosts, metadata }) => ({
      hosts,
      aggregate: { name, metadata: new Map(Object.entries(metadata)) },
    }));
    this.hasAggregates = known.length > 0;
    this.ofHost = records.map(({ host }) => known.filter(({ hosts }) => hosts.includes(host)).map(({ aggregate }) => aggregate));
    this.statistics = records.map(
      (record) =>
        new Map([
          ["num_instances", String(record.num_instances)],
          ["io_workload", String(record.num_io_ops)],
          ["failed_builds", String(record.failed_builds)],
          ...Object.entries(record.stats),
        ]),
    );
    this.ramMb = Float64Array.from(records, (record) => record.free_ram_mb);
    this.diskMb = Float64Array.from(records, ({ free_disk_gb: free, disk_available_least: least }) => 1024 * Math.min(free, least ?? free));
    this.vcpusUsed = Float64Array.from(records, (record) => record.vcpus_used);
    this.instances = Int32Array.from(records, (record) => record.num_instances);
    this.ioOps = Int32Array.from(records, (record) => record.num_io_ops);
    this.uuids = records.map((record) => new Set(record.instances));
    this.pools = records.map((record) => record.pci_pools.map(poolOf));
    const mean: [number, number, number] = [0, 0, 0];
    for (let host = 0; host < this.count; host++) for (const [i, amount] of this.capacity(host).entries()) mean[i]! += amount / this.count;
    this.averageCapacity = mean;
  }

  /**
   * What the scheduler takes off a host that it chose, so that the next server of the same request sees it. The root disk counts even where the
   * server boots from a volume, and swap never does: so it is in Nova.
   */
  consume(host: number, request: RequestSpec): void {
    const { flavor } = request;
    this.ramMb[host]! -= flavor.ramMb;
    this.diskMb[host]! -= 1024 * flavor.diskGb;
    this.vcpusUsed[host]! += flavor.vcpuMilli / 1000;
    this.instances[host]!++;
    this.ioOps[host]!++;
    this.pools[host] = consumePci(this.pools[host]!, request.pciRequests ?? [], null) ?? this.pools[host]!;
    if (request.group >= 0 && request.instanceUuid) this.uuids[host]!.add(request.instanceUuid);
  }

  hostName(host: number): string {
    return this.records[host]!.host;
  }

  nodeName(host: number): string {
    return this.records[host]!.node;
  }

  cell(host: number): string {
    return this.records[host]!.cell;
  }

  hostIp(host: number): string | null {
    return this.records[host]!.host_ip;
  }

  totalVcpus(host: number): number {
    return this.records[host]!.vcpus;
  }

  totalRamMb(host: number): number {
    return this.records[host]!.memory_mb;
  }

  totalDiskGb(host: number): number {
    return this.records[host]!.local_gb;
  }

  usedVcpus(host: number): number {
    return this.vcpusUsed[host]!;
  }

  usedDiskMb(host: number): number {
    return 1024 * this.records[host]!.local_gb_used;
  }

  freeRamMb(host: number): number {
    return this.ramMb[host]!;
  }

  freeDiskMb(host: number): number {
    return this.diskMb[host]!;
  }

  freeVcpus(host: number): number {
    return this.records[host]!.vcpus * this.records[host]!.cpu_allocation_ratio - this.vcpusUsed[host]!;
  }

  cpuAllocationRatio(host: number): number {
    return this.records[host]!.cpu_allocation_ratio;
  }

  ramAllocationRatio(host: number): number {
    return this.records[host]!.ram_allocation_ratio;
  }

  diskAllocationRatio(host: number): number {
    return this.records[host]!.disk_allocation_ratio;
  }

  shareUsedWith(host: number, flavor: Flavor): number {
    const record = this.records[host]!;
    const diskGb = record.local_gb * record.disk_allocation_ratio;
    const shares =
      (this.vcpusUsed[host]! + flavor.vcpuMilli / 1000) / (record.vcpus * record.cpu_allocation_ratio) +
      (record.memory_mb - this.ramMb[host]! + flavor.ramMb) / (record.memory_mb * record.ram_allocation_ratio);
    return diskGb > 0 ? (shares + (record.local_gb - this.diskMb[host]! / 1024 + flavor.diskGb) / diskGb) / 3 : shares / 2;
  }

  /** By the inventory; where a host has none, by its record and its ratios. */
  capacity(host: number): ResourceVector {
    const { inventory, vcpus, memory_mb: ramMb, local_gb: diskGb, ...record } = this.records[host]!;
    if (inventory === undefined) {
      const { cpu_allocation_ratio: cpuRatio, ram_allocation_ratio: ramRatio, disk_allocation_ratio: diskRatio } = record;
      return [1000 * vcpus * cpuRatio, ramMb * ramRatio, diskGb * diskRatio];
    }
    const of = (name: string) => {
      const entry = inventory[name];
      return entry === undefined ? 0 : (entry.total - entry.reserved) * entry.allocation_ratio;
    };
    return [1000 * of("VCPU"), of("MEMORY_MB"), of("DISK_GB")];
  }

  room(host: number): ResourceVector {
    const { inventory, memory_mb: ramMb, local_gb: diskGb } = this.records[host]!;
    const [vcpuMilli, capacityRamMb, capacityDiskGb] = this.capacity(host);
    const used = (name: string) => inventory?.[name]?.used ?? 0;
    return inventory === undefined
      ? [
          vcpuMilli - 1000 * this.vcpusUsed[host]!,
          capacityRamMb - (ramMb - this.ramMb[host]!),
          capacityDiskGb - (diskGb - this.diskMb[host]! / 1024),
        ]
      : [vcpuMilli - 1000 * used("VCPU"), capacityRamMb - used("MEMORY_MB"), capacityDiskGb - used("DISK_GB")];
  }

  wattsAt(host: number, utilisation: number): number {
    const { watts_by_load: curve } = this.records[host]!;
    return curve === undefined ? 0 : wattsAt(curve, utilisation);
  }

  numInstances(host: number): number {
    return this.instances[host]!;
  }

  numIoOps(host: number): number {
    return this.ioOps[host]!;
  }

  numFailedBuilds(host: number): number {
    return this.records[host]!.failed_builds;
  }

  hasInstance(host: number, uuid: string): boolean {
    return this.uuids[host]!.has(uuid);
  }

  /** Of these uuids, how many are on the host. */
  countOf(host: number, uuids: ReadonlySet<string>): number {
    let count = 0;
    for (const uuid of this.uuids[host]!) if (uuids.has(uuid)) count++;
    return count;
  }

  hypervisorType(host: number): string {
    return this.records[host]!.hypervisor_type;
  }

  hypervisorVersion(host: number): number {
    return this.records[host]!.hypervisor_version;
  }

  supportedInstances(host: number): readonly (readonly string[])[] {
    return this.records[host]!.supported_instances;
  }

  cpuInfo(host: number): string | null {
    return this.records[host]!.cpu_info;
  }

  stats(host: number): ReadonlyMap<string, string> {
    return this.statistics[host]!;
  }

  metrics(host: number): readonly Metric[] {
    return this.records[host]!.metrics;
  }

  pciPools(host: number): readonly PciPool[] {
    return this.pools[host]!;
  }

  numaCells(host: number): readonly HostCell[] | null {
    return this.records[host]!.numa_cells ?? null;
  }

  aggregates(host: number): readonly Aggregate[] {
    return this.ofHost[host]!;
  }

  serviceDisabled(host: number): boolean {
    return this.records[host]!.service.disabled;
  }

  /** A heartbeat in the future counts by its distance, too. */
  serviceIsUp(host: number, serviceDownTime: number): boolean {
    const { service } = this.records[host]!;
    const heard = service.seconds_since_heartbeat ?? service.seconds_since_created ?? 0;
    return !service.disabled && !service.forced_down && Math.abs(heard) <= serviceDownTime;
  }

  fits(host: number, flavor: Flavor, bootFromVolume: boolean): boolean {
    const { inventory } = this.records[host]!;
    return inventory === undefined || hasRoom(inventory, amountsOf(flavor, bootFromVolume));
  }
}

function poolOf(record: HostRecord["pci_pools"][number]): PciPool {
  const { count, numa_node: numaNode, tags, ...rest } = record;
  const properties = Object.entries({ ...rest, ...(tags as Readonly<Record<string, string>> | undefined) });
  return {
    count: Number(count),
    numaNode: typeof numaNode === "number" ? numaNode : null,
    properties: new Map(properties.flatMap(([key, value]) => (value === null ? [] : [[key, String(value)] as const]))),
  };
}
