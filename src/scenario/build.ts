// The composition root: turns a scenario, one of its policies and a replication number into a cloud that is ready to run. Everything a run
// holds is made here, so two runs never share anything that changes.
import { Fabric } from "../datacenter/fabric/fabric.ts";
import { Traffic } from "../datacenter/fabric/traffic.ts";
import type { HostCpuDescription } from "../datacenter/host-cpu-description.ts";
import { type HostType, hostTypes } from "../datacenter/host-types.ts";
import { type HostDescription, Hosts } from "../datacenter/hosts.ts";
import { cpuOverheadShare, type Hypervisor, hypervisors } from "../datacenter/hypervisors.ts";
import { Notifications } from "../datacenter/notifications.ts";
import { layOutCells } from "../datacenter/numa/lay-out-cells.ts";
import { OfferedHosts } from "../datacenter/offered-hosts.ts";
import type { PowerModel } from "../datacenter/power.ts";
import { ServerGroups } from "../datacenter/server-groups.ts";
import { Servers } from "../datacenter/servers.ts";
import { type EventListName, eventLists } from "../kernel/event-list/event-list.ts";
import { RandomStreams } from "../kernel/random.ts";
import { Simulation } from "../kernel/simulation.ts";
import { SECOND } from "../kernel/time.ts";
import { ComputeNodes } from "../policies/nova/compute-nodes.ts";
import type { OptionValue } from "../policies/nova/config.ts";
import { FilterScheduler } from "../policies/nova/filter-scheduler.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import { SharedCapacity } from "../queueing/shared-capacity.ts";
import { Ceilometer } from "../telemetry/ceilometer.ts";
import type { GuestTraffic } from "../telemetry/samples.ts";
import { ApiClient } from "../workflows/api/api-client.ts";
import { apiOperations } from "../workflows/api/operations.ts";
import { Cloud } from "../workflows/cloud.ts";
import { ColdMoves } from "../workflows/cold-moves.ts";
import { deleteServer, deleteServerLocally } from "../workflows/delete-server.ts";
import { WorkflowEngine } from "../workflows/engine.ts";
import { evacuateServer } from "../workflows/evacuate-server.ts";
import { withTokens } from "../workflows/identity/access-of-servers.ts";
import { launchWithTokens } from "../workflows/identity/launch-with-tokens.ts";
import { deleteInstantly, launchInstantly } from "../workflows/instant.ts";
import { buildServer, launchServer } from "../workflows/launch-server.ts";
import type { LinkUse } from "../workflows/link-use.ts";
import { Moves } from "../workflows/moves.ts";
import { Deletions } from "../workflows/nova/deletions.ts";
import { offloadServer } from "../workflows/nova/shelve-server.ts";
import { OomKills } from "../workflows/oom-kills.ts";
import { Operations } from "../workflows/operations/operations.ts";
import { UserResizes } from "../workflows/user-resizes.ts";
import { generateRequests } from "../workload/generate.ts";
import { listRequests } from "../workload/listed.ts";
import { rallyRequests } from "../workload/rally.ts";
import { RecordedBytes } from "../workload/recorded-traffic.ts";
import { readTrace } from "../workload/trace.ts";
import { readBitbrains } from "../workload/traces/bitbrains.ts";
import type { Flavor, RequestTable } from "../workload/workload.ts";
import { asksAreSimple, requestBook } from "./asking.ts";
import { furnish, withBlockStorage } from "./build-block-storage.ts";
import { buildLinkUse, trafficOptions, wiringOf } from "./build-fabric.ts";
import { buildGuestCpu } from "./build-guest-cpu.ts";
import { buildGuestMemory } from "./build-guest-memory.ts";
import { buildIdentity } from "./build-identity.ts";
import { buildNetworking, connectNetworking, ofNetworkNodes } from "./build-networking.ts";
import { buildObjectStore } from "./build-object-store.ts";
import { buildElectricity, buildPower, type Electricity, hostPowerOf, wattsByLoadOf } from "./build-power.ts";
import { buildStorage } from "./build-storage.ts";
import { hostAddresses } from "./host-addresses.ts";
import { hostName } from "./host-names.ts";
import { withOpened } from "./plugins/open-policies.ts";
import { RallyClient } from "./rally-client.ts";
import { Replay } from "./replay.ts";
import type { CloudSpec, HostGroupSpec, Scenario } from "./scenario.ts";
import { plainFailures } from "./schema-failures.ts";

