// From what the schema read to the Scenario the rest of Orrery works with: names become indexes, groups of keys become specs.
import type { Flavor } from "../datacenter/flavor.ts";
import type { OptionValue } from "../policies/nova/config.ts";
import type { PciAlias } from "../policies/nova/pci/alias.ts";
import { startingPlaces } from "../policies/nova/policy.ts";
import { missingIn, type NovaRelease } from "../policies/nova/releases.ts";
import { defaultRequestOptions, type RequestOptions } from "../policies/nova/request/request-options.ts";
import { components } from "../services/index.ts";
import { type RallySpec, rallyScenarios } from "../workload/rally.ts";
import type { ArrivalSpec, WorkloadSpec } from "../workload/workload.ts";
import { HostNames } from "./host-names.ts";
import { actionsOf, iterationOf } from "./resolve-actions.ts";
import { blockStorageOf, imageCacheOf, imageServiceOf } from "./resolve-block-storage.ts";
import { cpuPatternOf, memoryDemandOf, networkTraceOf, sharingOf } from "./resolve-demand.ts";
import { fabricOf } from "./resolve-fabric.ts";
import { aggregateOf, hostGroupOf } from "./resolve-hosts.ts";
import { identityOf } from "./resolve-identity.ts";
import { migrationOf } from "./resolve-migration.ts";
import { networkingOf } from "./resolve-networking.ts";
import { objectReadsOf, objectStoreOf, objectStoreWorkers, storageEventsOf } from "./resolve-object-store.ts";
import { operationsOf } from "./resolve-operations.ts";
import { powerOf } from "./resolve-power.ts";
import { listedWorkloadOf } from "./resolve-requests.ts";
import { diskIoOf, storageBackendOf, storageTierOf } from "./resolve-storage.ts";
import type { CloudSpec, DataFile, ExplainedValue, PolicySpec, Scenario } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";
import type { ReadRequest } from "./schema-actions.ts";
import { requestSwitches } from "./schema-placement.ts";
import type { Catalogue } from "./vocabulary.ts";

const declaredWorkers = new Map(components.map(({ key, declaration }) => [key, declaration.workers]));

type ReadCloud = ReadScenario["cloud"];
type ReadPolicy = ReadScenario["study"]["policies"][number];

/** Everything is known to be valid here, so nothing is refused. */
export function resolveScenario(
  read: ReadScenario,
  catalogue: Catalogue,
  data: readonly DataFile[],
  values: readonly ExplainedValue[],
): Omit<Scenario, "written"> {
  const names = new HostNames(read.cloud.hosts.map(({ name = null, count }) => ({ name, count })));
  const operations = operationsOf(read, names);
  const actions = actionsOf(read);
  const identity = identityOf(read, data);
  const reads = objectReadsOf(read);
  const storageEvents = storageEventsOf(read);
  const traffic = "trace" in read.workload ? read.workload.trace.guest_traffic : read.workload.guest_traffic;
  return {
    name: read.name,
    question: read.question,
    cloud: { ...cloudOf(read.cloud), power: powerOf(read.cloud, data) },
    workload: workloadOf(read, data),
    cpuPattern: cpuPatternOf(read.workload, data),
    ...diskIoOf(read.workload),
    ...networkTraceOf(read.workload, data),
    memoryDemand: memoryDemandOf(read.workload, data),
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
    ...(operations === null ? {} : { operations }),
    ...(actions === null ? {} : { actions }),
    ...(identity === null ? {} : { identity }),
    ...(reads === null ? {} : { objectReads: reads }),
    ...(storageEvents.length === 0 ? {} : { storageEvents }),
    ...resizesOf(read),
  };
}

function cloudOf(cloud: ReadCloud): CloudSpec {
  const hosts = new HostNames(cloud.hosts.map(({ name = null, count }) => ({ name, count })));
  return {
    controlPlane: cloud.control_plane === "instant" ? "instant" : "modelled",
    hosts: cloud.hosts.map(hostGroupOf),
    aggregates: cloud.aggregates.map((aggregate) => aggregateOf(aggregate, hosts)),
    fabric: fabricOf(cloud, hosts),
    ...networkingOf(cloud, hosts),
    storageTiers: cloud.storage_tiers.map(storageTierOf),
    ...(cloud.storage_backends.length === 0 ? {} : { storageBackends: cloud.storage_backends.map(storageBackendOf) }),
    ...(cloud.block_storage === undefined ? {} : { blockStorage: blockStorageOf(cloud.block_storage) }),
    ...(cloud.image_service === undefined ? {} : { imageService: imageServiceOf(cloud.image_service) }),
    ...(cloud.image_cache === undefined ? {} : { imageCache: imageCacheOf(cloud.image_cache) }),
    images: cloud.images.map(({ name, id = name, size, disk_format, properties }) => {
      return { name, id, bytes: size, diskFormat: disk_format, properties: new Map(Object.entries(properties)) };
    }),
    flavors: cloud.flavors.map((flavor) => flavorOf(flavor, cloud)),
    quota: { instances: cloud.quota.instances, cores: cloud.quota.cores, ramMb: cloud.quota.ram },
    nova: {
      maxAttempts: cloud.nova.max_attempts,
      maxPlacementResults: cloud.nova.max_placement_results,
      maxConcurrentBuilds: cloud.nova.max_concurrent_builds,
      instanceBuildTimeout: cloud.nova.instance_build_timeout,
      shelvedOffloadTime: cloud.nova.shelved_offload_time,
      reclaimInstanceInterval: cloud.nova.reclaim_instance_interval,
      buildFailureProbability: cloud.nova.build_failure_probability,
      imageConversionBytesPerSecond: cloud.nova.image_conversion_rate,
      updateResourcesInterval: cloud.nova.update_resources_interval,
      requestOptions: requestOptionsOf(cloud.nova),
      pciAliases: cloud.nova.pci_alias.map(aliasOf),
      packHostNumaCells: cloud.nova.packing_host_numa_cells_allocation_strategy,
      computeMonitors: cloud.nova.compute_monitors,
      disableGroupPolicyCheck: cloud.nova.disable_group_policy_check_upcall,
    },
    ...(cloud.object_store === undefined ? {} : { objectStore: objectStoreOf(cloud.object_store) }),
    migration: migrationOf(cloud),
    ...sharingOf(cloud),
    placement: { randomizeAllocationCandidates: cloud.placement.randomize_allocation_candidates },
    workers: new Map([
      ["nova.liveMigrationSlot", cloud.migration.max_concurrent_live_migrations],
      ...objectStoreWorkers(cloud.object_store, declaredWorkers),
      ...Object.entries(cloud.workers),
    ]),
    serviceTimes: new Map(Object.entries(cloud.service_times)),
    serviceVariations: new Map(Object.entries(cloud.service_variations)),
    serviceDelays: new Map(Object.entries(cloud.service_delays)),
    stages: new Map(Object.entries(cloud.stages)),
    processorSharing: new Set(cloud.processor_sharing),
    metering: {
      enabled: cloud.metering.meters.length > 0,
      intervalMicros: cloud.metering.interval,
      meters: cloud.metering.meters,
    },
  };
}

