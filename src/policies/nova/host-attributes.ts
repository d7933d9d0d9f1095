// The attributes of Nova's HostState by name, as the Python values that extra specs and JSON queries see.
// @source nova/scheduler/host_manager.py HostState

import { PythonFloat, PythonObject, type PythonValue } from "../python/python-values.ts";
import type { HostStates } from "./host-states.ts";

type Read = (hosts: HostStates, host: number) => PythonValue;

/** Whole numbers are Python's int; the simulation may have fractions of a vCPU. */
const number = (x: number): PythonValue => (Number.isInteger(x) ? x : new PythonFloat(x));

/** Objects whose text nobody can count on. */
const object =
  (name: string): Read =>
  () =>
    new PythonObject(`<${name}>`);

const attributes: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["host", (hosts, host) => hosts.hostName(host)],
  ["nodename", (hosts, host) => hosts.nodeName(host)],
  ["hypervisor_hostname", (hosts, host) => hosts.nodeName(host)],
  ["hypervisor_type", (hosts, host) => hosts.hypervisorType(host)],
  ["hypervisor_version", (hosts, host) => hosts.hypervisorVersion(host)],
  ["host_ip", (hosts, host) => hosts.hostIp(host)],
  ["cell_uuid", (hosts, host) => hosts.cell(host)],
  ["vcpus_total", (hosts, host) => number(hosts.totalVcpus(host))],
  ["vcpus_used", (hosts, host) => number(hosts.usedVcpus(host))],
  ["total_usable_ram_mb", (hosts, host) => hosts.totalRamMb(host)],
  ["free_ram_mb", (hosts, host) => hosts.freeRamMb(host)],
  ["total_usable_disk_gb", (hosts, host) => hosts.totalDiskGb(host)],
  ["free_disk_mb", (hosts, host) => hosts.freeDiskMb(host)],
  ["disk_mb_used", (hosts, host) => hosts.usedDiskMb(host)],
  ["cpu_allocation_ratio", (hosts, host) => new PythonFloat(hosts.cpuAllocationRatio(host))],
  ["ram_allocation_ratio", (hosts, host) => new PythonFloat(hosts.ramAllocationRatio(host))],
  ["disk_allocation_ratio", (hosts, host) => new PythonFloat(hosts.diskAllocationRatio(host))],
  ["num_instances", (hosts, host) => hosts.numInstances(host)],
  ["num_io_ops", (hosts, host) => hosts.numIoOps(host)],
  ["failed_builds", (hosts, host) => hosts.numFailedBuilds(host)],
  ["supported_instances", (hosts, host) => hosts.supportedInstances(host)],
  ["cpu_info", (hosts, host) => hosts.cpuInfo(host)],
  ["stats", (hosts, host) => hosts.stats(host)],
  ["limits", () => new Map()],
  ["service", (hosts, host) => new PythonObject("<service>", new Map<string, PythonValue>([["disabled", hosts.serviceDisabled(host)]]))],
  ["numa_topology", () => null],
  ...["uuid", "metrics", "pci_stats", "aggregates", "instances", "updated"].map((name) => [name, object(name)] as const),
  ...["update", "consume_from_request", "update_from_compute_node"].map(
    (name) => [name, object(`bound method HostState.${name}`)] as const,
  ),
]);

/** Null: the attribute is not there, or is None. */
export function hostAttribute(hosts: HostStates, host: number, name: string): PythonValue {
  return attributes.get(name)?.(hosts, host) ?? null;
}

export function hasHostAttribute(name: string): boolean {
  return attributes.has(name);
}