/** `max_concurrent_builds: 0` is no limit, as in Nova. */
const NO_LIMIT = 1_000_000_000;

/** The requests of one replication: the same for every policy. */
export interface Workload {
  readonly flavors: readonly Flavor[];
  readonly requests: RequestTable;
}

export interface BuiltRun {
  readonly cloud: Cloud;
  readonly requests: RequestTable;
  /** Null with an instant control plane. */
  readonly engine: WorkflowEngine | null;
  /** For whoever asks for migrations and resizes. */
  readonly moves: Moves;
  /** Sends requests to the APIs; null with an instant control plane. */
  readonly client: ApiClient | null;
  /** Null: the workload is not one of Rally's. */
  readonly rally: RallyClient | null;
  readonly ceilometer: Ceilometer | null;
  /** Null: the scenario says nothing of failures or operators. */
  readonly operations: Operations | null;
  /** Null: the scenario says nothing of the facility and the grid. */
  readonly electricity: Electricity | null;
  /** Null: users resize nothing. */
  readonly resizes: UserResizes | null;
  /** Null: guests get the memory they ask for. */
  readonly oomKills: OomKills | null;
  /** Null: nobody asks how much of the network is used. */
  readonly linkUse: LinkUse | null;
}

/** Draws or reads the requests of a replication. @throws InputError for a broken trace */
export function buildWorkload(scenario: Scenario, replication: number): Workload {
  const { workload, study, cloud } = scenario;
  const streams = new RandomStreams(study.seed, replication);
  if (workload.kind === "listed") return { flavors: cloud.flavors, requests: listRequests(workload, streams, study.duration) };
  if (workload.kind === "rally") return { flavors: cloud.flavors, requests: rallyRequests(workload, streams) };
  if (workload.kind === "trace") return readTrace(workload, streams, study.duration);
  return { flavors: cloud.flavors, requests: generateRequests(workload, streams, study.duration) };
}

