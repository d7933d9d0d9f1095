// The cloud under simulation: what workflows and listeners see of it. It joins the columns of the datacenter, the scheduler and the clock, and
// owns the verbs that change more than one of them, so that claims, lists and power always agree.
import type { Fabric } from "../datacenter/fabric/fabric.ts";
import type { Traffic } from "../datacenter/fabric/traffic.ts";
import type { Flavor, Image } from "../datacenter/flavor.ts";
import type { Hosts } from "../datacenter/hosts.ts";
import type { Hypervisor } from "../datacenter/hypervisors.ts";
import { type ImageLimits, Images, OPERATOR } from "../datacenter/images.ts";
import type { Notifications } from "../datacenter/notifications.ts";
import type { HostPower } from "../datacenter/power.ts";
import type { ServerGroups } from "../datacenter/server-groups.ts";
import { type Outcome, outcomes, type PowerState, powerStates, type Servers, type TaskState, type VmState } from "../datacenter/servers.ts";
import type { StorageTiers, VolumeId } from "../datacenter/storage-tiers.ts";
import type { RandomStreams, Stream } from "../kernel/random.ts";
import type { Simulation, TimerKind } from "../kernel/simulation.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import type { ComputeNodes } from "../policies/nova/compute-nodes.ts";
import type { FilterScheduler } from "../policies/nova/filter-scheduler.ts";
import type { RequestBook } from "../policies/nova/request-book.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { SharedCapacity } from "../queueing/shared-capacity.ts";
import { type Access, openAccess } from "./api/access.ts";
import { ApiRequests } from "./api/api-requests.ts";
import { Names } from "./api/names.ts";
import type { BlockService } from "./cinder/block-service.ts";
import type { DecisionLog } from "./decision-log.ts";
import { ImageStore } from "./glance/image-store.ts";
import type { GuestCpu } from "./guest-cpu.ts";
import type { GuestDisks } from "./guest-disks.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { AccessOfServers } from "./identity/access-of-servers.ts";
import type { Identity } from "./identity/identity.ts";
import type { ImageCache } from "./image-cache.ts";
import type { MigrationSettings } from "./migration-settings.ts";
import type { Moves } from "./moves.ts";
import { Moving } from "./moving.ts";
import type { CloudNetwork } from "./neutron/cloud-network.ts";
import type { Evacuations } from "./operations/evacuations.ts";
import { Scheduling } from "./scheduling.ts";
import type { ObjectCloud } from "./swift/object-cloud.ts";
import type { Flow, Workflow } from "./vocabulary.ts";

export interface CloudSettings {
  readonly maxAttempts: number;
  readonly maxPlacementResults: number;
  readonly instanceBuildTimeout: Micros;
  readonly buildFailureProbability: number;
  readonly imageConversionBytesPerSecond: number;
  /** Per project; -1 = unlimited. */
  readonly quotaInstances: number;
  readonly quotaVcpuMilli: number;
  readonly quotaRamMb: number;
  /** The fullest NUMA cells of a host first. */
  readonly packHostNumaCells: boolean;
  /** compute_monitors has cpu.virt_driver: hosts report how busy their CPUs are. Absent: they do not. */
  readonly reportsCpuMetrics?: boolean;
  /** nova-compute does not look at a server's group once more. */
  readonly disableGroupPolicyCheck: boolean;
  /** Time after which a caller gives an RPC call up; absent = 60 s. */
  readonly rpcResponseTimeout?: Micros;
  /** Time that a shelved server keeps its host: absent = 0, negative = for ever. */
  readonly shelvedOffloadTime?: Micros;
  /** Time that a server which was deleted softly can be restored in: absent = 0, servers are deleted at once. */
  readonly reclaimInstanceInterval?: Micros;
  /** What is not said is as `defaultMigrationSettings` has it. */
  readonly migration?: Partial<MigrationSettings>;
}

