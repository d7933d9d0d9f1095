// What a user's own filter, weigher or formula can ask: of a host, by method or by variable, and of the request, by variable. This table is
// all there is: the view that code is given, the words of formulas and the comments of a new plug-in are made from it.
import type { HostStates } from "../nova/host-states.ts";
import type { RequestSpec } from "../nova/request-spec.ts";

export interface HostFact {
  /** As code asks: `hosts.freeRamMb(host)`. */
  readonly method: string;
  /** As a formula says it: `free_ram_mb`, Nova's word where it has one. */
  readonly variable: string;
  readonly unit: string;
  readonly meaning: string;
  readonly of: (hosts: HostStates) => (host: number) => number;
}

export const hostFacts = [
  {
    method: "freeRamMb",
    variable: "free_ram_mb",
    unit: "MB",
    meaning: "RAM less what is reserved and promised, without the ratio; may be negative",
    of: (hosts) => (host) => hosts.freeRamMb(host),
  },
  { method: "totalRamMb", variable: "total_ram_mb", unit: "MB", meaning: "physical RAM", of: (hosts) => (host) => hosts.totalRamMb(host) },
  {
    method: "usedRamMb",
    variable: "used_ram_mb",
    unit: "MB",
    meaning: "RAM reserved or promised",
    of: (hosts) => (host) => hosts.totalRamMb(host) - hosts.freeRamMb(host),
  },
  {
    method: "freeDiskMb",
    variable: "free_disk_mb",
    unit: "MB",
    meaning: "disk less what is reserved and promised, without the ratio; may be negative",
    of: (hosts) => (host) => hosts.freeDiskMb(host),
  },
  {
    method: "totalDiskGb",
    variable: "total_disk_gb",
    unit: "GB",
    meaning: "physical disk",
    of: (hosts) => (host) => hosts.totalDiskGb(host),
  },
  {
    method: "freeVcpus",
    variable: "free_vcpus",
    unit: "vCPU",
    meaning: "vCPUs with the allocation ratio, less what is reserved and promised",
    of: (hosts) => (host) => hosts.freeVcpus(host),
  },
  {
    method: "totalVcpus",
    variable: "total_vcpus",
    unit: "vCPU",
    meaning: "physical threads",
    of: (hosts) => (host) => hosts.totalVcpus(host),
  },
  {
    method: "usedVcpus",
    variable: "used_vcpus",
    unit: "vCPU",
    meaning: "vCPUs reserved or promised",
    of: (hosts) => (host) => hosts.usedVcpus(host),
  },
  {
    method: "numInstances",
    variable: "num_instances",
    unit: "servers",
    meaning: "servers on the host",
    of: (hosts) => (host) => hosts.numInstances(host),
  },
  {
    method: "numIoOps",
    variable: "num_io_ops",
    unit: "servers",
    meaning: "servers being built there",
    of: (hosts) => (host) => hosts.numIoOps(host),
  },
  {
    method: "numFailedBuilds",
    variable: "failed_builds",
    unit: "builds",
    meaning: "builds that failed since the last success",
    of: (hosts) => (host) => hosts.numFailedBuilds(host),
  },
  {
    method: "cpuAllocationRatio",
    variable: "cpu_allocation_ratio",
    unit: "1",
    meaning: "vCPUs promised for each thread",
    of: (hosts) => (host) => hosts.cpuAllocationRatio(host),
  },
  {
    method: "ramAllocationRatio",
    variable: "ram_allocation_ratio",
    unit: "1",
    meaning: "RAM promised for each MB",
    of: (hosts) => (host) => hosts.ramAllocationRatio(host),
  },
  {
    method: "diskAllocationRatio",
    variable: "disk_allocation_ratio",
    unit: "1",
    meaning: "disk promised for each GB",
    of: (hosts) => (host) => hosts.diskAllocationRatio(host),
  },
] as const satisfies readonly HostFact[];

export interface RequestFact {
  /** As code asks: `request.flavor.vcpus`. */
  readonly member: string;
  readonly variable: string;
  readonly unit: string;
  readonly meaning: string;
  readonly of: (request: RequestSpec) => number;
}

export const requestFacts = [
  {
    member: "vcpus",
    variable: "vcpus",
    unit: "vCPU",
    meaning: "vCPUs of the flavor",
    of: ({ flavor }) => flavor.vcpuMilli / 1000,
  },
  { member: "ramMb", variable: "ram_mb", unit: "MB", meaning: "RAM of the flavor", of: ({ flavor }) => flavor.ramMb },
  { member: "diskGb", variable: "disk_gb", unit: "GB", meaning: "disk of the flavor on the host", of: ({ flavor }) => flavor.diskGb },
] as const satisfies readonly RequestFact[];
