// The forest of resource providers: who is above whom, who lends to whom. Providers are row numbers in the order they were given.
import { type ResourceProvider, SHARING_TRAIT } from "./resource-provider.ts";

export class ProviderTrees {
  readonly providers: readonly ResourceProvider[];
  /** Row of the provider above; -1 for a root. */
  readonly parent: readonly number[];
  readonly root: readonly number[];
  readonly nested: boolean;
  /** Rows of the providers that lend to other trees. */
  readonly sharing: readonly number[];
  readonly #rows = new Map<string, number>();

  /** Throws when a name occurs twice, or when a parent does not come before its children. */
  constructor(providers: readonly ResourceProvider[]) {
    const parents: number[] = [];
    const roots: number[] = [];
    const sharing: number[] = [];
    for (const [row, { name, parent, traits }] of providers.entries()) {
      if (this.#rows.has(name)) throw new RangeError(`resource provider ${name} occurs twice: each needs a name of its own`);
      const above = parent === null ? -1 : this.#rows.get(parent);
      if (above === undefined) throw new RangeError(`resource provider ${name}: its parent ${parent} is not among the providers before it`);
      this.#rows.set(name, row);
      parents.push(above);
      roots.push(above < 0 ? row : roots[above]!);
      if (traits.has(SHARING_TRAIT)) sharing.push(row);
    }
    this.providers = providers;
    this.parent = parents;
    this.root = roots;
    this.nested = parents.some((above) => above >= 0);
    this.sharing = sharing;
  }

  rowOf(name: string): number | undefined {
    return this.#rows.get(name);
  }

  isRoot(row: number): boolean {
    return this.parent[row]! < 0;
  }

  /** Is `above` the provider itself or on the way from it to its root? */
  isWithin(row: number, above: number): boolean {
    for (let at = row; at >= 0; at = this.parent[at]!) if (at === above) return true;
    return false;
  }

  /** Roots of the trees, ascending, in which some provider shares an aggregate with this one; its own among them if it has aggregates. */
  anchorsOf(row: number): readonly number[] {
    const { aggregates } = this.providers[row]!;
    const anchors = new Set<number>();
    for (const [other, provider] of this.providers.entries()) {
      for (const aggregate of provider.aggregates) if (aggregates.has(aggregate)) anchors.add(this.root[other]!);
    }
    return [...anchors].sort((a, b) => a - b);
  }
}