export interface CloudParts {
  readonly simulation: Simulation;
  readonly streams: RandomStreams;
  readonly hosts: Hosts;
  readonly servers: Servers;
  readonly groups: ServerGroups;
  readonly tiers: StorageTiers;
  readonly fabric: Fabric;
  readonly traffic: Traffic;
  readonly transfers: SharedCapacity;
  readonly power: HostPower;
  readonly notifications: Notifications;
  readonly scheduler: FilterScheduler;
  readonly flavors: readonly Flavor[];
  readonly images: readonly Image[];
  /** Absent: Glance's own. */
  readonly imageLimits?: ImageLimits;
  readonly projects: number;
  readonly settings: CloudSettings;
  readonly guestCpu?: GuestCpu | null;
  readonly guestDisks?: GuestDisks | null;
  readonly guestMemory?: GuestMemory | null;
  /** By host; absent: every host runs whatever a migration asks for. */
  readonly hypervisorOf?: (host: number) => Hypervisor;
  /** Extra busy host CPU per busy guest CPU, by host. */
  readonly cpuOverhead: Float64Array;
  readonly latencyMicros: Micros;
  readonly workers: ReadonlyMap<string, number>;
  /** Most requests in a component at once, waiting and served, by component; further ones end in ServiceUnavailable. Default: no bound. */
  readonly capacities?: ReadonlyMap<string, number>;
  readonly serviceTimes: ReadonlyMap<string, Micros>;
  /** Coefficients of variation of service times, where they are not the declared ones. */
  readonly serviceVariations?: ReadonlyMap<string, number>;
  /** Delays before answers, where they are not the declared ones. */
  readonly serviceDelays?: ReadonlyMap<string, Micros>;
  /** Stations of a component that a request passes one after another; absent: one. */
  readonly stages?: ReadonlyMap<string, number>;
  /** Components whose workers share their time among all requests. */
  readonly processorSharing?: ReadonlySet<string>;
  readonly book: RequestBook;
  /** The records that the scheduler reads; absent: it reads the hosts themselves. */
  readonly nodes?: ComputeNodes | null;
  /** Time between two periodic updates of a compute node record; negative: there are none; absent: records never lag. */
  readonly updateInterval?: Micros | null;
  /** By server, the first one of the request it was asked for in; absent: all are asked for alone. */
  readonly leaders?: Int32Array | null;
}

/** What counts against a quota. */
export interface QuotaUse {
  readonly instances: number;
  readonly vcpuMilli: number;
  readonly ramMb: number;
}

