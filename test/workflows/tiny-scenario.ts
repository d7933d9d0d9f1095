// Scenarios as values, small enough to reason about: everything has a default, and a test overrides what its story is about.
import type { Flavor, Image } from "../../src/datacenter/flavor.ts";
import { constant, discrete } from "../../src/kernel/distribution.ts";
import type { EventListName } from "../../src/kernel/event-list/event-list.ts";
import { HOUR, MINUTE, type Micros } from "../../src/kernel/time.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { defaultRequestOptions } from "../../src/policies/nova/request/request-options.ts";
import { type BuiltRun, buildRun, buildWorkload } from "../../src/scenario/build.ts";
import type { CloudSpec, HostGroupSpec, NovaSpec, Scenario, StudySpec } from "../../src/scenario/scenario.ts";
import { defaultMeters } from "../../src/telemetry/meters.ts";
import { deploymentGroups } from "../../src/workload/asks.ts";
import type { GeneratedWorkloadSpec, RequestTable } from "../../src/workload/workload.ts";

export function flavor(name: string, vcpus: number, ramMb: number, diskGb: number, more: Partial<Flavor> = {}): Flavor {
  return { name, vcpuMilli: vcpus * 1000, ramMb, diskGb, volumeGb: 0, volumeType: null, extraSpecs: new Map(), ...more };
}

export function image(name: string, bytes: number, properties: Readonly<Record<string, string>> = {}): Image {
  return { name, bytes, properties: new Map(Object.entries(properties)) };
}

/** Hosts of 8 threads, 16 GiB and 100 GB, with nothing reserved and nothing overcommitted. */
export function hostGroup(count: number, more: Partial<HostGroupSpec> = {}): HostGroupSpec {
  return {
    type: "hpe-dl360-gen9",
    count,
    racks: 1,
    hypervisor: "kvm",
    vcpus: 8,
    ramMb: 16_384,
    diskGb: 100,
    nicBytesPerSecond: 1.25e9,
    cpuAllocationRatio: 1,
    ramAllocationRatio: 1,
    diskAllocationRatio: 1,
    reservedHostCpus: 0,
    reservedHostMemoryMb: 0,
    reservedHostDiskMb: 0,
    name: null,
    traits: [],
    resources: new Map(),
    disabled: false,
    numa: null,
    pciPools: [],
    ...more,
  };
}

export interface Overrides {
  readonly name?: string;
  readonly cloud?: Partial<Omit<CloudSpec, "nova">> & { readonly nova?: Partial<NovaSpec> };
  readonly workload?: Partial<Omit<GeneratedWorkloadSpec, "kind">>;
  readonly study?: Partial<StudySpec>;
}

/** Four hosts; one server of 2 vCPUs a minute for an hour, each for ten minutes. */
export function tinyScenario({ name = "tiny", cloud = {}, workload = {}, study = {} }: Overrides = {}): Scenario {
  const flavors = cloud.flavors ?? [flavor("m1", 2, 4096, 20)];
  const images = cloud.images ?? [image("cirros", 12_500_000)];
  return {
    name,
    question: "Does it hold?",
    cloud: {
      controlPlane: "modelled",
      aggregates: [],
      hosts: [hostGroup(4)],
      fabric: { topology: { leafSpine: { spines: 2, uplinkBytesPerSecond: 5e9 } }, glanceBytesPerSecond: 1.25e9, latencyMicros: 200 },
      storageTiers: [],
      quota: { instances: -1, cores: -1, ramMb: -1 },
      placement: { randomizeAllocationCandidates: false },
      workers: new Map(),
      serviceTimes: new Map(),
      metering: { enabled: false, intervalMicros: 5 * MINUTE, meters: defaultMeters },
      ...cloud,
      images,
      flavors,
      nova: {
        maxAttempts: 3,
        maxPlacementResults: 1000,
        maxConcurrentBuilds: 10,
        instanceBuildTimeout: 0,
        buildFailureProbability: 0,
        imageConversionBytesPerSecond: 500_000_000,
        requestOptions: defaultRequestOptions,
        pciAliases: [],
        updateResourcesInterval: 60_000_000,
        packHostNumaCells: false,
        disableGroupPolicyCheck: false,
        computeMonitors: [],
        ...cloud.nova,
      },
    },
    workload: {
      kind: "generated",
      arrivals: { process: "constant", interval: MINUTE },
      batch: constant(1),
      maxServers: null,
      lifetime: constant(10 * MINUTE),
      flavorWeights: flavors.map(() => 1),
      imageWeights: images.map(() => 1),
      projects: 2,
      cpuUtilisation: discrete([0.25, 0.5], [1, 1]),
      serverGroup: null,
      zoneWeights: new Map(),
      hints: new Map(),
      multiCreate: false,
      ...workload,
    },
    guestTraffic: { incomingBytesPerSecond: 1000, outgoingBytesPerSecond: 500 },
    study: {
      duration: HOUR,
      warmUp: 0,
      seed: "1",
      replications: 1,
      policies: [presets.get("nova-default")!],
      confidence: 0.95,
      ...study,
    },
    data: [],
    values: [],
    written: {},
  };
}

/** A cloud that is ready to run the scenario under its first policy, with its own requests or those given. */
export function build(scenario: Scenario, requests?: RequestTable, list: EventListName = "wheel"): BuiltRun {
  const workload = requests === undefined ? buildWorkload(scenario, 0) : { flavors: scenario.cloud.flavors, requests };
  return buildRun(scenario, scenario.study.policies[0]!, 0, { ...workload, requests: grouped(scenario, workload.requests) }, list);
}

/** Every deployment is a server group, where the scenario says so. */
export function grouped({ workload }: Scenario, requests: RequestTable): RequestTable {
  const rule = workload.kind === "generated" ? workload.serverGroup : null;
  return rule === null ? requests : { ...requests, asks: deploymentGroups(rule, requests.batch) };
}

export interface Request {
  readonly arrival?: Micros;
  readonly lifetime?: Micros;
  readonly flavor?: number;
  readonly image?: number;
  readonly project?: number;
  readonly batch?: number;
  readonly cpuUtilisation?: number;
}

/** A table of requests written by hand, in order of arrival; by default at 0, for ever, half busy, each a deployment of its own. */
export function requestTable(rows: readonly Request[]): RequestTable {
  return {
    count: rows.length,
    arrival: Float64Array.from(rows, (row) => row.arrival ?? 0),
    lifetime: Float64Array.from(rows, (row) => row.lifetime ?? Number.POSITIVE_INFINITY),
    flavor: Int32Array.from(rows, (row) => row.flavor ?? 0),
    image: Int32Array.from(rows, (row) => row.image ?? 0),
    project: Int32Array.from(rows, (row) => row.project ?? 0),
    batch: Int32Array.from(rows, (row, index) => row.batch ?? index),
    cpuUtilisation: Float64Array.from(rows, (row) => row.cpuUtilisation ?? 0.5),
  };
}

/** `n` requests alike. */
export function alike(n: number, request: Request = {}): RequestTable {
  return requestTable(new Array<Request>(n).fill(request).map((row, index) => ({ batch: index, ...row })));
}
