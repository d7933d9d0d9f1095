// A policy is a named configuration of Nova's filter scheduler, in Nova's own option names. The textbook policies are configurations too:
// without weighers the first host in line wins (first fit), and a random choice among all of them is random fit. Next fit and round robin are
// first fit from another place in the line; the rules of vector bin packing are weighers.
import type { NovaOption, OptionValue } from "./config.ts";
import { type Filter, isOffered } from "./filter.ts";
import { novaWeigherClasses } from "./releases.ts";
import type { Weigher } from "./weigher.ts";
import { weighers } from "./weighers/index.ts";

/** Where in the list of hosts a decision begins to look; it goes on around the end of the list. */
export const startingPlaces = ["first", "last-chosen", "after-last-chosen"] as const;
export type StartingPlace = (typeof startingPlaces)[number];
export const startAt: NovaOption = {
  name: "start_at",
  default: startingPlaces[0],
  unit: "text",
  meaning: `Host with which a decision begins, going on around the end of the list: ${startingPlaces.join(", ")}.`,
  source: "a choice of Orrery, for next fit and round robin; Nova begins with the first",
};

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
  /** Where the policy differs from the cloud: candidates asked of Placement at most, and whether Placement draws them. */
  readonly maxPlacementResults?: number;
  readonly randomizeAllocationCandidates?: boolean;
  /** QoS specs are associated with the volume types. Absent: they are. */
  readonly volumeQos?: boolean;
  /** Absent: at the first host. */
  readonly startAt?: StartingPlace;
  /** Filters and weighers of the user's own that may be named beside Nova's; absent = none. */
  readonly own?: { readonly filters: readonly Filter[]; readonly weighers: readonly Weigher[] };
}

export interface Preset extends PolicySpec {
  readonly meaning: string;
  /** Paper, book or file that the rule is from. */
  readonly source: string;
}

/** The filters of a stock Nova, in its order: an explicit list, so that adding a filter changes no preset. */
const novaFilters = [
  "ComputeFilter",
  "ComputeCapabilitiesFilter",
  "ImagePropertiesFilter",
  "ServerGroupAntiAffinityFilter",
  "ServerGroupAffinityFilter",
];
/**
 * The weighers of a stock Nova: all that it has, as far as they are offered, in the order in which they are registered here; Nova's own is that of
 * a directory listing. Those that a release does not have fall out where a cloud names its release.
 */
export const novaWeighers: readonly string[] = weighers
  .filter((weigher) => isOffered(weigher) && novaWeigherClasses.some(({ name }) => name === weigher.name))
  .map(({ name }) => name);
/** Larger than any cloud: the whole list. */
export const ALL_HOSTS = 1_000_000_000;

function preset(name: string, meaning: string, source: string, changes: Partial<PolicySpec>): Preset {
  const stock = {
    enabledFilters: novaFilters,
    weighers: novaWeighers,
    options: new Map(),
    hostSubsetSize: 1,
    shuffleBestSameWeighedHosts: false,
  };
  return { ...stock, ...changes, name, meaning, source };
}

const novaConf = "nova/conf/scheduler.py";
const bounds1974 = "Johnson, Demers, Ullman, Garey & Graham, SIAM J. Comput. 3 (1974)";
const johnson1974 = "Johnson, Fast algorithms for bin packing, J. Comput. Syst. Sci. 8 (1974)";
const vectors2011 = "Panigrahy, Talwar, Uyeda & Wieder, Heuristics for Vector Bin Packing (Microsoft Research, 2011)";

export const presets: ReadonlyMap<string, Preset> = new Map(
  [
    preset("nova-default", "Nova as installed: spreads servers over the hosts with most free RAM, vCPUs and disk.", novaConf, {}),
    preset("nova-pack", "Nova told to pack: RAM, CPU and disk multipliers of -1 fill the fullest host first.", novaConf, {
      options: new Map([
        ["ram_weight_multiplier", -1],
        ["cpu_weight_multiplier", -1],
        ["disk_weight_multiplier", -1],
      ]),
    }),
    preset("first-fit", "The first host in line that fits.", bounds1974, { weighers: [] }),
    preset(
      "next-fit",
      "The host chosen last while it fits, then the next one in line that does, around the end of the list.",
      `${johnson1974}; going around as Knuth's roving pointer (The Art of Computer Programming 1, section 2.5)`,
      { weighers: [], startAt: "last-chosen" },
    ),
    preset("best-fit", "The host that the server fills most.", bounds1974, { weighers: ["FitWeigher"] }),
    preset("worst-fit", "The host that the server fills least.", johnson1974, {
      weighers: ["FitWeigher"],
      options: new Map([["fit_weight_multiplier", -1]]),
    }),
    preset("random", "Any host that fits, with equal chances.", `${novaConf}: host_subset_size as large as the cloud`, {
      weighers: [],
      hostSubsetSize: ALL_HOSTS,
    }),
    preset(
      "round-robin",
      "The hosts take turns: the next one after the host chosen last that fits.",
      "Nurmi et al., Eucalyptus, CCGRID 2009 (its scheduling policy ROUNDROBIN)",
      { weighers: [], startAt: "after-last-chosen" },
    ),
    preset(
      "dot-product",
      "The host whose free resources are best aligned with what the server takes.",
      `${vectors2011}; Grandl et al., Tetris, SIGCOMM 2014`,
      { weighers: ["DotProductWeigher"] },
    ),
    preset("l2-norm", "The host on which the server leaves least over, by the Euclidean norm of what remains.", vectors2011, {
      weighers: ["NormWeigher"],
    }),
    preset(
      "fragmentation-gradient",
      "The host on which the server strands least room for the flavors the cloud is asked for (FGD).",
      "Weng et al., Beware of Fragmentation, USENIX ATC 2023",
      { weighers: ["FragmentationWeigher"] },
    ),
    preset(
      "power-aware",
      "The host whose power the server raises least (the choice of PABFD).",
      "Beloglazov & Buyya, Concurrency Computat.: Pract. Exper. 24 (2012)",
      { weighers: ["PowerWeigher"] },
    ),
  ].map((entry) => [entry.name, entry]),
);
