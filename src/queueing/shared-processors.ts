// Processors that their jobs share, under simulated time: a host whose servers want CPU. Who gets how much is `ProcessorShares`; here the ends
// of the jobs become events.
//
// A job that runs undisturbed has a timer of its own. On a crowded processor every change moves everybody's end, so only the first of the ends
// has a timer: one dead event a change instead of one a job, which would lie in the event list for as long as the jobs had to go.
//
// Work is counted in core-microseconds: a job of 2 cores for 5 s is 10^7.
import type { Simulation, TimerKind } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";
import { ProcessorShares } from "./processor-shares.ts";

/** More than division can add to a whole number of microseconds, up to months. */
const ROUNDING_MICROS = 0.01;

export class SharedProcessors {
  private readonly simulation: Simulation;
  private readonly finished: (job: number) => void;
  private readonly done: TimerKind; // by job, while its processor is not crowded
  private readonly firstDone: TimerKind; // by processor, while it is crowded
  private readonly shares: ProcessorShares;
  private readonly oneTimer: Uint8Array; // 1 while `firstDone` stands for all jobs of the processor

  /** `cores` by processor; `finished` is called when a job has done its work. Jobs are numbered by the caller. */
  constructor(simulation: Simulation, cores: ArrayLike<number>, finished: (job: number) => void) {
    this.simulation = simulation;
    this.finished = finished;
    this.shares = new ProcessorShares(cores);
    this.oneTimer = new Uint8Array(cores.length);
    this.done = simulation.timer("work done", (job) => this.finish(job));
    this.firstDone = simulation.timer("first work done", (processor) => this.finish(this.shares.firstToEnd(processor)));
  }

  /**
   * A job begins: it can use `demand` cores at most (its threads, or a hard cap below them) and has `work` core-microseconds to do. Where cores
   * are short a job of weight 2 gets twice what one of weight 1 gets.
   */
  begin(job: number, processor: number, demand: number, work: number, weight = 1): void {
    if (this.shares.begin(job, processor, demand, work, weight, this.simulation.now)) this.setTimers(processor);
    else this.setTimer(job);
  }

  /** Takes a job away before it is done. */
  remove(job: number): void {
    const processor = this.shares.processorOf(job);
    this.simulation.cancel(this.done, job);
    if (this.shares.remove(job, this.simulation.now)) this.setTimers(processor);
  }

  /** From now on the job can use `demand` cores at most; 0 holds it where it is. */
  setDemand(job: number, demand: number): void {
    this.shares.setDemand(job, demand, this.simulation.now);
    this.setTimers(this.shares.processorOf(job));
  }

  /** From now on the job has this weight, above 0. */
  setWeight(job: number, weight: number): void {
    this.shares.setWeight(job, weight, this.simulation.now);
    this.setTimers(this.shares.processorOf(job));
  }

  /** From now on the processor has this many cores, 0 or more: throttled, broken, repaired. The jobs keep what they have done. */
  setCores(processor: number, cores: number): void {
    this.shares.setCores(processor, cores, this.simulation.now);
    this.setTimers(processor);
  }

  /** Cores that the job gets now, 0 when it is not there. */
  rateOf(job: number): number {
    return this.shares.rateOf(job);
  }

  /** Core-microseconds that the job has left. */
  remainingOf(job: number): number {
    return this.shares.remainingOf(job, this.simulation.now);
  }

  /** Jobs on the processor. */
  countOn(processor: number): number {
    return this.shares.countOn(processor);
  }

  /** Cores of the processor that its jobs use now. */
  busyCores(processor: number): number {
    return this.shares.busyCores(processor);
  }

  private finish(job: number): void {
    this.remove(job);
    this.finished(job);
  }

  private setTimer(job: number): void {
    const micros = this.microsToGo(job);
    if (micros < Number.POSITIVE_INFINITY) this.simulation.set(micros, this.done, job);
  }

  /** All jobs of the processor have got new rates. */
  private setTimers(processor: number): void {
    const { simulation, shares } = this;
    const hadOneTimer = this.oneTimer[processor] === 1;
    const crowded = shares.isCrowded(processor);
    this.oneTimer[processor] = crowded ? 1 : 0;
    if (hadOneTimer) simulation.cancel(this.firstDone, processor);
    for (let job = shares.firstOn(processor); job >= 0 && !(crowded && hadOneTimer); job = shares.after(job)) {
      if (!hadOneTimer) simulation.cancel(this.done, job);
      if (!crowded) this.setTimer(job);
    }
    const first = shares.firstToEnd(processor);
    if (crowded && first >= 0) simulation.set(this.microsToGo(first), this.firstDone, processor);
  }

  /** Whole microseconds to the end, for a job whose rate has changed just now. */
  private microsToGo(job: number): Micros {
    return Math.max(0, Math.ceil(this.shares.toGo(job) - ROUNDING_MICROS));
  }
}
