// Holds the flavor's extra specs against what the host says of itself: `capabilities:hypervisor_type: QEMU`, `capabilities:vcpus_total: ">= 64"`.
// A key without a scope counts only if the host has such an attribute; any other scope is ignored.
import type { Hosts } from "../../../datacenter/hosts.ts";
import { matchesExtraSpec } from "../extra-spec-match.ts";
import { defineFilter } from "../filter.ts";

/** As Python writes a float: `16.0`, `1.5`. */
const float = (x: number) => (Number.isInteger(x) ? `${x}.0` : String(x));

/** Attributes of Nova's HostState that Orrery's hosts have, as the text Python would give them; reserved resources count as used. */
const attributes: ReadonlyMap<string, (hosts: Hosts, host: number) => string> = new Map([
  ["host", (hosts: Hosts, host: number) => hosts.descriptions[host]!.name],
  ["nodename", (hosts: Hosts, host: number) => hosts.descriptions[host]!.name],
  ["hypervisor_hostname", (hosts: Hosts, host: number) => hosts.descriptions[host]!.name],
  ["hypervisor_type", (hosts: Hosts, host: number) => hosts.descriptions[host]!.hypervisorType],
  ["vcpus_total", (hosts: Hosts, host: number) => String(hosts.vcpuMilli[host]! / 1000)],
  ["vcpus_used", (hosts: Hosts, host: number) => String((hosts.usedVcpuMilli[host]! + hosts.descriptions[host]!.reservedVcpuMilli) / 1000)],
  ["total_usable_ram_mb", (hosts: Hosts, host: number) => String(hosts.ramMb[host])],
  ["free_ram_mb", (hosts: Hosts, host: number) => String(hosts.freeRamMb(host))],
  ["total_usable_disk_gb", (hosts: Hosts, host: number) => String(hosts.diskGb[host])],
  ["free_disk_mb", (hosts: Hosts, host: number) => String(hosts.freeDiskMb(host))],
  ["disk_mb_used", (hosts: Hosts, host: number) => String(1024 * (hosts.usedDiskGb[host]! + hosts.descriptions[host]!.reservedDiskGb))],
  ["cpu_allocation_ratio", (hosts: Hosts, host: number) => float(hosts.descriptions[host]!.cpuAllocationRatio)],
  ["ram_allocation_ratio", (hosts: Hosts, host: number) => float(hosts.descriptions[host]!.ramAllocationRatio)],
  ["disk_allocation_ratio", (hosts: Hosts, host: number) => float(hosts.descriptions[host]!.diskAllocationRatio)],
  ["num_instances", (hosts: Hosts, host: number) => String(hosts.instances[host])],
  ["num_io_ops", (hosts: Hosts, host: number) => String(hosts.ioOps[host])],
  ["io_workload", (hosts: Hosts, host: number) => String(hosts.ioOps[host])],
  ["failed_builds", (hosts: Hosts, host: number) => String(hosts.failedBuilds[host])],
]);

export const computeCapabilitiesFilter = defineFilter({
  name: "ComputeCapabilitiesFilter",
  source: "nova/scheduler/filters/compute_capabilities_filter.py",
  meaning: "The host must have the capabilities that the flavor's extra specs ask for.",
  passes: (hosts, request) => {
    const wanted: { readonly read: ((hosts: Hosts, host: number) => string) | undefined; readonly requirement: string }[] = [];
    for (const [key, requirement] of request.flavor.extraSpecs) {
      const parts = key.split(":");
      if (parts.length > 1 && parts[0] !== "capabilities") continue;
      const read = attributes.get(parts.length > 1 ? parts.slice(1).join(":") : key);
      if (parts.length === 1 && read === undefined) continue;
      wanted.push({ read, requirement });
    }
    if (wanted.length === 0) return null;
    return (host) => wanted.every(({ read, requirement }) => read !== undefined && matchesExtraSpec(read(hosts, host), requirement));
  },
});
