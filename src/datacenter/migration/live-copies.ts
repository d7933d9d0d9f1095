// Live migrations under way. Every round is a flow on the network that all share, so its bandwidth may change at any time as others come and go;
// what the guest has written by the end of a round is what the next one sends. The rules are those of `foretell`.
//
// Assumes that a guest which is slowed down or stands still gets its whole pace back at once when it runs on the other host.
// @source nova/virt/libvirt/driver.py (_live_migration_monitor), QEMU migration/migration.c
import type { Simulation, TimerKind } from "../../kernel/simulation.ts";
import { SECOND } from "../../kernel/time.ts";
import { type Throttle, throttleAfter, unthrottled } from "./auto-converge.ts";
import { completionTimeoutSeconds, type DowntimeStep, downtimeMaxSeconds, downtimeRamp } from "./downtime-ramp.ts";
import { checkOptions, type LiveMigrationOptions, MAX_CONNECTIONS } from "./live-migration-options.ts";
import { deviceBytes, postCopyOverhead, postCopyPace } from "./post-copy.ts";
import { checkMemory, dirtyAfter, littleEnough, type WrittenMemory } from "./pre-copy.ts";

/** `lost`: a host or the network went while the guest's memory was on both. */
export type CopyEnd = "completed" | "aborted" | "timed out" | "source failed" | "destination failed" | "lost";

/** What one copy has come to, and what it has cost its guest. */
export interface CopyFigures {
  readonly rounds: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly downtimeSeconds: number;
  /** Share of its CPU time that auto-converge took at the end. */
  readonly throttle: number;
  /** Seconds of full pace that the guest has lost, standing still included. */
  readonly lostSeconds: number;
  readonly forced: boolean;
  readonly postCopy: boolean;
}

/** What carries copies: links shared with others. Which way a copy takes from host to host is known to it or said with each flow (`route`). */
export interface CopyNetwork {
  addLink(bytesPerSecond: number): number;
  start(job: number, bytes: number, route: readonly number[]): void;
  stop(job: number): number;
}

export interface CopyOrder {
  readonly memory: WrittenMemory;
  /** GiB that Nova reckons with. */
  readonly gb: number;
  /** Empty: the network knows the way. */
  readonly route: readonly number[];
  /** False: one of the hypervisors cannot; absent: the options decide. */
  readonly postCopy?: boolean;
}

/** The guest's side; copies are known by their server. */
export interface CopyWitness {
  /** CPU time the guest gets of what it wants, 0 to 1. It writes to its memory accordingly. */
  readonly cpuShare: (server: number) => number;
  /** Pace at which the guest runs from now on: `cpu` of its CPU time is left to it, `pace` of its work is done with that. */
  readonly paceSet: (server: number, cpu: number, pace: number) => void;
  /** From now on the guest runs on the destination. */
  readonly switched: (server: number) => void;
  readonly ended: (server: number, end: CopyEnd, figures: CopyFigures) => void;
}

/** `switching`: the last byte is there and the guest stands still; `behind`: post-copy, the guest is gone and its memory comes after it. */
type Phase = "rounds" | "stopped" | "switching" | "behind";

interface Copy {
  readonly server: number;
  readonly order: CopyOrder;
  readonly route: readonly number[];
  readonly ramp: readonly DowntimeStep[];
  readonly limitLink: number;
  readonly startedAt: number;
  phase: Phase;
  /** Jobs of the network that have bytes to carry. */
  readonly connections: Set<number>;
  roundBytes: number;
  roundAt: number;
  dirtyBytes: number;
  countedAt: number; // the instant up to which dirtied bytes and lost time are counted
  cpu: number;
  pace: number;
  throttle: Throttle;
  rounds: number;
  sentBytes: number;
  stoppedAt: number; // -1 while the guest runs
  downtimeMicros: number;
  lostMicros: number;
  restBytes: number; // to be sent behind the guest
  forced: boolean;
}

export class LiveCopies {
  private readonly simulation: Simulation;
  private readonly network: CopyNetwork;
  private readonly options: LiveMigrationOptions;
  private readonly witness: CopyWitness;
  private readonly copies = new Map<number, Copy>(); // by server
  private readonly timeUp: TimerKind;
  private readonly switchedOver: TimerKind;
  private readonly spareLinks: number[] = []; // links that hold a migration to its bandwidth

  constructor(simulation: Simulation, network: CopyNetwork, options: LiveMigrationOptions, witness: CopyWitness) {
    checkOptions(options);
    this.simulation = simulation;
    this.network = network;
    this.options = options;
    this.witness = witness;
    this.timeUp = simulation.timer("live migration time up", (server) => this.timedOut(server));
    this.switchedOver = simulation.timer("guest switched over", (server) => this.switchOver(server));
  }

