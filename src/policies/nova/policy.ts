// A policy is a named configuration of Nova's filter scheduler, in Nova's own option names. The textbook policies are configurations too:
// without weighers the first host in line wins (first fit), and a random choice among all of them is random fit.
import type { OptionValue } from "./config.ts";
import type { Filter } from "./filter.ts";
import type { Weigher } from "./weigher.ts";

export interface PolicySpec {
  readonly name: string;
  readonly enabledFilters: readonly string[];
  /** Weighers in the order in which their weighted values are added. */
  readonly weighers: readonly string[];
  /** Options of filters and weighers that differ from their defaults (`ram_weight_multiplier: -1`). */
  readonly options: ReadonlyMap<string, OptionValue>;
  /** How many of the best hosts the choice is drawn from. */
  readonly hostSubsetSize: number;
  readonly shuffleBestSameWeighedHosts: boolean;
  /** Filters and weighers of the user's own that may be named beside Nova's; absent = none. */
  readonly own?: { readonly filters: readonly Filter[]; readonly weighers: readonly Weigher[] };
}

export interface Preset extends PolicySpec {
  readonly meaning: string;
}

/** The filters of a stock Nova, in its order: an explicit list, so that adding a filter changes no preset. */
const novaFilters = [
  "ComputeFilter",
  "ComputeCapabilitiesFilter",
  "ImagePropertiesFilter",
  "ServerGroupAntiAffinityFilter",
  "ServerGroupAffinityFilter",
];
/** The weighers of a stock Nova, as far as scenarios have what they weigh: an explicit list, so that adding a weigher changes no preset. */
const novaWeighers = ["RAMWeigher", "CPUWeigher", "DiskWeigher", "IoOpsWeigher", "BuildFailureWeigher"];
/** Larger than any cloud: the whole list. */
export const ALL_HOSTS = 1_000_000_000;

function preset(name: string, meaning: string, changes: Partial<PolicySpec>): Preset {
  const stock = {
    enabledFilters: novaFilters,
    weighers: novaWeighers,
    options: new Map(),
    hostSubsetSize: 1,
    shuffleBestSameWeighedHosts: false,
  };
  return { ...stock, ...changes, name, meaning };
}

export const presets: ReadonlyMap<string, Preset> = new Map(
  [
    preset("nova-default", "Nova as installed: spreads servers over the hosts with most free RAM, vCPUs and disk.", {}),
    preset("nova-pack", "Nova told to pack: RAM, CPU and disk multipliers of -1 fill the fullest host first.", {
      options: new Map([
        ["ram_weight_multiplier", -1],
        ["cpu_weight_multiplier", -1],
        ["disk_weight_multiplier", -1],
      ]),
    }),
    preset("first-fit", "The first host in line that fits.", { weighers: [] }),
    preset("best-fit", "The host that the server fills most.", { weighers: ["FitWeigher"] }),
    preset("worst-fit", "The host that the server fills least.", {
      weighers: ["FitWeigher"],
      options: new Map([["fit_weight_multiplier", -1]]),
    }),
    preset("random", "Any host that fits, with equal chances.", { weighers: [], hostSubsetSize: ALL_HOSTS }),
  ].map((entry) => [entry.name, entry]),
);
