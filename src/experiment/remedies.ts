// What would have let a refused server in, at the very instant of its refusal: a smaller flavor, a larger allocation ratio, one filter or one
// demand less, a longer list of candidates. Each is the smallest such change, and each is tried on the state of the cloud before it is told.
import type { Hosts } from "../datacenter/hosts.ts";
import { type Resource, shortageOf } from "../datacenter/shortage.ts";
import type { Filter } from "../policies/nova/filter.ts";
import type { FilterScheduler } from "../policies/nova/filter-scheduler.ts";
import { narrow, skipsFilters } from "../policies/nova/narrowing.ts";
import type { HostDemand, HostQuery } from "../policies/nova/request/placement-asks.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import { PythonError } from "../policies/python/python-values.ts";
import type { Cloud } from "../workflows/cloud.ts";
import { allows, answering, type Column, columnsOf, deficit, queriesOf } from "./host-room.ts";
import { smallerFlavor } from "./smaller-flavor.ts";

/** Amounts are in vCPUs, MiB and GiB; `hosts` are those that would have taken the server then. */
export type Remedy =
  | { readonly change: "flavor"; readonly less: readonly Reduction[]; readonly hosts: readonly string[] }
  | {
      readonly change: "ratio";
      readonly resource: Resource;
      readonly option: string;
      readonly from: number;
      readonly to: number;
      readonly hosts: readonly string[];
    }
  | { readonly change: "demand"; readonly demand: HostDemand["kind"]; readonly names: readonly string[]; readonly hosts: readonly string[] }
  | { readonly change: "filter"; readonly filter: string; readonly hosts: readonly string[] }
  | { readonly change: "limit"; readonly from: number; readonly to: number; readonly hosts: readonly string[] };

export interface Reduction {
  readonly resource: Resource;
  readonly from: number;
  readonly to: number;
}

/** Row numbers of the hosts that all filters but `without` let pass; forced hosts are not put through any. @throws PythonError as filters do */
export function passing(scheduler: FilterScheduler, request: RequestSpec, rows: Iterable<number>, without: Filter | null = null): number[] {
  const { hosts, config, filters } = scheduler;
  const list = Int32Array.from(rows);
  const entered = [...list.subarray(0, narrow(hosts, request, list, list.length))];
  if (skipsFilters(request, entered.length)) return entered;
  const tests = filters.flatMap((filter) => (filter === without ? [] : (filter.passes(hosts, request, config) ?? [])));
  return entered.filter((host) => tests.every((passes) => passes(host)));
}

/** Those that pass, and that nova-compute would take the server on now. */
function taking(cloud: Cloud, request: RequestSpec, rows: Iterable<number>, without: Filter | null = null): number[] {
  const limited = without?.name !== "NUMATopologyFilter";
  return passing(cloud.scheduler, request, rows, without).filter((host) => cloud.scheduling.lastWord.on(request, host, limited) === null);
}

/** Everything that would have helped, by itself; to be asked at the instant of the decision. None where a filter raises. */
export function remediesFor(cloud: Cloud, request: RequestSpec, candidates: readonly number[]): readonly Remedy[] {
  try {
    return [
      ...withLongerList(cloud, request, candidates),
      ...withoutOneFilter(cloud, request, candidates),
      ...withoutOneDemand(cloud, request),
      ...withLess(cloud, request),
      ...withLargerRatio(cloud, request),
    ];
  } catch (error) {
    if (error instanceof PythonError) return [];
    throw error;
  }
}

/** Hosts that Placement could have offered and did not, because its list ended before, and that the filters let pass; nearest to the list first. */
export function cutOff(cloud: Cloud, request: RequestSpec, candidates: readonly number[]): readonly number[] {
  const { hosts, scheduler } = cloud;
  const offered = new Set(candidates);
  const beyond = new Set<number>();
  for (const query of queriesOf(request, scheduler.maxPlacementResults)) {
    if (query.limit === null || candidates.length < query.limit) continue;
    for (const host of answering(hosts, query, scheduler.startingHost())) if (!offered.has(host)) beyond.add(host);
  }
  return taking(cloud, request, beyond);
}

