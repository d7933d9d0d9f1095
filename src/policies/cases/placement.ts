// The kind "placement": providers and a request in, allocation candidates out, as GET /allocation_candidates would give them.
import { allocationCandidates } from "../placement/allocation-candidates.ts";
import type { CandidatesRequest, RequestGroup } from "../placement/candidates-request.ts";
import type { ResourceProvider } from "../placement/resource-provider.ts";

export interface PlacementCase {
  readonly providers: readonly {
    readonly name: string;
    readonly parent: string | null;
    readonly traits: readonly string[];
    readonly aggregates: readonly string[];
    readonly inventory: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }[];
  readonly request: {
    readonly groups: Readonly<Record<string, GroupOfCase>>;
    readonly group_policy?: "none" | "isolate";
    readonly root_required?: readonly string[];
    readonly root_forbidden?: readonly string[];
    readonly same_subtree?: readonly (readonly string[])[];
  };
}

interface GroupOfCase {
  readonly resources?: Readonly<Record<string, number>>;
  readonly required?: readonly (readonly string[])[];
  readonly forbidden?: readonly string[];
  readonly member_of?: readonly (readonly string[])[];
  readonly forbidden_aggs?: readonly string[];
  readonly in_tree?: string | null;
}

const providersOf = ({ providers }: PlacementCase): readonly ResourceProvider[] =>
  providers.map(({ name, parent, traits, aggregates, inventory }) => ({
    name,
    parent,
    traits: new Set(traits),
    aggregates: new Set(aggregates),
    inventories: new Map(
      Object.entries(inventory).map(([resourceClass, row]) => [
        resourceClass,
        {
          total: row.total!,
          reserved: row.reserved!,
          minUnit: row.min_unit!,
          maxUnit: row.max_unit!,
          stepSize: row.step_size!,
          allocationRatio: row.allocation_ratio!,
          used: row.used!,
        },
      ]),
    ),
  }));

const groupOf = (group: GroupOfCase): RequestGroup => ({
  resources: new Map(Object.entries(group.resources ?? {})),
  required: group.required ?? [],
  forbidden: group.forbidden ?? [],
  memberOf: group.member_of ?? [],
  forbiddenAggregates: group.forbidden_aggs ?? [],
  inTree: group.in_tree ?? null,
});

const requestOf = ({ request }: PlacementCase): CandidatesRequest => ({
  groups: new Map(Object.entries(request.groups).map(([suffix, group]) => [suffix, groupOf(group)])),
  groupPolicy: request.group_policy ?? null,
  rootRequired: request.root_required ?? [],
  rootForbidden: request.root_forbidden ?? [],
  sameSubtree: request.same_subtree ?? [],
  limit: null,
});

const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** As text with sorted keys: the order in which the answer lists its candidates, as Placement leaves them in none. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`);
  return `{${sorted(members).join()}}`;
}

/** Candidates in the order of their JSON text with sorted keys, mappings and summaries in the order of their names. */
export function answerPlacement(one: PlacementCase): object {
  const { allocationRequests, summaryProviders } = allocationCandidates(providersOf(one), requestOf(one));
  const requests = allocationRequests.map(({ allocations, mappings }) => ({
    allocations: Object.fromEntries([...allocations].map(([provider, amounts]) => [provider, Object.fromEntries(amounts)])),
    mappings: Object.fromEntries([...mappings].map(([suffix, names]) => [suffix, sorted(names)])),
  }));
  const keyed = requests.map((request) => ({ request, key: textOf(request) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return { allocation_requests: keyed.map(({ request }) => request), summary_providers: sorted(summaryProviders) };
}
