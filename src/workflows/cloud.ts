// The cloud under simulation: what workflows and listeners see of it. It joins the columns of the datacenter, the scheduler and the clock, and
// owns the verbs that change more than one of them, so that claims, lists and power always agree.
import type { LeafSpineFabric } from "../datacenter/fabric.ts";
import type { Flavor, Image } from "../datacenter/flavor.ts";
import type { HostId, Hosts } from "../datacenter/hosts.ts";
import type { Notifications } from "../datacenter/notifications.ts";
import type { HostPower } from "../datacenter/power.ts";
import type { ServerGroups } from "../datacenter/server-groups.ts";
import { type Outcome, outcomes, type Servers, taskStates, vmStates } from "../datacenter/servers.ts";
import type { StorageTiers } from "../datacenter/storage-tiers.ts";
import type { RandomStreams, Stream } from "../kernel/random.ts";
import type { EventKind, Simulation } from "../kernel/simulation.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import { type FilterScheduler, SchedulingError } from "../policies/nova/filter-scheduler.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { SharedCapacity } from "../queueing/shared-capacity.ts";
import { DecisionLog } from "./decision-log.ts";
import type { Flow } from "./vocabulary.ts";

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
}

export interface CloudParts {
  readonly simulation: Simulation;
  readonly streams: RandomStreams;
  readonly hosts: Hosts;
  readonly servers: Servers;
  readonly groups: ServerGroups;
  readonly tiers: StorageTiers;
  readonly fabric: LeafSpineFabric;
  readonly transfers: SharedCapacity;
  readonly power: HostPower;
  readonly notifications: Notifications;
  readonly scheduler: FilterScheduler;
  readonly flavors: readonly Flavor[];
  readonly images: readonly Image[];
  readonly projects: number;
  readonly settings: CloudSettings;
  /** Extra busy host CPU per busy guest CPU, by host. */
  readonly cpuOverhead: Float64Array;
  readonly latencyMicros: Micros;
  readonly workers: ReadonlyMap<string, number>;
  /** Most requests in a component at once, waiting and served, by component; further ones end in ServiceUnavailable. Default: no bound. */
  readonly capacities?: ReadonlyMap<string, number>;
  readonly serviceTimes: ReadonlyMap<string, Micros>;
}

export class Cloud implements CloudParts {
  readonly simulation: Simulation;
  readonly streams: RandomStreams;
  readonly hosts: Hosts;
  readonly servers: Servers;
  readonly groups: ServerGroups;
  readonly tiers: StorageTiers;
  readonly fabric: LeafSpineFabric;
  readonly transfers: SharedCapacity;
  readonly power: HostPower;
  readonly notifications: Notifications;
  readonly scheduler: FilterScheduler;
  readonly flavors: readonly Flavor[];
  readonly images: readonly Image[];
  readonly projects: number;
  readonly settings: CloudSettings;
  readonly cpuOverhead: Float64Array;
  readonly latencyMicros: Micros;
  readonly workers: ReadonlyMap<string, number>;
  readonly capacities: ReadonlyMap<string, number>;
  readonly serviceTimes: ReadonlyMap<string, Micros>;
  readonly decisions = new DecisionLog();
  /** Called when a transfer started for a strand has ended; the engine sets it. */
  transferDone: (strand: number) => void = () => {};
  /** Thousandths of host CPU that guests keep busy, by host: whole numbers, so that they add up exactly. */
  readonly busyMilli: Float64Array;
  /** 1 while a guest runs. */
  readonly running: Uint8Array;
  /** Servers that hold a volume. */
  readonly hasVolume: Uint8Array;
  /** Called after every claim and release: whoever counts hosts in use listens here. */
  readonly claimListeners: ((server: number, sign: 1 | -1) => void)[] = [];
  private readonly failedBuild: Uint8Array;
  /** Servers that count against their project's quota. */
  private readonly counted: Uint8Array;

  private readonly usedInstances: Int32Array; // by project
  private readonly usedVcpuMilli: Float64Array;
  private readonly usedRamMb: Float64Array;
  private readonly alternates: Int32Array; // maxAttempts per server: hosts to try, -1 = no more
  private readonly nextAlternate: Int32Array;
  private readonly decisionsMade: Int32Array;
  private readonly decided: EventKind;
  private readonly failures: Stream;