export class Cloud {
  readonly simulation: Simulation;
  readonly streams: RandomStreams;
  readonly hosts: Hosts;
  readonly servers: Servers;
  readonly groups: ServerGroups;
  readonly tiers: StorageTiers;
  readonly fabric: Fabric;
  readonly traffic: Traffic;
  readonly transfers: SharedCapacity;
  readonly power: HostPower;
  readonly notifications: Notifications;
  readonly scheduler: FilterScheduler;
  readonly flavors: readonly Flavor[];
  readonly images: Image[];
  readonly projects: number;
  readonly settings: CloudSettings;
  readonly cpuOverhead: Float64Array;
  readonly latencyMicros: Micros;
  readonly workers: ReadonlyMap<string, number>;
  readonly capacities: ReadonlyMap<string, number>;
  readonly serviceTimes: ReadonlyMap<string, Micros>;
  readonly serviceVariations: ReadonlyMap<string, number>;
  readonly serviceDelays: ReadonlyMap<string, Micros>;
  readonly stages: ReadonlyMap<string, number>;
  readonly processorSharing: ReadonlySet<string>;
  readonly scheduling: Scheduling;
  readonly moving: Moving;
  /** What users ask of the APIs, besides servers and their deletion. */
  readonly requests = new ApiRequests();
  /** Names that users give to what they make. */
  readonly names = new Names();
  /** Tokens and policies; whoever knows users sets it. */
  access: Access = openAccess;
  /** Users, roles and tokens; null: the scenario has none, and everybody may do everything. */
  identity: Identity | null = null;
  /** Tokens for what is asked of servers without a request; null: as above. */
  accessOfServers: AccessOfServers | null = null;
  /** What a project's servers may count; negative: as much as there is. Whoever lets operators change it sets it. */
  quotaOf: (project: number) => QuotaUse = () => ({
    instances: this.settings.quotaInstances,
    vcpuMilli: this.settings.quotaVcpuMilli,
    ramMb: this.settings.quotaRamMb,
  });
  /** What Swift keeps, and where; null: the cloud has no object store. The composition root sets it. */
  objectStore: ObjectCloud | null = null;
  /** Glance's registry; its images are those of `images`, by the same numbers. */
  readonly imageRegistry: Images;
  /** What lists of images have shown, by request. */
  readonly imageLists = new Map<number, readonly number[]>();
  /** Where Glance keeps the bytes; whoever knows of another place sets it. */
  imageStore: ImageStore;
  /** Clean-up of the hosts' image caches; null: they keep every image. */
  imageCache: ImageCache | null = null;
  /** Cinder's books and back ends; null: the cloud has no block storage but its tiers. */
  block: BlockService | null = null;
  /** A workflow as it is told in this cloud; whoever knows of other ways sets it before the first workflow is added to the engine. */
  retold: (workflow: Workflow) => Workflow = (workflow) => workflow;
  /** Neutron's books: networks, ports, routers, floating IPs; null: the scenario says nothing of networking. */
  network: CloudNetwork | null = null;
  /** Servers that their users have locked. */
  readonly lockedByUser = new Set<number>();
  /** Who moves servers; the composition root sets it. */
  moves: Moves | null = null;
  /** A user asks for the server to be deleted; `done` is called when it is, or is deleted softly. Whoever deletes servers sets it. */
  askDeletion: (server: number, force: boolean, done: () => void) => void = () => {};
  /** Offloads a server that has been shelved for long enough; whoever runs the periodic task sets it. */
  beginOffload: (server: number) => void = () => {};
  private offloadTimer: TimerKind | null = null;
  /** The records that the scheduler reads; null: it reads the hosts themselves. */
  readonly nodes: ComputeNodes | null;
  /** Called for the servers of a request behind its first once all have hosts; the control plane sets it. */
  buildOn: (server: number) => void = () => {};
  /** Called when a transfer started for a strand has ended; the engine sets it. */
  transferDone: (strand: number) => void = () => {};
  /** Guests share the CPUs of their hosts; null: they get what they ask for, and `busyMilli` says how much that is. */
  readonly guestCpu: GuestCpu | null;
  /** Guests read and write their volumes; null: that takes no time. */
  readonly guestDisks: GuestDisks | null;
  /** Guests share the memory of their hosts; null: it is there. */
  readonly guestMemory: GuestMemory | null;
  /** Null: nothing is known of it, and hosts can do whatever they are asked for. */
  readonly hypervisorOf: ((host: number) => Hypervisor) | null;
  /** Called when what a workflow's strand has waited for (`perform`) has ended, with its outcome; the engine sets it. */
  performed: (strand: number, outcome: Outcome | null) => void = () => {};
  /** Thousandths of host CPU that guests keep busy, by host: whole numbers, so that they add up exactly. */
  readonly busyMilli: Float64Array;
  /** 1 while a guest runs. */
  readonly running: Uint8Array;
  /** Share of its CPU time that a guest is left with: all of it, unless a live migration takes some or has stopped it. */
  readonly cpuLeft: Float64Array;
  /** 1 while a move is under way: whoever wants to delete the server waits for its end. */
  readonly locked: Uint8Array;
  /** Called when a deletion has come to nothing: the server is there still. */
  readonly deletionListeners: ((server: number) => void)[] = [];
  /** Called when a move has ended. */
  readonly unlockListeners: ((server: number) => void)[] = [];
  /** Is the host up and to be reached? Whoever lets hosts fail sets it; until then they do not. */
  hostWorks: (host: number) => boolean = () => true;
  /** A server that is built at one instant on a host that does not work waits there for it. */
  hangsOn: (server: number, host: number) => void = () => {};
  /** Moves of servers off hosts that are down; null: there are none. */
  evacuations: Evacuations | null = null;
  /** Servers that hold a volume. */
  readonly hasVolume: Uint8Array;
  private readonly volumeFlavor: Int32Array;
  /** Volumes that are followed one by one, by server; -1: it has none of those. */
  private readonly volume: Int32Array;
  private readonly ioHost = new Map<number, number>(); // by server
  private readonly failedBuild: Uint8Array;
  /** Servers that count against their project's quota. */
  private readonly counted: Uint8Array;

