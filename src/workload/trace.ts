// Requests replayed from a published trace. The trace gives arrivals, lifetimes and sizes; what it leaves out is drawn from keyed streams:
// project, image and availability zone by owner (a tenant or deployment, whose servers belong together), utilisation by the server's place
// in the file.
import type { RandomStreams } from "../kernel/random.ts";
import type { Micros } from "../kernel/time.ts";
import { noAsks } from "./asks.ts";
import { drawUtilisation, drawZones } from "./generate.ts";
import { readAzurePackingCospot } from "./traces/azure-packing-cospot.ts";
import { readAzure2017Flavors } from "./traces/azure2017-flavors.ts";
import type { TraceReader } from "./traces/trace-servers.ts";
import type { Flavor, RequestTable, TraceWorkloadSpec } from "./workload.ts";

const readers: Readonly<Record<TraceWorkloadSpec["format"], TraceReader>> = {
  "azure-packing-cospot": readAzurePackingCospot,
  "azure2017-flavors": readAzure2017Flavors,
};

/**
 * The servers of a trace that arrive in [0, duration), with the flavors of the whole file.
 * @throws InputError when the file cannot be read or has broken rows, even beyond the duration
 */
export function readTrace(
  spec: TraceWorkloadSpec,
  streams: RandomStreams,
  duration: Micros,
): { flavors: readonly Flavor[]; requests: RequestTable } {
  const trace = readers[spec.format](spec.path, streams);
  const projects = streams.stream("deployment.project");
  const images = streams.stream("deployment.image");
  const utilisations = streams.stream("server.cpu_utilisation");

  const order: number[] = [];
  for (let server = 0; server < trace.arrival.length; server++) if (trace.arrival[server]! < duration) order.push(server);
  order.sort((a, b) => trace.arrival[a]! - trace.arrival[b]! || a - b);

  const requests: RequestTable = {
    count: order.length,
    arrival: Float64Array.from(order, (server) => trace.arrival[server]!),
    lifetime: Float64Array.from(order, (server) => trace.lifetime[server]!),
    flavor: Int32Array.from(order, (server) => trace.flavor[server]!),
    image: Int32Array.from(order, (server) => images.integer(trace.owner[server]!, 0, spec.images)),
    project: Int32Array.from(order, (server) => projects.integer(trace.owner[server]!, 0, spec.projects)),
    batch: Int32Array.from(order, (server) => trace.owner[server]!),
    cpuUtilisation: Float64Array.from(order, (server) => drawUtilisation(spec.cpuUtilisation, utilisations, server)),
  };
  const { zoneWeights } = spec;
  if (zoneWeights === undefined || zoneWeights.size === 0) return { flavors: trace.flavors, requests };
  const asks = { ...noAsks(order.length), ...drawZones(zoneWeights, streams, requests.batch) };
  return { flavors: trace.flavors, requests: { ...requests, asks } };
}
