// Requests drawn from distributions. A deployment is a batch of servers asked for at one instant by one project from one image; each server
// has a flavor, lifetime and utilisation of its own, and those of a multi-create request share their flavor. Every property has its own stream, keyed by the number of the deployment or of the
// server: another lifetime law leaves the flavors alone, and the other way round.
import type { Distribution } from "../kernel/distribution.ts";
import { discrete } from "../kernel/distribution.ts";
import type { RandomStreams, Stream } from "../kernel/random.ts";
import type { Micros } from "../kernel/time.ts";
import { arrivals } from "./arrivals.ts";
import { deploymentGroups, noAsks } from "./asks.ts";
import type { GeneratedWorkloadSpec, RequestTable, SchedulingAsks } from "./workload.ts";

/** The requests of one replication that arrive in [0, duration). */
export function generateRequests(spec: GeneratedWorkloadSpec, streams: RandomStreams, duration: Micros): RequestTable {
  const sizes = streams.stream("deployment.size");
  const projects = streams.stream("deployment.project");
  const images = streams.stream("deployment.image");
  const lifetimes = streams.stream("server.lifetime");
  const flavors = streams.stream("server.flavor");
  const utilisations = streams.stream("server.cpu_utilisation");
  const anyImage = byWeight(spec.imageWeights);
  const anyFlavor = byWeight(spec.flavorWeights);
  const most = spec.maxServers ?? Number.POSITIVE_INFINITY;

  const arrival: Micros[] = [];
  const lifetime: Micros[] = [];
  const flavor: number[] = [];
  const image: number[] = [];
  const project: number[] = [];
  const batch: number[] = [];
  const cpuUtilisation: number[] = [];

  let deployment = 0;
  let server = 0;
  for (const at of arrivals(spec.arrivals, streams, duration)) {
    if (server >= most) break;
    const size = Math.max(1, Math.round(sizes.sample(spec.batch, deployment, 0)));
    const owner = projects.integer(deployment, 0, spec.projects);
    const source = images.sample(anyImage, deployment, 0);
    const leader = server;
    for (const end = Math.min(server + size, most); server < end; server++) {
      arrival.push(at);
      lifetime.push(Math.max(0, Math.round(lifetimes.sample(spec.lifetime, server, 0))));
      flavor.push(flavors.sample(anyFlavor, spec.multiCreate ? leader : server, 0));
      image.push(source);
      project.push(owner);
      batch.push(deployment);
      cpuUtilisation.push(drawUtilisation(spec.cpuUtilisation, utilisations, server));
    }
    deployment++;
  }
  const asks = asksOf(spec, Int32Array.from(batch), streams);
  return {
    ...(asks === null ? {} : { asks }),
    count: server,
    arrival: Float64Array.from(arrival),
    lifetime: Float64Array.from(lifetime),
    flavor: Int32Array.from(flavor),
    image: Int32Array.from(image),
    project: Int32Array.from(project),
    batch: Int32Array.from(batch),
    cpuUtilisation: Float64Array.from(cpuUtilisation),
  };
}

/** What the deployments say to the scheduler; null when they say nothing. */
function asksOf(spec: GeneratedWorkloadSpec, batch: Int32Array, streams: RandomStreams): SchedulingAsks | null {
  const { serverGroup, zoneWeights, hints, multiCreate } = spec;
  if (serverGroup === null && zoneWeights.size === 0 && hints.size === 0 && !multiCreate) return null;
  const asks = serverGroup === null ? noAsks(batch.length) : deploymentGroups(serverGroup, batch);
  return {
    ...asks,
    ...(zoneWeights.size === 0 ? {} : drawZones(zoneWeights, streams, batch)),
    hintSets: hints.size === 0 ? [] : [hints],
    hints: hints.size === 0 ? asks.hints : batch.map(() => 0),
    leader: multiCreate ? leadersOf(batch) : asks.leader,
  };
}

/** The zone that each deployment asks for; `deployments` numbers them by server. */
export function drawZones(
  weights: ReadonlyMap<string, number>,
  streams: RandomStreams,
  deployments: Int32Array,
): Pick<SchedulingAsks, "zones" | "zone"> {
  const zones = streams.stream("deployment.zone");
  const anyZone = byWeight([...weights.values()]);
  return { zones: [...weights.keys()], zone: deployments.map((deployment) => zones.sample(anyZone, deployment, 0)) };
}

/** The first server of each server's deployment. */
function leadersOf(batch: Int32Array): Int32Array {
  let leader = 0;
  return batch.map((deployment, server) => {
    if (server > 0 && deployment !== batch[server - 1]) leader = server;
    return leader;
  });
}

/** A share of busy vCPUs: draws outside 0..1 are cut to the nearest bound. */
export function drawUtilisation(distribution: Distribution, stream: Stream, server: number): number {
  return Math.min(1, Math.max(0, stream.sample(distribution, server, 0)));
}

function byWeight(weights: readonly number[]): Distribution {
  return discrete(
    weights.map((_, index) => index),
    weights,
  );
}