  private readonly usedInstances: Int32Array; // by project
  private readonly usedVcpuMilli: Float64Array;
  private readonly usedRamMb: Float64Array;
  private readonly leaders: Int32Array | null;
  private readonly othersBegun = new Set<number>(); // leaders of several servers
  private readonly failures: Stream;

  constructor(parts: CloudParts) {
    this.simulation = parts.simulation;
    this.streams = parts.streams;
    this.hosts = parts.hosts;
    this.servers = parts.servers;
    this.groups = parts.groups;
    this.tiers = parts.tiers;
    this.fabric = parts.fabric;
    this.traffic = parts.traffic;
    this.transfers = parts.transfers;
    this.power = parts.power;
    this.notifications = parts.notifications;
    this.scheduler = parts.scheduler;
    this.flavors = parts.flavors;
    this.images = [...parts.images];
    this.imageRegistry = new Images(this.images, parts.imageLimits);
    this.imageStore = new ImageStore("file", parts.fabric);
    this.projects = parts.projects;
    this.settings = parts.settings;
    this.cpuOverhead = parts.cpuOverhead;
    this.latencyMicros = parts.latencyMicros;
    this.workers = parts.workers;
    this.capacities = parts.capacities ?? new Map();
    this.serviceTimes = parts.serviceTimes;
    this.serviceVariations = parts.serviceVariations ?? new Map();
    this.serviceDelays = parts.serviceDelays ?? new Map();
    this.stages = parts.stages ?? new Map();
    this.processorSharing = parts.processorSharing ?? new Set();
    this.guestCpu = parts.guestCpu ?? null;
    this.guestDisks = parts.guestDisks ?? null;
    this.guestMemory = parts.guestMemory ?? null;
    this.hypervisorOf = parts.hypervisorOf ?? null;
    if (this.guestMemory !== null) this.guestMemory.paced = (server, pace) => this.guestCpu?.slow(server, pace);
    this.busyMilli = new Float64Array(this.hosts.count);
    this.running = new Uint8Array(this.servers.count);
    this.cpuLeft = new Float64Array(this.servers.count).fill(1);
    this.volumeFlavor = new Int32Array(this.servers.count);
    this.volume = new Int32Array(this.servers.count).fill(-1);
    this.locked = new Uint8Array(this.servers.count);
    this.hasVolume = new Uint8Array(this.servers.count);
    this.failedBuild = new Uint8Array(this.servers.count);
    this.counted = new Uint8Array(this.servers.count);
    this.usedInstances = new Int32Array(this.projects);
    this.usedVcpuMilli = new Float64Array(this.projects);
    this.usedRamMb = new Float64Array(this.projects);
    this.leaders = parts.leaders ?? null;
    this.nodes = parts.nodes ?? null;
    this.scheduling = new Scheduling({
      ...parts,
      nodes: this.nodes,
      updateInterval: parts.updateInterval ?? null,
      maxAttempts: this.settings.maxAttempts,
      packHostNumaCells: this.settings.packHostNumaCells,
      disableGroupPolicyCheck: this.settings.disableGroupPolicyCheck,
      flavorOf: (server) => this.flavorOf(server),
    });
    if (this.settings.reportsCpuMetrics === true) this.hosts.metricsOf = (host) => this.cpuMetrics(host);
    this.hosts.isOn = (host, name) => {
      const server = this.servers.numberOf(name);
      return this.servers.host[server] === host && this.scheduling.hasTaken(server);
    };
    this.moving = new Moving(this, this.settings.migration);
    this.failures = this.streams.stream("build.failure");
  }

  get decisions(): DecisionLog {
    return this.scheduling.decisions;
  }

  get refusalListeners(): Scheduling["refusalListeners"] {
    return this.scheduling.refusalListeners;
  }

  get observerOf(): Scheduling["observerOf"] {
    return this.scheduling.observerOf;
  }

  set observerOf(observerOf: Scheduling["observerOf"]) {
    this.scheduling.observerOf = observerOf;
  }

  /** What the scheduler is asked for a server. */
  requestSpec(server: number): RequestSpec {
    return this.scheduling.requestSpec(server);
  }

  get claimListeners(): ((server: number, sign: 1 | -1) => void)[] {
    return this.scheduling.claimListeners;
  }

