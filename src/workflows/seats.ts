// Where the work of workflows is done: the stations of all components that they need, and what a visit to one takes.
import { type Distribution, lognormalFromMean, uniform } from "../kernel/distribution.ts";
import type { Stream } from "../kernel/random.ts";
import { type StationId, Stations } from "../queueing/station.ts";
import type { Component } from "../services/service.ts";
import type { Cloud } from "./cloud.ts";
import type { Instruction } from "./compile.ts";
import { type ComponentLoad, componentLoad } from "./component-load.ts";
import { SharedWorkers } from "./shared-workers.ts";
import type { Side } from "./vocabulary.ts";

const DEFAULT_CV = 0.25;

/** Workers to go to: a station of the whole cloud, or the first of those on the hosts. */
export interface Seat {
  readonly station: StationId;
  readonly perHost: boolean;
  readonly side: Side | null;
}

/** What a `visit` needs at run time, worked out once. */
export interface Visit extends Seat {
  readonly request: number; // latency there, us
  readonly answer: number; // latency back, us
  readonly service: Distribution;
  readonly serviceStream: Stream;
  readonly delay: Distribution | null;
  readonly delayStream: Stream;
  readonly delayByHypervisor: boolean;
  readonly link: number; // index into the matrix of calls
  /** What is sent, in words. */
  readonly what: string;
  /** Stations that a request passes one after another, from `station` on; each takes its share of the time. */
  readonly stages: number;
  /** Null: requests wait for a worker of their own. */
  readonly shared: SharedWorkers | null;
}

export interface CallCount {
  /** Key of the caller's component (`user` for the client) and of the called operation. */
  readonly from: string;
  readonly operation: string;
  /** What is sent, in the words of the first workflow that makes the call. */
  readonly what: string;
  readonly count: number;
  /** Time from sending to the answer (or to the end of the work, where nobody waits), in microseconds, over all calls that have ended. */
  readonly micros: number;
}

export class Seats {
  readonly stations: Stations;
  readonly links: { from: string; operation: string; what: string; count: number; micros: number }[] = [];
  private readonly cloud: Cloud;
  private readonly stationOf = new Map<string, StationId>();
  private readonly copiesOf = new Map<string, number>();

  private readonly sharing = new Map<string, SharedWorkers>();
  private readonly served: (strand: number) => void;

  /** `begin` is called when a strand is served from now on, `served` when a worker that others share has done its work. */
  constructor(cloud: Cloud, begin: (strand: number) => void, served: (strand: number) => void) {
    this.cloud = cloud;
    this.served = served;
    this.stations = new Stations(cloud.simulation, begin);
  }

  seatOf(instruction: Instruction): Seat | null {
    if (instruction.code !== "hold" && instruction.code !== "release") return null;
    const { component, side } = instruction;
    return { station: this.stationFor(component), perHost: component.declaration.scope === "host", side };
  }

  visitOf(instruction: Instruction): Visit | null {
    if (instruction.code !== "visit") return null;
    const { operation, from, messages, side, what } = instruction;
    const { cloud } = this;
    const { declaration } = operation;
    const candidates = Math.min(cloud.hosts.count, cloud.settings.maxPlacementResults);
    const mean = cloud.serviceTimes.get(operation.key) ?? declaration.time + (declaration.perHost ?? 0) * candidates;
    const delay = declaration.delayUpTo !== undefined ? uniform(0, declaration.delayUpTo) : null;
    let link = this.links.findIndex((known) => known.from === from.key && known.operation === operation.key);
    if (link < 0) link = this.links.push({ from: from.key, operation: operation.key, what, count: 0, micros: 0 }) - 1;
    return {
      station: this.stationFor(operation.of),
      perHost: operation.of.declaration.scope === "host",
      side,
      request: messages > 0 ? cloud.latencyMicros : 0,
      answer: (messages > 1 ? cloud.latencyMicros : 0) + (cloud.serviceDelays.get(operation.key) ?? declaration.delay ?? 0),
      stages: this.stagesOf(operation.of),
      service: lognormalFromMean(
        mean / this.stagesOf(operation.of),
        cloud.serviceVariations.get(operation.key) ?? declaration.cv ?? DEFAULT_CV,
      ),
      serviceStream: cloud.streams.stream(`${operation.key}.time`),
      delay,
      delayStream: cloud.streams.stream(`${operation.key}.delay`),
      delayByHypervisor: declaration.delayByHypervisor === true,
      link,
      what,
      shared: this.sharing.get(operation.of.key) ?? null,
    };
  }

  resetStatistics(): void {
    this.stations.resetStatistics();
    for (const shared of this.sharing.values()) shared.resetStatistics();
  }

  /** Mean wait for a worker of a component that the cloud has once, in milliseconds. */
  waitMillis(component: string): number {
    const station = this.stationOf.get(component);
    return station === undefined ? Number.NaN : this.stations.statistics(station).meanWaitMicros / 1000;
  }

  /** Load of every component, over all hosts for those that every host has. */
  loads(): readonly ComponentLoad[] {
    return [...this.stationOf].map(([key, first]) => {
      const load = componentLoad(key, this.stations, first, this.copiesOf.get(key)!);
      const shared = this.sharing.get(key);
      return shared === undefined ? load : { ...load, workers: shared.workers, utilisation: shared.utilisation() };
    });
  }

  private stagesOf(component: Component): number {
    return component.declaration.scope === "host" ? 1 : (this.cloud.stages.get(component.key) ?? 1);
  }

  /** The component's station, or the first of its stages; for a component on every host, the first of as many stations as there are hosts. */
  private stationFor(component: Component): StationId {
    const known = this.stationOf.get(component.key);
    if (known !== undefined) return known;
    // 0 is Nova's way to say that there is no limit (max_concurrent_builds).
    let workers = (this.cloud.workers.get(component.key) ?? component.declaration.workers) || Number.MAX_SAFE_INTEGER;
    if (this.cloud.processorSharing.has(component.key) && this.stagesOf(component) === 1) {
      // All are served at once, and share the workers' time.
      this.sharing.set(component.key, new SharedWorkers(this.cloud.simulation, workers, this.served));
      workers = Number.MAX_SAFE_INTEGER;
    }
    const capacity = this.cloud.capacities.get(component.key) ?? Number.POSITIVE_INFINITY;
    const stages = this.stagesOf(component);
    const copies = component.declaration.scope === "host" ? this.cloud.hosts.count : stages;
    let first = -1 as StationId;
    for (let copy = 0; copy < copies; copy++) {
      const name =
        component.declaration.scope !== "host"
          ? stages === 1
            ? component.key
            : `${component.key}#${copy + 1}`
          : `${component.key}@${this.cloud.hosts.descriptions[copy]!.name}`;
      const station = this.stations.add(name, { workers, capacity });
      if (copy === 0) first = station;
    }
    this.stationOf.set(component.key, first);
    this.copiesOf.set(component.key, copies);
    return first;
  }
}