function requestOptionsOf(nova: ReadCloud["nova"]): RequestOptions {
  const switches = Object.fromEntries(requestSwitches.map((name) => [name, nova[name]]));
  return { ...defaultRequestOptions, ...switches, max_placement_results: nova.max_placement_results };
}

/** The JSON object of Nova's option: what was not written is not in it. */
export function aliasOf(alias: ReadCloud["nova"]["pci_alias"][number]): PciAlias {
  return Object.fromEntries(Object.entries(alias).filter(([, value]) => value !== undefined));
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
      zoneWeights: zoneWeightsOf(trace.availability_zones),
    };
  }
  if ("rally" in workload) return rallyOf(workload, cloud);
  if ("requests" in workload) return listedWorkloadOf(workload, cloud);
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
    serverGroup: workload.server_group,
    zoneWeights: zoneWeightsOf(workload.availability_zones),
    hints: workload.scheduler_hints,
    multiCreate: workload.multi_create,
  };
}

function rallyOf(workload: Extract<ReadScenario["workload"], { rally: unknown }>, cloud: ReadCloud): RallySpec {
  const { rally } = workload;
  const placeOf = (list: readonly { readonly name: string }[], wanted: string | undefined) =>
    Math.max(
      0,
      list.findIndex(({ name }) => name === wanted),
    );
  return {
    kind: "rally",
    scenario: rallyScenarios.find((name) => name === rally.scenario) ?? "iteration",
    iteration: iterationOf((rally.iteration ?? []) as readonly ReadRequest[]),
    runner: "constant" in rally.runner ? { kind: "constant", ...rally.runner.constant } : { kind: "rps", ...rally.runner.rps },
    boot: {
      prepollDelay: rally.nova_server_boot_prepoll_delay,
      pollInterval: rally.nova_server_boot_poll_interval,
      timeout: rally.nova_server_boot_timeout,
    },
    delete: {
      prepollDelay: rally.nova_server_delete_prepoll_delay,
      pollInterval: rally.nova_server_delete_poll_interval,
      timeout: rally.nova_server_delete_timeout,
    },
    flavor: placeOf(cloud.flavors, rally.flavor),
    image: placeOf(cloud.images, rally.image),
    projects: workload.projects,
    cpuUtilisation: workload.cpu_utilisation.distribution,
  };
}

type ReadArrivals = Extract<ReadScenario["workload"], { arrivals: unknown }>["arrivals"];

function arrivalsOf(arrivals: ReadArrivals): ArrivalSpec {
  if ("poisson" in arrivals) return { process: "poisson", rate: arrivals.poisson.rate };
  if ("diurnal" in arrivals) return { process: "diurnal", ...arrivals.diurnal };
  if ("constant" in arrivals) return { process: "constant", interval: arrivals.constant.interval };
  return { process: "at-once", at: arrivals.at_once.at, count: arrivals.at_once.count };
}

function resizesOf({ workload, cloud }: ReadScenario): Pick<Scenario, "resizes"> {
  if (!("arrivals" in workload) || workload.resizes === undefined) return {};
  const { probability, after, to, confirm_after: confirmAfter, revert_probability: revertProbability } = workload.resizes;
  const confirmation = { after: confirmAfter.distribution, revertProbability };
  return { resizes: { probability, after: after.distribution, flavorWeights: weightsOf(to, cloud.flavors), confirmation } };
}

/** By name, so that the order of the file decides nothing. */
function zoneWeightsOf(weights: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1)));
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
  const startAt = startingPlaces.find((place) => place === policy.start_at) ?? base.startAt;
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
    ...(policy.max_placement_results === undefined ? {} : { maxPlacementResults: policy.max_placement_results }),
    ...(policy.randomize_allocation_candidates === undefined
      ? {}
      : { randomizeAllocationCandidates: policy.randomize_allocation_candidates }),
    ...(policy.volume_qos === undefined ? {} : { volumeQos: policy.volume_qos }),
    ...(startAt === undefined ? {} : { startAt }),
  };
}
