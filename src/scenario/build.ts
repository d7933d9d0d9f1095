// The composition root: turns a scenario, one of its policies and a replication number into a cloud that is ready to run. Everything a run
// holds is made here, so two runs never share anything that changes.
import { LeafSpineFabric } from "../datacenter/fabric.ts";
import { hostTypes } from "../datacenter/host-types.ts";
import { type HostDescription, Hosts } from "../datacenter/hosts.ts";
import { type Hypervisor, hypervisors } from "../datacenter/hypervisors.ts";
import { Notifications } from "../datacenter/notifications.ts";
import { HostPower } from "../datacenter/power.ts";
import { ServerGroups } from "../datacenter/server-groups.ts";
import { Servers } from "../datacenter/servers.ts";
import { StorageTiers } from "../datacenter/storage-tiers.ts";
import { type EventListName, eventLists } from "../kernel/event-list/event-list.ts";
import { RandomStreams } from "../kernel/random.ts";
import { Simulation } from "../kernel/simulation.ts";
import { FilterScheduler } from "../policies/nova/filter-scheduler.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import { SharedCapacity } from "../queueing/shared-capacity.ts";
import { Ceilometer } from "../telemetry/ceilometer.ts";
import { Cloud } from "../workflows/cloud.ts";
import { deleteServer } from "../workflows/delete-server.ts";
import { WorkflowEngine } from "../workflows/engine.ts";
import { deleteInstantly, launchInstantly } from "../workflows/instant.ts";
import { launchServer } from "../workflows/launch-server.ts";
import { generateRequests } from "../workload/generate.ts";
import { readTrace } from "../workload/trace.ts";
import type { Flavor, RequestTable } from "../workload/workload.ts";
import { withOpened } from "./plugins/open-policies.ts";
import { Replay } from "./replay.ts";
import type { CloudSpec, Scenario } from "./scenario.ts";

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
  readonly ceilometer: Ceilometer | null;
}

/** Draws or reads the requests of a replication. @throws InputError for a broken trace */
export function buildWorkload(scenario: Scenario, replication: number): Workload {
  const { workload, study, cloud } = scenario;
  const streams = new RandomStreams(study.seed, replication);
  if (workload.kind === "trace") return readTrace(workload, streams, study.duration);
  return { flavors: cloud.flavors, requests: generateRequests(workload, streams, study.duration) };
}

export function buildRun(scenario: Scenario, policy: PolicySpec, replication: number, workload: Workload, list: EventListName): BuiltRun {
  const spec = scenario.cloud;
  const label = `${scenario.name}, policy ${policy.name}, seed ${scenario.study.seed}, replication ${replication}`;
  const simulation = new Simulation(eventLists[list](), label);
  const streams = new RandomStreams(scenario.study.seed, replication);
  const inventory = describeHosts(spec);
  const hosts = new Hosts(inventory.map((host) => host.description));
  const servers = new Servers(workload.requests.count, hosts.count);
  const opened = scenario.own === undefined ? policy : withOpened(policy, scenario.own, (server) => servers.nameOf(server));
  let transferDone: (strand: number) => void = () => {};
  const transfers = new SharedCapacity(simulation, (strand) => transferDone(strand));
  const racks = inventory.map((host) => host.description.rack);
  const cloud = new Cloud({
    simulation,
    streams,
    hosts,
    servers,
    groups: new ServerGroups(scenario.workload.kind === "generated" ? scenario.workload.serverGroup : null, hosts.count),
    tiers: new StorageTiers(spec.storageTiers),
    fabric: new LeafSpineFabric(
      transfers,
      spec.fabric,
      inventory.map((host) => host.nicBytesPerSecond),
      racks,
    ),
    transfers,
    power: new HostPower(inventory.map((host) => host.wattsByLoad)),
    notifications: new Notifications(),
    scheduler: new FilterScheduler(hosts, opened, streams.stream("scheduler.choice"), spec.nova.maxPlacementResults),
    flavors: workload.flavors,
    images: spec.images,
    projects: scenario.workload.projects,
    settings: {
      maxAttempts: spec.nova.maxAttempts,
      maxPlacementResults: spec.nova.maxPlacementResults,
      instanceBuildTimeout: spec.nova.instanceBuildTimeout,
      buildFailureProbability: spec.nova.buildFailureProbability,
      imageConversionBytesPerSecond: spec.nova.imageConversionBytesPerSecond,
      quotaInstances: spec.quota.instances,
      quotaVcpuMilli: spec.quota.cores < 0 ? -1 : spec.quota.cores * 1000,
      quotaRamMb: spec.quota.ramMb,
    },
    cpuOverhead: Float64Array.from(inventory, (host) => host.hypervisor.cpuOverhead.value),
    latencyMicros: spec.fabric.latencyMicros,
    workers: new Map([...spec.workers, ["nova.buildSlot", spec.nova.maxConcurrentBuilds || NO_LIMIT]]),
    serviceTimes: spec.serviceTimes,
  });
  const ceilometer = spec.metering.enabled
    ? new Ceilometer(cloud, spec.metering.meters, spec.metering.intervalMicros, scenario.guestTraffic)
    : null;
  let engine: WorkflowEngine | null = null;
  if (spec.controlPlane === "modelled") {
    const modelled = new WorkflowEngine(cloud, [launchServer, deleteServer]);
    transferDone = (strand) => cloud.transferDone(strand);
    engine = modelled;
    new Replay(cloud, workload.requests, {
      launch: (server) => modelled.start(0, server),
      delete: (server) => modelled.start(1, server),
    });
  } else {
    new Replay(cloud, workload.requests, {
      launch: (server) => launchInstantly(cloud, server),
      delete: (server) => deleteInstantly(cloud, server),
    });
  }
  return { cloud, requests: workload.requests, engine, ceilometer };
}

interface InventoryHost {
  readonly description: HostDescription;
  readonly nicBytesPerSecond: number;
  readonly wattsByLoad: readonly number[];
  readonly hypervisor: Hypervisor;
}

/** Hosts in the order of the file; the hosts of a group are dealt over its racks, racks are numbered through the file. */
function describeHosts(spec: CloudSpec): readonly InventoryHost[] {
  const inventory: InventoryHost[] = [];
  let firstRack = 0;
  for (const group of spec.hosts) {
    const type = hostTypes.get(group.type)!;
    const hypervisor = hypervisors.get(group.hypervisor)!;
    for (let i = 0; i < group.count; i++) {
      const description: HostDescription = {
        name: `compute-${inventory.length + 1}`,
        type: group.type,
        rack: firstRack + (i % group.racks),
        hypervisorType: hypervisor.hypervisorType.value,
        supportedHypervisors: hypervisor.supported,
        architecture: "x86_64",
        vcpuMilli: (group.vcpus ?? type.threads) * 1000,
        ramMb: group.ramMb ?? type.ramMb,
        diskGb: group.diskGb,
        reservedVcpuMilli: group.reservedHostCpus * 1000,
        reservedRamMb: group.reservedHostMemoryMb,
        reservedDiskGb: Math.ceil(group.reservedHostDiskMb / 1024),
        cpuAllocationRatio: group.cpuAllocationRatio,
        ramAllocationRatio: group.ramAllocationRatio,
        diskAllocationRatio: group.diskAllocationRatio,
      };
      inventory.push({ description, nicBytesPerSecond: group.nicBytesPerSecond, wattsByLoad: type.wattsByLoad, hypervisor });
    }
    firstRack += group.racks;
  }
  return inventory;
}