  /** The server whose copy a job below zero is part of. */
  static serverOf(job: number): number {
    return Math.floor((-1 - job) / MAX_CONNECTIONS);
  }

  /** The network's number for a connection of a server's copy: below zero, where no other job is. */
  static jobOf(server: number, connection: number): number {
    return -1 - (server * MAX_CONNECTIONS + connection);
  }

  start(server: number, order: CopyOrder): void {
    if (this.copies.has(server)) throw new RangeError(`server ${server} cannot be copied twice at once: its live migration is under way`);
    checkMemory(order.memory);
    const { simulation, options } = this;
    const ramp = downtimeRamp(options, order.gb);
    const limitLink = options.bandwidthBytesPerSecond > 0 ? this.takeLink() : -1;
    const copy: Copy = {
      ...{ server, order, ramp, limitLink, startedAt: simulation.now, phase: "rounds" },
      route: limitLink < 0 ? order.route : [...order.route, limitLink],
      ...{ connections: new Set<number>(), roundBytes: 0, roundAt: simulation.now, dirtyBytes: 0, countedAt: simulation.now },
      ...{ cpu: 1, pace: 1, throttle: unthrottled, rounds: 0, sentBytes: 0 },
      ...{ stoppedAt: -1, downtimeMicros: 0, lostMicros: 0, restBytes: 0, forced: false },
    };
    this.copies.set(server, copy);
    const timeout = completionTimeoutSeconds(options.completionTimeoutSeconds, order.gb);
    if (timeout < Number.POSITIVE_INFINITY) simulation.set(timeout * SECOND, this.timeUp, server);
    this.beginRound(copy, order.memory.bytes);
  }

  isUnderWay(server: number): boolean {
    return this.copies.has(server);
  }

  /** The connection's bytes have arrived. `job` is one of `jobOf`. */
  carried(job: number): void {
    const copy = this.copyOf(LiveCopies.serverOf(job));
    copy.connections.delete(job);
    if (copy.connections.size > 0) return;
    copy.sentBytes += copy.roundBytes;
    if (copy.phase === "rounds") this.endRound(copy);
    else if (copy.phase === "stopped") this.setPhase(copy, "switching");
    else this.end(copy, "completed");
  }

  /** The CPU time that the guest gets changes now; called before `cpuShare` tells the new one. */
  cpuShareChanges(server: number): void {
    const copy = this.copies.get(server);
    if (copy !== undefined) this.count(copy);
  }

  /** The operator aborts it: the guest stays on its host. False: it has gone too far for that. */
  abort(server: number): boolean {
    const copy = this.copyOf(server);
    if (copy.phase !== "rounds" && copy.phase !== "stopped") return false;
    this.end(copy, "aborted");
    return true;
  }

  /** The guest is stopped, or moved with its memory to come after it where that is permitted. False: it is stopped or moved already. */
  forceComplete(server: number): boolean {
    const copy = this.copyOf(server);
    if (copy.phase !== "rounds") return false;
    copy.forced = true;
    const left = this.stopFlows(copy);
    this.count(copy);
    if (this.options.permitPostCopy && copy.order.postCopy !== false) {
      copy.restBytes = left + copy.dirtyBytes;
      this.stopGuest(copy, deviceBytes.value);
    } else this.stopGuest(copy, left + copy.dirtyBytes);
    return true;
  }

  /** A host of the migration fails, or the network between them for good (either host stands for it). */
  hostFails(server: number, which: "source" | "destination"): void {
    const copy = this.copyOf(server);
    this.end(copy, copy.phase === "behind" ? "lost" : `${which} failed`);
  }

  private copyOf(server: number): Copy {
    const copy = this.copies.get(server);
    if (copy === undefined) throw new RangeError(`server ${server} is not being copied: no live migration of it is under way`);
    return copy;
  }

  private beginRound(copy: Copy, bytes: number): void {
    copy.rounds++;
    copy.roundAt = this.simulation.now;
    this.count(copy);
    copy.dirtyBytes = 0;
    const cpu = 1 - copy.throttle.share;
    this.setPace(copy, cpu, cpu * (1 - this.options.trackingSlowdown));
    this.send(copy, bytes);
  }

