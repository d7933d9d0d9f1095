// What users ask of the cloud, before any policy has seen it: a table of server requests. It is drawn once per replication from keyed
// streams, so every policy is given exactly the same requests.

import type { ServerGroupRule } from "../datacenter/server-groups.ts";
import type { Distribution } from "../kernel/distribution.ts";
import type { Micros } from "../kernel/time.ts";
import type { BootVolume } from "../workflows/cinder/block-service.ts";
import type { RallySpec } from "./rally.ts";

/** One row per requested server, ascending by arrival; equal arrivals keep the order of their source. */
export interface RequestTable {
  readonly count: number;
  readonly arrival: Float64Array; // Micros
  readonly lifetime: Float64Array; // Micros from arrival to the user's delete; Infinity = never deleted
  readonly flavor: Int32Array; // index into the flavors
  readonly image: Int32Array; // index into the images
  readonly project: Int32Array; // 0 .. projects-1
  readonly batch: Int32Array; // number of the deployment that asked for it
  readonly cpuUtilisation: Float64Array; // mean share of its vCPUs the guest keeps busy, 0..1
  /** The volumes that servers boot from, by server; absent: none does. */
  readonly bootVolumes?: ReadonlyMap<number, BootVolume>;
  /** Absent: nobody asks for more than a flavor and an image. */
  readonly asks?: SchedulingAsks;
}

/** What requests say to the scheduler beyond flavor and image, by server; -1 = nothing. Lists hold each different value once. */
export interface SchedulingAsks {
  readonly zones: readonly string[];
  readonly zone: Int32Array; // index into the zones
  readonly groupRules: readonly ServerGroupRule[];
  readonly ruleOfGroup: Int32Array; // by number of the server group, index into the rules
  readonly group: Int32Array; // number of the server group
  readonly hintSets: readonly ReadonlyMap<string, readonly string[]>[];
  readonly hints: Int32Array; // index into the hint sets
  readonly forcedHosts: readonly string[]; // names of hosts, as an administrator forces them with `zone:host`
  readonly forcedHost: Int32Array; // index into the forced hosts
  /** First server of the request it was asked for in; servers of one multi-create request follow each other. Its own number: asked for alone. */
  readonly leader: Int32Array;
}

/** How arrivals happen. `rate` counts deployments (batches) per second; a deployment asks for `batch` servers at once. */
export type ArrivalSpec =
  | { readonly process: "poisson"; readonly rate: number }
  | { readonly process: "diurnal"; readonly rate: number; readonly amplitude: number; readonly peak: Micros; readonly period: Micros }
  | { readonly process: "constant"; readonly interval: Micros }
  | { readonly process: "at-once"; readonly at: Micros; readonly count: number };

/** Requests drawn from distributions. Times of `lifetime` are in microseconds. */
export interface GeneratedWorkloadSpec {
  readonly kind: "generated";
  readonly arrivals: ArrivalSpec;
  /** Servers in one deployment (a whole number is rounded from the draw, at least 1). */
  readonly batch: Distribution;
  /** Stop after this many servers; null = only the duration ends the arrivals. */
  readonly maxServers: number | null;
  readonly lifetime: Distribution;
  /** Weights by flavor index and by image index; they need not add up to 1. */
  readonly flavorWeights: readonly number[];
  readonly imageWeights: readonly number[];
  readonly projects: number;
  readonly cpuUtilisation: Distribution;
  /** Rule of the server group that each deployment forms; null = no groups. */
  readonly serverGroup: ServerGroupRule | null;
  /** Availability zones that deployments ask for, with weights; empty = none asks. */
  readonly zoneWeights: ReadonlyMap<string, number>;
  /** Scheduler hints of every request; servers are named `server-<number>`. */
  readonly hints: ReadonlyMap<string, readonly string[]>;
  /** True: a deployment is one request for all its servers, which get hosts together or not at all. */
  readonly multiCreate: boolean;
}

/** Requests written one by one. */
export interface ListedWorkloadSpec {
  readonly kind: "listed";
  /** By arrival; equal arrivals in the order of the file. */
  readonly requests: readonly ListedRequest[];
  readonly groupRules: readonly ServerGroupRule[]; // by number of the server group
  readonly projects: number;
  readonly cpuUtilisation: Distribution;
}

export interface ListedRequest {
  readonly at: Micros;
  /** Servers; more than one are one multi-create request. */
  readonly count: number;
  readonly flavor: number;
  readonly image: number;
  readonly project: number;
  /** Infinity = never deleted. */
  readonly lifetime: Micros;
  readonly zone: string | null;
  readonly group: number; // -1 = none
  readonly hints: ReadonlyMap<string, readonly string[]>;
  /** Name of a host. */
  readonly forcedHost: string | null;
  /** Absent: they boot from a disk on their host. */
  readonly bootVolume?: BootVolume;
}

/** Requests read from a published trace. */
export interface TraceWorkloadSpec {
  readonly kind: "trace";
  readonly format: "azure-packing-cospot" | "azure2017-flavors";
  /** Absolute path of the file, resolved by the scenario. */
  readonly path: string;
  readonly images: number;
  readonly projects: number;
  readonly cpuUtilisation: Distribution;
  /** Availability zones that owners ask for, with weights; absent or empty = none asks. */
  readonly zoneWeights?: ReadonlyMap<string, number>;
}

export type { Flavor } from "../datacenter/flavor.ts";

export type WorkloadSpec = GeneratedWorkloadSpec | TraceWorkloadSpec | ListedWorkloadSpec | RallySpec;