export function buildRun(scenario: Scenario, policy: PolicySpec, replication: number, workload: Workload, list: EventListName): BuiltRun {
  const spec = scenario.cloud;
  const label = `${scenario.name}, policy ${policy.name}, seed ${scenario.study.seed}, replication ${replication}`;
  const simulation = new Simulation(eventLists[list](), label);
  const streams = new RandomStreams(scenario.study.seed, replication);
  const inventory = describeHosts(spec);
  const { asks } = workload.requests;
  const hosts = new Hosts(
    inventory.map((host) => host.description),
    spec.aggregates,
  );
  const servers = new Servers(workload.requests.count, hosts.count);
  const opened = scenario.own === undefined ? policy : withOpened(policy, scenario.own, (server) => servers.nameOf(server));
  // With a modelled control plane the scheduler reads records that lag. Otherwise it may read the hosts themselves.
  const nodes =
    spec.controlPlane === "modelled" || !asksAreSimple(spec, workload.flavors)
      ? new ComputeNodes(hosts, spec.nova.packHostNumaCells ? "pack" : "spread")
      : null;
  const packing = ["compute.packing_host_numa_cells_allocation_strategy", spec.nova.packHostNumaCells] as const;
  const maxPlacementResults = policy.maxPlacementResults ?? spec.nova.maxPlacementResults;
  const drawn = policy.randomizeAllocationCandidates ?? spec.placement.randomizeAllocationCandidates;
  const downTime = scenario.operations?.outages.serviceDownTime;
  const heard = downTime === undefined ? [] : ([["service_down_time", downTime / SECOND]] as const);
  const configured = { ...opened, options: new Map<string, OptionValue>([packing, ...heard, ...opened.options]) };
  let transferDone: (strand: number) => void = () => {};
  const transfers = new SharedCapacity(simulation, (strand) => {
    if (storage.flows.ended(strand)) return;
    traffic.ended(strand);
    transferDone(strand);
  });
  const fabric = new Fabric(transfers, wiringOf(spec), spec.fabric.hashSeed);
  const traffic = new Traffic(simulation, fabric, transfers, trafficOptions(spec.fabric));
  const linkUse = buildLinkUse(spec.fabric, { simulation, transfers, fabric });
  const power = buildPower(spec.power ?? null, inventory);
  const rackOf = inventory.map(({ description }) => description.rack);
  const electricity = spec.power ? buildElectricity(spec.power, power, rackOf, scenario.study.duration) : null;
  const claimOf = (server: number) => cloud.scheduling.claimOf(server);
  const storage = buildStorage(scenario, policy, {
    ...{ simulation, streams, fabric, traffic, transfers, flavors: workload.flavors },
    pause: (server) => cloud.pauseGuest(server),
    resume: (server) => cloud.resumeGuest(server),
  });
  const hasCells = (server: number) => cloud.scheduling.claims.hasCells(server);
  const guests = { simulation, streams, servers, power, inventory, flavors: workload.flavors, claimOf, hasCells };
  const guestCpu = buildGuestCpu(scenario, guests);
  const guestMemory = buildGuestMemory(scenario, guests);
  const cloud: Cloud = new Cloud({
    simulation,
    guestCpu,
    guestMemory,
    hypervisorOf: (host) => inventory[host]!.hypervisor,
    streams,
    hosts,
    servers,
    groups: new ServerGroups((group) => asks?.groupRules[asks.ruleOfGroup[group]!] ?? null, hosts.count),
    tiers: storage.tiers,
    guestDisks: storage.disks,
    fabric,
    traffic,
    transfers,
    power,
    notifications: new Notifications(),
    scheduler: new FilterScheduler(nodes ?? hosts, configured, streams.stream("scheduler.choice"), maxPlacementResults, {
      inventories: scenario.operations === undefined ? hosts : new OfferedHosts(hosts),
      candidateDraws: drawn ? streams.stream("placement.candidates") : null,
      keepsWholeList: spec.controlPlane === "modelled",
    }),
    book: requestBook(
      { ...spec, nova: { ...spec.nova, maxPlacementResults } },
      workload,
      hosts,
      servers,
      scenario.operations !== undefined,
    ),
    nodes,
    updateInterval: spec.controlPlane === "modelled" ? spec.nova.updateResourcesInterval : null,
    leaders: asks?.leader ?? null,
    flavors: workload.flavors,
    images: spec.images,
    ...(spec.imageService === undefined ? {} : { imageLimits: spec.imageService.limits }),
    projects: scenario.workload.projects,
    settings: {
      maxAttempts: spec.nova.maxAttempts,
      maxPlacementResults,
      instanceBuildTimeout: spec.nova.instanceBuildTimeout,
      buildFailureProbability: spec.nova.buildFailureProbability,
      imageConversionBytesPerSecond: spec.nova.imageConversionBytesPerSecond,
      quotaInstances: spec.quota.instances,
      quotaVcpuMilli: spec.quota.cores < 0 ? -1 : spec.quota.cores * 1000,
      quotaRamMb: spec.quota.ramMb,
      packHostNumaCells: spec.nova.packHostNumaCells,
      reportsCpuMetrics: spec.nova.computeMonitors.includes("cpu.virt_driver"),
      disableGroupPolicyCheck: spec.nova.disableGroupPolicyCheck,
      shelvedOffloadTime: spec.nova.shelvedOffloadTime ?? 0,
      reclaimInstanceInterval: spec.nova.reclaimInstanceInterval ?? 0,
      ...(spec.migration === undefined ? {} : { migration: spec.migration }),
    },
    cpuOverhead: Float64Array.from(inventory, (host) => host.hypervisor.cpuOverhead.value),
    latencyMicros: spec.fabric.latencyMicros,
    workers: new Map([
      ...ofNetworkNodes.flatMap((agent): [string, number][] =>
        spec.networking === undefined ? [] : [[agent, spec.networking.networkNodes.length]],
      ),
      ...spec.workers,
      ["nova.buildSlot", spec.nova.maxConcurrentBuilds || NO_LIMIT],
    ]),
    serviceTimes: spec.serviceTimes,
    serviceVariations: spec.serviceVariations ?? new Map(),
    serviceDelays: spec.serviceDelays ?? new Map(),
    stages: spec.stages ?? new Map(),
    processorSharing: spec.processorSharing ?? new Set(),
  });
  const ceilometer = spec.metering.enabled
    ? new Ceilometer(cloud, spec.metering.meters, spec.metering.intervalMicros, guestTraffic(scenario))
    : null;
  transferDone = (job) => cloud.transferDone(job);
  furnish(cloud, spec, { fabric, streams, bootVolumes: workload.requests.bootVolumes ?? new Map() });
  if (spec.networking !== undefined) buildNetworking(spec.networking, cloud);
  const others = scenario.operations === undefined ? [] : [evacuateServer, deleteServerLocally];
  const { identity } = scenario;
  if (identity !== undefined) buildIdentity(cloud, identity, apiOperations);
  if (identity !== undefined) {
    const told = cloud.retold;
    cloud.retold = (workflow) => (workflow === launchWithTokens ? told(workflow) : withTokens(told(workflow)));
  }
  const launched = identity === undefined ? launchServer : launchWithTokens;
  const engine = spec.controlPlane === "modelled" ? new WorkflowEngine(cloud, [launched, deleteServer, buildServer, ...others]) : null;
  const oomKills =
    guestMemory === null
      ? null
      : new OomKills(cloud, scenario.operations?.outages.syncPowerStateInterval ?? plainFailures().sync_power_state_interval);
  const operations =
    scenario.operations === undefined ? null : new Operations(cloud, engine, scenario.operations, (spec.power?.states ?? null) !== null);
  if (operations !== null && engine !== null) operations.evacuations.begin = (server) => engine.start(3, server);
  if (oomKills !== null) operations?.outages.hearOf(oomKills);
  const moves = new Moves(cloud, engine);
  const coldMoves = operations === null && scenario.resizes === undefined ? null : new ColdMoves(cloud, moves);
  if (operations !== null) operations.operator.move = (...move) => coldMoves!.leaveHost(...move);
  const resizes = scenario.resizes === undefined ? null : new UserResizes(cloud, scenario.resizes, moves, coldMoves!);
  const { launch, remove, build } =
    engine === null
      ? {
          launch: (server: number) => launchInstantly(cloud, server),
          remove: (server: number) => deleteInstantly(cloud, server),
          build: null,
        }
      : withBlockStorage(cloud, engine, {
          launch: (server) => engine.start(0, server),
          remove: (server) => engine.start(others.length > 0 && isKnownToBeDown(cloud, servers.host[server]!) ? 4 : 1, server),
          build: (server) => engine.start(2, server),
        });
  if (build !== null) cloud.buildOn = build;
  if (engine !== null) connectNetworking(cloud, engine);
  cloud.moves = moves;
  const task = scenario.workload.kind === "rally" ? scenario.workload : null;
  const replay = new Replay(cloud, workload.requests, { launch, delete: (server) => moves.delete(server, remove) }, task === null);
  const client = engine === null ? null : new ApiClient(cloud, engine, apiOperations);
  buildObjectStore(scenario, cloud, engine, client);
  if (engine !== null && client !== null && scenario.actions !== undefined) {
    new Deletions(cloud, engine, (server) => replay.deleteEarly(server));
    const offload = engine.add(offloadServer);
    cloud.beginOffload = (server) => engine.start(offload, server);
    client.schedule(scenario.actions.filter(({ at }) => at < scenario.study.duration));
  }
  const rally =
    task === null || engine === null || client === null
      ? null
      : new RallyClient(cloud, engine, task, {
          launch: (server) => replay.ask(server),
          delete: (server) => replay.deleteEarly(server),
          send: (ask) => client.send(ask),
        });
  return {
    cloud,
    requests: workload.requests,
    engine,
    moves,
    client,
    rally,
    ceilometer,
    operations,
    electricity,
    resizes,
    oomKills,
    linkUse,
  };
}