  private endRound(copy: Copy): void {
    const { simulation, options } = this;
    this.count(copy);
    const seconds = (simulation.now - copy.roundAt) / SECOND;
    const elapsed = (simulation.now - copy.startedAt) / SECOND;
    const dirty = copy.dirtyBytes;
    // A round that took no time at all met no limit.
    const bandwidth = seconds === 0 ? Number.POSITIVE_INFINITY : copy.roundBytes / seconds;
    if (littleEnough(dirty, bandwidth, downtimeMaxSeconds(copy.ramp, elapsed))) {
      this.stopGuest(copy, dirty);
      return;
    }
    if (options.permitAutoConverge) copy.throttle = throttleAfter(copy.throttle, copy.roundBytes, dirty);
    this.beginRound(copy, dirty);
  }

  private stopGuest(copy: Copy, bytes: number): void {
    copy.phase = "stopped";
    copy.stoppedAt = this.simulation.now;
    this.count(copy);
    this.setPace(copy, 0, 0);
    this.send(copy, bytes);
  }

  private setPhase(copy: Copy, phase: "switching"): void {
    copy.phase = phase;
    // From here on no timeout is heard: the guest is all but gone.
    this.simulation.cancel(this.timeUp, copy.server);
    this.simulation.set(Math.round(this.options.switchSeconds * SECOND), this.switchedOver, copy.server);
  }

  private switchOver(server: number): void {
    const copy = this.copyOf(server);
    this.count(copy);
    copy.downtimeMicros += this.simulation.now - copy.stoppedAt;
    copy.stoppedAt = -1;
    const behind = copy.restBytes > 0;
    copy.phase = "behind";
    this.setPace(copy, 1, behind ? postCopyPace.value : 1);
    this.witness.switched(server);
    if (behind) this.send(copy, copy.restBytes * (1 + postCopyOverhead.value));
    else this.end(copy, "completed");
  }

  private timedOut(server: number): void {
    const copy = this.copyOf(server);
    // A guest that stands still is waited for no longer than one that runs: its last bytes may be on a way that is gone.
    if (copy.phase !== "rounds" && copy.phase !== "stopped") return;
    if (this.options.timeoutAction === "abort") this.end(copy, "timed out");
    else this.forceComplete(server);
  }

  private send(copy: Copy, bytes: number): void {
    const { parallelConnections } = this.options;
    copy.roundBytes = bytes;
    for (let connection = 0; connection < parallelConnections; connection++) {
      const job = LiveCopies.jobOf(copy.server, connection);
      copy.connections.add(job);
      this.network.start(job, bytes / parallelConnections, copy.route);
    }
  }

  /** Returns the bytes that are not carried any more; those that were count as sent. */
  private stopFlows(copy: Copy): number {
    if (copy.connections.size === 0) return 0;
    let left = 0;
    for (const job of copy.connections) left += this.network.stop(job);
    copy.connections.clear();
    copy.sentBytes += copy.roundBytes - left;
    return left;
  }

  /** Adds up what the guest has written and lost since it was last counted. */
  private count(copy: Copy): void {
    const micros = this.simulation.now - copy.countedAt;
    if (micros === 0) return;
    copy.countedAt = this.simulation.now;
    const { memory } = copy.order;
    const rate = memory.dirtyBytesPerSecond * copy.cpu * this.witness.cpuShare(copy.server);
    copy.dirtyBytes = dirtyAfter(copy.dirtyBytes, rate, micros / SECOND, memory);
    copy.lostMicros += micros * (1 - copy.pace);
  }

  private setPace(copy: Copy, cpu: number, pace: number): void {
    if (copy.cpu === cpu && copy.pace === pace) return;
    copy.cpu = cpu;
    copy.pace = pace;
    this.witness.paceSet(copy.server, cpu, pace);
  }

  private end(copy: Copy, end: CopyEnd): void {
    const { simulation } = this;
    const { server } = copy;
    this.stopFlows(copy);
    this.count(copy);
    if (copy.stoppedAt >= 0) copy.downtimeMicros += simulation.now - copy.stoppedAt;
    simulation.cancel(this.timeUp, server);
    simulation.cancel(this.switchedOver, server);
    this.copies.delete(server);
    if (copy.limitLink >= 0) this.spareLinks.push(copy.limitLink);
    this.setPace(copy, 1, 1);
    this.witness.ended(server, end, {
      rounds: copy.rounds,
      bytes: copy.sentBytes,
      seconds: (simulation.now - copy.startedAt) / SECOND,
      downtimeSeconds: copy.downtimeMicros / SECOND,
      throttle: copy.throttle.share,
      lostSeconds: copy.lostMicros / SECOND,
      forced: copy.forced,
      postCopy: copy.restBytes > 0,
    });
  }

  private takeLink(): number {
    return this.spareLinks.pop() ?? this.network.addLink(this.options.bandwidthBytesPerSecond);
  }
}