  constructor(parts: CloudParts) {
    this.simulation = parts.simulation;
    this.streams = parts.streams;
    this.hosts = parts.hosts;
    this.servers = parts.servers;
    this.groups = parts.groups;
    this.tiers = parts.tiers;
    this.fabric = parts.fabric;
    this.transfers = parts.transfers;
    this.power = parts.power;
    this.notifications = parts.notifications;
    this.scheduler = parts.scheduler;
    this.flavors = parts.flavors;
    this.images = parts.images;
    this.projects = parts.projects;
    this.settings = parts.settings;
    this.cpuOverhead = parts.cpuOverhead;
    this.latencyMicros = parts.latencyMicros;
    this.workers = parts.workers;
    this.capacities = parts.capacities ?? new Map();
    this.serviceTimes = parts.serviceTimes;
    this.busyMilli = new Float64Array(this.hosts.count);
    this.running = new Uint8Array(this.servers.count);
    this.hasVolume = new Uint8Array(this.servers.count);
    this.failedBuild = new Uint8Array(this.servers.count);
    this.counted = new Uint8Array(this.servers.count);
    this.usedInstances = new Int32Array(this.projects);
    this.usedVcpuMilli = new Float64Array(this.projects);
    this.usedRamMb = new Float64Array(this.projects);
    this.alternates = new Int32Array(this.servers.count * this.settings.maxAttempts).fill(-1);
    this.nextAlternate = new Int32Array(this.servers.count);
    this.decisionsMade = new Int32Array(this.servers.count);
    this.decided = this.simulation.recordKind("host chosen");
    this.failures = this.streams.stream("build.failure");
  }

  flavorOf(server: number): Flavor {
    return this.flavors[this.servers.flavor[server]!]!;
  }

  imageOf(server: number): Image | null {
    return this.images[this.servers.image[server]!] ?? null;
  }

  /** The transfer of the server's image from Glance to its host. */
  imageFlow(server: number): Flow {
    return { bytes: this.imageOf(server)!.bytes, route: this.fabric.routeFromGlance(this.servers.host[server]!, server) };
  }

  /** Time that the host takes to turn the downloaded image into its raw base file (force_raw_images). */
  imageConversionMicros(server: number): Micros {
    return (this.imageOf(server)!.bytes / this.settings.imageConversionBytesPerSecond) * SECOND;
  }