  flavorOf(server: number): Flavor {
    return this.flavors[this.servers.flavor[server]!]!;
  }

  imageOf(server: number): Image | null {
    return this.images[this.servers.image[server]!] ?? null;
  }

  /** The transfer of the server's image from Glance to its host. */
  imageFlow(server: number): Flow {
    const bytes = this.imageStore.clones ? 0 : this.imageOf(server)!.bytes;
    return this.imageStore.download(bytes, this.servers.host[server]!, server);
  }

  /** Time that the host takes to turn the downloaded image into its raw base file (force_raw_images). */
  imageConversionMicros(server: number): Micros {
    if (this.imageStore.clones) return 0;
    return (this.imageOf(server)!.bytes / this.settings.imageConversionBytesPerSecond) * SECOND;
  }

  private count(server: number): void {
    const project = this.servers.project[server]!;
    const flavor = this.flavorOf(server);
    this.usedInstances[project]!++;
    this.usedVcpuMilli[project]! += flavor.vcpuMilli;
    this.usedRamMb[project]! += flavor.ramMb;
    this.counted[server] = 1;
  }

  /** The server counts no more; nothing happens if it did not. */
  returnQuota(server: number): void {
    if (this.counted[server] === 0) return;
    this.counted[server] = 0;
    const project = this.servers.project[server]!;
    const flavor = this.flavorOf(server);
    this.usedInstances[project]!--;
    this.usedVcpuMilli[project]! -= flavor.vcpuMilli;
    this.usedRamMb[project]! -= flavor.ramMb;
  }

  /** What a project's servers count against its quota. */
  quotaUse(project: number): QuotaUse {
    return { instances: this.usedInstances[project]!, vcpuMilli: this.usedVcpuMilli[project]!, ramMb: this.usedRamMb[project]! };
  }

  beginBuild(server: number): void {
    this.servers.attempts[server]!++;
    this.failedBuild[server] = 0;
  }

  /**
   * nova-compute takes the server on. False: the host does not suit the server's group any more, or has not the NUMA cells or devices; it is
   * rescheduled. Only the latter counts as a failed build.
   */
  takeOn(server: number): boolean {
    const refusal = this.scheduling.takeOn(server);
    if (refusal === null) return true;
    if (refusal === "host") this.hosts.buildFailed(this.servers.host[server]!);
    this.failedBuild[server] = 1;
    return false;
  }

  endBuild(server: number): void {
    const host = this.servers.host[server]!;
    if (this.scheduling.hasTaken(server)) this.hosts.endBuild(host);
    this.scheduling.recordLater(host);
  }

  /** A cold migration keeps the server's host busy, as Nova counts it (io_workload), until it ends. */
  beginIo(server: number): void {
    const host = this.servers.host[server]!;
    this.ioHost.set(server, host);
    this.hosts.beginBuild(host);
    this.scheduling.recordLater(host);
  }

  /** Nothing happens if it has not begun. */
  endIo(server: number): void {
    const host = this.ioHost.get(server);
    if (host === undefined) return;
    this.ioHost.delete(server);
    this.hosts.endBuild(host);
    this.scheduling.recordLater(host);
  }

  /** Does a guest that was shut down not start on its new host? Drawn per migration. */
  resizeFails(server: number): boolean {
    const { resizeFailureProbability } = this.moving.settings;
    if (resizeFailureProbability === 0) return false;
    return this.streams.stream("resize.failure").uniform(server, this.moving.migrationOf(server)) < resizeFailureProbability;
  }

  /** Decides where the server goes. Null: a host was found. */
  chooseHost(server: number): "NoValidHost" | "SchedulingError" | null {
    const members = this.membersOf(server);
    const found = members.length > 1 ? this.scheduling.chooseTogether(members) : this.scheduling.choose(server);
    this.notifications.emit("scheduler.select_destinations.end", server);
    if (found) return null;
    return this.scheduling.raised ? "SchedulingError" : "NoValidHost";
  }

  /** The first server of the request that the server was asked for in. */
  leaderOf(server: number): number {
    return this.leaders?.[server] ?? server;
  }

  leaveHost(server: number): void {
    this.scheduling.leaveHost(server);
    this.scheduling.forget(server);
  }

  lock(server: number): void {
    this.locked[server] = 1;
  }

