// Keeps out hosts whose NUMA cells cannot serve the topology that flavor and image ask for: cells, huge pages, dedicated CPUs, devices near them.
import { freeDedicatedCpus, freeMemoryMb } from "../../../datacenter/numa/host-cell.ts";
import { defineFilter } from "../filter.ts";
import { needsSiblings, passesNumaTopologyFilter } from "../numa/numa-filter.ts";

export const numaTopologyFilter = defineFilter({
  name: "NUMATopologyFilter",
  source: "nova/scheduler/filters/numa_topology_filter.py",
  meaning: "The host's NUMA cells must have the CPUs, memory, pages and devices that the guest's cells ask for.",
  dependsOn: "NUMA topology",
  options: ["compute.packing_host_numa_cells_allocation_strategy"],
  passes: (hosts, { numa, pciRequests = [] }, config) => {
    if (numa === undefined || (numa.topology === null && !needsSiblings(numa))) return null;
    const order = config.flag("compute.packing_host_numa_cells_allocation_strategy") ? "pack" : "spread";
    return (host) => {
      const limits = { cpuAllocationRatio: hosts.cpuAllocationRatio(host), ramAllocationRatio: hosts.ramAllocationRatio(host) };
      const pci = { pools: hosts.pciPools(host), requests: pciRequests };
      return passesNumaTopologyFilter(numa, hosts.numaCells(host), limits, order, pci);
    };
  },
  because: (hosts, { numa }) => {
    const cells = numa?.topology?.cells ?? [];
    const asked = cells.map(({ cpuset, pcpuset, memoryMb, pageSizeKb }) => {
      const cpus = [
        ...(cpuset.length > 0 ? [`${cpuset.length} shared CPUs`] : []),
        ...(pcpuset.length > 0 ? [`${pcpuset.length} dedicated CPUs`] : []),
      ];
      return `${[...cpus, `${memoryMb} MB`].join(" and ")}${pageSizeKb !== null && pageSizeKb > 0 ? ` in pages of ${pageSizeKb} KiB` : ""}`;
    });
    return (host) => {
      const own = hosts.numaCells(host);
      if (own === null || own.length === 0) return "it reports no NUMA cells";
      const free = own.map((cell) => `${freeDedicatedCpus(cell).length} dedicated CPUs and ${freeMemoryMb(cell)} MB`).join("; ");
      return `asked for cells of ${asked.join("; ") || "cores with sibling threads"}; its ${own.length} have free: ${free}`;
    };
  },
});
