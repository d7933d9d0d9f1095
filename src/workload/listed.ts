// Requests written one by one. Only what a request does not say is drawn: the utilisation of each server, from the same keyed stream as that of
// drawn servers.
import type { RandomStreams } from "../kernel/random.ts";
import type { Micros } from "../kernel/time.ts";
import { Distinct } from "./asks.ts";
import { drawUtilisation } from "./generate.ts";
import type { ListedRequest, ListedWorkloadSpec, RequestTable, SchedulingAsks } from "./workload.ts";

/** The servers of the requests that arrive in [0, duration); each request is a deployment, numbered as listed. */
export function listRequests(spec: ListedWorkloadSpec, streams: RandomStreams, duration: Micros): RequestTable {
  const utilisations = streams.stream("server.cpu_utilisation");
  const arriving = spec.requests.filter(({ at }) => at < duration);
  // By server, the number of its request.
  const batch = Int32Array.from(arriving.flatMap(({ count }, request) => new Array<number>(count).fill(request)));
  const floats = (pick: (request: ListedRequest) => number) => Float64Array.from(batch, (request) => pick(arriving[request]!));
  const integers = (pick: (request: ListedRequest) => number) => Int32Array.from(batch, (request) => pick(arriving[request]!));
  const asks = asksOf(spec, arriving, batch);
  const boots = [...batch].flatMap((request, server) => {
    const { bootVolume } = arriving[request]!;
    return bootVolume === undefined ? [] : [[server, bootVolume] as const];
  });
  return {
    ...(boots.length === 0 ? {} : { bootVolumes: new Map(boots) }),
    ...(asks === null ? {} : { asks }),
    count: batch.length,
    arrival: floats(({ at }) => at),
    lifetime: floats(({ lifetime }) => lifetime),
    flavor: integers(({ flavor }) => flavor),
    image: integers(({ image }) => image),
    project: integers(({ project }) => project),
    batch,
    cpuUtilisation: Float64Array.from(batch, (_, server) => drawUtilisation(spec.cpuUtilisation, utilisations, server)),
  };
}

/** Null when no request says anything to the scheduler. */
function asksOf(spec: ListedWorkloadSpec, arriving: readonly ListedRequest[], batch: Int32Array): SchedulingAsks | null {
  const says = ({ count, zone, group, hints, forcedHost }: ListedRequest) =>
    count > 1 || zone !== null || group >= 0 || hints.size > 0 || forcedHost !== null;
  if (!arriving.some(says)) return null;
  const zones = new Distinct<string>();
  const hintSets = new Distinct<ListedRequest["hints"]>();
  const forcedHosts = new Distinct<string>();
  let first = 0;
  const asked = arriving.map(({ count, zone, group, hints, forcedHost }) => {
    const leader = first;
    first += count;
    return {
      zone: zones.placeOf(zone, zone ?? ""),
      group,
      hints: hintSets.placeOf(hints.size === 0 ? null : hints, JSON.stringify([...hints])),
      forcedHost: forcedHosts.placeOf(forcedHost, forcedHost ?? ""),
      leader,
    };
  });
  const ofServer = (key: "zone" | "group" | "hints" | "forcedHost" | "leader") => batch.map((request) => asked[request]![key]);
  return {
    zones: zones.values,
    zone: ofServer("zone"),
    groupRules: spec.groupRules,
    // Every group is named in the file and has a rule of its own.
    ruleOfGroup: Int32Array.from(spec.groupRules, (_, group) => group),
    group: ofServer("group"),
    hintSets: hintSets.values,
    hints: ofServer("hints"),
    forcedHosts: forcedHosts.values,
    forcedHost: ofServer("forcedHost"),
    leader: ofServer("leader"),
  };
}
