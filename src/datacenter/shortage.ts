// Of what a host has too little for a server, as Placement sees it: the three amounts of a flavor, each against the room that is left under the
// allocation ratio and against the whole host (`max_unit`). A host lacks nothing exactly when `Hosts.fits` says so.
import type { FirstFitIndex } from "./first-fit-index.ts";
import type { Flavor } from "./flavor.ts";
import type { Hosts } from "./hosts.ts";

/** Placement's resource classes, in the order of the bits of a shortage. */
export const resources = ["VCPU", "MEMORY_MB", "DISK_GB"] as const;
export type Resource = (typeof resources)[number];

/** Bit i for `resources[i]`; 0 = the host lacks nothing. */
export type Shortage = number;
export const ALL_SHORT: Shortage = 0b111;

export function shortageOf(hosts: Hosts, host: number, flavor: Flavor): Shortage {
  const { vcpuMilli, ramMb, diskGb } = flavor;
  let short = 0;
  if (hosts.usedVcpuMilli[host]! + vcpuMilli > hosts.capacityVcpuMilli[host]! || vcpuMilli > hosts.vcpuMilli[host]!) short |= 1;
  if (hosts.usedRamMb[host]! + ramMb > hosts.capacityRamMb[host]! || ramMb > hosts.ramMb[host]!) short |= 2;
  if (hosts.usedDiskGb[host]! + diskGb > hosts.capacityDiskGb[host]! || diskGb > hosts.diskGb[host]!) short |= 4;
  return short;
}

export function resourcesOf(shortage: Shortage): readonly Resource[] {
  return resources.filter((_, i) => (shortage & (1 << i)) !== 0);
}

/** What is short on every host, of the most room that one of them has; 0 where no resource is. */
export function shortEverywhere(mostRoom: FirstFitIndex["mostRoom"], { vcpuMilli, ramMb, diskGb }: Flavor): Shortage {
  return (vcpuMilli > mostRoom.vcpuMilli ? 1 : 0) | (ramMb > mostRoom.ramMb ? 2 : 0) | (diskGb > mostRoom.diskGb ? 4 : 0);
}
