// What a failure of a host does to the cloud. Its guests stop, and it draws no power; Nova goes on believing in it until its compute service has
// been silent for long enough; what was being built there stops, and what is sent there waits. When the host is back, nova-compute starts, gives
// up interrupted builds (ERROR), and finds guests that are shut off: it starts them only with resume_guests_state_on_host_boot. Otherwise its
// next power-state sync stops the servers officially, and they stay STOPPED until their owners start them.
//
// A host that is only cut off from the network runs its guests, whom nobody reaches; its compute service is silent all the same.
//
// Assumes that a guest starts in no time, and that a host that is repaired is up at once unless hosts can be off (power-orders.ts): then it boots.
// @source nova/compute/manager.py init_host, _init_instance, _sync_power_states
import type { MachineRoom } from "../../datacenter/failures/machine-room.ts";
import type { Distribution } from "../../kernel/distribution.ts";
import type { EventKind, TimerKind } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import type { OomKills } from "../oom-kills.ts";
import { GuestOutages } from "./guest-outages.ts";
import { PowerOrders } from "./power-orders.ts";
import { ServiceGroup, type ServiceGroupTimes } from "./service-group.ts";

export interface OutageSettings extends ServiceGroupTimes {
  readonly resumeGuestsStateOnHostBoot: boolean;
  readonly syncPowerStateInterval: Micros;
  /** From the sync that finds a guest shut off to its owner's start; null: nobody starts it. */
  readonly ownersStartAfter: Distribution | null;
}

export class HostOutages {
  readonly guests: GuestOutages;
  readonly services: ServiceGroup;
  /** Called when a host goes down or is cut off, and when it works again. */
  readonly listeners: ((host: number, works: boolean) => void)[] = [];
  /** By host: times it went down, and time down in the outages that are over. */
  readonly count: Int32Array;
  /** Null: hosts cannot be off; they work, or have failed. */
  readonly orders: PowerOrders | null;
  private readonly cloud: Cloud;
  private readonly engine: WorkflowEngine | null;
  private readonly settings: OutageSettings;
  private readonly room: () => MachineRoom;
  private readonly crashed: Uint8Array; // nova-compute is to be started again
  private readonly downSince: Float64Array;
  private readonly lost: Float64Array;
  private readonly meant: Uint8Array; // an operator wants it off: nothing is lost
  private readonly hanging: number[][]; // servers that an instant control plane builds on a host that is down
  private readonly starts: Int32Array;
  private readonly sync: TimerKind;
  private readonly ownerStarts: EventKind;

  /** `room` is asked for later: it tells this object of its failures, so it is made after it. */
  constructor(cloud: Cloud, engine: WorkflowEngine | null, settings: OutageSettings, room: () => MachineRoom, canBeOff = false) {
    const { simulation, hosts } = cloud;
    this.cloud = cloud;
    this.engine = engine;
    this.settings = settings;
    this.room = room;
    this.guests = new GuestOutages(cloud);
    this.services = new ServiceGroup(simulation, hosts, settings);
    this.count = new Int32Array(hosts.count);
    this.crashed = new Uint8Array(hosts.count);
    this.downSince = new Float64Array(hosts.count).fill(-1);
    this.lost = new Float64Array(hosts.count);
    this.meant = new Uint8Array(hosts.count);
    this.hanging = Array.from({ length: hosts.count }, () => []);
    this.starts = new Int32Array(cloud.servers.count);
    this.sync = simulation.timer("power states synchronised", (host) => this.synchronise(host));
    this.ownerStarts = simulation.kind("owner starts a server", (server) => this.startByOwner(server));
    this.orders = canBeOff
      ? new PowerOrders(cloud, {
          hasPower: (host) => this.room().hostPowered(host),
          goesDown: (host, meant) => {
            this.meant[host] = meant && this.works(host) ? 1 : this.meant[host]!;
            this.goesDown(host);
          },
          comesUp: (host) => this.back(host),
        })
      : null;
    cloud.hostWorks = (host) => this.works(host);
    cloud.hangsOn = (server, host) => this.hanging[host]!.push(server);
    engine?.letHostsStop();
    // A user may start it again before its owner does.
    for (const name of ["rebuild", "power_on", "reboot", "rescue", "unshelve"] as const)
      cloud.notifications.on(`instance.${name}.end`, (server) => this.guests.endIfThere(server));
  }

  /** Guests that a kernel has killed are out until their owners start them again. */
  hearOf({ killedListeners, stoppedListeners }: OomKills): void {
    killedListeners.push((server) => this.guests.begin(server));
    stoppedListeners.push((server) => this.awaitOwner(server));
  }

  works(host: number): boolean {
    return this.room().hostPowered(host) && this.room().hostReachable(host) && (this.orders?.isOn(host) ?? true);
  }

  /** Time in which the host did not work although nobody had switched it off, up to now. */
  lostBy(host: number): Micros {
    const since = this.downSince[host]!;
    return this.lost[host]! + (since < 0 || this.meant[host] === 1 ? 0 : this.cloud.simulation.now - since);
  }

  powered(host: number, up: boolean): void {
    const { cloud, orders } = this;
    if (orders !== null) {
      if (up) orders.restored(host);
      else orders.lost(host);
      return;
    }
    if (up) {
      if (cloud.hosts.inService[host] === 1) cloud.power.setUtilisation(host, cloud.simulation.now, 0);
      this.back(host);
      return;
    }
    this.goesDown(host);
  }

