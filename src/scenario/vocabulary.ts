// The words a scenario may use that other floors own: host types, filters, options, meters. They are handed in, so that reading a
// scenario depends on no registry, and a test or a plug-in can bring its own.
import type { Distribution } from "../kernel/distribution.ts";
import type { Parameter } from "../kernel/parameter.ts";
import type { OptionValue } from "../policies/nova/config.ts";
import { type NovaRelease, newestRelease } from "../policies/nova/releases.ts";
import type { PolicySpec } from "./scenario.ts";

/** An option of a filter or a weigher, in Nova's own name. */
export interface OptionFacts {
  /** Tells the kind of the option too: see `optionKind`. */
  readonly default: OptionValue;
  readonly meaning: string;
  readonly source: string;
  /** Absent: verified. */
  readonly evidence?: "scenario";
  /** Smallest value Nova accepts; absent = any number. */
  readonly minimum?: number;
  /** What a whole number counts, in the plural; absent = any number. */
  readonly counts?: string;
  /** The filters and weighers that read it; absent: not told. */
  readonly readBy?: readonly string[];
}

export interface Catalogue {
  readonly hostTypes: readonly string[];
  readonly hypervisors: readonly string[];
  readonly filters: readonly string[];
  readonly weighers: readonly string[];
  /** Why filters and weighers that Orrery has are not among those. */
  readonly lacking?: ReadonlyMap<string, string>;
  /** Options of filters and weighers by name, e.g. `ram_weight_multiplier`. */
  readonly options: ReadonlyMap<string, OptionFacts>;
  /** Names of filters, weighers and options that mean something although scenarios cannot use them. */
  readonly taken?: readonly string[];
  /** Policies that can be named without describing them, e.g. `nova-default`. */
  readonly presets: ReadonlyMap<string, PolicySpec>;
  readonly meters: readonly string[];
  /** Service components that have workers, e.g. `nova.api`. */
  readonly components: readonly string[];
  /** Operations that take time, e.g. `nova.api.createServer`. */
  readonly operations: readonly string[];
  /** Lifetimes fitted to published data, in microseconds, e.g. `azure-2017`. */
  readonly lifetimes: ReadonlyMap<string, Distribution>;
  /** Servers per deployment fitted to published data, e.g. `azure-2019-deployments`. */
  readonly batchSizes: ReadonlyMap<string, Distribution>;
  /**
   * Defaults that hold where a scenario says nothing, named by their dotted path (`cloud.workers.nova.api`,
   * `cloud.service_times.nova.api.createServer`, with unit `us`); `explain` prints those a scenario does not set.
   */
  readonly parameters?: readonly Parameter<number | string | boolean>[];
}

/** Words a scenario defines for itself; null where they are not known (the JSON Schema is made for any file). */
export interface LocalNames {
  readonly flavors: readonly string[] | null;
  readonly images: readonly string[] | null;
  readonly storageTiers: readonly string[] | null;
  readonly storageBackends: readonly string[] | null;
  /** Availability zones of the aggregates, and the default zone. */
  readonly zones: readonly string[] | null;
  /** Server groups that listed requests can name. */
  readonly serverGroups: readonly string[] | null;
  /** The release of Nova whose defaults hold. */
  readonly release: NovaRelease;
}

/** When nothing is known yet. */
export const anyNames: LocalNames = {
  flavors: null,
  images: null,
  storageTiers: null,
  storageBackends: null,
  zones: null,
  serverGroups: null,
  release: newestRelease,
};
