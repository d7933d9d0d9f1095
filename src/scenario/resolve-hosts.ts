// Groups of hosts and aggregates as the rest of Orrery works with them: cells laid out, names turned into rows.
import { bonds } from "../datacenter/fabric/attach-points.ts";
import type { HostNames } from "./host-names.ts";
import { layoutOf } from "./numa-layout.ts";
import type { AggregateSpec, HostGroupSpec } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";

type ReadCloud = ReadScenario["cloud"];

export function hostGroupOf(host: ReadCloud["hosts"][number]): HostGroupSpec {
  return {
    name: host.name ?? null,
    type: host.type,
    count: host.count,
    racks: host.racks,
    hypervisor: host.hypervisor,
    vcpus: host.vcpus ?? null,
    ramMb: host.ram ?? null,
    diskGb: host.disk,
    nicBytesPerSecond: host.nic,
    nics: host.nics,
    bond: bonds.find((bond) => bond === host.bond)!,
    cpuAllocationRatio: host.cpu_allocation_ratio,
    ramAllocationRatio: host.ram_allocation_ratio,
    diskAllocationRatio: host.disk_allocation_ratio,
    reservedHostCpus: host.reserved_host_cpus,
    reservedHostMemoryMb: host.reserved_host_memory,
    reservedHostDiskMb: host.reserved_host_disk,
    traits: host.traits,
    resources: new Map(Object.entries(host.resources)),
    disabled: host.disabled,
    numa: layoutOf(host).cells,
    pciPools: host.pci_devices.map(({ vendor_id, product_id, dev_type, count, numa_cell, physical_network }) => ({
      properties: new Map([
        ["vendor_id", vendor_id],
        ["product_id", product_id],
        ["dev_type", dev_type],
        ...(physical_network === undefined ? [] : [["physical_network", physical_network] as const]),
      ]),
      numaNode: numa_cell ?? null,
      count,
    })),
    powerModel: host.power_model,
    ...(host.power_model_option === undefined ? {} : { powerModelOption: host.power_model_option }),
    ...(host.idle_power === undefined ? {} : { idleWatts: host.idle_power }),
    ...(host.max_power === undefined ? {} : { maxWatts: host.max_power }),
  };
}

export function aggregateOf(
  { name, hosts, availability_zone: zone, metadata }: ReadCloud["aggregates"][number],
  names: HostNames,
): AggregateSpec {
  const rows = hosts.flatMap((text) => {
    const named = names.rowsOf(text);
    return named.ok ? named.rows : [];
  });
  const given = new Map(Object.entries(metadata));
  if (zone !== undefined) given.set("availability_zone", zone);
  return { name, metadata: given, hosts: [...new Set(rows)].sort((a, b) => a - b) };
}