function guestTraffic({ guestTraffic: means, networkTrace }: Scenario): GuestTraffic {
  if (networkTrace === undefined) return means;
  const { receivedBytesPerSecond, transmittedBytesPerSecond } = readBitbrains(networkTrace);
  const [received, transmitted] = [new RecordedBytes(receivedBytesPerSecond), new RecordedBytes(transmittedBytesPerSecond)];
  return {
    ...means,
    recorded: {
      incoming: (server, from, until) => received.between(server, from, until),
      outgoing: (server, from, until) => transmitted.between(server, from, until),
    },
  };
}

/** Then the API deletes without the host. */
const isKnownToBeDown = ({ hosts }: Cloud, host: number): boolean => host >= 0 && hosts.serviceHeard[host] === 0;

export interface InventoryHost {
  readonly description: HostDescription;
  readonly cpus: HostCpuDescription;
  /** Hosts of one group share it. */
  readonly power: readonly number[] | PowerModel;
  readonly hypervisor: Hypervisor;
}

/**
 * Hosts in the order of the file; the hosts of a group are dealt over its racks, racks are numbered through the file. Where cells are laid out
 * they say how many CPUs there are: those for shared vCPUs are the inventory of VCPU, those of a dedicated set that of PCPU.
 * @source nova/virt/libvirt/driver.py (_get_vcpu_available, _get_pcpu_available)
 */
