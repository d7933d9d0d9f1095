// A filter says which hosts may take a request at all. One filter is one file; registration is its line in filters/index.ts.
import type { NovaConfig } from "./config.ts";
import type { HostStates } from "./host-states.ts";
import type { RequestSpec } from "./request-spec.ts";

/**
 * What hosts or requests must have for a filter or a weigher to do anything. A scenario can have all of it but several cells; metrics it has in a
 * described decision only.
 */
export type Need =
  | "aggregates"
  | "scheduler hints"
  | "PCI devices"
  | "metrics"
  | "cells"
  | "image ids"
  | "soft server groups"
  | "availability zones"
  | "hypervisor versions";

/** What compares cells would do nothing in a scenario, which is one cell of Nova. */
export const isOffered = ({ needs }: { readonly needs?: Need }): boolean => needs !== "cells";

/**
 * What the answer about a host depends on, besides the configuration: on the host's own row ("host"), or on that and the request's flavor or image.
 * Such answers are kept until the row changes, so their functions must not look at anything else. The others say what a request (or,
 * for metrics, the configuration) must have for them to do anything.
 */
export type Dependence =
  | "host"
  | "flavor"
  | "image"
  | "server group"
  | "scheduler hints"
  | "PCI requests"
  | "NUMA topology"
  | "destination"
  | "metrics";

export interface Filter {
  /** Nova's own class name. */
  readonly name: string;
  readonly source: string;
  /** What it keeps out, in a sentence. */
  readonly meaning: string;
  /** Without it every host passes, or none. */
  readonly needs?: Need;
  /** True: of several servers asked for at once, only the first is filtered by it. */
  readonly oncePerRequest?: boolean;
  /** True: it also filters the host of a server that is rebuilt. */
  readonly onRebuild?: boolean;
  /** Names of the options it reads. */
  readonly options?: readonly string[];
  /** Absent: on anything; every decision then asks it about every host. */
  readonly dependsOn?: Dependence;
  /**
   * Looks at the request once and returns the test of a host; null when it has nothing to say about this request.
   * @throws PythonError, as the test does, where Nova would raise: the request fails
   */
  readonly passes: (hosts: HostStates, request: RequestSpec, config: NovaConfig) => ((host: number) => boolean) | null;
  /**
   * Says of a host that it does not let pass why, in an operator's words and with the values that decided. Hosts for which it says the same are
   * named together, so it does not name the host. Absent: its meaning is all there is to say.
   */
  readonly because?: (hosts: HostStates, request: RequestSpec, config: NovaConfig) => (host: number) => string;
}

export function defineFilter<const F extends Filter>(filter: F): Filter {
  return filter;
}
