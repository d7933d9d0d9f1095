// Where NoValidHost came from, over a run: each refusal is looked at when it happens and counted by the first stage that left no host. Decisions
// that find one cost nothing here.
import { FirstFitIndex } from "../datacenter/first-fit-index.ts";
import type { Flavor } from "../datacenter/flavor.ts";
import { resourcesOf, shortEverywhere } from "../datacenter/shortage.ts";
import { PythonError } from "../policies/nova/python-values.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { Cloud } from "../workflows/cloud.ts";
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

/** Counts over the whole run, the warm-up included. */
export class NoValidHostTally {
  private readonly cloud: Cloud;
  private readonly causes = new Map<string, { readonly cause: Cause; readonly flavors: Map<string, number> }>();
  /** Room on the hosts, from Placement's first refusal on: a crowded cloud refuses often, and every host would have to be asked each time. */
  private room: FirstFitIndex | null = null;

  /** Listens to the cloud's decisions from now on. */
  constructor(cloud: Cloud) {
    this.cloud = cloud;
    const { decisions, notifications } = cloud;
    notifications.on("scheduler.select_destinations.end", (server) => {
      const last = decisions.count - 1;
      if (decisions.hostOf(last) < 0) this.add(this.causeOf(cloud.requestSpec(server), last), cloud.flavorOf(server).name);
    });
  }

  /** The most frequent first. */
  get counted(): readonly CountedCause[] {
    return [...this.causes.values()]
      .map(({ cause, flavors }) => {
        const counts = [...flavors].map(([flavor, decisions]) => ({ flavor, decisions }));
        return { ...cause, decisions: counts.reduce((sum, { decisions }) => sum + decisions, 0), flavors: counts };
      })
      .map((counted, place) => ({ counted, place }))
      .sort((a, b) => b.counted.decisions - a.counted.decisions || a.place - b.place)
      .map(({ counted }) => counted);
  }

  private add(cause: Cause, flavor: string): void {
    const key = `${cause.stage}: ${cause.detail}`;
    const entry = this.causes.get(key) ?? { cause, flavors: new Map<string, number>() };
    this.causes.set(key, entry);
    entry.flavors.set(flavor, (entry.flavors.get(flavor) ?? 0) + 1);
  }

  /** The first stage of a decision that left no host; the cloud is as it was then. `decision` is its row in the log. */
  private causeOf(request: RequestSpec, decision: number): Cause {
    const { scheduler, decisions } = this.cloud;
    const { candidates, leftAfter, error } = decisions.row(decision);
    if (error !== null) return { stage: "error", detail: error };
    if (candidates === 0) return { stage: "Placement", detail: this.shortage(request.flavor) };
    if (candidates >= scheduler.maxPlacementResults && anyCutOff(this.cloud, request))
      return { stage: "max_placement_results", detail: null };
    return { stage: scheduler.filters[leftAfter.indexOf(0)]?.name ?? "Placement", detail: null };
  }

  private shortage(flavor: Flavor): string {
    const room = this.roomNow();
    const common = shortEverywhere(room.mostRoom, flavor);
    if (common !== 0) return resourcesOf(common).join(" and ");
    return room.find(flavor.vcpuMilli, flavor.ramMb, flavor.diskGb) < 0 ? "not the same everywhere" : "not for want of room";
  }

  private roomNow(): FirstFitIndex {
    if (this.room !== null) return this.room;
    const { hosts, servers, claimListeners } = this.cloud;
    const room = new FirstFitIndex(hosts);
    claimListeners.push((server) => room.update(servers.lastHost[server]!));
    this.room = room;
    return room;
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
