import { describe, expect } from "vitest";
import { allocationCandidates } from "../../src/policies/placement/allocation-candidates.ts";
import type { CandidatesRequest, RequestGroup } from "../../src/policies/placement/candidates-request.ts";
import type { ResourceProvider } from "../../src/policies/placement/resource-provider.ts";
import { holdsForAll } from "./oracle-files.ts";

interface PlacementCase {
  readonly id: string;
  readonly kind: "placement";
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
  readonly expected: {
    readonly allocation_requests: readonly {
      readonly allocations: Readonly<Record<string, Readonly<Record<string, number>>>>;
      readonly mappings: Readonly<Record<string, readonly string[]>>;
    }[];
    readonly summary_providers: readonly string[];
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

/** As text with sorted keys, so that what Placement leaves in no order can be compared. */
function textOf(value: unknown): string {
  if (value instanceof Map) return textOf(Object.fromEntries(value));
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`);
  return `{${sorted(members).join()}}`;
}

describe("Placement's own allocation candidates", () => {
  holdsForAll<PlacementCase>("placement.jsonl.gz", ["placement"], 120, (one) => {
    const { allocationRequests, summaryProviders } = allocationCandidates(providersOf(one), requestOf(one));
    const found = allocationRequests.map(({ allocations, mappings }) => {
      const lists = new Map([...mappings].map(([suffix, names]) => [suffix, sorted(names)]));
      return textOf({ allocations, mappings: lists });
    });
    expect(sorted(found)).toEqual(sorted(one.expected.allocation_requests.map(textOf)));
    expect(sorted(summaryProviders)).toEqual(one.expected.summary_providers);
  });
});