/** A list that is drawn is certain to hold a host only if it holds all of them. */
function withLongerList(cloud: Cloud, request: RequestSpec, candidates: readonly number[]): readonly Remedy[] {
  const { hosts, scheduler } = cloud;
  const beyond = new Set(cutOff(cloud, request, candidates));
  if (beyond.size === 0) return [];
  const lengths = queriesOf(request, scheduler.maxPlacementResults).flatMap((query) => {
    const list = answering(hosts, query, scheduler.startingHost());
    const place = list.findIndex((host) => beyond.has(host));
    return place < 0 ? [] : [scheduler.drawsCandidates ? list.length : place + 1];
  });
  return [{ change: "limit", from: scheduler.maxPlacementResults, to: least(lengths), hosts: named(hosts, [...beyond]) }];
}

function withoutOneFilter(cloud: Cloud, request: RequestSpec, candidates: readonly number[]): readonly Remedy[] {
  return cloud.scheduler.filters.flatMap((filter): Remedy[] => {
    const letIn = taking(cloud, request, candidates, filter);
    return letIn.length === 0 ? [] : [{ change: "filter", filter: filter.name, hosts: named(cloud.hosts, letIn) }];
  });
}

/** One trait, aggregate, zone or host less that the request insists on. */
function withoutOneDemand(cloud: Cloud, request: RequestSpec): readonly Remedy[] {
  const { hosts, scheduler } = cloud;
  const remedies = new Map<string, Remedy>();
  for (const query of queriesOf(request, scheduler.maxPlacementResults)) {
    const { demands = [] } = query;
    for (const { kind, names } of demands) {
      const others = demands.filter((demand) => demand.kind !== kind || demand.names.join() !== names.join());
      const allowed = Uint8Array.from({ length: hosts.count }, (_, host) => (others.every(({ met }) => met[host] === 1) ? 1 : 0));
      const { forceHosts: _, ...unforced } = request;
      const asked = kind === "host" ? unforced : kind === "zone" ? { ...request, availabilityZone: null } : request;
      const letIn = taking(cloud, asked, answering(hosts, { ...query, allowed }));
      if (letIn.length > 0) remedies.set(`${kind} ${names.join()}`, { change: "demand", demand: kind, names, hosts: named(hosts, letIn) });
    }
  }
  return [...remedies.values()];
}

/** The least by which a request must be smaller to make up for a deficit: whole vCPUs where it asks for whole ones. */
function reduction(column: Column, query: HostQuery, by: number): number {
  const step = column.asked(query.amounts) % column.per === 0 ? column.per : 1;
  return Math.ceil(by / step) * step;
}

/** For each resource, how much less of it alone would do; where that helps nowhere, the smallest reduction of several at once. */
function withLess(cloud: Cloud, request: RequestSpec): readonly Remedy[] {
  const queries = queriesOf(request, cloud.scheduler.maxPlacementResults);
  for (const query of queries) {
    const remedies = withLessOf(cloud, request, query);
    if (remedies.length > 0) return remedies;
  }
  return [];
}

function withLessOf(cloud: Cloud, request: RequestSpec, query: HostQuery): readonly Remedy[] {
  const { hosts, scheduler } = cloud;
  const { amounts } = query;
  const columns = columnsOf(amounts);
  const allowed = all(hosts).filter((host) => allows(query, host) && shortageOf(hosts, host, amounts) !== 0);
  // Where filters refuse them all, the flavor may be too large for them, too: what is found is tried in any case.
  const passed = passing(scheduler, request, allowed);
  const short = passed.length > 0 ? passed : allowed;
  const alone = columns.flatMap((column, i) => {
    const rows = short.filter((host) => shortageOf(hosts, host, amounts) === 1 << i);
    const by = least(rows.map((host) => deficit(column, hosts, host, amounts)));
    return rows.length === 0 ? [] : tried(cloud, request, query, new Map([[column, by]]));
  });
  if (alone.length > 0) return alone;
  let nearest: { readonly share: number; readonly by: ReadonlyMap<Column, number> } | null = null;
  for (const host of short) {
    const lacking = columns.filter((_, i) => (shortageOf(hosts, host, amounts) & (1 << i)) !== 0);
    const share = Math.max(...lacking.map((column) => deficit(column, hosts, host, amounts) / column.asked(amounts)));
    if (nearest !== null && share >= nearest.share) continue;
    nearest = { share, by: new Map(lacking.map((column) => [column, deficit(column, hosts, host, amounts)])) };
  }
  return nearest === null ? [] : tried(cloud, request, query, nearest.by);
}

