// Of what a host has too little for a server, as Placement sees it: each amount asked for against the room that is left under the allocation
// ratio and, of vCPUs, RAM and disk, against the whole host (`max_unit`). A host lacks nothing exactly when `Hosts.fits` says so.
import type { FirstFitIndex } from "./first-fit-index.ts";
import type { Amounts, Hosts } from "./hosts.ts";

/** Placement's resource classes that every request is about, in the order of the bits of a shortage; classes of its own come behind them. */
export const resources = ["VCPU", "MEMORY_MB", "DISK_GB"] as const;
/** Name of a resource class: one of `resources`, PCPU, a CUSTOM_ one. */
export type Resource = string;

/** Bit i for resource i of `resourcesIn` the amounts; 0 = the host lacks nothing. */
export type Shortage = number;

export function resourcesIn({ others }: Pick<Amounts, "others">): readonly Resource[] {
  return others === undefined ? resources : [...resources, ...others.keys()];
}

export function shortageOf(hosts: Hosts, host: number, { vcpuMilli, ramMb, diskGb, others }: Amounts): Shortage {
  let short = 0;
  if (hosts.usedVcpuMilli[host]! + vcpuMilli > hosts.capacityVcpuMilli[host]! || vcpuMilli > hosts.vcpuMilli[host]!) short |= 1;
  if (hosts.usedRamMb[host]! + ramMb > hosts.capacityRamMb[host]! || ramMb > hosts.ramMb[host]!) short |= 2;
  if (hosts.usedDiskGb[host]! + diskGb > hosts.capacityDiskGb[host]! || diskGb > hosts.diskGb[host]!) short |= 4;
  if (others === undefined) return short;
  let bit = 8;
  for (const [name, amount] of others) {
    const resource = hosts.furtherResource(name);
    if (resource === null || resource.used[host]! + amount > resource.total[host]!) short |= bit;
    bit *= 2;
  }
  return short;
}

/** `of`: the amounts, where they may name classes of their own. */
export function resourcesOf(shortage: Shortage, of: Pick<Amounts, "others"> = {}): readonly Resource[] {
  return resourcesIn(of).filter((_, i) => (shortage & (1 << i)) !== 0);
}

/** What is short on every host, of the most room that one of them has; 0 where no resource is. */
export function shortEverywhere(mostRoom: FirstFitIndex["mostRoom"], { vcpuMilli, ramMb, diskGb }: Amounts): Shortage {
  return (vcpuMilli > mostRoom.vcpuMilli ? 1 : 0) | (ramMb > mostRoom.ramMb ? 2 : 0) | (diskGb > mostRoom.diskGb ? 4 : 0);
}
