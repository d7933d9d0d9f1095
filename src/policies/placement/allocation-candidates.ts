// Which providers could serve a request, and how: Placement's answer to GET /allocation_candidates. Every group is answered by itself;
// then one candidate of each group, all of the same tree, make an allocation request, if together they still fit.
// @source placement/objects/allocation_candidate.py (placement 8.0.0)
import type { CandidatesRequest } from "./candidates-request.ts";
import { combinations, type GroupCandidate, groupCandidates } from "./group-candidates.ts";
import { ProviderTrees } from "./provider-trees.ts";
import { capacityOf, type ResourceProvider } from "./resource-provider.ts";

/** Amounts by provider and resource class, as they are claimed. */
export type Allocation = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface AllocationRequest {
  readonly allocations: Allocation;
  /** The providers that serve each group, by suffix. */
  readonly mappings: ReadonlyMap<string, readonly string[]>;
}

export interface AllocationCandidates {
  readonly allocationRequests: readonly AllocationRequest[];
  /** Every provider of the trees from which something is allocated, in the order they were given. */
  readonly summaryProviders: readonly string[];
}

/**
 * All ways to serve the request, at most `request.limit`.
 *
 * Parents come before their children in `providers`; throws otherwise. Placement leaves the order of the answer open; here it is that of
 * the providers: by the tree that bears the request, then by the provider of each group and class.
 */
export function allocationCandidates(providers: readonly ResourceProvider[], request: CandidatesRequest): AllocationCandidates {
  return allocationCandidatesIn(new ProviderTrees(providers), request);
}

/** The same, for callers that keep the trees from one request to the next: amounts used may change, parents, names and traits may not. */
export function allocationCandidatesIn(trees: ProviderTrees, request: CandidatesRequest): AllocationCandidates {
  const none: AllocationCandidates = { allocationRequests: [], summaryProviders: [] };
  const allowed = (root: number): boolean => {
    const { traits } = trees.providers[root]!;
    return request.rootRequired.every((trait) => traits.has(trait)) && !request.rootForbidden.some((trait) => traits.has(trait));
  };

  const suffixes = [...request.groups.keys()];
  /** By anchor, the candidates of each group so far. */
  let byAnchor = new Map<number, GroupCandidate[][]>();
  for (const [index, [suffix, group]] of [...request.groups].entries()) {
    const next = new Map<number, GroupCandidate[][]>();
    for (const candidate of groupCandidates(trees, suffix, group, allowed)) {
      const before = index === 0 ? [] : byAnchor.get(candidate.anchor);
      if (before === undefined) continue;
      const lists = next.get(candidate.anchor) ?? [...before, []];
      lists[index]!.push(candidate);
      next.set(candidate.anchor, lists);
    }
    if (next.size === 0) return none;
    byAnchor = next;
  }

  const found: Combined[] = [];
  const enough = request.limit ?? Number.POSITIVE_INFINITY;
  // Only what is lent can be reached through several trees, and would be said twice.
  const seen = trees.sharing.length > 0 ? new Set<string>() : null;
  for (const [, lists] of [...byAnchor].sort(([a], [b]) => a - b)) {
    for (const parts of combinations(lists)) {
      if (request.groupPolicy === "isolate" && !isIsolated(suffixes, parts)) continue;
      if (!request.sameSubtree.every((list) => isOneSubtree(trees, providersOf(list, suffixes, parts)))) continue;
      const combined = combine(parts);
      if (!fits(trees, combined.amounts)) continue;
      if (seen !== null) {
        const key = keyOf(combined);
        if (seen.has(key)) continue;
        seen.add(key);
      }
      found.push(combined);
      if (found.length >= enough) return answerOf(trees, suffixes, found);
    }
  }
  return answerOf(trees, suffixes, found);
}

function answerOf(trees: ProviderTrees, suffixes: readonly string[], found: readonly Combined[]): AllocationCandidates {
  const roots = new Set(found.flatMap(({ amounts }) => [...amounts.keys()].map((row) => trees.root[row]!)));
  const nameOf = (row: number): string => trees.providers[row]!.name;
  return {
    allocationRequests: found.map(({ amounts, parts }) => ({
      allocations: new Map([...amounts].map(([row, classes]) => [nameOf(row), classes])),
      mappings: new Map(parts.map(({ providers }, index) => [suffixes[index]!, providers.map(nameOf)])),
    })),
    summaryProviders: trees.providers.filter((_, row) => roots.has(trees.root[row]!)).map(({ name }) => name),
  };
}

interface Combined {
  readonly parts: readonly GroupCandidate[];
  /** By row and resource class; what several groups take of one class from one provider is added up. */
  readonly amounts: ReadonlyMap<number, ReadonlyMap<string, number>>;
}

function combine(parts: readonly GroupCandidate[]): Combined {
  const amounts = new Map<number, Map<string, number>>();
  for (const { takes } of parts) {
    for (const { provider, resourceClass, amount } of takes) {
      const classes = amounts.get(provider) ?? new Map<string, number>();
      amounts.set(provider, classes.set(resourceClass, (classes.get(resourceClass) ?? 0) + amount));
    }
  }
  return { parts, amounts };
}

/** Each group fitted alone; now the sums must. Placement looks at capacity and max_unit again, not at min_unit and step_size. */
function fits(trees: ProviderTrees, amounts: Combined["amounts"]): boolean {
  for (const [row, classes] of amounts) {
    for (const [resourceClass, amount] of classes) {
      const inventory = trees.providers[row]!.inventories.get(resourceClass)!;
      if (inventory.used + amount > Math.trunc(capacityOf(inventory)) || amount > inventory.maxUnit) return false;
    }
  }
  return true;
}

function isIsolated(suffixes: readonly string[], parts: readonly GroupCandidate[]): boolean {
  const named = parts.filter((_, index) => suffixes[index] !== "");
  return new Set(named.flatMap(({ providers }) => providers)).size === named.length;
}

function providersOf(list: readonly string[], suffixes: readonly string[], parts: readonly GroupCandidate[]): readonly number[] {
  return parts.flatMap(({ providers }, index) => (list.includes(suffixes[index]!) ? providers : []));
}

/** One of the providers is an ancestor of all of them, or they are one and the same. */
function isOneSubtree(trees: ProviderTrees, rows: readonly number[]): boolean {
  return rows.length === 0 || rows.some((above) => rows.every((row) => trees.isWithin(row, above)));
}

function keyOf({ parts, amounts }: Combined): string {
  const byRow = [...amounts].sort(([a], [b]) => a - b);
  const taken = byRow.map(([row, classes]) => [row, [...classes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))]);
  return JSON.stringify([taken, parts.map(({ providers }) => providers)]);
}
