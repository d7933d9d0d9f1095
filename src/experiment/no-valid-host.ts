// Where NoValidHost came from, over a run: each refusal is looked at when it happens and counted by the first stage that left no host. Decisions
// that find one cost nothing here.
import { FirstFitIndex } from "../datacenter/first-fit-index.ts";
import { resourcesOf, type Shortage, shortEverywhere } from "../datacenter/shortage.ts";
import { PythonError } from "../policies/nova/python-values.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { DecisionRow } from "../workflows/decision-log.ts";
import { cutOff } from "./remedies.ts";

export interface Cause {
  /** `Placement`, `max_placement_results`, the name of a filter, or `error` where a filter or a weigher raised. */
  readonly stage: string;
  /** Of Placement: what every host lacks, or `not the same everywhere`; of an error: what it was. Null where the stage says it all. */
  readonly detail: string | null;
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

/** Counts over the whole run, the warm-up included. */
export class NoValidHostTally {
  private readonly cloud: Cloud;
  /** By the shortage, where Placement had no candidate and all hosts lack the same; by name where it was something else. */
  private readonly causes = new Map<Shortage | string, Counts>();
  /** Room on the hosts, from Placement's first refusal on: a crowded cloud refuses often, and every host would have to be asked each time. */
  private room: ChangingRoom | null = null;

  /** Listens to the cloud's decisions from now on. */
  constructor(cloud: Cloud) {
    this.cloud = cloud;
    const { decisions, notifications } = cloud;
    notifications.on("scheduler.select_destinations.end", (server) => {
      if (decisions.hostOf(decisions.count - 1) < 0) this.count(server);
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

  /** Counts the last decision, which left no host; the cloud is as it was then. */
  private count(server: number): void {
    const { decisions, flavors, servers } = this.cloud;
    const decision = decisions.row(decisions.count - 1);
    const flavor = servers.flavor[server]!;
    const atPlacement = decision.error === null && decision.candidates === 0;
    const common = atPlacement ? shortEverywhere(this.roomNow().mostRoom, flavors[flavor]!) : 0;
    // A crowded cloud refuses for the same shortage again and again: no text is made for that.
    const counts = this.causes.get(common) ?? this.countsFor(common, decision, server);
    counts.flavors.set(flavor, (counts.flavors.get(flavor) ?? 0) + 1);
  }

  private countsFor(common: Shortage, decision: DecisionRow, server: number): Counts {
    const cause: Cause = common === 0 ? this.causeOf(decision, server) : { stage: "Placement", detail: resourcesOf(common).join(" and ") };
    const key = common === 0 ? `${cause.stage}: ${cause.detail}` : common;
    const counts = this.causes.get(key) ?? { cause, flavors: new Map<number, number>() };
    this.causes.set(key, counts);
    return counts;
  }

  /** Where it is not a shortage of the same on all hosts. */
  private causeOf({ candidates, leftAfter, error }: DecisionRow, server: number): Cause {
    const { scheduler } = this.cloud;
    if (error !== null) return { stage: "error", detail: error };
    if (candidates === 0) {
      const { vcpuMilli, ramMb, diskGb } = this.cloud.flavorOf(server);
      const full = this.roomNow().find(vcpuMilli, ramMb, diskGb) < 0;
      return { stage: "Placement", detail: full ? "not the same everywhere" : "not for want of room" };
    }
    const cut = candidates >= scheduler.maxPlacementResults && anyCutOff(this.cloud, this.cloud.requestSpec(server));
    if (cut) return { stage: "max_placement_results", detail: null };
    return { stage: scheduler.filters[leftAfter.indexOf(0)]?.name ?? "Placement", detail: null };
  }

  private roomNow(): FirstFitIndex {
    this.room ??= new ChangingRoom(this.cloud);
    return this.room.now();
  }
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
