// Where NoValidHost came from, over a run: each refusal is looked at when it happens and counted by the first stage that left no host. Decisions
// that find one cost nothing here.
import { resourcesOf, shortageOf, shortEverywhere } from "../datacenter/shortage.ts";
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
  private readonly causes = new Map<string, { readonly cause: Cause; readonly flavors: Map<string, number> }>();

  /** Listens to the cloud's decisions from now on. */
  constructor(cloud: Cloud) {
    const { decisions, notifications } = cloud;
    notifications.on("scheduler.select_destinations.end", (server) => {
      const last = decisions.count - 1;
      if (decisions.hostOf(last) < 0) this.add(causeOf(cloud, cloud.requestSpec(server), last), cloud.flavorOf(server).name);
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
    const key = JSON.stringify(cause);
    const entry = this.causes.get(key) ?? { cause, flavors: new Map<string, number>() };
    this.causes.set(key, entry);
    entry.flavors.set(flavor, (entry.flavors.get(flavor) ?? 0) + 1);
  }
}

/** The first stage of a decision that left no host; to be asked at the instant of the decision, which is row `decision` of the log. */
export function causeOf(cloud: Cloud, request: RequestSpec, decision: number): Cause {
  const { hosts, scheduler } = cloud;
  const { candidates, leftAfter, error } = cloud.decisions.row(decision);
  if (error !== null) return { stage: "error", detail: error };
  if (candidates === 0) {
    const common = shortEverywhere(hosts, request.flavor);
    if (common !== 0) return { stage: "Placement", detail: resourcesOf(common).join(" and ") };
    for (let host = 0; host < hosts.count; host++) {
      if (shortageOf(hosts, host, request.flavor) === 0) return { stage: "Placement", detail: "not for want of room" };
    }
    return { stage: "Placement", detail: "not the same everywhere" };
  }
  if (candidates >= scheduler.maxPlacementResults && anyCutOff(cloud, request)) return { stage: "max_placement_results", detail: null };
  return { stage: scheduler.filters[leftAfter.indexOf(0)]?.name ?? "Placement", detail: null };
}

function anyCutOff(cloud: Cloud, request: RequestSpec): boolean {
  try {
    return cutOff(cloud, request, cloud.scheduler.offered(request)).length > 0;
  } catch (error) {
    if (error instanceof PythonError) return false;
    throw error;
  }
}
