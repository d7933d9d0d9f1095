// Placement's capacity rule for one provider with no others below it: what a server asks for, and whether there is room.
// @source placement/objects/allocation.py, nova/scheduler/utils.py
import type { Flavor } from "../../datacenter/flavor.ts";
import { demandOf } from "../../datacenter/resource-vector.ts";

/** Of one resource class. */
export interface Inventory {
  readonly total: number;
  readonly reserved: number;
  readonly allocation_ratio: number;
  readonly min_unit: number;
  readonly max_unit: number;
  readonly step_size: number;
  readonly used: number;
}

/** Amounts by resource class; nothing of a class is not asked for. */
export function amountsOf(flavor: Flavor, bootFromVolume: boolean): ReadonlyMap<string, number> {
  const [vcpuMilli, ramMb, diskGb] = demandOf(flavor, bootFromVolume);
  const amounts: readonly (readonly [string, number])[] = [
    ["VCPU", vcpuMilli / 1000],
    ["MEMORY_MB", ramMb],
    ["DISK_GB", diskGb],
  ];
  return new Map(amounts.filter(([, amount]) => amount !== 0));
}

export function hasRoom(inventories: Readonly<Record<string, Inventory>>, amounts: ReadonlyMap<string, number>): boolean {
  for (const [name, amount] of amounts) {
    const inventory = inventories[name];
    if (inventory === undefined) return false;
    const { total, reserved, allocation_ratio: ratio, min_unit: least, max_unit: most, step_size: step, used } = inventory;
    if (used + amount > (total - reserved) * ratio || amount < least || amount > most || amount % step !== 0) return false;
  }
  return true;
}
