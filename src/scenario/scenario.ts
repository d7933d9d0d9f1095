// A scenario after reading: every unit converted, every default filled in, every reference an index. What `parse` promises to `build`.

import type { CpuWeighting } from "../datacenter/cputune.ts";
import type { Bond } from "../datacenter/fabric/attach-points.ts";
import type { CustomNetwork } from "../datacenter/fabric/custom.ts";
import type { Encapsulation } from "../datacenter/fabric/encapsulation.ts";
import type { FatTree } from "../datacenter/fabric/fat-tree.ts";
import type { HopLatency } from "../datacenter/fabric/hop-latency.ts";
import type { LeafSpine } from "../datacenter/fabric/leaf-spine.ts";
import type { Flavor, Image } from "../datacenter/flavor.ts";
import type { CellLayout } from "../datacenter/numa/lay-out-cells.ts";
import type { PciPool } from "../datacenter/pci-pool.ts";
import type { Distribution } from "../kernel/distribution.ts";
import type { Micros } from "../kernel/time.ts";
import type { PciAlias } from "../policies/nova/pci/alias.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import type { RequestOptions } from "../policies/nova/request/request-options.ts";
import type { TimedAsk } from "../workflows/api/api-client.ts";
import type { ObjectReadsSpec } from "../workflows/clients/object-reads.ts";
import type { MigrationSettings } from "../workflows/migration-settings.ts";
import type { OperationsSpec } from "../workflows/operations/operations.ts";
import type { StorageEvent } from "../workflows/swift/storage-timeline.ts";
import type { CpuPattern } from "../workload/cpu-pattern.ts";
import type { WorkloadSpec } from "../workload/workload.ts";
import type { ObjectStoreSpec } from "./object-store-spec.ts";
import type { OwnPolicies } from "./plugins/own-policies.ts";

/** A group of equal hosts. */
export interface HostGroupSpec {
  /** Its hosts are called `<name>-1`, `<name>-2`, ...; null: `compute-<n>` with their number in the cloud. */
  readonly name: string | null;
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
  /** NICs of each host; absent = 1. */
  readonly nics?: number;
  /** Absent = active-active. */
  readonly bond?: Bond;
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
  readonly reservedHostCpus: number;
  readonly reservedHostMemoryMb: number;
  readonly reservedHostDiskMb: number;
  /** Traits of the compute node's resource provider. */
  readonly traits: readonly string[];
  /** Inventory of one host beyond VCPU, PCPU, MEMORY_MB and DISK_GB, by resource class. */
  readonly resources: ReadonlyMap<string, number>;
  /** The compute service is disabled. */
  readonly disabled: boolean;
  /** Cells, pages and CPU sets; null: the host reports no NUMA topology. */
  readonly numa: CellLayout | null;
  readonly pciPools: readonly PciPool[];
}

/** A host aggregate; `availability_zone` is one of its metadata. */
export interface AggregateSpec {
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** Rows of its hosts, ascending. */
  readonly hosts: readonly number[];
}

export interface StorageTierSpec {
  /** Cinder volume type that selects this tier. */
  readonly name: string;
  readonly capacityGb: number;
}

/** Names of hosts in a custom network are rows here. */
export type TopologySpec =
  | { readonly star: Readonly<Record<string, never>> }
  | { readonly leafSpine: LeafSpine }
  | { readonly fatTree: FatTree }
  | { readonly custom: CustomNetwork };

export interface FabricSpec {
  readonly topology: TopologySpec;
  /** Capacity of the link that joins Glance to the fabric; a custom network has it among its links. */
  readonly glanceBytesPerSecond: number;
  /** One-way latency of a control-plane message. */
  readonly latencyMicros: Micros;
  /** Latency that transfers pay before their bytes flow; null or absent = none. */
  readonly hopLatency?: HopLatency | null;
  /** How packets are wrapped; null or absent = headers are not counted. */
  readonly encapsulation?: Encapsulation | null;
  /** Largest IP packet on the wire, in bytes; absent = 1500. */
  readonly mtu?: number;
  /** Of the switches' hash; absent = 0. */
  readonly hashSeed?: number;
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
  readonly shelvedOffloadTime?: Micros;
  readonly reclaimInstanceInterval?: Micros;
  /** Probability that one build on one host fails and is rescheduled. */
  readonly buildFailureProbability: number;
  /** Rate at which a host turns a downloaded image into its raw base file. */
  readonly imageConversionBytesPerSecond: number;
  /** Time between two periodic updates of a host's compute node record; -1 = there are none. */
  readonly updateResourcesInterval: Micros;
  /** Switches of the request filters and of the Placement query; its `max_placement_results` is `maxPlacementResults`. */
  readonly requestOptions: RequestOptions;
  /** [pci] alias */
  readonly pciAliases: readonly PciAlias[];
  /** [compute] packing_host_numa_cells_allocation_strategy: the fullest host cells first. */
  readonly packHostNumaCells: boolean;
  /** compute_monitors: `cpu.virt_driver` reports how busy the hosts' CPUs are. */
  readonly computeMonitors: readonly string[];
  /** [workarounds] disable_group_policy_check_upcall: nova-compute does not look at a server's group once more. */
  readonly disableGroupPolicyCheck: boolean;
}