  unlock(server: number): void {
    this.locked[server] = 0;
    for (const listener of this.unlockListeners) listener(server);
  }

  /** The servers of the request that the server leads; itself alone where it was asked for alone. */
  membersOf(leader: number): readonly number[] {
    const members = [leader];
    for (let next = leader + 1; this.leaders !== null && this.leaders[next] === leader; next++) members.push(next);
    return members;
  }

  /** All servers of the request have hosts: those behind the leader are built from now on. */
  buildOthers(leader: number): void {
    const members = this.membersOf(leader);
    if (members.length === 1) return;
    this.othersBegun.add(leader);
    for (const server of members) if (server !== leader) this.buildOn(server);
  }

  /** The servers of the request that still wait for the leader. */
  waitingOthers(leader: number): readonly number[] {
    return this.othersBegun.has(leader) ? [] : this.membersOf(leader).filter((server) => server !== leader);
  }

  /** Called when the API has taken a request for a server. */
  readonly acceptListeners: ((server: number) => void)[] = [];

  setStates(leader: number, vmState: VmState, taskState: TaskState): void {
    for (const server of this.membersOf(leader)) {
      this.setState(server, vmState, taskState);
      for (const listener of this.acceptListeners) listener(server);
    }
  }

  /** Counts all servers of a request against their project's quota, or refuses all: instances, cores and ram, as nova-api checks them. */
  takeQuotas(leader: number): boolean {
    if (!this.checkQuotas(leader)) return false;
    this.countAll(leader);
    return true;
  }

  /** The servers of a request count from now on; those that do already are not counted twice. */
  countAll(leader: number): void {
    for (const server of this.membersOf(leader)) if (this.counted[server] === 0) this.count(server);
  }

  /** Has the project room for all servers of a request? False: it is refused. */
  checkQuotas(leader: number): boolean {
    if (this.isWithinQuota(this.servers.project[leader]!, this.quotaAsked(leader))) return true;
    this.scheduling.refuse(leader, "quota", -1);
    return false;
  }

  /** Has the project no more than it may have, with `more` added? */
  isWithinQuota(project: number, more: QuotaUse): boolean {
    const limits = this.quotaOf(project);
    const within = (limit: number, used: number) => limit < 0 || used <= limit;
    return (
      within(limits.instances, this.usedInstances[project]! + more.instances) &&
      within(limits.vcpuMilli, this.usedVcpuMilli[project]! + more.vcpuMilli) &&
      within(limits.ramMb, this.usedRamMb[project]! + more.ramMb)
    );
  }

  /** What all servers of the request count together. */
  quotaAsked(leader: number): QuotaUse {
    const flavors = this.membersOf(leader).map((server) => this.flavorOf(server));
    const sum = (of: (flavor: Flavor) => number) => flavors.reduce((total, flavor) => total + of(flavor), 0);
    return { instances: flavors.length, vcpuMilli: sum((flavor) => flavor.vcpuMilli), ramMb: sum((flavor) => flavor.ramMb) };
  }

  /** Does this build fail? Drawn per server and attempt, so that it does not depend on the host. Counts for the BuildFailureWeigher. */
  buildFails(server: number): boolean {
    const { buildFailureProbability } = this.settings;
    const host = this.servers.host[server]!;
    const fails = buildFailureProbability > 0 && this.failures.uniform(server, this.servers.attempts[server]!) < buildFailureProbability;
    if (fails) this.hosts.buildFailed(host);
    else this.hosts.buildSucceeded(host);
    this.failedBuild[server] = fails ? 1 : 0;
    return fails;
  }

  /**
   * True after a failed build until the next one begins. Other failures keep what the server holds, and so does one that comes when the time
   * for the build is up already.
   */
  rescheduling(server: number): boolean {
    return this.failedBuild[server] === 1 && this.servers.vmStateOf(server) === "building";
  }

  /** Takes room on the tier of the flavor's volume type. */
  createVolume(server: number): boolean {
    const flavor = this.flavorOf(server);
    const tier = this.tiers.indexOf(flavor.volumeType!);
    if (this.tiers.follows(tier)) this.volume[server] = this.tiers.createVolume(tier, flavor.volumeGb);
    if (this.tiers.follows(tier) ? this.volume[server]! < 0 : !this.tiers.create(tier, flavor.volumeGb)) {
      this.scheduling.refuse(server, "volume", -1);
      return false;
    }
    this.hasVolume[server] = 1;
    this.volumeFlavor[server] = this.servers.flavor[server]!;
    return true;
  }