/** Asks Nova, Placement and the filters about the smaller flavor; nothing if they say no, or nothing would be left of it. */
function tried(cloud: Cloud, request: RequestSpec, query: HostQuery, by: ReadonlyMap<Column, number>): readonly Remedy[] {
  const { hosts, scheduler, scheduling } = cloud;
  let smaller = request.flavor;
  const less: Reduction[] = [];
  for (const [column, deficitThere] of by) {
    const amount = reduction(column, query, deficitThere);
    const asked = column.asked(query.amounts);
    const lessened = amount < asked ? smallerFlavor(smaller, column.resource, amount) : null;
    if (lessened === null) return [];
    smaller = lessened;
    less.push({ resource: column.resource, from: asked / column.per, to: (asked - amount) / column.per });
  }
  const changed = scheduling.requestWith(request.server, smaller);
  if (changed === null) return [];
  const letIn = taking(cloud, changed, scheduler.offered(changed));
  return letIn.length === 0 ? [] : [{ change: "flavor", less, hosts: named(hosts, letIn) }];
}

/** For each resource, the smallest ratio, in hundredths, with which a host that lacks nothing else has room. A ratio makes no host larger. */
function withLargerRatio(cloud: Cloud, request: RequestSpec): readonly Remedy[] {
  const remedies = new Map<Resource, Remedy & { readonly change: "ratio" }>();
  for (const query of queriesOf(request, cloud.scheduler.maxPlacementResults)) {
    for (const remedy of withLargerRatioFor(cloud, request, query)) {
      const known = remedies.get(remedy.resource);
      if (known === undefined || remedy.to < known.to) remedies.set(remedy.resource, remedy);
    }
  }
  return [...remedies.values()];
}

function withLargerRatioFor(cloud: Cloud, request: RequestSpec, query: HostQuery): readonly (Remedy & { readonly change: "ratio" })[] {
  const { hosts } = cloud;
  const { amounts } = query;
  const allowed = all(hosts).filter((host) => allows(query, host));
  const rows = taking(cloud, request, allowed);
  return columnsOf(amounts).flatMap((column, i) => {
    const { option } = column;
    if (option === null) return [];
    const asked = column.asked(amounts);
    const roomAt = (host: number, ratio: number) =>
      Math.floor((column.total(hosts, host) - column.reserved(hosts, host)) * ratio) >= column.used(hosts, host) + asked;
    const lacking = rows.filter(
      (host) =>
        shortageOf(hosts, host, amounts) === 1 << i &&
        asked <= column.total(hosts, host) &&
        column.reserved(hosts, host) < column.total(hosts, host),
    );
    if (lacking.length === 0) return [];
    const needed = lacking.map((host) => {
      const exact = (column.used(hosts, host) + asked) / (column.total(hosts, host) - column.reserved(hosts, host));
      let hundredths = Math.floor(exact * 100);
      while (!roomAt(host, hundredths / 100)) hundredths++;
      return hundredths / 100;
    });
    const to = least(needed);
    const from = column.ratio(hosts, lacking[needed.indexOf(to)]!);
    const enough = lacking.filter((host) => roomAt(host, to));
    return [{ change: "ratio" as const, resource: column.resource, option, from, to, hosts: named(hosts, enough) }];
  });
}

const all = (hosts: Hosts) => Array.from({ length: hosts.count }, (_, host) => host);
const named = (hosts: Hosts, rows: readonly number[]) => rows.map((host) => hosts.hostName(host));
const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
