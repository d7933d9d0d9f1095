// Capacity shared by transfers: links of a network over which they run side by side, each at its weighted max-min fair rate. Whenever one starts
// or ends, takes another route, or a link changes, the rates are solved anew, once per instant. Here the network of flows meets the clock of a
// simulation: a transfer is known by the number of its job, and ends on the first whole microsecond at which its last byte has arrived.
//
// @source the max-min model of flow-level network simulation (SimGrid's CM02 without latency terms; `test/oracles/simgrid-network.test.ts`)
import type { EventKind, Simulation, TimerKind } from "../kernel/simulation.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import { FlowNetwork } from "./max-min/flow-network.ts";

export interface LinkOptions {
  /** Each transfer may have all of the link's capacity: it caps, but nobody shares it. */
  readonly fatPipe?: boolean;
}

export interface TransferOptions {
  /** Its share where it meets others, against their 1. */
  readonly weight?: number;
  /** It is never faster than this. */
  readonly maxBytesPerSecond?: number;
  /** What the first byte needs to arrive: a pure delay before the transfer takes part. */
  readonly latencyMicros?: Micros;
}

interface Delayed {
  readonly bytes: number;
  readonly route: readonly number[];
  readonly options: TransferOptions;
}

/** More than rounding can add to a whole number of microseconds. */
const ROUNDING_MICROS = 1e-6;

const NONE = 0; // in `flowOf`: no transfer
const DELAYED = -1;
const ENDED = -2; // and `finished` is about to be called

export class SharedCapacity {
  private readonly simulation: Simulation;
  private readonly finished: (job: number) => void;
  private readonly network = new FlowNetwork(SECOND);
  private readonly solveNow: EventKind;
  private readonly nextEnd: TimerKind;
  private solving = false;
  /** By job: the number of its flow + 1. Jobs are whole numbers, of any sign. */
  private readonly flowOf = new Map<number, number>();
  /** By flow. */
  private jobOf = new Int32Array(64);
  private readonly delayed = new Map<number, Delayed>();
  private begins: TimerKind | null = null;
  private readonly listeners: (() => void)[] = [];

  /** `finished` is called when the last byte of a job's transfer has arrived. */
  constructor(simulation: Simulation, finished: (job: number) => void) {
    this.simulation = simulation;
    this.finished = finished;
    this.solveNow = simulation.kind("share capacity", () => this.solve());
    this.nextEnd = simulation.timer("transfer done", () => this.end());
  }

  /** Adds a link and returns its number. Capacity in bytes per second; 0 stalls what runs over it. */
  addLink(bytesPerSecond: number, options: LinkOptions = {}): number {
    return this.network.addLink(bytesPerSecond, options.fatPipe);
  }

  /** From now on the link has this capacity in bytes per second; 0 stalls what runs over it. What has been carried is kept. */
  setCapacity(link: number, bytesPerSecond: number): void {
    this.toNow().setCapacity(link, bytesPerSecond);
    this.change();
  }

  capacityOf(link: number): number {
    return this.network.capacityOf(link);
  }

  /** Starts a transfer of `bytes` over the links of `route` (each at most once); an empty route is no constraint at all and ends at once. */
  start(job: number, bytes: number, route: readonly number[], options: TransferOptions = {}): void {
    if (this.flowOf.has(job)) throw new RangeError(`transfer of job ${job}: it has one already; expected it to end or be stopped before`);
    const { latencyMicros = 0 } = options;
    if (latencyMicros > 0 && job < 0) throw new RangeError(`transfer of job ${job}: only jobs of 0 or more may have a latency`);
    if (!(latencyMicros >= 0)) throw new RangeError(`transfer of job ${job}: a latency of ${latencyMicros} us; expected 0 or more`);
    if (latencyMicros === 0) this.begin(job, { bytes, route, options });
    else {
      this.about(job, () => this.network.require(bytes, route, options.weight, options.maxBytesPerSecond));
      this.delayed.set(job, { bytes, route, options });
      this.flowOf.set(job, DELAYED);
      this.begins ??= this.simulation.timer("transfer begins", (delayed) => {
        const transfer = this.delayed.get(delayed)!;
        this.delayed.delete(delayed);
        this.begin(delayed, transfer);
      });
      this.simulation.set(Math.round(latencyMicros), this.begins, job);
    }
  }

