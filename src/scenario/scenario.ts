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
import type { QosSpec } from "../datacenter/storage/qos.ts";
import type { RaidLevel } from "../datacenter/storage/raid.ts";
import type { Distribution } from "../kernel/distribution.ts";
import type { Micros } from "../kernel/time.ts";
import type { PciAlias } from "../policies/nova/pci/alias.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import type { RequestOptions } from "../policies/nova/request/request-options.ts";
import type { TimedAsk } from "../workflows/api/api-client.ts";
import type { IdentitySpec } from "../workflows/identity/identity-spec.ts";
import type { ImageCacheSettings } from "../workflows/image-cache.ts";
import type { MigrationSettings } from "../workflows/migration-settings.ts";
import type { OperationsSpec } from "../workflows/operations/operations.ts";
import type { ObjectReadsSpec } from "../workflows/swift/object-reads.ts";
import type { StorageEvent } from "../workflows/swift/storage-timeline.ts";
import type { ResizesSpec } from "../workflows/user-resizes.ts";
import type { CpuPattern, MemoryPattern } from "../workload/cpu-pattern.ts";
import type { WorkloadSpec } from "../workload/workload.ts";
import type { ObjectStoreSpec } from "./object-store-spec.ts";
import type { OwnPolicies } from "./plugins/own-policies.ts";
import type { BlockStorageSpec, ImageServiceSpec } from "./resolve-block-storage.ts";
import type { NetworkingSpec } from "./resolve-networking.ts";

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
  /** Name in the table of power models; absent: piecewise. */
  readonly powerModel?: string;
  readonly powerModelOption?: number;
  /** Both, or neither: then the watts are those of the host type. */
  readonly idleWatts?: number;
  readonly maxWatts?: number;
}

/** A transition between power states; `watts` null: as a running host at the load that the table of power states names. */
export interface TransitionSpec {
  readonly duration: Micros;
  readonly watts: number | null;
}

export interface PowerSpec {
  readonly pue:
    | { readonly kind: "constant"; readonly pue: number }
    | { readonly kind: "affine"; readonly overheadShare: number; readonly fixedWatts: number }
    | { readonly kind: "quadratic"; readonly a0: number; readonly a1: number; readonly a2: number }
    | {
        readonly kind: "weather";
        readonly points: readonly (readonly [celsius: number, pue: number])[];
        /** From the start on, over and over. */
        readonly outsideHourly: readonly number[];
      };
  readonly carbon:
    | { readonly kind: "hourly"; readonly gramsPerKwh: readonly number[] }
    | { readonly kind: "file"; readonly path: string; readonly zone: string };
  /** Null: a host is on, or draws nothing. */
  readonly states: {
    readonly offWatts: number;
    readonly suspendedWatts: number;
    readonly boot: TransitionSpec;
    readonly shutdown: TransitionSpec;
    readonly suspend: TransitionSpec;
    readonly resume: TransitionSpec;
  } | null;
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
  /** Name of its back end; absent = capacity only. */
  readonly backend?: string;
  /** Absent = thick. */
  readonly thin?: { readonly maxOverSubscriptionRatio: number; readonly nearFullRatio: number };
  /** Absent = no limits. */
  readonly qos?: QosSpec;
}

/** Its nodes are attached to the network as `<name>-1`, `<name>-2`, ... */
export interface StorageBackendSpec {
  readonly name: string;
  readonly nodes: number;
  /** Of each node. */
  readonly nicBytesPerSecond: number;
  /** Key of the device table (`src/datacenter/storage/devices.ts`). */
  readonly device: string;
  /** On each node. */
  readonly devices: number;
  readonly kind: { readonly lvm: RaidLevel } | { readonly nfs: RaidLevel } | { readonly ceph: { readonly size: number } };
}

/** What the guests of a flavor do with their volumes. */
export interface DiskIoSpec {
  readonly readIops: number;
  readonly writeIops: number;
  readonly blockBytes: number;
  readonly sequentialShare: number;
  readonly queueDepth: number;
  readonly newShare: number;
  /** Null: constant. */
  readonly bursts: {
    readonly stepMicros: Micros;
    readonly onMicros: Micros;
    readonly offMicros: Micros;
    readonly offShare: number;
  } | null;
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
  /** The run measures how much of its links is used; absent = no. */
  readonly linkMetrics?: true;
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
  /** Of memory in another NUMA cell, over that of the local one; absent: it is equally near. */
  readonly remoteLatency?: number;
}

export interface MemorySharingSpec {
  /** Of one host. */
  readonly swapMb: number;
  readonly swapLatencySeconds: number;
  readonly swapAccesses: number;
  /** Null: identical pages are not merged. */
  readonly merging: {
    readonly pagesToScan: number;
    readonly sleepMs: number;
    readonly duplicates: number;
    readonly relaxationSeconds: number;
    readonly sharable: number;
  } | null;
  /** Null: guests are not asked for memory. */
  readonly balloon: { readonly mbPerSecond: number; readonly floorShare: number } | null;
  readonly lookMicros: Micros;
}

/** What guests do with their memory; it matters where they share it, and where it may be far away. */
export interface MemoryDemandSpec {
  /** Mean share of its RAM that a server has touched. */
  readonly utilisation: Distribution;
  /** Null: constant. */
  readonly pattern: MemoryPattern | null;
  readonly memoryBound: number;
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
  /** Absent: the networks of servers are not looked at. */
  readonly networking?: NetworkingSpec;
  readonly storageTiers: readonly StorageTierSpec[];
  /** Absent = none. */
  readonly storageBackends?: readonly StorageBackendSpec[];
  /** Absent: volumes come and go with servers only. */
  readonly blockStorage?: BlockStorageSpec;
  /** Absent: images are files of Glance's own. */
  readonly imageService?: ImageServiceSpec;
  /** Absent: hosts keep every image. */
  readonly imageCache?: ImageCacheSettings;
  readonly images: readonly Image[];
  readonly flavors: readonly Flavor[];
  readonly quota: QuotaSpec;
  readonly nova: NovaSpec;
  /** Absent: the defaults. */
  readonly migration?: Partial<MigrationSettings>;
  /** Null or absent: guests get the CPU they ask for. */
  readonly cpuSharing?: CpuSharingSpec | null;
  /** Null or absent: only the energy of the hosts is known. */
  readonly power?: PowerSpec | null;
  /** Null or absent: guests get the memory they ask for. */
  readonly memorySharing?: MemorySharingSpec | null;
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
  /** Files of Bitbrains, absolute paths, whose guests say how much is sent and received; absent: `guestTraffic`. */
  readonly networkTrace?: readonly string[];
  /** How the guests' use of CPU varies in time; null or absent: it does not. */
  readonly cpuPattern?: CpuPattern | null;
  /** By name of flavor; absent: guests do no I/O that is looked at. */
  readonly diskIo?: ReadonlyMap<string, DiskIoSpec>;
  readonly memoryDemand?: MemoryDemandSpec;
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
  /** Users, roles, policies and quotas; absent: everybody may do everything. */
  readonly identity?: IdentitySpec;
  /** Resizes that users ask for; absent: none. */
  readonly resizes?: ResizesSpec;
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
