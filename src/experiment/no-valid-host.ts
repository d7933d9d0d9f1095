// Where NoValidHost came from, over a run: each refusal is looked at when it happens and counted by the first stage that left no host. Decisions
// that find one cost nothing here.
import { FirstFitIndex } from "../datacenter/first-fit-index.ts";
import type { Hosts } from "../datacenter/hosts.ts";
import { resourcesOf, type Shortage, shortageOf, shortEverywhere } from "../datacenter/shortage.ts";
import type { HostDemand } from "../policies/nova/request/placement-asks.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import { PythonError } from "../policies/python/python-values.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { DecisionRow } from "../workflows/decision-log.ts";
import { allowedRows, allows, queriesOf } from "./host-room.ts";
import { beyondMaxUnit, type MaxUnit } from "./max-unit.ts";
import { cutOff } from "./remedies.ts";

export interface Cause {
  /**
   * `request`: Nova refused it before it asked Placement. `Placement`, `max_placement_results`, the name of a filter. `claims`: hosts passed,
   * and none could be claimed. `together`: hosts passed, but had no room for all servers that were asked for together. `error` where a filter or a weigher raised.
   */
  readonly stage: string;
  /**
   * Of Placement: what every host lacks, `not the same everywhere`, or `no host` where none is what the request insists on; of a request and
   * of an error: what it was. Null where the stage, or `maxUnits`, says it all.
   */
  readonly detail: string | null;
  /** Of Placement: what was asked for beyond the max_unit of every host; it is not told as lacking. Absent: nothing. */
  readonly maxUnits?: readonly MaxUnit[];
  /** What the request insists on, such as `in zone az2`, `with trait CUSTOM_GPU`: only hosts of which all is true are meant. Absent: all are. */
  readonly among?: readonly string[];
}

export interface CountedCause extends Cause {
  readonly decisions: number;
  /** In order of first appearance. */
  readonly flavors: readonly { readonly flavor: string; readonly decisions: number }[];
}

interface Counts {
  readonly cause: Cause;
  /** By index of the flavor. */
  readonly flavors: Map<number, number>;
}

/** Counts servers over the whole run, the warm-up included. */
export class NoValidHostTally {
  private readonly cloud: Cloud;
  /** By the shortage, where Placement had no candidate and all hosts lack the same; by name where it was something else. */
  private readonly causes = new Map<Shortage | string, Counts>();
  private readonly told: Uint8Array; // by server, 1 = its refusal has been counted
  /** Room on the hosts, from Placement's first refusal on: a crowded cloud refuses often, and every host would have to be asked each time. */
  private room: ChangingRoom | null = null;
  /** The most vCPUs, RAM and disk that one host has, from Placement's first refusal on. */
  private largest: Room | null = null;

