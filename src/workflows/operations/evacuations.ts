// Evacuations under way and over: who may be evacuated, what becomes of claims and guests, and who waits for the end. `evacuate-server.ts` tells
// the steps; without a control plane they are taken at one instant.
import type { Outcome } from "../../datacenter/servers.ts";
import type { Cloud } from "../cloud.ts";

/** How an evacuation ended: DONE, or the failure. */
export type EvacuationOutcome = Outcome | "DONE" | "ComputeServiceInUse" | "InstanceInvalidState";

export class Evacuations {
  /** By outcome. */
  readonly counts = new Map<EvacuationOutcome, number>();
  /** Called when a guest runs on its new host, or its evacuation has failed. */
  readonly listeners: ((server: number, from: number, outcome: EvacuationOutcome) => void)[] = [];
  /** Begins the workflow; null: there is no control plane. The composition root sets it. */
  begin: ((server: number) => void) | null = null;
  private readonly cloud: Cloud;
  private readonly waiting = new Map<
    number,
    { readonly from: number; readonly wasStopped: boolean; readonly done: (outcome: EvacuationOutcome) => void }
  >();

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  isUnderWay(server: number): boolean {
    return this.waiting.has(server);
  }

  /** Asks for an evacuation; `done` is called once, at once where Nova refuses. */
  start(server: number, done: (outcome: EvacuationOutcome) => void = () => {}): void {
    const { cloud } = this;
    const { servers, hosts } = cloud;
    const from = servers.host[server]!;
    const state = servers.vmStateOf(server);
    const movable = from >= 0 && servers.launchedAt[server]! >= 0 && (state === "active" || state === "stopped" || state === "error");
    let refusal: EvacuationOutcome | null = null;
    if (!movable || cloud.locked[server] === 1 || servers.taskStateOf(server) !== "none" || !cloud.scheduling.hasTaken(server)) {
      refusal = "InstanceInvalidState";
    } else if (hosts.serviceHeard[from] === 1) refusal = "ComputeServiceInUse";
    if (refusal !== null) {
      this.count(server, from, refusal);
      done(refusal);
      return;
    }
    this.waiting.set(server, { from, wasStopped: state === "stopped", done });
    cloud.lock(server);
    cloud.guestDies(server); // its host is fenced: a guest that still runs on a host that is only cut off must not run twice
    if (this.begin === null) this.atOnce(server);
    else this.begin(server);
  }

  /** The scheduler's decision; null: a host was found. The source is out of the question whatever the policy's filters say. */
  choose(server: number): "NoValidHost" | "SchedulingError" | null {
    const { cloud } = this;
    const found = cloud.scheduling.choose(server, [this.waiting.get(server)!.from]);
    cloud.notifications.emit("scheduler.select_destinations.end", server);
    if (found) return null;
    return cloud.scheduling.raised ? "SchedulingError" : "NoValidHost";
  }

  ended(server: number, failure: Outcome | null): void {
    const { cloud } = this;
    const { from, wasStopped, done } = this.waiting.get(server)!;
    this.waiting.delete(server);
    if (failure === null) {
      cloud.setState(server, wasStopped ? "stopped" : "active");
      if (!wasStopped) cloud.runGuest(server);
      if (cloud.hosts.serviceHeard[from] === 1) cloud.scheduling.forget(server);
      cloud.notifications.emit("instance.rebuild.end", server);
    } else {
      if (cloud.scheduling.leftBehind.has(server)) {
        if (cloud.servers.host[server]! >= 0) cloud.scheduling.leaveHost(server);
        cloud.scheduling.returnBehind(server);
      }
      cloud.setState(server, "error");
      cloud.notifications.emit("instance.rebuild.error", server);
    }
    this.count(server, from, failure ?? "DONE");
    cloud.unlock(server);
    done(failure ?? "DONE");
  }

  private atOnce(server: number): void {
    const { cloud } = this;
    cloud.setState(server, cloud.servers.vmStateOf(server), "rebuilding");
    cloud.notifications.emit("instance.rebuild.start", server);
    cloud.scheduling.leaveBehind(server);
    this.ended(server, this.move(server));
  }

  private move(server: number): Outcome | null {
    const { cloud } = this;
    const refusal = this.choose(server);
    if (refusal !== null) return refusal;
    while (!cloud.scheduling.claimChosen(server)) if (cloud.scheduling.atEnd(server)) return "NoValidHost";
    if (!cloud.takeOn(server)) return "RescheduledException";
    cloud.endBuild(server);
    return cloud.hostWorks(cloud.servers.host[server]!) ? null : "ComputeServiceUnavailable";
  }

  private count(server: number, from: number, outcome: EvacuationOutcome): void {
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1);
    for (const listener of this.listeners) listener(server, from, outcome);
  }
}