  /** A running transfer goes on over another route with what it has left. */
  reroute(job: number, route: readonly number[]): void {
    const flow = this.flowOf.get(job) ?? NONE;
    if (flow === DELAYED) {
      const transfer = this.delayed.get(job)!;
      this.about(job, () => this.network.require(transfer.bytes, route));
      this.delayed.set(job, { ...transfer, route });
    } else if (flow !== ENDED) {
      this.requireTransfer(job, "rerouted");
      this.about(job, () => this.toNow().reroute(flow - 1, route));
      this.change();
    }
  }

  /** Ends a transfer before its time, without a call of `finished`; returns the bytes that it had left. */
  stop(job: number): number {
    this.requireTransfer(job, "stopped");
    const flow = this.flowOf.get(job)!;
    this.flowOf.delete(job);
    if (flow === ENDED) return 0;
    if (flow === DELAYED) {
      const { bytes } = this.delayed.get(job)!;
      this.delayed.delete(job);
      this.simulation.cancel(this.begins!, job);
      return bytes;
    }
    const left = this.toNow().stop(flow - 1);
    this.change();
    return left;
  }

  /** Is called whenever rates have been solved anew, in the event that did. */
  onRates(listener: () => void): void {
    this.listeners.push(listener);
  }

  isRunning(job: number): boolean {
    return this.flowOf.has(job);
  }

  /** Bytes that a job's transfer has left; 0 if it has none. */
  bytesLeft(job: number): number {
    const flow = this.flowOf.get(job) ?? NONE;
    return flow > 0 ? this.toNow().bytesLeft(flow - 1) : (this.delayed.get(job)?.bytes ?? 0);
  }

  /** Sum of the rates over a link, in bytes per second. */
  load(link: number): number {
    return this.network.load(link);
  }

  rateOf(job: number): number {
    const flow = this.flowOf.get(job) ?? NONE;
    return flow > 0 ? this.network.rateOf(flow - 1) : 0;
  }

  /** Transfers under way, with those that wait for their first byte. */
  get active(): number {
    return this.network.active + this.delayed.size;
  }

  /** Bytes carried by all transfers so far. */
  get carried(): number {
    return this.toNow().carried;
  }

  /** Bytes that a link has carried so far. */
  bytesOn(link: number): number {
    return this.toNow().carriedOn(link);
  }

  /** What does not hold of links and transfers at this instant, in words; null: all does. Relative to `rounding`. */
  violation(rounding: number): string | null {
    return this.solving ? null : this.toNow().violation(rounding);
  }

  private begin(job: number, { bytes, route, options }: Delayed): void {
    const flow = this.about(job, () => this.toNow().start(bytes, route, options.weight, options.maxBytesPerSecond));
    if (flow >= this.jobOf.length) this.growFlows(flow);
    this.flowOf.set(job, flow + 1);
    this.jobOf[flow] = job;
    this.change();
  }

  private toNow(): FlowNetwork {
    this.network.advance(this.simulation.now);
    return this.network;
  }

  private change(): void {
    if (this.solving) return;
    this.solving = true;
    this.simulation.schedule(0, this.solveNow, 0);
  }

  private solve(): void {
    this.solving = false;
    const { simulation } = this;
    const micros = this.toNow().ticksToNextEnd;
    simulation.cancel(this.nextEnd, 0);
    if (micros < Number.POSITIVE_INFINITY) simulation.set(Math.max(0, Math.ceil(micros - ROUNDING_MICROS)), this.nextEnd, 0);
    for (const listener of this.listeners) listener();
  }

  private end(): void {
    // Within half a microsecond of its end a transfer has ended: time is whole microseconds.
    const ended = this.toNow().endBy(this.simulation.now + 0.5);
    const jobs = ended.map((flow) => this.jobOf[flow]!);
    for (const job of jobs) this.flowOf.set(job, ENDED);
    this.change();
    for (const job of jobs) {
      if (this.flowOf.get(job) !== ENDED) continue; // stopped by one that ended with it
      this.flowOf.delete(job);
      this.finished(job);
    }
  }

  /** What is wrong with a transfer is said with the number of its job. */
  private about<T>(job: number, does: () => T): T {
    try {
      return does();
    } catch (error) {
      if (error instanceof RangeError) error.message = `transfer of job ${job}: ${error.message}`;
      throw error;
    }
  }

  private requireTransfer(job: number, what: string): void {
    if (!this.isRunning(job)) throw new RangeError(`job ${job} cannot be ${what}: it has no transfer under way`);
  }

  private growFlows(flow: number): void {
    const grown = new Int32Array(Math.max(flow + 1, 2 * this.jobOf.length));
    grown.set(this.jobOf);
    this.jobOf = grown;
  }
}
