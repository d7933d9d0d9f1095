// A decision of the scheduler as data that can be told: hosts by name, the room that was there, who was removed and why, what would have helped.
import { type Resource, resourcesOf, shortageOf } from "../datacenter/shortage.ts";
import type { Micros } from "../kernel/time.ts";
import type { DecisionRecord } from "../policies/nova/decision-record.ts";
import type { HostDemand, HostQuery } from "../policies/nova/request/placement-asks.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { Cloud } from "../workflows/cloud.ts";
import { type SizeStory, tellSize } from "./empty-hosts.ts";
import { allowedRows, answering, columnsOf, queriesOf } from "./host-room.ts";
import { beyondMaxUnitOn } from "./max-unit.ts";
import { UNANSWERABLE } from "./no-valid-host.ts";
import { type Remedy, remediesFor } from "./remedies.ts";

/** Amounts are in vCPUs, MiB, GiB and, of other classes, pieces. Hosts are those that the request's demands allow. */
export interface ResourceStory {
  readonly resource: Resource;
  readonly asked: number;
  /** Hosts that lack it, whatever else they lack, and those among them that would not have enough of it when empty. */
  readonly lacking: number;
  readonly tooSmall: number;
  /** Hosts whose max_unit is less than what is asked, and the largest max_unit among them. */
  readonly beyondMaxUnit: number;
  readonly maxUnit: number;
  /** The most that is free on one host, and which one that is; what is free on all of them. */
  readonly mostFree: number;
  readonly mostFreeHost: string;
  readonly freeInAll: number;
}

/** What the request insists on besides room, and how many hosts are not so. */
export interface DemandStory {
  readonly kind: HostDemand["kind"];
  readonly names: readonly string[];
  readonly hosts: number;
}

export interface LackingHosts {
  readonly resources: readonly Resource[];
  readonly beyondMaxUnit: readonly Resource[];
  readonly hosts: number;
}

/** What Placement was asked, and what there was; of a request with a second query (VCPU for PCPU), the first. */
export interface PlacementStory {
  readonly hosts: number;
  /** Hosts with room among those that the demands allow, whichever query they answer, and those that answer the second one only. */
  readonly room: number;
  readonly fallback: number;
  readonly candidates: number;
  /** Null: all are wanted. */
  readonly limit: number | null;
  /** Whether the candidates are drawn at random. */
  readonly drawn: boolean;
  /** Why Nova did not ask; null: it did. */
  readonly notAsked: string | null;
  readonly allowed: number;
  readonly demands: readonly DemandStory[];
  /** Of resources that are asked for. */
  readonly resources: readonly ResourceStory[];
  /** Allowed hosts without room by all that they lack, and by what is asked for beyond their max_unit instead. */
  readonly lacking: readonly LackingHosts[];
}

export interface FilterStory {
  readonly name: string;
  readonly left: number;
  readonly removed: readonly { readonly because: string; readonly hosts: readonly string[] }[];
}

export interface WeighedHost {
  readonly host: string;
  readonly weight: number;
  /** In the order of the weighers. */
  readonly values: readonly WeighedValue[];
}

export interface WeighedValue {
  readonly raw: number;
  readonly normalized: number;
  readonly multiplier: number;
  readonly product: number;
}

export interface DecisionStory {
  readonly timeUs: Micros;
  readonly placement: PlacementStory;
  /** The servers that were asked for together with this one, in order; its own place among them from 0. Absent: it was asked for alone. */
  readonly together?: { readonly servers: readonly string[]; readonly place: number };
  /** Hosts among the candidates whose compute node record, which the scheduler reads, does not have all servers yet; null: records never lag. */
  readonly recordsBehind: readonly string[] | null;
  /** Candidates that the request's own host names leave; null: the filters were passed over. */
  readonly entered: number | null;
  readonly filters: readonly FilterStory[];
  /** Filters that were not asked, because none was left. */
  readonly notAsked: readonly string[];
  readonly weighers: readonly string[];
  /** Hosts that passed, best first. */
  readonly ranked: readonly WeighedHost[];
  /** How many of the best the choice was drawn from, and whether those that tie were shuffled first. */
  readonly subset: number;
  readonly shuffled: boolean;
  readonly choice: string | null;
  readonly alternates: readonly string[];
  /** What a filter or a weigher raised. */
  readonly error: string | null;
  /** Of a refusal: what would have let the server in. */
  readonly remedies: readonly Remedy[];
  /** Of the refusal of one server: whether hosts that it may be on would hold it if they were empty. */
  readonly size: SizeStory | null;
}

