// The ways to serve one group of a request, each bound to the tree it belongs to. A named group takes one provider; the unnamed one may
// take each resource class from another provider of a tree, or from one that lends to the tree. A class is never split.
// @source placement/objects/allocation_candidate.py, research_context.py (placement 8.0.0)
import type { RequestGroup } from "./candidates-request.ts";
import type { ProviderTrees } from "./provider-trees.ts";
import { compareResourceClasses } from "./resource-class.ts";
import { hasRoomFor, type ResourceProvider, SHARING_TRAIT } from "./resource-provider.ts";

export interface GroupCandidate {
  /** Row of the root of the tree that the candidate belongs to. */
  readonly anchor: number;
  /** The rows that serve the group, ascending. */
  readonly providers: readonly number[];
  readonly takes: readonly Take[];
}

export interface Take {
  readonly provider: number;
  readonly resourceClass: string;
  readonly amount: number;
}

type Anchors = (root: number) => boolean;

/** Every candidate of the group, by tree and then by provider; `allowed` says which roots may bear the request. */
export function groupCandidates(trees: ProviderTrees, suffix: string, group: RequestGroup, allowed: Anchors): readonly GroupCandidate[] {
  let root = -1;
  if (group.inTree !== null) {
    const row = trees.rowOf(group.inTree);
    if (row === undefined) return [];
    root = trees.root[row]!;
  }
  const spread = suffix === "" && (trees.nested || trees.sharing.length > 0);
  return spread ? spreadCandidates(trees, group, root, allowed) : singleCandidates(trees, group, root, allowed);
}

/**
 * One provider serves the whole group and has all its traits and aggregates itself. A group without resources (kept for its traits, to
 * be named in same_subtree) matches by required traits or aggregates; if it has neither, nothing. Its in_tree is not looked at.
 */
function singleCandidates(trees: ProviderTrees, group: RequestGroup, inTree: number, allowed: Anchors): readonly GroupCandidate[] {
  const resources = [...group.resources];
  if (resources.length === 0 && group.required.length === 0 && group.memberOf.length === 0) return [];
  const candidates: GroupCandidate[] = [];
  for (const [row, provider] of trees.providers.entries()) {
    const root = trees.root[row]!;
    if (resources.length > 0 && inTree >= 0 && root !== inTree) continue;
    if (!resources.every(([resourceClass, amount]) => offers(provider, resourceClass, amount))) continue;
    if (!hasAnyOfEach(provider.traits, group.required) || hasSome(provider.traits, group.forbidden)) continue;
    if (!hasAnyOfEach(provider.aggregates, group.memberOf) || hasSome(provider.aggregates, group.forbiddenAggregates)) continue;
    const takes = resources.map(([resourceClass, amount]) => ({ provider: row, resourceClass, amount }));
    const at = (anchor: number): void => void candidates.push({ anchor, providers: [row], takes });
    if (allowed(root)) at(root);
    if (!provider.traits.has(SHARING_TRAIT)) continue;
    for (const anchor of trees.anchorsOf(row)) if (anchor !== root && allowed(anchor)) at(anchor);
  }
  return candidates;
}

/**
 * Each class from any provider of the tree, or from one that lends to it. An aggregate of the root spans the tree: the provider or the
 * root is in what is asked for, and neither in what is forbidden. The traits of all providers used together meet the required ones.
 */
function spreadCandidates(trees: ProviderTrees, group: RequestGroup, inTree: number, allowed: Anchors): readonly GroupCandidate[] {
  const classes = [...group.resources].sort(([a], [b]) => compareResourceClasses(a, b));
  if (classes.length === 0) return [];
  const isMember = (row: number) => hasAnyOfEach(trees.providers[row]!.aggregates, group.memberOf);
  const isBanned = (row: number) => hasSome(trees.providers[row]!.aggregates, group.forbiddenAggregates);

  /** By anchor, for each class the rows that can serve it; shorter than `classes` when a class is missing. */
  let serving = new Map<number, number[][]>();
  for (const [index, [resourceClass, amount]] of classes.entries()) {
    const next = new Map<number, number[][]>();
    const add = (row: number, anchor: number): void => {
      if (!allowed(anchor) || !(isMember(row) || isMember(anchor)) || isBanned(row) || isBanned(anchor)) return;
      const before = index === 0 ? [] : serving.get(anchor);
      if (before === undefined) return;
      const lists = next.get(anchor) ?? [...before, []];
      lists[index]!.push(row);
      next.set(anchor, lists);
    };
    for (const [row, provider] of trees.providers.entries()) {
      const root = trees.root[row]!;
      if ((inTree >= 0 && root !== inTree) || !offers(provider, resourceClass, amount)) continue;
      add(row, root);
      if (inTree >= 0 || !provider.traits.has(SHARING_TRAIT) || !isMember(row)) continue;
      for (const anchor of trees.anchorsOf(row)) if (anchor !== root) add(row, anchor);
    }
    serving = next;
  }

  const candidates: GroupCandidate[] = [];
  for (const [anchor, lists] of [...serving].sort(([a], [b]) => a - b)) {
    for (const rows of combinations(lists)) {
      const used = [...new Set(rows)].sort((a, b) => a - b);
      if (used.some((row) => hasSome(trees.providers[row]!.traits, group.forbidden))) continue;
      if (!group.required.every((any) => used.some((row) => hasSome(trees.providers[row]!.traits, any)))) continue;
      const takes = classes.map(([resourceClass, amount], index) => ({ provider: rows[index]!, resourceClass, amount }));
      candidates.push({ anchor, providers: used, takes });
    }
  }
  return candidates;
}

/** One element of each list, the last list turning fastest. */
export function* combinations<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  if (lists.some((list) => list.length === 0)) return;
  const at = lists.map(() => 0);
  for (;;) {
    yield lists.map((list, index) => list[at[index]!]!);
    let turning = lists.length - 1;
    while (turning >= 0 && ++at[turning]! === lists[turning]!.length) at[turning--] = 0;
    if (turning < 0) return;
  }
}

function offers(provider: ResourceProvider, resourceClass: string, amount: number): boolean {
  const inventory = provider.inventories.get(resourceClass);
  return inventory !== undefined && hasRoomFor(inventory, amount);
}

function hasSome(set: ReadonlySet<string>, names: readonly string[]): boolean {
  return names.some((name) => set.has(name));
}

function hasAnyOfEach(set: ReadonlySet<string>, lists: readonly (readonly string[])[]): boolean {
  return lists.every((names) => hasSome(set, names));
}