  private goesDown(host: number): void {
    const { cloud } = this;
    this.crashed[host] = 1;
    cloud.servers.forEachOn(host, (server) => {
      if (cloud.running[server] === 0) return;
      cloud.guestDies(server);
      this.guests.begin(server);
    });
    if (this.orders === null) cloud.power.switchOff(host, cloud.simulation.now);
    this.stops(host);
    this.engine?.hostStops(host, true);
    cloud.moving.hostFails(host);
  }

  reached(host: number, reachable: boolean): void {
    if (reachable) {
      this.back(host);
      return;
    }
    this.cloud.servers.forEachOn(host, (server) => {
      if (this.cloud.running[server] === 1) this.guests.begin(server);
    });
    this.stops(host);
    this.engine?.hostStops(host, false);
    this.cloud.moving.hostFails(host);
  }

  private stops(host: number): void {
    if (this.downSince[host]! >= 0) return; // it did not work before
    const { simulation } = this.cloud;
    this.downSince[host] = simulation.now;
    this.count[host]!++;
    simulation.cancel(this.sync, host);
    this.services.fallsSilent(host);
    for (const listener of this.listeners) listener(host, false);
  }

  private back(host: number): void {
    if (!this.works(host)) return;
    if (this.downSince[host]! < 0) return; // it comes up for the first time
    const { simulation } = this.cloud;
    if (this.meant[host] === 0) this.lost[host]! += simulation.now - this.downSince[host]!;
    this.meant[host] = 0;
    this.downSince[host] = -1;
    this.startCompute(host);
    for (const server of this.serversOn(host)) this.guests.endIfThere(server);
    this.services.reports(host);
    this.dropEvacuated(host);
    this.engine?.hostReturns(host);
    for (const listener of this.listeners) listener(host, true);
  }

  /** nova-compute starts, on a host that has crashed; otherwise it only finds out what has become of its guests. */
  private startCompute(host: number): void {
    const { cloud, settings } = this;
    const resumes = this.crashed[host] === 1 && settings.resumeGuestsStateOnHostBoot;
    this.crashed[host] = 0;
    let shutOff = 0;
    for (const server of this.serversOn(host)) {
      if (cloud.servers.vmStateOf(server) !== "active" || cloud.running[server] === 1 || cloud.locked[server] === 1) continue;
      if (cloud.servers.taskStateOf(server) !== "none") continue;
      if (resumes) this.start(server);
      else shutOff++;
    }
    if (shutOff > 0) this.awaitSync(host);
    for (const server of this.hanging[host]!.splice(0)) {
      cloud.setState(server, "error");
      cloud.setOutcome(server, "ComputeServiceUnavailable");
      cloud.notifications.emit("instance.create.error", server);
    }
  }

  /** What has been evacuated meanwhile is destroyed here, and Placement counts it no more. */
  private dropEvacuated(host: number): void {
    const { scheduling, evacuations } = this.cloud;
    const gone = [...scheduling.leftBehind].filter(([server, left]) => left.host === host && evacuations?.isUnderWay(server) !== true);
    for (const [server] of gone) scheduling.forget(server);
  }

  private awaitSync(host: number): void {
    const { simulation, hosts } = this.cloud;
    const interval = this.settings.syncPowerStateInterval;
    const phase = Math.floor((host * interval) / hosts.count);
    const since = (((simulation.now - phase) % interval) + interval) % interval;
    simulation.cancel(this.sync, host);
    simulation.set(interval - since, this.sync, host);
  }

  /** _sync_power_states: a server that should run and does not is stopped, in Nova's books as well. */
  private synchronise(host: number): void {
    const { cloud } = this;
    if (!this.works(host)) return;
    for (const server of this.serversOn(host)) {
      if (cloud.servers.vmStateOf(server) !== "active" || cloud.running[server] === 1 || cloud.locked[server] === 1) continue;
      if (cloud.servers.taskStateOf(server) !== "none") continue;
      cloud.setState(server, "stopped");
      cloud.setPowerState(server, "SHUTDOWN");
      cloud.notifications.emit("instance.power_off.end", server);
      this.awaitOwner(server);
    }
  }

  private awaitOwner(server: number): void {
    const { ownersStartAfter } = this.settings;
    if (ownersStartAfter === null) return;
    const { simulation, streams } = this.cloud;
    const time = streams.stream("owner.starts").sample(ownersStartAfter, server, this.starts[server]!++);
    simulation.schedule(Math.max(0, Math.round(Math.min(time, 2 ** 52))), this.ownerStarts, server);
  }

  private startByOwner(server: number): void {
    const { cloud } = this;
    if (cloud.servers.vmStateOf(server) !== "stopped") return;
    const host = cloud.servers.host[server]!;
    // The API takes no start while the server is being moved, and none reaches a host that is down: its owner comes again.
    if (host < 0 || cloud.locked[server] === 1 || cloud.moving.of(server) !== null || !this.works(host)) {
      this.awaitOwner(server);
      return;
    }
    cloud.setState(server, "active");
    this.start(server);
    cloud.notifications.emit("instance.power_on.end", server);
  }

  private start(server: number): void {
    this.cloud.runGuest(server);
    this.guests.endIfThere(server);
  }

  private serversOn(host: number): readonly number[] {
    const servers: number[] = [];
    this.cloud.servers.forEachOn(host, (server) => servers.push(server));
    return servers.sort((a, b) => a - b);
  }
}
