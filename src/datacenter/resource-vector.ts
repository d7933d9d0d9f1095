// What a server takes and what a host has, as vectors: the rules of vector bin packing compare them resource by resource.
import type { Flavor } from "./flavor.ts";

export type ResourceVector = readonly [vcpuMilli: number, ramMb: number, diskGb: number];

/** What Placement is asked for: a volume to boot from takes the place of the root disk, swap is rounded up to whole GB. */
export function demandOf(flavor: Flavor, bootFromVolume: boolean): ResourceVector {
  const diskGb = (bootFromVolume ? (flavor.ephemeralGb ?? 0) : flavor.diskGb) + Math.ceil((flavor.swapMb ?? 0) / 1024);
  return [flavor.vcpuMilli, flavor.ramMb, diskGb];
}

export function isWithin(demand: ResourceVector, room: ResourceVector): boolean {
  return demand[0] <= room[0] && demand[1] <= room[1] && demand[2] <= room[2];
}

export function minus(room: ResourceVector, demand: ResourceVector): ResourceVector {
  return [room[0] - demand[0], room[1] - demand[1], room[2] - demand[2]];
}

/** Amounts as shares of the wholes; a resource of which the whole is nothing has none. */
export function sharesOf(amounts: ResourceVector, wholes: ResourceVector): ResourceVector {
  const share = (amount: number, whole: number) => (whole > 0 ? amount / whole : 0);
  return [share(amounts[0], wholes[0]), share(amounts[1], wholes[1]), share(amounts[2], wholes[2])];
}

export function dot(a: ResourceVector, b: ResourceVector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
