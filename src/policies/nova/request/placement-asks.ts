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
  /** Why hosts are not allowed, demand by demand; only those that some host does not meet. Absent: not known, or no host is left out. */
  readonly demands?: readonly HostDemand[];
}

/** What a query demands of a host besides room. `zone`: the aggregates of the availability zone that the request names. */
export interface HostDemand {
  readonly kind: "trait" | "no trait" | "aggregate" | "no aggregate" | "zone" | "host";
  /** Any of them will do; of `no trait` and `no aggregate`, none of them. */
  readonly names: readonly string[];
  /** 1 = the host meets it. */
  readonly met: Uint8Array;
}

/** The queries of a request; candidates of an earlier one come first. None: Nova refuses the request before it asks. */
export type PlacementAsk = readonly HostQuery[];

/** A compute node's own provider, without its inventory. */
export interface ComputeNodeProvider extends NodeRecord {
  readonly traits: ReadonlySet<string>;
  /** Names of the host aggregates, which Nova mirrors to Placement. */
  readonly aggregates: ReadonlySet<string>;
}

/** `demands` are there where some host is left out. */
interface Allowed {
  readonly allowed: Uint8Array | null;
  readonly demands?: readonly HostDemand[];
}

export class PlacementAsks {
  private readonly providers: readonly ComputeNodeProvider[];
  private readonly aggregates: readonly AggregateRecord[];
  private readonly options: RequestOptions;
  private readonly masks = new Map<string, Allowed>();

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
      return queries.flatMap((query) => this.onHosts(query, request.availabilityZone) ?? []);
    } catch (error) {
      if (error instanceof RequestRefused) return error;
      throw error;
    }
  }

  /** Null: no host can ever answer the query. */
  private onHosts(query: CandidatesRequest, zone: string | null): HostQuery | null {
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
    return { amounts: { ...amounts, ...others }, ...this.allowed(query, zone), limit: query.limit };
  }

  private allowed(query: CandidatesRequest, zone: string | null): Allowed {
    const { groups, rootRequired, rootForbidden } = query;
    const asked = [...groups.values()].map(({ resources: _, ...rest }) => rest);
    const key = JSON.stringify([asked, rootRequired, rootForbidden, zone]);
    const known = this.masks.get(key);
    if (known !== undefined) return known;
    const demands = this.demandsOf(query, zone).filter(({ met }) => met.includes(0));
    const allowed = Uint8Array.from(this.providers, (_, host) => (demands.every(({ met }) => met[host] === 1) ? 1 : 0));
    const result = demands.length === 0 ? { allowed: null } : { allowed, demands };
    this.masks.set(key, result);
    return result;
  }

  /** Every demand once, whichever groups make it. */
  private demandsOf({ groups, rootRequired, rootForbidden }: CandidatesRequest, zone: string | null): readonly HostDemand[] {
    const demands = new Map<string, HostDemand>();
    const add = (kind: HostDemand["kind"], names: readonly string[], holds: (provider: ComputeNodeProvider) => boolean) => {
      demands.set(`${kind} ${names.join(" ")}`, { kind, names, met: Uint8Array.from(this.providers, (at) => (holds(at) ? 1 : 0)) });
    };
    for (const trait of rootRequired) add("trait", [trait], ({ traits }) => traits.has(trait));
    for (const trait of rootForbidden) add("no trait", [trait], ({ traits }) => !traits.has(trait));
    for (const { required, forbidden, memberOf, forbiddenAggregates, inTree } of groups.values()) {
      for (const any of required) add("trait", any, ({ traits }) => any.some((trait) => traits.has(trait)));
      for (const trait of forbidden) add("no trait", [trait], ({ traits }) => !traits.has(trait));
      for (const any of memberOf) {
        const holds = ({ aggregates }: ComputeNodeProvider) => any.some((aggregate) => aggregates.has(aggregate));
        if (this.isZone(any, zone)) add("zone", [zone!], holds);
        else add("aggregate", any, holds);
      }
      for (const aggregate of forbiddenAggregates) add("no aggregate", [aggregate], ({ aggregates }) => !aggregates.has(aggregate));
      if (inTree !== null) add("host", [this.hostOf(inTree)], ({ uuid }) => uuid === inTree);
    }
    return [...demands.values()];
  }

  /** Are these exactly the aggregates of the zone? */
  private isZone(aggregates: readonly string[], zone: string | null): boolean {
    const ofZone = this.aggregates.flatMap(({ uuid, metadata }) => (metadata.get("availability_zone") === zone ? [uuid] : []));
    return zone !== null && ofZone.length === aggregates.length && ofZone.every((uuid) => aggregates.includes(uuid));
  }

  private hostOf(uuid: string): string {
    return this.providers.find((provider) => provider.uuid === uuid)?.host ?? uuid;
  }
}
