// A scenario after reading: every unit converted, every default filled in, every reference an index. What `parse` promises to `build`.

import type { Flavor, Image } from "../datacenter/flavor.ts";
import type { Distribution } from "../kernel/distribution.ts";
import type { Micros } from "../kernel/time.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import type { WorkloadSpec } from "../workload/workload.ts";
import type { OwnPolicies } from "./plugins/own-policies.ts";

/** A group of equal hosts. */
export interface HostGroupSpec {
  /** Key of the host-type table (`src/datacenter/host-types.ts`). */
  readonly type: string;
  readonly count: number;
  /** Racks these hosts are dealt over, round robin; racks are numbered per group in file order. */
  readonly racks: number;
  /** Key of the hypervisor table (`src/datacenter/hypervisors.ts`). */
  readonly hypervisor: string;
  /** Physical capacity; null = that of the host type. */
  readonly vcpus: number | null;
  readonly ramMb: number | null;
  readonly diskGb: number;
  readonly nicBytesPerSecond: number;
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
  readonly reservedHostCpus: number;
  readonly reservedHostMemoryMb: number;
  readonly reservedHostDiskMb: number;
}

export interface StorageTierSpec {
  /** Cinder volume type that selects this tier. */
  readonly name: string;
  readonly capacityGb: number;
}

export interface FabricSpec {
  readonly spines: number;
  /** Capacity of each leaf-to-spine link, and of the link that joins Glance to the fabric. */
  readonly uplinkBytesPerSecond: number;
  readonly glanceBytesPerSecond: number;
  /** One-way latency of a control-plane message. */
  readonly latencyMicros: Micros;
}

export interface QuotaSpec {
  /** -1 = unlimited, as in Nova. */
  readonly instances: number;
  readonly cores: number;
  readonly ramMb: number;
}

export interface NovaSpec {
  readonly maxAttempts: number;
  readonly maxPlacementResults: number;
  readonly maxConcurrentBuilds: number;
  /** 0 = no limit, as in Nova. */
  readonly instanceBuildTimeout: Micros;
  /** Probability that one build on one host fails and is rescheduled. */
  readonly buildFailureProbability: number;
  /** Rate at which a host turns a downloaded image into its raw base file. */
  readonly imageConversionBytesPerSecond: number;
}

export interface MeteringSpec {
  readonly enabled: boolean;
  readonly intervalMicros: Micros;
  /** Names of the meters written, from the catalogue of `src/telemetry/meters.ts`. */
  readonly meters: readonly string[];
}

export interface CloudSpec {
  /** `modelled`: every call, queue and retry. `instant`: decisions and resources only. */
  readonly controlPlane: "modelled" | "instant";
  readonly hosts: readonly HostGroupSpec[];
  readonly fabric: FabricSpec;
  readonly storageTiers: readonly StorageTierSpec[];
  readonly images: readonly Image[];
  readonly flavors: readonly Flavor[];
  readonly quota: QuotaSpec;
  readonly nova: NovaSpec;
  /** Worker counts by component (`nova.api: 8`), over the services' own defaults. */
  readonly workers: ReadonlyMap<string, number>;
  /** Mean service times by operation (`nova.api.createServer`), over the services' own defaults, in microseconds. */
  readonly serviceTimes: ReadonlyMap<string, Micros>;
  readonly metering: MeteringSpec;
}

export interface StudySpec {
  readonly duration: Micros;
  /** Statistics before this instant are discarded. */
  readonly warmUp: Micros;
  readonly seed: string;
  readonly replications: number;
  readonly policies: readonly PolicySpec[];
  /** Half-width confidence of the intervals, e.g. 0.95. */
  readonly confidence: number;
}

/** External data a scenario names, recorded by content so that a result can be traced to it. */
export interface DataFile {
  /** Path as resolved on this machine; never written to a result. */
  readonly path: string;
  /** Name as the scenario wrote it. */
  readonly name: string;
  readonly sha256: string;
}

export interface Scenario {
  readonly name: string;
  /** The question the scenario asks, in a sentence. */
  readonly question: string;
  readonly cloud: CloudSpec;
  readonly workload: WorkloadSpec;
  /** What an active guest receives and sends on average, in bytes per second. */
  readonly guestTraffic: { readonly incomingBytesPerSecond: number; readonly outgoingBytesPerSecond: number };
  readonly study: StudySpec;
  readonly data: readonly DataFile[];
  /** Filters and weighers that the scenario brings with it; absent = none. */
  readonly own?: OwnPolicies;
  /** The scenario as written, imports and parameters worked in, as plain data: reading it again gives this scenario. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Every effective value in file order, for `explain` and for the hash of the run. */
  readonly values: readonly ExplainedValue[];
}

export interface ExplainedValue {
  readonly path: string;
  /** The value with its unit, as printed: `64 GiB`, `0.35`, `nova-default`. */
  readonly value: string;
  /** The scenario's own place (`scenarios/a.yaml:12:7`), or the source of the default. */
  readonly source: string;
  readonly evidence: "scenario" | "verified" | "derived" | "from memory" | "assumed";
  readonly meaning: string;
}

export type { Distribution, PolicySpec };