/** What is not seen in the steps of a decision. */
export interface Circumstances {
  /** As it was before the decision. */
  readonly placement: PlacementStory;
  readonly behind: ReadonlySet<number> | null;
  readonly chosen: number;
  readonly alternates: readonly number[];
  readonly error: string | null;
  readonly together?: DecisionStory["together"];
}

/** Hosts whose records do not say what runs, or is about to run, on them; null: records never lag. */
export function recordsBehind({ scheduling, nodes, hosts }: Cloud): ReadonlySet<number> | null {
  if (nodes === null || !scheduling.recordsLag) return null;
  const rows = new Set<number>();
  for (let host = 0; host < hosts.count; host++) if (nodes.numInstances(host) !== hosts.numInstances(host)) rows.add(host);
  return rows;
}

/** To be told at the instant of the decision, while the cloud is as the scheduler saw it. */
export function tellDecision(cloud: Cloud, request: RequestSpec, record: DecisionRecord, circumstances: Circumstances): DecisionStory {
  const { scheduler, hosts, simulation } = cloud;
  const { entered, filters } = record;
  const { placement, chosen, alternates, error, together, behind } = circumstances;
  const name = (host: number) => hosts.hostName(host);
  const refused = chosen < 0;
  // Of servers asked for together, one change alone helps one of them, and not all.
  const told = refused && error === null && together === undefined;
  const asked = entered?.length === 0 ? [] : filters; // the first filter is shown an empty list, too
  return {
    timeUs: simulation.now,
    placement: { ...placement, candidates: record.candidates.length },
    ...(together === undefined ? {} : { together }),
    recordsBehind: behind === null ? null : record.candidates.filter((host) => behind.has(host)).map(name),
    entered: entered?.length ?? null,
    filters: asked.map(({ name: filter, left, removed }) => ({ name: filter, left, removed: byReason(removed, name) })),
    notAsked: entered === null ? [] : notAsked(cloud, asked, refused || error !== null),
    weighers: record.weighers.map((weigher) => weigher.name),
    ranked: record.ranked.map((host, rank) => ({
      host: name(host),
      weight: record.weights[rank]!,
      values: record.weighers.map(({ raw, normalized, multipliers }) => {
        const [value, multiplier] = [normalized[rank]!, multipliers[rank]!];
        return { raw: raw[rank]!, normalized: value, multiplier, product: multiplier * value };
      }),
    })),
    subset: Math.min(scheduler.policy.hostSubsetSize, record.ranked.length),
    shuffled: scheduler.policy.shuffleBestSameWeighedHosts,
    choice: refused ? null : name(chosen),
    alternates: alternates.map(name),
    error,
    remedies: told ? remediesFor(cloud, request, record.candidates) : [],
    size: told ? tellSize(cloud, request) : null,
  };
}

/** Filters behind one that left nothing, or that raised. */
function notAsked({ scheduler }: Cloud, asked: readonly { readonly name: string }[], stopped: boolean): readonly string[] {
  const last = asked.at(-1)?.name;
  const from = last === undefined ? 0 : scheduler.filters.findIndex(({ name }) => name === last) + 1;
  return stopped ? scheduler.filters.slice(from).map(({ name }) => name) : [];
}