  /** Counts a server against its project's quota, or refuses: instances, cores and ram, as nova-api checks them. */
  takeQuota(server: number): boolean {
    const { settings } = this;
    const project = this.servers.project[server]!;
    const flavor = this.flavorOf(server);
    const within = (limit: number, used: number) => limit < 0 || used <= limit;
    if (
      !within(settings.quotaInstances, this.usedInstances[project]! + 1) ||
      !within(settings.quotaVcpuMilli, this.usedVcpuMilli[project]! + flavor.vcpuMilli) ||
      !within(settings.quotaRamMb, this.usedRamMb[project]! + flavor.ramMb)
    ) {
      return false;
    }
    this.usedInstances[project]!++;
    this.usedVcpuMilli[project]! += flavor.vcpuMilli;
    this.usedRamMb[project]! += flavor.ramMb;
    this.counted[server] = 1;
    return true;
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
  quotaUse(project: number): { readonly instances: number; readonly vcpuMilli: number; readonly ramMb: number } {
    return { instances: this.usedInstances[project]!, vcpuMilli: this.usedVcpuMilli[project]!, ramMb: this.usedRamMb[project]! };
  }

  /** The scheduler's decision: the chosen host and its alternates become the server's list to be claimed from. False: NoValidHost. */
  chooseHost(server: number): boolean {
    const { scheduler } = this;
    const { maxAttempts } = this.settings;
    const count = this.select(server, maxAttempts - 1);
    for (let i = 0; i < maxAttempts; i++) this.alternates[server * maxAttempts + i] = i < count ? scheduler.ordered[i]! : -1;
    this.nextAlternate[server] = 0;
    const host = count > 0 ? scheduler.ordered[0]! : -1;
    this.simulation.record(this.decided, server, host);
    this.decisions.add(this.simulation.now, server, host, scheduler);
    this.notifications.emit("scheduler.select_destinations.end", server);
    return count > 0;
  }

  /** A filter or weigher that raises, say on a number that is none, fails the request; Nova reports it as NoValidHost or as its own error. */
  private select(server: number, alternates: number): number {
    try {
      return this.scheduler.select(this.requestSpec(server), alternates, this.decisionsMade[server]!++);
    } catch (error) {
      if (error instanceof SchedulingError) return 0;
      throw error;
    }
  }

  private requestSpec(server: number): RequestSpec {
    const group = this.servers.group[server]!;
    return { server, flavor: this.flavorOf(server), image: this.imageOf(server), group, groups: this.groups };
  }

  /**
   * Claims the chosen host, if it still has room and still suits the server's group. False: others were faster, and it is for the scheduler to
   * decide again; the alternates are kept for builds that fail.
   */
  claimChosen(server: number): boolean {
    this.nextAlternate[server] = 1;
    return this.claim(server, this.alternates[server * this.settings.maxAttempts]!);
  }

  /** Claims the next alternate that still has room and still suits the server's group. False: the list is at its end. */
  claimNext(server: number): boolean {
    const { maxAttempts } = this.settings;
    while (this.nextAlternate[server]! < maxAttempts) {
      const host = this.alternates[server * maxAttempts + this.nextAlternate[server]!++]!;
      if (host < 0) return false;
      if (this.claim(server, host)) return true;
    }
    return false;
  }

  private claim(server: number, host: number): boolean {
    const request = this.requestSpec(server);
    if (!this.scheduler.permitsClaim(request, host) || !this.hosts.claim(host as HostId, request.flavor)) return false;
    this.servers.place(server, host);
    if (request.group >= 0) this.groups.join(request.group, host);
    for (const listener of this.claimListeners) listener(server, 1);
    return true;
  }

  /** Gives the server's claim back and takes it off its host. */
  leaveHost(server: number): void {
    const host = this.servers.host[server]!;
    this.hosts.release(host as HostId, this.flavorOf(server));
    if (this.servers.group[server]! >= 0) this.groups.leave(this.servers.group[server]!, host);
    this.servers.remove(server);
    for (const listener of this.claimListeners) listener(server, -1);
  }

  beginBuild(server: number): void {
    this.servers.attempts[server]!++;
    this.failedBuild[server] = 0;
    this.hosts.beginBuild(this.servers.host[server]!);
  }

  endBuild(server: number): void {
    this.hosts.endBuild(this.servers.host[server]!);
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
    if (!this.tiers.create(this.tiers.indexOf(flavor.volumeType!), flavor.volumeGb)) return false;
    this.hasVolume[server] = 1;
    return true;
  }

  deleteVolume(server: number): void {
    const flavor = this.flavorOf(server);
    this.tiers.delete(this.tiers.indexOf(flavor.volumeType!), flavor.volumeGb);
    this.hasVolume[server] = 0;
  }

  /** The guest runs from now on: the server is ACTIVE, its CPU use counts for the host's power. */
  startGuest(server: number): void {
    this.servers.launchedAt[server] = this.simulation.now;
    this.running[server] = 1;
    this.changeBusy(server, 1);
  }

  stopGuest(server: number): void {
    if (this.running[server] === 0) return;
    this.running[server] = 0;
    this.changeBusy(server, -1);
  }

  setState(server: number, vmState: (typeof vmStates)[number], taskState: (typeof taskStates)[number] = "none"): void {
    this.servers.vmState[server] = vmStates.indexOf(vmState);
    this.servers.taskState[server] = taskStates.indexOf(taskState);
  }

  setOutcome(server: number, outcome: Outcome): void {
    this.servers.outcome[server] = outcomes.indexOf(outcome);
  }

  private changeBusy(server: number, sign: 1 | -1): void {
    const host = this.servers.host[server]!;
    const guest = this.flavorOf(server).vcpuMilli * this.servers.cpuUtilisation[server]!;
    this.busyMilli[host]! += sign * Math.round(guest * (1 + this.cpuOverhead[host]!));
    // Assumes guests get the CPU they want: a host cannot be more than busy, and what is wanted beyond that is not accounted for.
    this.power.setUtilisation(host, this.simulation.now, Math.min(1, this.busyMilli[host]! / this.hosts.vcpuMilli[host]!));
  }
}
