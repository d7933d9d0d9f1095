// What consumers hold of the providers' inventories. A claim (PUT /allocations/{consumer}) looks again at what the candidates promised:
// others may have been faster. It is granted as a whole or refused as a whole.
// @source placement/objects/allocation.py (placement 8.0.0)
import type { Allocation } from "./allocation-candidates.ts";
import { capacityOf, type Inventory, isUnitOf, type ResourceProvider } from "./resource-provider.ts";

export interface ClaimRefusal {
  /** Placement's name of the failure. */
  readonly reason:
    | "ResourceProviderNotFound"
    | "InvalidInventory"
    | "InvalidAllocationConstraintsViolated"
    | "InvalidAllocationCapacityExceeded";
  readonly provider: string;
  readonly resourceClass: string;
}

interface Line {
  readonly provider: string;
  readonly resourceClass: string;
  readonly amount: number;
  readonly inventory: Inventory;
}

/**
 * The only one who changes `used` of an inventory. Usage that was there before belongs to consumers unknown here.
 * Assumes that no two claims overlap, so that provider generations never conflict.
 */
export class Allocations {
  readonly #providers: ReadonlyMap<string, ResourceProvider>;
  readonly #held = new Map<string, readonly Line[]>();

  constructor(providers: readonly ResourceProvider[]) {
    this.#providers = new Map(providers.map((provider) => [provider.name, provider]));
  }

  /** Replaces what the consumer holds. Null when granted; otherwise nothing has changed. */
  claim(consumer: string, allocation: Allocation): ClaimRefusal | null {
    const lines: Line[] = [];
    for (const [provider, classes] of allocation) {
      for (const [resourceClass, amount] of classes) {
        const inventories = this.#providers.get(provider)?.inventories;
        if (inventories === undefined) return { reason: "ResourceProviderNotFound", provider, resourceClass };
        const inventory = inventories.get(resourceClass);
        if (inventory === undefined) return { reason: "InvalidInventory", provider, resourceClass };
        lines.push({ provider, resourceClass, amount, inventory });
      }
    }
    const before = this.#held.get(consumer) ?? [];
    for (const { inventory, amount } of before) inventory.used -= amount;
    const refusal = refusalOf(lines);
    for (const { inventory, amount } of refusal === null ? lines : before) inventory.used += amount;
    if (refusal === null) this.#held.set(consumer, lines);
    return refusal;
  }

  /**
   * Puts what one consumer holds into the name of another, who must hold nothing; false when there is nothing to hand over. A migration begins
   * so: the server's allocation on the source goes to the migration, and the server claims the destination. Both count until the migration is
   * confirmed (`release` it) or reverted (release the server, hand back).
   * @source nova/conductor/tasks/migrate.py (replace_allocation_with_migration, revert_allocation_for_migration)
   */
  handOver(from: string, to: string): boolean {
    const lines = this.#held.get(from);
    if (lines === undefined || this.#held.has(to)) return false;
    this.#held.delete(from);
    this.#held.set(to, lines);
    return true;
  }

  /** Gives back all that the consumer holds; false when it holds nothing. */
  release(consumer: string): boolean {
    const lines = this.#held.get(consumer);
    for (const { inventory, amount } of lines ?? []) inventory.used -= amount;
    return this.#held.delete(consumer);
  }

  /** What the consumer holds, by provider and resource class. */
  of(consumer: string): Allocation {
    const allocation = new Map<string, Map<string, number>>();
    for (const { provider, resourceClass, amount } of this.#held.get(consumer) ?? []) {
      const classes = allocation.get(provider) ?? new Map<string, number>();
      allocation.set(provider, classes.set(resourceClass, amount));
    }
    return allocation;
  }
}

function refusalOf(lines: readonly Line[]): ClaimRefusal | null {
  for (const { provider, resourceClass, amount, inventory } of lines) {
    if (!isUnitOf(inventory, amount)) return { reason: "InvalidAllocationConstraintsViolated", provider, resourceClass };
    if (capacityOf(inventory) < inventory.used + amount) return { reason: "InvalidAllocationCapacityExceeded", provider, resourceClass };
  }
  return null;
}
