// Bare metal: a server has the whole of a host, and nothing is promised twice or kept back. What a scenario does not say of such hosts is said
// here, in place of what holds of hosts that run guests.
// Assumes that flavors are for the machines they are on: Ironic itself hands out one unit of a resource class of each node, whatever its size.
// @source nova/virt/ironic/driver.py (update_provider_tree: one of its resource class, allocation_ratio 1.0, reserved 0 while the node is free)
import { hypervisors } from "../datacenter/hypervisors.ts";
import type { LocatedEntry, LocatedMap, Place, Scalar } from "./located.ts";

const SAYS: Place = { file: "default: nova/virt/ironic/driver.py, update_provider_tree", line: 0, column: 0 };

export const bareMetalRatios = ["cpu_allocation_ratio", "ram_allocation_ratio", "disk_allocation_ratio"] as const;
export const bareMetalReserves = ["reserved_host_cpus", "reserved_host_memory", "reserved_host_disk"] as const;

const entry = (value: Scalar): LocatedEntry => ({ keyPlace: SAYS, value: { kind: "scalar", value, place: SAYS, folder: "" } });

const values = new Map<string, Scalar>([
  ...bareMetalRatios.map((key) => [key, 1] as const),
  ["reserved_host_cpus", 0],
  ["reserved_host_memory", "0 B"],
  ["reserved_host_disk", "0 B"],
]);

/** Every group of `cloud.hosts` on bare metal with what holds of it. Host defaults are under the groups already. */
export function withBareMetal(root: LocatedMap): LocatedMap {
  const cloud = root.entries.get("cloud");
  if (cloud?.value.kind !== "map") return root;
  const hosts = cloud.value.entries.get("hosts");
  if (hosts?.value.kind !== "list" || !hosts.value.items.some(isBare)) return root;
  const items = hosts.value.items.map((host) => {
    if (!isBare(host)) return host;
    const missing = [...values].filter(([key]) => !host.entries.has(key)).map(([key, value]) => [key, entry(value)] as const);
    return { ...host, entries: new Map([...host.entries, ...missing]) };
  });
  const filled = new Map(cloud.value.entries).set("hosts", { ...hosts, value: { ...hosts.value, items } });
  return { ...root, entries: new Map(root.entries).set("cloud", { ...cloud, value: { ...cloud.value, entries: filled } }) };
}

function isBare(host: { readonly kind: string }): host is LocatedMap {
  if (host.kind !== "map") return false;
  const hypervisor = (host as LocatedMap).entries.get("hypervisor")?.value;
  return hypervisor?.kind === "scalar" && hypervisors.get(String(hypervisor.value).trim())?.oneServerPerHost.value === true;
}
