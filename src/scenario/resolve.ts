// From what the schema read to the Scenario the rest of Orrery works with: names become indexes, groups of keys become specs.
import type { Flavor } from "../datacenter/flavor.ts";
import type { OptionValue } from "../policies/nova/config.ts";
import { missingIn, type NovaRelease } from "../policies/nova/releases.ts";
import type { ArrivalSpec, WorkloadSpec } from "../workload/workload.ts";
import type { CloudSpec, DataFile, ExplainedValue, HostGroupSpec, PolicySpec, Scenario } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";
import type { Catalogue } from "./vocabulary.ts";

type ReadCloud = ReadScenario["cloud"];
type ReadPolicy = ReadScenario["study"]["policies"][number];

/** Everything is known to be valid here, so nothing is refused. */
export function resolveScenario(
  read: ReadScenario,
  catalogue: Catalogue,
  data: readonly DataFile[],
  values: readonly ExplainedValue[],
): Omit<Scenario, "written"> {
  const traffic = "trace" in read.workload ? read.workload.trace.guest_traffic : read.workload.guest_traffic;
  return {
    name: read.name,
    question: read.question,
    cloud: cloudOf(read.cloud),
    workload: workloadOf(read, data),
    guestTraffic: { incomingBytesPerSecond: traffic.incoming, outgoingBytesPerSecond: traffic.outgoing },
    study: {
      duration: read.study.duration,
      warmUp: read.study.warm_up,
      seed: read.study.seed,
      replications: read.study.replications,
      confidence: read.study.confidence,
      policies: read.study.policies.map((policy) => policyOf(policy, catalogue, read.cloud.nova.release ?? null)),
    },
    data,
    values,
  };
}

function cloudOf(cloud: ReadCloud): CloudSpec {
  return {
    controlPlane: cloud.control_plane === "instant" ? "instant" : "modelled",
    hosts: cloud.hosts.map(hostGroupOf),
    fabric: {
      spines: cloud.fabric.spines,
      uplinkBytesPerSecond: cloud.fabric.uplink,
      glanceBytesPerSecond: cloud.fabric.glance,
      latencyMicros: cloud.fabric.latency,
    },
    storageTiers: cloud.storage_tiers.map(({ name, capacity }) => ({ name, capacityGb: capacity })),
    images: cloud.images.map(({ name, size, properties }) => ({ name, bytes: size, properties: new Map(Object.entries(properties)) })),
    flavors: cloud.flavors.map((flavor) => flavorOf(flavor, cloud)),
    quota: { instances: cloud.quota.instances, cores: cloud.quota.cores, ramMb: cloud.quota.ram },
    nova: {
      maxAttempts: cloud.nova.max_attempts,
      maxPlacementResults: cloud.nova.max_placement_results,
      maxConcurrentBuilds: cloud.nova.max_concurrent_builds,
      instanceBuildTimeout: cloud.nova.instance_build_timeout,
      buildFailureProbability: cloud.nova.build_failure_probability,
      imageConversionBytesPerSecond: cloud.nova.image_conversion_rate,
    },
    placement: { randomizeAllocationCandidates: cloud.placement.randomize_allocation_candidates },
    workers: new Map(Object.entries(cloud.workers)),
    serviceTimes: new Map(Object.entries(cloud.service_times)),
    metering: {
      enabled: cloud.metering.meters.length > 0,
      intervalMicros: cloud.metering.interval,
      meters: cloud.metering.meters,
    },
  };
}

function hostGroupOf(host: ReadCloud["hosts"][number]): HostGroupSpec {
  return {
    type: host.type,
    count: host.count,
    racks: host.racks,
    hypervisor: host.hypervisor,
    vcpus: host.vcpus ?? null,
    ramMb: host.ram ?? null,
    diskGb: host.disk,
    nicBytesPerSecond: host.nic,
    cpuAllocationRatio: host.cpu_allocation_ratio,
    ramAllocationRatio: host.ram_allocation_ratio,
    diskAllocationRatio: host.disk_allocation_ratio,
    reservedHostCpus: host.reserved_host_cpus,
    reservedHostMemoryMb: host.reserved_host_memory,
    reservedHostDiskMb: host.reserved_host_disk,
  };
}

