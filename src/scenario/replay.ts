// Replays a table of requests on a cloud: every server is asked for at its arrival and deleted when its lifetime is over. At one instant
// departures come before arrivals: an arrival first knocks, which lets what is already due at that instant happen, and is admitted then.

import type { EventKind, TimerKind } from "../kernel/simulation.ts";
import { SECOND } from "../kernel/time.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { RequestTable } from "../workload/workload.ts";

/** A deletion that has failed is asked for again after so long. Assumed. */
const DELETION_AGAIN = 60 * SECOND;

export interface ControlPlane {
  readonly launch: (server: number) => void;
  readonly delete: (server: number) => void;
}

export class Replay {
  private readonly cloud: Cloud;
  private readonly requests: RequestTable;
  private readonly controlPlane: ControlPlane;
  private readonly knock: EventKind;
  private readonly admit: EventKind;
  private readonly depart: TimerKind;
  /** There once a deletion has failed. */
  private again: TimerKind | null = null;
  /** 1 while the launch is under way; 2 when the user has asked for the deletion meanwhile. */
  private readonly launching: Uint8Array;

  /** `clock`: servers are asked for at their arrivals; otherwise whenever `ask` is called. */
  constructor(cloud: Cloud, requests: RequestTable, controlPlane: ControlPlane, clock = true) {
    this.cloud = cloud;
    this.requests = requests;
    this.controlPlane = controlPlane;
    this.launching = new Uint8Array(requests.count);
    const { simulation } = cloud;
    this.knock = simulation.kind("request knocks", (server) => simulation.schedule(0, this.admit, server));
    this.admit = simulation.kind("request", (server) => this.request(server));
    this.depart = simulation.timer("lifetime over", (server) => this.leave(server));
    cloud.notifications.on("instance.create.end", (server) => this.launched(server));
    cloud.notifications.on("instance.create.error", (server) => this.launched(server));
    cloud.deletionListeners.push((server) => {
      cloud.locked[server] = 0;
      this.again ??= simulation.timer("deletion again", (waiting) => this.leave(waiting));
      simulation.set(DELETION_AGAIN, this.again, server);
    });
    cloud.unlockListeners.push((server) => this.unlocked(server));
    if (clock && requests.count > 0) simulation.schedule(requests.arrival[0]! - simulation.now, this.knock, 0);
  }

  /** One request, of one server or of several that are asked for together. */
  private request(leader: number): void {
    const { cloud, requests } = this;
    const members = cloud.membersOf(leader);
    this.ask(leader);
    const next = leader + members.length;
    if (next < requests.count) cloud.simulation.schedule(requests.arrival[next]! - cloud.simulation.now, this.knock, next);
  }

  /** The user asks for the server now, and for those that are to come with it. */
  ask(leader: number): void {
    for (const server of this.cloud.membersOf(leader)) this.admitOne(server);
    this.controlPlane.launch(leader);
  }

  private admitOne(server: number): void {
    const { cloud, requests } = this;
    const { servers, simulation } = cloud;
    servers.requestedAt[server] = simulation.now;
    servers.flavor[server] = requests.flavor[server]!;
    servers.image[server] = requests.image[server]!;
    servers.project[server] = requests.project[server]!;
    servers.group[server] = requests.asks?.group[server] ?? -1;
    servers.cpuUtilisation[server] = requests.cpuUtilisation[server]!;
    const lifetime = requests.lifetime[server]!;
    if (lifetime < Number.POSITIVE_INFINITY) simulation.set(lifetime, this.depart, server);
    this.launching[server] = 1;
  }

  private launched(server: number): void {
    const asked = this.launching[server] === 2;
    this.launching[server] = 0;
    // A request that was refused (OverQuota) never became a server: there is nothing to delete.
    if (this.cloud.servers.vmStateOf(server) === "requested") this.cloud.simulation.cancel(this.depart, server);
    else if (asked) this.delete(server);
  }

  /** A deletion that came while the server was moved. */
  private unlocked(server: number): void {
    if (this.launching[server] !== 2) return;
    this.launching[server] = 0;
    this.delete(server);
  }

  /** Nobody moves it any more. */
  private delete(server: number): void {
    this.cloud.locked[server] = 1;
    this.controlPlane.delete(server);
  }

  /** The user deletes the server before its lifetime is over. */
  deleteEarly(server: number): void {
    this.cloud.simulation.cancel(this.depart, server);
    this.leave(server);
  }

  /** The user deletes the server. Nova holds the server's lock during a build or a move, so a deletion then waits for its end. */
  private leave(server: number): void {
    if (this.cloud.servers.vmStateOf(server) === "deleted") return;
    if (this.launching[server] === 1 || this.cloud.locked[server] === 1) this.launching[server] = 2;
    else if (this.cloud.servers.vmStateOf(server) !== "requested") this.delete(server);
  }
}
