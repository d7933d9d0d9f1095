// What a request asks of Placement where every host is one resource provider: amounts, and which hosts its traits and aggregates allow. The
// request filters and the query are Nova's own; here their answer is brought into a form that a scan over columns can use.
//
// Assumes that providers have neither children nor shares of others: all groups of a request are then served by the host itself.
// @source nova/scheduler/manager.py, placement/objects/allocation_candidate.py
import type { Amounts } from "../../../datacenter/hosts.ts";
import type { CandidatesRequest } from "../../placement/candidates-request.ts";
import { fallbackQuery, placementQuery } from "./placement-query.ts";
import { refusedByPlacement } from "./refused-query.ts";
import { runRequestFilters } from "./request-filters.ts";
import type { RequestOptions } from "./request-options.ts";
import { namedCount } from "./requested-groups.ts";
import { type AggregateRecord, type NodeRecord, RequestRefused, type SchedulingRequest } from "./scheduling-request.ts";

/** One query: candidates are hosts with room for the amounts among those allowed. */
export interface HostQuery {
  readonly amounts: Amounts;
  /** 1 = traits and aggregates allow the host; null = all hosts. */
  readonly allowed: Uint8Array | null;
  /** Most candidates wanted; null = all. */
  readonly limit: number | null;
}

/** The queries of a request; candidates of an earlier one come first. None: Nova refuses the request before it asks. */
export type PlacementAsk = readonly HostQuery[];

/** A compute node's own provider, without its inventory. */
export interface ComputeNodeProvider extends NodeRecord {
  readonly traits: ReadonlySet<string>;
  /** Names of the host aggregates, which Nova mirrors to Placement. */
  readonly aggregates: ReadonlySet<string>;
}

export class PlacementAsks {
  private readonly providers: readonly ComputeNodeProvider[];
  private readonly aggregates: readonly AggregateRecord[];
  private readonly options: RequestOptions;
  private readonly masks = new Map<string, Uint8Array | null>();

  constructor(providers: readonly ComputeNodeProvider[], aggregates: readonly AggregateRecord[], options: RequestOptions) {
    this.providers = providers;
    this.aggregates = aggregates;
    this.options = options;
  }

  /** @returns what is asked, or why Nova refuses the request: it then ends in NoValidHost */
  of(request: SchedulingRequest): PlacementAsk | RequestRefused {
    const { request: narrowed, refusal } = runRequestFilters(request, this.options, this.aggregates);
    if (refusal !== null) return refusal.error;
    try {
      const first = placementQuery(narrowed, this.options, this.providers);
      const queries = [first.query];
      if (first.wantsFallback) queries.push(fallbackQuery(first.request, this.options, this.providers).query);
      return queries.flatMap((query) => this.onHosts(query) ?? []);
    } catch (error) {
      if (error instanceof RequestRefused) return error;
      throw error;
    }
  }

  /** Null: no host can ever answer the query. */
  private onHosts(query: CandidatesRequest): HostQuery | null {
    if (refusedByPlacement(query) !== null) return null;
    if (query.groupPolicy === "isolate" && namedCount(query.groups) >= 2) return null; // one provider cannot be two
    const sums = new Map<string, number>();
    for (const { resources } of query.groups.values()) {
      for (const [name, amount] of resources) sums.set(name, (sums.get(name) ?? 0) + amount);
    }
    const take = (name: string): number => {
      const amount = sums.get(name) ?? 0;
      sums.delete(name);
      return amount;
    };
    const amounts = { vcpuMilli: Math.round(take("VCPU") * 1000), ramMb: take("MEMORY_MB"), diskGb: take("DISK_GB") };
    const others = sums.size === 0 ? {} : { others: sums };
    return { amounts: { ...amounts, ...others }, allowed: this.allowed(query), limit: query.limit };
  }

  private allowed(query: CandidatesRequest): Uint8Array | null {
    const { groups, rootRequired, rootForbidden } = query;
    const asked = [...groups.values()].map(({ resources: _, ...rest }) => rest);
    const key = JSON.stringify([asked, rootRequired, rootForbidden]);
    const known = this.masks.get(key);
    if (known !== undefined) return known;
    const holds = ({ traits, aggregates, uuid }: ComputeNodeProvider): boolean =>
      rootRequired.every((trait) => traits.has(trait)) &&
      !rootForbidden.some((trait) => traits.has(trait)) &&
      asked.every(
        ({ required, forbidden, memberOf, forbiddenAggregates, inTree }) =>
          required.every((any) => any.some((trait) => traits.has(trait))) &&
          !forbidden.some((trait) => traits.has(trait)) &&
          memberOf.every((any) => any.some((aggregate) => aggregates.has(aggregate))) &&
          !forbiddenAggregates.some((aggregate) => aggregates.has(aggregate)) &&
          (inTree === null || inTree === uuid),
      );
    const mask = Uint8Array.from(this.providers, (provider) => (holds(provider) ? 1 : 0));
    const result = mask.every((allowed) => allowed === 1) ? null : mask;
    this.masks.set(key, result);
    return result;
  }
}