  /** Listens to the cloud's decisions from now on. */
  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.told = new Uint8Array(cloud.servers.count);
    const { decisions, notifications, servers } = cloud;
    notifications.on("scheduler.select_destinations.end", (server) => {
      if (decisions.hostOf(decisions.count - 1) < 0) this.countDecision(server);
    });
    notifications.on("instance.create.error", (server) => {
      if (this.told[server] === 1 || servers.outcomeOf(server) !== "NoValidHost") return;
      this.add(this.countsFor({ stage: "claims", detail: null }), server);
    });
  }

  /** The most frequent first. */
  get counted(): readonly CountedCause[] {
    return [...this.causes.values()]
      .map(({ cause, flavors }, place) => {
        const counts = [...flavors].map(([flavor, decisions]) => ({ flavor: this.cloud.flavors[flavor]!.name, decisions }));
        const decisions = counts.reduce((sum, count) => sum + count.decisions, 0);
        return { place, counted: { ...cause, decisions, flavors: counts } };
      })
      .sort((a, b) => b.counted.decisions - a.counted.decisions || a.place - b.place)
      .map(({ counted }) => counted);
  }

  /** Counts the last decision, which left no host; the cloud is as it was then. Servers asked for together share its cause. */
  private countDecision(leader: number): void {
    const { cloud } = this;
    const members = cloud.membersOf(leader);
    const failed = members.length === 1 ? 0 : cloud.scheduling.reached;
    const decision = cloud.decisions.row(cloud.decisions.count - members.length + failed);
    const server = members[failed]!;
    const request = cloud.requestSpec(server);
    const atPlacement = decision.error === null && decision.candidates === 0;
    const common = atPlacement ? this.shortOfSimple(request) : 0;
    // A crowded cloud refuses for the same shortage again and again: no text is made for that.
    const counts = this.causes.get(common) ?? this.countsFor(this.causeOf(decision, request, common, failed), common);
    for (const member of members) this.add(counts, member);
  }

  private add({ flavors }: Counts, server: number): void {
    const flavor = this.cloud.servers.flavor[server]!;
    this.told[server] = 1;
    flavors.set(flavor, (flavors.get(flavor) ?? 0) + 1);
  }

  private countsFor(cause: Cause, common: Shortage = 0): Counts {
    const { stage, detail, among = [], maxUnits = [] } = cause;
    const units = maxUnits.map(({ resource, most }) => `${resource} ${most}`);
    const key = common === 0 ? `${stage}: ${detail} ${among.join()} ${units.join()}` : common;
    const counts = this.causes.get(key) ?? { cause, flavors: new Map<number, number>() };
    this.causes.set(key, counts);
    return counts;
  }

  /** What every host lacks for a request for vCPUs, RAM and disk of any host; 0: it is no such request, beyond max_unit, or not the same everywhere. */
  private shortOfSimple(request: RequestSpec): Shortage {
    const [query, second] = queriesOf(request, 0);
    if (query === undefined || second !== undefined || query.allowed !== null || query.amounts.others !== undefined) return 0;
    this.largest ??= largestOf(this.cloud.hosts);
    if (shortEverywhere(this.largest, query.amounts) !== 0) return 0;
    return shortEverywhere(this.roomNow().mostRoom, query.amounts);
  }

  private causeOf({ candidates, leftAfter, error }: DecisionRow, request: RequestSpec, common: Shortage, place: number): Cause {
    const { cloud } = this;
    const { scheduler } = cloud;
    if (error !== null) return { stage: "error", detail: error };
    if (common !== 0) return { stage: "Placement", detail: resourcesOf(common).join(" and ") };
    if (candidates === 0) return this.causeAtPlacement(request);
    const limited = queriesOf(request, scheduler.maxPlacementResults).some(({ limit }) => limit !== null && candidates >= limit);
    if (limited && anyCutOff(cloud, request)) return { stage: "max_placement_results", detail: null };
    // For the servers behind the first of a request, filters that run once a request are passed over.
    const last = scheduler.filters.find((filter, i) => leftAfter[i] === 0 && (place === 0 || filter.oncePerRequest !== true));
    return { stage: last?.name ?? "together", detail: null };
  }

  /** Where it is not simply a shortage of the same on all hosts. */
  private causeAtPlacement(request: RequestSpec): Cause {
    const { scheduling, scheduler, hosts } = this.cloud;
    const [query] = queriesOf(request, scheduler.maxPlacementResults);
    if (query === undefined) return { stage: "request", detail: scheduling.refusedBeforehand(request.server) ?? UNANSWERABLE };
    const { amounts, demands = [] } = query;
    let common: Shortage = -1;
    for (let host = 0; host < hosts.count && common !== 0; host++) {
      if (allows(query, host)) common &= shortageOf(hosts, host, amounts);
    }
    const maxUnits = common === 0 ? [] : beyondMaxUnit(hosts, amounts, allowedRows(hosts, query));
    const lacking = resourcesOf(common, amounts).filter((name) => !maxUnits.some(({ resource }) => resource === name));
    const lacks = common === 0 ? "not the same everywhere" : lacking.length === 0 ? null : lacking.join(" and ");
    const detail = common === -1 ? "no host" : lacks;
    return {
      stage: "Placement",
      detail,
      ...(maxUnits.length === 0 ? {} : { maxUnits }),
      ...(demands.length === 0 ? {} : { among: demands.map(phraseOf) }),
    };
  }

  private roomNow(): FirstFitIndex {
    this.room ??= new ChangingRoom(this.cloud);
    return this.room.now();
  }
}

/** Placement would answer that such a question is none, and Nova then has no candidates. */
export const UNANSWERABLE = "no host can answer what it asks of Placement";

/** What a host must be, to be read after the word host. */
function phraseOf({ kind, names }: HostDemand): string {
  return `${phrases[kind]} ${names.join(" or ")}`;
}

const phrases: Readonly<Record<HostDemand["kind"], string>> = {
  trait: "with trait",
  "no trait": "without trait",
  aggregate: "in aggregate",
  "no aggregate": "outside aggregate",
  zone: "in zone",
  host: "named",
};

type Room = FirstFitIndex["mostRoom"];

/** Hosts do not change in size. */
function largestOf({ vcpuMilli, ramMb, diskGb }: Hosts): Room {
  const most = (amounts: Int32Array) => amounts.reduce((a, b) => Math.max(a, b), 0);
  return { vcpuMilli: most(vcpuMilli), ramMb: most(ramMb), diskGb: most(diskGb) };
}

/** An index of room that is brought up to date when it is asked for: a claim only marks its host. */
class ChangingRoom {
  private readonly index: FirstFitIndex;
  private readonly isMarked: Uint8Array;
  private readonly marked: Int32Array;
  private count = 0;

  constructor({ hosts, servers, claimListeners }: Cloud) {
    this.index = new FirstFitIndex(hosts);
    this.isMarked = new Uint8Array(hosts.count);
    this.marked = new Int32Array(hosts.count);
    claimListeners.push((server) => {
      const host = servers.lastHost[server]!;
      if (this.isMarked[host] === 1) return;
      this.isMarked[host] = 1;
      this.marked[this.count++] = host;
    });
  }

  now(): FirstFitIndex {
    for (let i = 0; i < this.count; i++) {
      const host = this.marked[i]!;
      this.index.update(host);
      this.isMarked[host] = 0;
    }
    this.count = 0;
    return this.index;
  }
}

function anyCutOff(cloud: Cloud, request: RequestSpec): boolean {
  try {
    return cutOff(cloud, request, cloud.scheduler.offered(request)).length > 0;
  } catch (error) {
    if (error instanceof PythonError) return false;
    throw error;
  }
}