export interface CpuSharingSpec {
  readonly weighting: CpuWeighting;
  readonly smtGain: number;
}

export interface PlacementSpec {
  readonly randomizeAllocationCandidates: boolean;
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
  readonly aggregates: readonly AggregateSpec[];
  readonly fabric: FabricSpec;
  readonly storageTiers: readonly StorageTierSpec[];
  readonly images: readonly Image[];
  readonly flavors: readonly Flavor[];
  readonly quota: QuotaSpec;
  readonly nova: NovaSpec;
  /** Absent: the defaults. */
  readonly migration?: Partial<MigrationSettings>;
  /** Null or absent: guests get the CPU they ask for. */
  readonly cpuSharing?: CpuSharingSpec | null;
  readonly placement: PlacementSpec;
  /** Worker counts by component (`nova.api: 8`), over the services' own defaults. */
  readonly workers: ReadonlyMap<string, number>;
  /** Mean service times by operation (`nova.api.createServer`), over the services' own defaults, in microseconds. */
  readonly serviceTimes: ReadonlyMap<string, Micros>;
  readonly serviceVariations?: ReadonlyMap<string, number>;
  readonly serviceDelays?: ReadonlyMap<string, Micros>;
  readonly stages?: ReadonlyMap<string, number>;
  readonly processorSharing?: ReadonlySet<string>;
  readonly metering: MeteringSpec;
  /** Absent: none. */
  readonly objectStore?: ObjectStoreSpec;
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

/** An option of nova.conf or placement.conf, and what became of it. */
export interface ConfOption {
  readonly service: "nova" | "placement";
  readonly group: string;
  readonly name: string;
  /** In one line, secrets masked. */
  readonly value: string;
  /** `etc/nova.conf:12:1` */
  readonly source: string;
  /** Taken; of no effect for a reason of the service's own or of this scenario; or ignored because Orrery does not model it. */
  readonly status: "taken" | "without effect" | "ignored";
  /** The key of the scenario that it gives, or why it gives none; empty where Orrery knows nothing of it. */
  readonly reason: string;
}

/** An option that a policy sets and that does not do what it seems to. */
export interface PolicyRemark {
  /** `study.policies.0.max_instances_per_host` */
  readonly path: string;
  /** As printed. */
  readonly value: string;
  /** Place in the scenario or in a configuration file. */
  readonly source: string;
  /** `has no effect: only NumInstancesFilter reads it, ...` */
  readonly says: string;
}

export interface Scenario {
  readonly name: string;
  /** The question the scenario asks, in a sentence. */
  readonly question: string;
  readonly cloud: CloudSpec;
  readonly workload: WorkloadSpec;
  /** What an active guest receives and sends on average, in bytes per second. */
  readonly guestTraffic: { readonly incomingBytesPerSecond: number; readonly outgoingBytesPerSecond: number };
  /** How the guests' use of CPU varies in time; null or absent: it does not. */
  readonly cpuPattern?: CpuPattern | null;
  readonly study: StudySpec;
  readonly data: readonly DataFile[];
  /** Filters and weighers that the scenario brings with it; absent = none. */
  readonly own?: OwnPolicies;
  /** Failures and the operators' timeline; absent: nothing fails, and nobody does anything. */
  readonly operations?: OperationsSpec;
  /** Absent: none. */
  readonly objectReads?: ObjectReadsSpec;
  /** Absent: nothing happens to storage nodes. */
  readonly storageEvents?: readonly StorageEvent[];
  /** Absent: users ask for nothing but servers. In the order of their times. */
  readonly actions?: readonly TimedAsk[];
  /** The scenario as written, imports and parameters worked in, as plain data: reading it again gives this scenario. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Every effective value in file order, for `explain` and for the hash of the run. */
  readonly values: readonly ExplainedValue[];
  /** Every option of the configuration files that the scenario names, in their order. */
  readonly configuration?: readonly ConfOption[];
  /** Absent = not looked for. */
  readonly policyRemarks?: readonly PolicyRemark[];
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