  /** The flavor that the server's volume was made for: a resize changes the server, not its volume. */
  volumeFlavorOf(server: number): Flavor {
    return this.flavors[this.volumeFlavor[server]!]!;
  }

  deleteVolume(server: number): void {
    // A guest that runs on where nobody reaches it has lost its volume all the same.
    this.guestDisks?.end(server);
    const flavor = this.volumeFlavorOf(server);
    const volume = this.volume[server]! as VolumeId;
    if (volume < 0) this.tiers.delete(this.tiers.indexOf(flavor.volumeType!), flavor.volumeGb);
    else {
      this.guestDisks?.forget(volume);
      this.tiers.deleteVolume(volume);
    }
    this.volume[server] = -1;
    this.hasVolume[server] = 0;
  }

  /** The guest runs from now on: the server is ACTIVE, its CPU use counts for the host's power. */
  startGuest(server: number): void {
    this.servers.launchedAt[server] = this.simulation.now;
    this.runGuest(server);
  }

  /** The guest of a server that was launched before runs again; nothing happens if it runs already. */
  runGuest(server: number): void {
    if (this.running[server] === 1) return;
    this.running[server] = 1;
    this.setPowerState(server, "RUNNING");
    this.changeBusy(server, 1);
    const volume = this.volume[server]! as VolumeId;
    if (volume >= 0) this.guestDisks?.begin(server, this.servers.host[server]!, volume, this.volumeFlavor[server]!);
    this.guestMemory?.begin(server, this.servers.host[server]!);
  }

  /** Nova knows of it. */
  stopGuest(server: number): void {
    this.setPowerState(server, "SHUTDOWN");
    this.guestDies(server);
  }

  /** The guest stops, and what Nova has recorded of it stays as it is. */
  guestDies(server: number): void {
    if (this.running[server] === 0) return;
    this.running[server] = 0;
    this.guestMemory?.end(server, this.servers.host[server]!);
    this.changeBusy(server, -1);
    this.guestDisks?.end(server);
  }

  /** QEMU pauses the guest because its volume finds no room. Nova takes note of the power state and does nothing (_sync_instance_power_state). */
  pauseGuest(server: number): void {
    this.guestDies(server);
    this.setPowerState(server, "PAUSED");
  }

  /** The operator lets it go on; nothing happens if it is gone or was stopped meanwhile. */
  resumeGuest(server: number): void {
    const paused = this.servers.powerStateOf(server) === "PAUSED";
    if (paused && this.hostWorks(this.servers.host[server]!)) this.runGuest(server);
  }

  /** Time that the hypervisor of the server's host takes to spawn it, beyond libvirt with kvm. */
  spawnMicros(server: number): Micros {
    return this.hypervisorOf?.(this.servers.host[server]!).spawnMicros.value ?? 0;
  }

  setCpuLeft(server: number, share: number): void {
    const runs = this.running[server] === 1;
    if (runs && this.guestCpu !== null) this.guestCpu.leave(server, share);
    if (runs && this.guestCpu === null) this.changeBusy(server, -1);
    this.cpuLeft[server] = share;
    if (runs && this.guestCpu === null) this.changeBusy(server, 1);
  }

  /** `change` brings the server to another host, and may change its flavor: its guest and what it counts against the quota go with it. */
  atHomeElsewhere(server: number, change: () => void): void {
    const runs = this.running[server] === 1;
    const counts = this.counted[server] === 1;
    this.stopGuest(server);
    if (counts) this.returnQuota(server);
    change();
    if (counts) this.count(server);
    if (runs) this.runGuest(server);
  }