function describeHosts(spec: CloudSpec): readonly InventoryHost[] {
  const inventory: InventoryHost[] = [];
  let firstRack = 0;
  const address = hostAddresses(spec.hosts.reduce((racks, group) => racks + group.racks, 0));
  for (const group of spec.hosts) {
    const type = hostTypes.get(group.type)!;
    const hypervisor = hypervisors.get(group.hypervisor)!;
    const power = hostPowerOf(group, type);
    const { cells, sharedCpus, dedicatedCpus } = cpusOf(group, type);
    const resources = dedicatedCpus === 0 ? group.resources : new Map([["PCPU", dedicatedCpus], ...group.resources]);
    for (let i = 0; i < group.count; i++) {
      const description: HostDescription = {
        name: hostName(group.name, i, inventory.length),
        type: group.type,
        rack: firstRack + (i % group.racks),
        address: address(firstRack + (i % group.racks)),
        hypervisorType: hypervisor.hypervisorType.value,
        supportedHypervisors: hypervisor.supported,
        architecture: "x86_64",
        threads: group.vcpus ?? type.threads,
        vcpuMilli: sharedCpus * 1000,
        ramMb: group.ramMb ?? type.ramMb,
        diskGb: group.diskGb,
        reservedVcpuMilli: group.reservedHostCpus * 1000,
        reservedRamMb: group.reservedHostMemoryMb,
        reservedDiskGb: Math.ceil(group.reservedHostDiskMb / 1024),
        cpuAllocationRatio: group.cpuAllocationRatio,
        ramAllocationRatio: group.ramAllocationRatio,
        diskAllocationRatio: group.diskAllocationRatio,
        traits: group.traits,
        resources,
        disabled: group.disabled,
        ...(cells === null ? {} : { cells }),
        pciPools: group.pciPools,
        wattsByLoad: wattsByLoadOf(power),
        ...(hypervisor.oneServerPerHost.value ? { oneServer: true } : {}),
      };
      const threads = group.vcpus ?? type.threads;
      const { threadsPerCore } = type;
      const cpus = {
        cores: threads / threadsPerCore,
        threadsPerCore,
        dedicatedThreads: dedicatedCpus,
        overhead: cpuOverheadShare(hypervisor),
      };
      inventory.push({ description, cpus, power, hypervisor });
    }
    firstRack += group.racks;
  }
  return inventory;
}

/**
 * The CPUs of one host as libvirt's driver reports them: VCPU counts those for shared vCPUs, PCPU those for dedicated ones, which nothing
 * overcommits. A host without NUMA topology has no CPU sets, and all its threads are shared. Assumes that the compute node's vcpus, which the
 * CPUWeigher reads, are the inventory of VCPU as well.
 */
function cpusOf({ numa, vcpus }: HostGroupSpec, type: HostType) {
  if (numa === null) return { cells: null, sharedCpus: vcpus ?? type.threads, dedicatedCpus: 0 };
  const cells = layOutCells(numa);
  const sharedCpus = cells.reduce((sum, { cpuset }) => sum + cpuset.length, 0);
  return { cells, sharedCpus, dedicatedCpus: numa.dedicatedCpus?.length ?? 0 };
}