function flavorOf(flavor: ReadCloud["flavors"][number], cloud: ReadCloud): Flavor {
  return {
    name: flavor.name,
    vcpuMilli: flavor.vcpus,
    ramMb: flavor.ram,
    diskGb: flavor.disk,
    volumeGb: flavor.volume?.size ?? 0,
    volumeType: flavor.volume === undefined ? null : (flavor.volume.type ?? cloud.storage_tiers[0]!.name),
    extraSpecs: new Map(Object.entries(flavor.extra_specs)),
  };
}

function workloadOf(read: ReadScenario, data: readonly DataFile[]): WorkloadSpec {
  const { workload, cloud } = read;
  if ("trace" in workload) {
    const { trace } = workload;
    return {
      kind: "trace",
      format: trace.format === "azure2017-flavors" ? "azure2017-flavors" : "azure-packing-cospot",
      path: data[0]!.path,
      images: cloud.images.length,
      projects: trace.projects,
      cpuUtilisation: trace.cpu_utilisation.distribution,
    };
  }
  const group = workload.server_group;
  return {
    kind: "generated",
    arrivals: arrivalsOf(workload.arrivals),
    batch: workload.batch.distribution,
    maxServers: workload.max_servers ?? null,
    lifetime: workload.lifetime.distribution,
    flavorWeights: weightsOf(workload.flavors, cloud.flavors),
    imageWeights: weightsOf(workload.images, cloud.images),
    projects: workload.projects,
    cpuUtilisation: workload.cpu_utilisation.distribution,
    serverGroup: group === "affinity" || group === "anti-affinity" ? group : null,
  };
}

type ReadArrivals = Extract<ReadScenario["workload"], { arrivals: unknown }>["arrivals"];

function arrivalsOf(arrivals: ReadArrivals): ArrivalSpec {
  if ("poisson" in arrivals) return { process: "poisson", rate: arrivals.poisson.rate };
  if ("diurnal" in arrivals) return { process: "diurnal", ...arrivals.diurnal };
  if ("constant" in arrivals) return { process: "constant", interval: arrivals.constant.interval };
  return { process: "at-once", at: arrivals.at_once.at, count: arrivals.at_once.count };
}

/** By index; names without a weight get none, and no weights at all mean all alike. */
function weightsOf(weights: Readonly<Record<string, number>>, named: readonly { readonly name: string }[]): readonly number[] {
  const none = Object.keys(weights).length === 0;
  return named.map(({ name }) => (none ? 1 : Object.hasOwn(weights, name) ? weights[name]! : 0));
}

/** @param release null = the scenario names none, and a policy of the catalogue keeps all it has */
export function policyOf(policy: ReadPolicy, catalogue: Catalogue, release: NovaRelease | null): PolicySpec {
  const preset = catalogue.presets.get(typeof policy === "string" ? policy : policy.based_on)!;
  const inRelease = (name: string) => release === null || missingIn(release, name) === null;
  const base = { ...preset, enabledFilters: preset.enabledFilters.filter(inRelease), weighers: preset.weighers.filter(inRelease) };
  if (typeof policy === "string") return base;
  const options = new Map(base.options);
  for (const name of catalogue.options.keys()) {
    const value = (policy as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) options.set(name, value as OptionValue);
  }
  return {
    name: policy.name,
    enabledFilters: policy.enabled_filters ?? base.enabledFilters,
    weighers: policy.weight_classes ?? base.weighers,
    options,
    hostSubsetSize: policy.host_subset_size ?? base.hostSubsetSize,
    shuffleBestSameWeighedHosts: policy.shuffle_best_same_weighed_hosts ?? base.shuffleBestSameWeighedHosts,
  };
}