  /** Has the server's project quota for the flavor instead of its own? Nova looks at this moment only; it counts flavors as servers have them. */
  quotaAllows(server: number, flavor: Flavor): boolean {
    const project = this.servers.project[server]!;
    const limits = this.quotaOf(project);
    const own = this.flavorOf(server);
    const allows = (limit: number, used: number, more: number) => more <= 0 || limit < 0 || used + more <= limit;
    return (
      allows(limits.vcpuMilli, this.usedVcpuMilli[project]!, flavor.vcpuMilli - own.vcpuMilli) &&
      allows(limits.ramMb, this.usedRamMb[project]!, flavor.ramMb - own.ramMb)
    );
  }

  setPowerState(server: number, state: PowerState): void {
    this.servers.powerState[server] = powerStates.indexOf(state);
  }

  setState(server: number, vmState: VmState, taskState: TaskState = "none"): void {
    this.servers.enter(server, vmState, taskState);
  }

  setOutcome(server: number, outcome: Outcome): void {
    this.servers.outcome[server] = outcomes.indexOf(outcome);
  }

  /**
   * As whole numbers of per cent, cut off. Assumes that all of the work is the guests' own.
   * @source nova/compute/monitors/cpu/virt_driver.py, nova/objects/monitor_metric.py
   */
  private cpuMetrics(host: number): readonly { readonly name: string; readonly value: number }[] {
    const busy = Math.min(
      100,
      this.guestCpu === null
        ? Math.floor((100 * this.busyMilli[host]!) / this.hosts.threadMilli[host]!)
        : Math.floor(100 * this.guestCpu.cpu.utilisation(host)),
    );
    return [
      { name: "cpu.percent", value: busy },
      { name: "cpu.user.percent", value: busy },
      { name: "cpu.kernel.percent", value: 0 },
      { name: "cpu.iowait.percent", value: 0 },
      { name: "cpu.idle.percent", value: 100 - busy },
    ];
  }

  /** The guest runs no more, and Nova knows why: it is paused, suspended or shut down. */
  haltGuest(server: number, power: PowerState): void {
    this.guestDies(server);
    this.setPowerState(server, power);
  }

  /** Number of an image; -1: there is none of that name. */
  imageNamed(name: string): number {
    return this.imageRegistry.named(name);
  }

  /** Glance has one image more, with its bytes. */
  addImage(name: string, bytes: number, owner = OPERATOR): number {
    const image = this.imageRegistry.register({ name, owner });
    this.imageRegistry.of(image).bytes = bytes;
    this.imageRegistry.stored(image);
    this.names.give("image", name, image);
    return image;
  }

  /** A shelved server keeps its host for a while (shelved_offload_time), or for ever. */
  offloadLater(server: number): void {
    const time = this.settings.shelvedOffloadTime ?? 0;
    if (time < 0) return;
    this.offloadTimer ??= this.simulation.timer("shelved long enough", (server) => {
      // Whoever does something else with it meanwhile has the lock.
      const shelved = this.servers.vmStateOf(server) === "shelved" && this.servers.taskStateOf(server) === "none";
      if (shelved && this.locked[server] === 0) this.beginOffload(server);
    });
    this.simulation.set(time, this.offloadTimer, server);
  }

  offloadNever(server: number): void {
    if (this.offloadTimer !== null) this.simulation.cancel(this.offloadTimer, server);
  }

  /** As `chooseHost`, for a server that was asked for with others and is built again alone. */
  chooseHostAlone(server: number): "NoValidHost" | "SchedulingError" | null {
    const found = this.scheduling.choose(server);
    this.notifications.emit("scheduler.select_destinations.end", server);
    if (found) return null;
    return this.scheduling.raised ? "SchedulingError" : "NoValidHost";
  }

  private changeBusy(server: number, sign: 1 | -1): void {
    const host = this.servers.host[server]!;
    if (this.guestCpu !== null) {
      if (sign > 0) this.guestCpu.begin(server, host);
      else this.guestCpu.end(server, host);
      return;
    }
    const guest = this.flavorOf(server).vcpuMilli * this.servers.cpuUtilisation[server]! * this.cpuLeft[server]!;
    this.busyMilli[host]! += sign * Math.round(guest * (1 + this.cpuOverhead[host]!));
    // Assumes guests get the CPU they want: a host cannot be more than busy, and what is wanted beyond that is not accounted for.
    this.power.setUtilisation(host, this.simulation.now, Math.min(1, this.busyMilli[host]! / this.hosts.threadMilli[host]!));
  }
}
