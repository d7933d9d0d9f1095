// A resource provider has inventories and traits, belongs to aggregates, and may sit below another: a compute node is the root of a
// tree whose branches are its NUMA nodes and devices; a shared disk pool is a tree of its own.
// @source placement/objects/resource_provider.py, inventory.py (placement 8.0.0)

export interface Inventory {
  readonly total: number;
  /** Taken off the total before the allocation ratio. */
  readonly reserved: number;
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
  readonly allocationRatio: number;
  /** Sum over all consumers; may exceed the capacity. Only `Allocations` changes it. */
  used: number;
}

export interface ResourceProvider {
  /** Unique: a uuid or a name. */
  readonly name: string;
  /** The provider above it; null for the root of a tree. */
  readonly parent: string | null;
  readonly traits: ReadonlySet<string>;
  readonly aggregates: ReadonlySet<string>;
  readonly inventories: ReadonlyMap<string, Inventory>;
}

/** A provider with this trait lends its inventories to every tree that shares an aggregate with it. */
export const SHARING_TRAIT = "MISC_SHARES_VIA_AGGREGATE";

/** A product of doubles that is not rounded: amounts are whole, so it bounds them as its floor would. */
export function capacityOf(inventory: Inventory): number {
  return (inventory.total - inventory.reserved) * inventory.allocationRatio;
}

/** Is `amount` a size that may be asked of this inventory at all? */
export function isUnitOf(inventory: Inventory, amount: number): boolean {
  return inventory.minUnit <= amount && amount <= inventory.maxUnit && amount % inventory.stepSize === 0;
}

/** The capacity rule: what is used and what is asked for together stay within the capacity, and the amount is a legal unit. */
export function hasRoomFor(inventory: Inventory, amount: number): boolean {
  return inventory.used + amount <= capacityOf(inventory) && isUnitOf(inventory, amount);
}
