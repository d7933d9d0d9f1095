// What filters and weighers see of the hosts, by row number: Nova's HostState. The simulation's columns are one implementation, records read from
// a file (`HostRecords`) the other; a decision cannot tell them apart.
// @source nova/scheduler/host_manager.py HostState
import type { ChangeLog } from "../../datacenter/change-log.ts";
import type { Flavor } from "../../datacenter/flavor.ts";
import type { HostAggregate as Aggregate } from "../../datacenter/hosts.ts";
import type { HostCell } from "../../datacenter/numa/host-cell.ts";
import type { PciPool } from "../../datacenter/pci-pool.ts";
import type { ResourceVector } from "../../datacenter/resource-vector.ts";

export type { HostAggregate as Aggregate } from "../../datacenter/hosts.ts";

export interface Metric {
  readonly name: string;
  readonly value: number;
}

export interface HostStates {
  readonly count: number;
  /** Rows whose answers have changed, the service's included. Absent: they may change at any time, unsaid. */
  readonly changes?: ChangeLog;

  hostName(host: number): string;
  nodeName(host: number): string;
  cell(host: number): string;
  hostIp(host: number): string | null;

  /** Physical totals; fractions of a vCPU are possible in the simulation only. */
  totalVcpus(host: number): number;
  totalRamMb(host: number): number;
  totalDiskGb(host: number): number;
  /** What is reserved counts as used. */
  usedVcpus(host: number): number;
  usedDiskMb(host: number): number;
  /** free_ram_mb and free_disk_mb, without ratios; may be negative. */
  freeRamMb(host: number): number;
  freeDiskMb(host: number): number;
  /** vcpus_total x cpu_allocation_ratio - vcpus_used. */
  freeVcpus(host: number): number;
  cpuAllocationRatio(host: number): number;
  ramAllocationRatio(host: number): number;
  diskAllocationRatio(host: number): number;
  /** Mean share of vCPUs, RAM and disk in use, of what may be promised, once a server of the flavor is there. */
  shareUsedWith(host: number, flavor: Flavor): number;
  /** What may be promised of each resource, (total - reserved) x ratio, and how much of that is not. */
  capacity(host: number): ResourceVector;
  room(host: number): ResourceVector;
  /** Mean capacity over all hosts. */
  readonly averageCapacity: ResourceVector;
  /** Watts drawn at a utilisation of 0..1 of the CPUs; 0 at any where nothing is known of the host's power. */
  wattsAt(host: number, utilisation: number): number;

  numInstances(host: number): number;
  numIoOps(host: number): number;
  numFailedBuilds(host: number): number;
  hasInstance(host: number, uuid: string): boolean;

  hypervisorType(host: number): string;
  /** In base 1000: 6002000 is 6.2.0. Null = not known, 0 = the driver tells none. */
  hypervisorVersion(host: number): number | null;
  /** Triples of architecture, hypervisor and VM mode. */
  supportedInstances(host: number): readonly (readonly string[])[];
  /** A text that should hold JSON. */
  cpuInfo(host: number): string | null;
  stats(host: number): ReadonlyMap<string, string>;
  metrics(host: number): readonly Metric[];
  pciPools(host: number): readonly PciPool[];
  /** Null: the host reports no NUMA topology. */
  numaCells(host: number): readonly HostCell[] | null;

  /** False: `aggregates` is empty for every host, so that nobody need ask. */
  readonly hasAggregates: boolean;
  aggregates(host: number): readonly Aggregate[];

  serviceDisabled(host: number): boolean;
  /** Enabled, not forced down, and heard of within `serviceDownTime` seconds. */
  serviceIsUp(host: number, serviceDownTime: number): boolean;

  /** Placement's capacity rule: would one more server of the flavor fit? A volume to boot from replaces the root disk. */
  fits(host: number, flavor: Flavor, bootFromVolume: boolean): boolean;
}
