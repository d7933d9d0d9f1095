// The shape of a user's own filter and weigher, and all that they are shown of the cloud. These types are a promise: Orrery's own filters see
// more, and may change what they see. Everything here is read-only; hosts go by their number, from 0.
import type { hostFacts, requestFacts } from "./facts.ts";

/** What can be asked of a host, by its number. Each method's unit and meaning stand in the table of facts. */
export type PluginHosts = {
  /** How many hosts there are; not all of them may be candidates. */
  readonly count: number;
  readonly hostName: (host: number) => string;
  /** `QEMU`, `Xen`, ... as Nova names it. */
  readonly hypervisorType: (host: number) => string;
} & { readonly [Method in (typeof hostFacts)[number]["method"]]: (host: number) => number };

export type PluginFlavor = {
  readonly name: string;
  readonly extraSpecs: Readonly<Record<string, string>>;
} & { readonly [Member in (typeof requestFacts)[number]["member"]]: number };

export interface PluginRequest {
  /** Number of the server, from 0; `server-1` has 0. */
  readonly server: number;
  readonly flavor: PluginFlavor;
  readonly image: { readonly name: string; readonly properties: Readonly<Record<string, string>> } | null;
  /** The server group of the request, and how many of its members are on a host; null = none. */
  readonly group: { readonly policy: string; readonly membersOn: (host: number) => number } | null;
}

export interface PluginConfig {
  /** Value that the policy gives an option which this filter or weigher declares. */
  readonly number: (name: string) => number;
}

/** A number that a policy of a scenario may set. */
export interface PluginOption {
  readonly default: number;
  /** Smallest value allowed; absent = any. */
  readonly minimum?: number;
  readonly meaning?: string;
  /** For the reader of `orrery explain`. */
  readonly unit?: string;
}

export interface PluginFilter {
  /** As scenarios name it under `enabled_filters`. */
  readonly name: string;
  /** What it keeps out, in a sentence. */
  readonly meaning?: string;
  /** A book or a paper, say; absent = the file. */
  readonly source?: string;
  /** By name, in the manner of `max_builds_per_host`. */
  readonly options?: Readonly<Record<string, PluginOption>>;
  /** Looks at the request once and returns the test of a host; null when it has nothing to say about this request. */
  readonly passes: (hosts: PluginHosts, request: PluginRequest, config: PluginConfig) => ((host: number) => boolean) | null;
}

export interface PluginWeigher {
  /** As scenarios name it under `weight_classes`. */
  readonly name: string;
  /** What it prefers, in a sentence. */
  readonly meaning?: string;
  readonly source?: string;
  /** The option that holds the multiplier; absent = 1, under a name in Nova's manner: `my_weight_multiplier` for MyWeigher. */
  readonly multiplier?: PluginOption & { readonly name?: string };
  /** Lower bound of the normalisation; null or absent = the smallest value among the hosts. */
  readonly minval?: number | null;
  readonly options?: Readonly<Record<string, PluginOption>>;
  /** Looks at the request once and returns the value of a host, a finite number: more is better. */
  readonly weigh: (hosts: PluginHosts, request: PluginRequest, config: PluginConfig) => (host: number) => number;
}