/** What Placement has at this instant for the request; who it offered is told by the decision. */
export function tellPlacement({ hosts, scheduler, scheduling }: Cloud, request: RequestSpec): PlacementStory {
  const queries = queriesOf(request, request.group < 0 ? scheduler.maxPlacementResults : hosts.count);
  const [query, second] = queries;
  const nothing = { hosts: hosts.count, candidates: 0, drawn: scheduler.drawsCandidates };
  if (query === undefined) {
    const why = scheduling.refusedBeforehand(request.server) ?? UNANSWERABLE;
    return { ...nothing, room: 0, fallback: 0, limit: 0, notAsked: why, allowed: 0, demands: [], resources: [], lacking: [] };
  }
  const allowed = allowedRows(hosts, query);
  const first = new Set(answering(hosts, query));
  const fallback = second === undefined ? 0 : answering(hosts, second).filter((host) => !first.has(host)).length;
  return {
    ...nothing,
    room: first.size + fallback,
    fallback,
    limit: query.limit,
    notAsked: null,
    allowed: allowed.length,
    demands: (query.demands ?? []).map(({ kind, names, met }) => ({ kind, names, hosts: met.filter((meets) => meets === 0).length })),
    resources: allowed.length === 0 ? [] : resourceStories(hosts, query, allowed),
    lacking: lackingBy(hosts, query, allowed),
  };
}

function lackingBy(hosts: Cloud["hosts"], { amounts }: HostQuery, rows: readonly number[]): readonly LackingHosts[] {
  const groups = new Map<string, { readonly shortage: number; readonly beyond: number; hosts: number }>();
  for (const host of rows) {
    const shortage = shortageOf(hosts, host, amounts);
    if (shortage === 0) continue;
    const beyond = beyondMaxUnitOn(hosts, host, amounts);
    const key = `${shortage} ${beyond}`;
    const group = groups.get(key) ?? { shortage, beyond, hosts: 0 };
    group.hosts++;
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => b.hosts - a.hosts || a.shortage - b.shortage || a.beyond - b.beyond)
    .map(({ shortage, beyond, hosts: count }) => {
      return { resources: resourcesOf(shortage & ~beyond, amounts), beyondMaxUnit: resourcesOf(beyond, amounts), hosts: count };
    });
}

function resourceStories(hosts: Cloud["hosts"], { amounts }: HostQuery, rows: readonly number[]): readonly ResourceStory[] {
  return columnsOf(amounts).flatMap((column, i) => {
    const asked = column.asked(amounts);
    if (asked <= 0) return [];
    let [lacking, tooSmall, beyondMaxUnit, maxUnit] = [0, 0, 0, 0];
    let [freeInAll, mostFree, mostFreeHost] = [0, Number.NEGATIVE_INFINITY, 0];
    for (const host of rows) {
      if ((shortageOf(hosts, host, amounts) & (1 << i)) !== 0) lacking++;
      const total = column.total(hosts, host);
      if (asked > column.capacity(hosts, host) || asked > total) tooSmall++;
      if ((beyondMaxUnitOn(hosts, host, amounts) & (1 << i)) !== 0) {
        beyondMaxUnit++;
        maxUnit = Math.max(maxUnit, total);
      }
      const free = column.capacity(hosts, host) - column.used(hosts, host);
      freeInAll += free;
      if (free > mostFree) [mostFree, mostFreeHost] = [free, host];
    }
    return [
      {
        ...{ resource: column.resource, asked: asked / column.per, lacking, tooSmall },
        ...{ beyondMaxUnit, maxUnit: maxUnit / column.per },
        ...{ mostFree: mostFree / column.per, mostFreeHost: hosts.hostName(mostFreeHost), freeInAll: freeInAll / column.per },
      },
    ];
  });
}

/** Hosts of which the same is said, together, in order of first appearance. */
function byReason(removed: DecisionRecord["filters"][number]["removed"], name: (host: number) => string): FilterStory["removed"] {
  const groups = new Map<string, string[]>();
  for (const { host, because } of removed) groups.set(because, [...(groups.get(because) ?? []), name(host)]);
  return [...groups].map(([because, hosts]) => ({ because, hosts }));
}

/** A multiplier that is the same for all hosts; null where aggregates set it. */
export function commonMultiplier(story: Pick<DecisionStory, "ranked">, weigher: number): number | null {
  const [first] = story.ranked;
  const multiplier = first?.values[weigher]?.multiplier ?? null;
  return story.ranked.every((host) => host.values[weigher]!.multiplier === multiplier) ? multiplier : null;
}
