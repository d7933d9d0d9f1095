// Rally, the load generator of OpenStack's own performance tests: iterations of one scenario, so many at a time or so many a second.
import type { Distribution } from "../kernel/distribution.ts";
import type { RandomStreams } from "../kernel/random.ts";
import type { Micros } from "../kernel/time.ts";
import { drawUtilisation } from "./generate.ts";
import type { RequestTable } from "./workload.ts";

export const rallyScenarios = ["NovaServers.boot_server", "NovaServers.boot_and_delete_server", "Authenticate.keystone"] as const;
export type RallyScenario = (typeof rallyScenarios)[number];

/** `constant`: as many iterations at once as `concurrency`, always. `rps`: one begins each 1/rps seconds, whatever becomes of the others. */
export type RallyRunner =
  | { readonly kind: "constant"; readonly times: number; readonly concurrency: number }
  | { readonly kind: "rps"; readonly times: number; readonly rps: number };

/** How Rally's client waits for a server: it sleeps, then looks again and again. */
export interface RallyWait {
  readonly prepollDelay: Micros;
  readonly pollInterval: Micros;
  readonly timeout: Micros;
}

/** A request of an iteration; names that end in `{i}` are the iteration's own. */
export interface RallyAsk {
  readonly operation: string;
  readonly project: number;
  readonly user: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface RallySpec {
  readonly kind: "rally";
  /** `iteration`: its requests one after another. */
  readonly scenario: RallyScenario | "iteration";
  readonly iteration: readonly RallyAsk[];
  readonly runner: RallyRunner;
  readonly boot: RallyWait;
  readonly delete: RallyWait;
  readonly flavor: number;
  readonly image: number;
  readonly projects: number;
  readonly cpuUtilisation: Distribution;
}

/** One server an iteration; when each is asked for is for the client to say. */
export function rallyRequests(spec: RallySpec, streams: RandomStreams): RequestTable {
  const boots = spec.scenario === "NovaServers.boot_server" || spec.scenario === "NovaServers.boot_and_delete_server";
  const count = boots ? spec.runner.times : 0;
  const utilisations = streams.stream("server.cpu_utilisation");
  const filled = (value: number) => new Int32Array(count).fill(value);
  return {
    count,
    arrival: new Float64Array(count),
    lifetime: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    flavor: filled(spec.flavor),
    image: filled(spec.image),
    project: Int32Array.from({ length: count }, (_, server) => server % spec.projects),
    batch: Int32Array.from({ length: count }, (_, server) => server),
    cpuUtilisation: Float64Array.from({ length: count }, (_, server) => drawUtilisation(spec.cpuUtilisation, utilisations, server)),
  };
}
