// The flows under way over a fabric, known by where they come from and where they go: each pays the latency of its path, then shares the links
// of its route. When a part of the path dies the flow goes on over another path from where it is, or waits while there is none. A flow
// on a detour takes the shorter path when there is one again; others stay where they are (resilient hashing).
//
// Assumes that connections outlive an outage of any length: nothing times out in the network.
import type { Simulation, TimerKind } from "../../kernel/simulation.ts";
import { type Framing, goodputFraction } from "./encapsulation.ts";
import type { Fabric, LinkCapacity } from "./fabric.ts";
import { type HopLatency, NO_LATENCY, pathLatency } from "./hop-latency.ts";

/** What traffic needs of the capacity that its links are part of. */
export interface FlowCapacity extends LinkCapacity {
  start(job: number, bytes: number, route: readonly number[]): void;
  reroute(job: number, route: readonly number[]): void;
  stop(job: number): number;
}

export interface TrafficOptions {
  /** Absent: flows set out at once. */
  readonly latency?: HopLatency;
  /** Absent: the speed of links is what payload gets. */
  readonly framing?: Framing;
}

interface Flow {
  readonly from: number;
  readonly to: number;
  readonly number: number;
  readonly bytes: number;
  readonly also: readonly number[];
  state: "setting out" | "under way" | "waiting";
  route: readonly number[];
}

export class Traffic {
  private readonly simulation: Simulation;
  private readonly fabric: Fabric;
  private readonly capacity: FlowCapacity;
  private readonly latency: HopLatency;
  private readonly goodput: number;
  private readonly flows = new Map<number, Flow>();
  private readonly setOutLater: TimerKind | null;
  /** Where flows wait that have no way: a link that carries nothing. */
  private readonly nowhere: readonly number[];

  constructor(simulation: Simulation, fabric: Fabric, capacity: FlowCapacity, { latency = NO_LATENCY, framing }: TrafficOptions = {}) {
    this.simulation = simulation;
    this.fabric = fabric;
    this.capacity = capacity;
    this.latency = latency;
    this.goodput = framing === undefined ? 1 : goodputFraction(framing);
    this.nowhere = [capacity.addLink(0)];
    const waits = latency.switchMicros + latency.nicMicros + latency.vSwitchMicros > 0;
    this.setOutLater = waits ? simulation.timer("flow sets out", (job) => this.setOut(job)) : null;
    fabric.onChange(() => this.followTheFabric());
  }

  /** The links from one attach point to another, for whoever keeps flows of his own; where there is no way, one that carries nothing. */
  wayOrNowhere(from: number, to: number, number: number): readonly number[] {
    return this.fabric.route(from, to, number) ?? this.nowhere;
  }

  /**
   * Sends `bytes` of payload from one attach point to another, for a job that has no flow under way. `number` tells flows between the same two
   * points apart; `also` are links that it uses beside those of its way, whichever that is. Whoever hears that the capacity has finished the job
   * says so (`ended`). Jobs below zero set out at once, whatever the latency.
   */
  start(job: number, bytes: number, from: number, to: number, number: number = job, also: readonly number[] = []): void {
    if (!(bytes >= 0 && bytes < Number.POSITIVE_INFINITY))
      throw new RangeError(`flow of job ${job}: expected a finite number of bytes, 0 or more, got ${bytes}`);
    if (this.flows.has(job)) throw new RangeError(`job ${job} has a flow under way already: expected one at a time`);
    const switches = this.fabric.switchesBetween(from, to);
    this.flows.set(job, { from, to, number, bytes, also, state: "setting out", route: this.nowhere });
    const wait = switches > 0 && job >= 0 ? pathLatency(this.latency, switches) : 0;
    if (this.setOutLater !== null && wait > 0) this.simulation.set(wait, this.setOutLater, job);
    else this.setOut(job);
  }

  /** Takes a job's flow off the network, wherever it is; returns the bytes of payload that it had left. */
  stop(job: number): number {
    const flow = this.flows.get(job);
    if (flow === undefined) throw new RangeError(`job ${job} has no flow under way: there is nothing to stop`);
    this.flows.delete(job);
    if (flow.state !== "setting out") return this.capacity.stop(job) * this.goodput;
    if (this.setOutLater !== null) this.simulation.cancel(this.setOutLater, job);
    return flow.bytes;
  }

  /** Jobs whose flows come from an attach point or go to it, in the order in which they began. */
  jobsAt(point: number): readonly number[] {
    const jobs: number[] = [];
    for (const [job, { from, to }] of this.flows) if (from === point || to === point) jobs.push(job);
    return jobs;
  }

  /** The last byte of a job's flow has arrived; jobs that have no flow here are none of its business. */
  ended(job: number): void {
    this.flows.delete(job);
  }

  get active(): number {
    return this.flows.size;
  }

  /** Flows that have no way at present. */
  get waiting(): number {
    let count = 0;
    for (const { state } of this.flows.values()) if (state === "waiting") count++;
    return count;
  }

  /** The links that a job's flow runs over; null while it runs over none. */
  routeOf(job: number): readonly number[] | null {
    const flow = this.flows.get(job);
    return flow?.state === "under way" ? flow.route : null;
  }

  /** A flow that runs over something that is down, in words; null: there is none. */
  violation(): string | null {
    for (const [job, { state, route, from, to }] of this.flows) {
      if (state === "under way" && !this.fabric.carries(route)) return `the flow of job ${job} from ${from} to ${to} runs over a dead link`;
    }
    return null;
  }

  private setOut(job: number): void {
    const flow = this.flows.get(job)!;
    this.put(flow, this.fabric.route(flow.from, flow.to, flow.number));
    this.capacity.start(job, flow.bytes / this.goodput, this.linksOf(flow));
  }

  private put(flow: Flow, route: readonly number[] | null): void {
    flow.state = route === null ? "waiting" : "under way";
    flow.route = route ?? this.nowhere;
  }

  private linksOf({ route, also }: Flow): readonly number[] {
    return also.length === 0 ? route : [...route, ...also];
  }

  private followTheFabric(): void {
    for (const [job, flow] of this.flows) {
      if (flow.state === "setting out") continue;
      const route = this.fabric.route(flow.from, flow.to, flow.number);
      if (flow.state === "waiting" && route === null) continue;
      const stays = flow.state === "under way" && route !== null && route.length >= flow.route.length && this.fabric.carries(flow.route);
      if (stays) continue;
      this.put(flow, route);
      this.capacity.reroute(job, this.linksOf(flow));
    }
  }
}
