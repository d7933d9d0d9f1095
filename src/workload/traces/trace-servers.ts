// What every trace format is reduced to: the servers in file order with the facts the trace has. What a trace does not say (image,
// project, utilisation) is drawn later, in one place for all formats.
import type { RandomStreams } from "../../kernel/random.ts";
import type { Micros } from "../../kernel/time.ts";
import type { Flavor } from "../workload.ts";

export interface TraceServers {
  readonly flavors: readonly Flavor[];
  /** One entry per server in each list below, in file order. */
  readonly arrival: readonly Micros[];
  /** Infinity = not deleted within the trace. */
  readonly lifetime: readonly Micros[];
  /** Index into `flavors`. */
  readonly flavor: readonly number[];
  /** Number of the tenant or deployment that owns the server; its servers share project and image. */
  readonly owner: readonly number[];
}

/** Reads one file; draws only what the format leaves open. @throws InputError with every problem of the file */
export type TraceReader = (path: string, streams: RandomStreams) => TraceServers;
