// A decision of the scheduler as data that can be told: hosts by name, the room that was there, who was removed and why, what would have helped.
import { type Resource, resources, resourcesOf, shortageOf } from "../datacenter/shortage.ts";
import type { Micros } from "../kernel/time.ts";
import type { DecisionRecord } from "../policies/nova/decision-record.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { Cloud } from "../workflows/cloud.ts";
import { columns, type Remedy, remediesFor } from "./remedies.ts";

/** Amounts are in vCPUs, MiB and GiB. */
export interface ResourceStory {
  readonly resource: Resource;
  readonly asked: number;
  /** Hosts that lack it, whatever else they lack, and those among them that would not have enough of it when empty. */
  readonly lacking: number;
  readonly tooSmall: number;
  /** The most that is free on one host, and which one that is; what is free in the whole cloud. */
  readonly mostFree: number;
  readonly mostFreeHost: string;
  readonly freeInAll: number;
}

export interface PlacementStory {
  readonly hosts: number;
  readonly room: number;
  readonly candidates: number;
  readonly limit: number;
  /** Of resources that are asked for. */
  readonly resources: readonly ResourceStory[];
  /** Hosts without room by all that they lack. */
  readonly lacking: readonly { readonly resources: readonly Resource[]; readonly hosts: number }[];
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
  /** Hosts that are large enough for it, whatever runs on them. */
  readonly largeEnough: number;
}

/** To be told at the instant of the decision, while the cloud is as the scheduler saw it. */
export function tellDecision(cloud: Cloud, request: RequestSpec, record: DecisionRecord, error: string | null): DecisionStory {
  const { scheduler, hosts, simulation } = cloud;
  const { chosen, entered, filters } = record;
  const name = (host: number) => hosts.hostName(host);
  const refused = chosen.length === 0;
  const asked = entered?.length === 0 ? [] : filters; // the first filter is shown an empty list, too
  return {
    timeUs: simulation.now,
    placement: tellPlacement(cloud, request, record.candidates.length),
    entered: entered?.length ?? null,
    filters: asked.map(({ name: filter, left, removed }) => ({ name: filter, left, removed: byReason(removed, name) })),
    notAsked: entered === null ? [] : scheduler.filters.slice(asked.length).map((filter) => filter.name),
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
    choice: refused ? null : name(chosen[0]!),
    alternates: chosen.slice(1).map(name),
    error,
    remedies: refused && error === null ? remediesFor(cloud, request, record.candidates) : [],
    largeEnough: countLargeEnough(cloud, request),
  };
}

function tellPlacement({ hosts, scheduler }: Cloud, request: RequestSpec, candidates: number): PlacementStory {
  const { flavor } = request;
  const byShortage = new Map<number, number>();
  for (let host = 0; host < hosts.count; host++) {
    const shortage = shortageOf(hosts, host, flavor);
    byShortage.set(shortage, (byShortage.get(shortage) ?? 0) + 1);
  }
  const tellResource = (i: number): ResourceStory => {
    const column = columns[i]!;
    const asked = column.asked(flavor);
    let [lacking, tooSmall, freeInAll, mostFree, mostFreeHost] = [0, 0, 0, -1, 0];
    for (let host = 0; host < hosts.count; host++) {
      if ((shortageOf(hosts, host, flavor) & (1 << i)) !== 0) lacking++;
      if (asked > column.capacity(hosts, host) || asked > column.total(hosts, host)) tooSmall++;
      const free = column.capacity(hosts, host) - column.used(hosts, host);
      freeInAll += free;
      if (free > mostFree) [mostFree, mostFreeHost] = [free, host];
    }
    return {
      ...{ resource: column.resource, asked: asked / column.per, lacking, tooSmall },
      ...{ mostFree: mostFree / column.per, mostFreeHost: hosts.hostName(mostFreeHost), freeInAll: freeInAll / column.per },
    };
  };
  return {
    hosts: hosts.count,
    room: byShortage.get(0) ?? 0,
    candidates,
    limit: scheduler.maxPlacementResults,
    resources: resources.flatMap((_, i) => (columns[i]!.asked(flavor) > 0 ? [tellResource(i)] : [])),
    lacking: [...byShortage]
      .filter(([shortage]) => shortage !== 0)
      .sort(([a, hostsA], [b, hostsB]) => hostsB - hostsA || a - b)
      .map(([shortage, count]) => ({ resources: resourcesOf(shortage), hosts: count })),
  };
}

/** Hosts of which the same is said, together, in order of first appearance. */
function byReason(removed: DecisionRecord["filters"][number]["removed"], name: (host: number) => string): FilterStory["removed"] {
  const groups = new Map<string, string[]>();
  for (const { host, because } of removed) groups.set(because, [...(groups.get(because) ?? []), name(host)]);
  return [...groups].map(([because, hosts]) => ({ because, hosts }));
}

function countLargeEnough({ hosts }: Cloud, request: RequestSpec): number {
  let count = 0;
  for (let host = 0; host < hosts.count; host++) {
    const holds = columns.every((column) => {
      const asked = column.asked(request.flavor);
      return asked <= column.capacity(hosts, host) && asked <= column.total(hosts, host);
    });
    if (holds) count++;
  }
  return count;
}

/** A multiplier that is the same for all hosts; null where aggregates set it. */
export function commonMultiplier(story: Pick<DecisionStory, "ranked">, weigher: number): number | null {
  const [first] = story.ranked;
  const multiplier = first?.values[weigher]?.multiplier ?? null;
  return story.ranked.every((host) => host.values[weigher]!.multiplier === multiplier) ? multiplier : null;
}
