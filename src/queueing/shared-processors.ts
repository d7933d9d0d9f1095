// Processors that their jobs share: a host whose servers want CPU. While the jobs together want no more than there is, each runs at its own
// demand and its end is known exactly; beyond that the cores are shared max-min fairly (everybody gets his demand or an equal share of the
// rest). With demands of one core this is egalitarian processor sharing. Only the processor concerned is touched by a change.
//
// A job that runs undisturbed has a timer of its own. On a crowded processor every change moves everybody's end, so only the first of the ends
// has a timer: one dead event a change instead of one a job, which would lie in the event list for as long as the jobs had to go.
//
// Work is counted in core-microseconds: a job of 2 cores for 5 s is 10^7.
import type { Simulation, TimerKind } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";

/** More than division can add to a whole number of microseconds, up to months. */
const ROUNDING_MICROS = 0.01;

export class SharedProcessors {
  private readonly simulation: Simulation;
  private readonly finished: (job: number) => void;
  private readonly done: TimerKind; // by job, while its processor is not crowded
  private readonly firstDone: TimerKind; // by processor, while it is crowded
  private readonly cores: Float64Array;
  private readonly wanted: Float64Array; // sum of demands
  private readonly crowded: Uint8Array; // 1 while the demands exceed the cores
  private readonly first: Int32Array; // job + 1
  private readonly endsFirst: Int32Array; // the job that `firstDone` is about
  private demand = new Float64Array(1024);
  private remaining = new Float64Array(1024);
  private rate = new Float64Array(1024);
  private updatedAt = new Float64Array(1024);
  private processor = new Int32Array(1024);
  private next = new Int32Array(1024); // job + 1
  private previous = new Int32Array(1024);

  /** `cores` by processor; `finished` is called when a job has done its work. Jobs are numbered by the caller. */
  constructor(simulation: Simulation, cores: ArrayLike<number>, finished: (job: number) => void) {
    this.simulation = simulation;
    this.finished = finished;
    this.cores = Float64Array.from(cores);
    this.wanted = new Float64Array(cores.length);
    this.crowded = new Uint8Array(cores.length);
    this.first = new Int32Array(cores.length);
    this.endsFirst = new Int32Array(cores.length);
    this.done = simulation.timer("work done", (job) => this.finish(job));
    this.firstDone = simulation.timer("first work done", (processor) => this.finish(this.endsFirst[processor]!));
  }

  /** A job begins: it can use `demand` cores at most and has `work` core-microseconds to do. */
  begin(job: number, processor: number, demand: number, work: number): void {
    if (!(demand > 0 && work >= 0)) {
      throw new RangeError(`job ${job}: a demand of ${demand} cores for ${work} core-us; expected a demand above 0 and work of 0 or more`);
    }
    if (job >= this.demand.length) this.grow(job);
    this.demand[job] = demand;
    this.remaining[job] = work;
    this.rate[job] = 0;
    this.updatedAt[job] = this.simulation.now;
    this.processor[job] = processor;
    const head = this.first[processor]!;
    this.next[job] = head;
    this.previous[job] = 0;
    if (head !== 0) this.previous[head - 1] = job + 1;
    this.first[processor] = job + 1;
    this.wanted[processor]! += demand;
    if (this.crowded[processor] === 1 || this.wanted[processor]! > this.cores[processor]!) this.share(processor);
    else this.runFreely(job);
  }

  /** Takes a job away before it is done. */
  remove(job: number): void {
    const processor = this.processor[job]!;
    this.simulation.cancel(this.done, job);
    const next = this.next[job]!;
    const previous = this.previous[job]!;
    if (next !== 0) this.previous[next - 1] = previous;
    if (previous !== 0) this.next[previous - 1] = next;
    else this.first[processor] = next;
    this.rate[job] = 0;
    this.wanted[processor]! -= this.demand[job]!;
    if (this.first[processor] === 0) this.wanted[processor] = 0; // no residue of fractions
    if (this.crowded[processor] === 1) this.share(processor);
  }

  /** Cores that the job gets now, 0 when it is not there. */
  rateOf(job: number): number {
    return this.rate[job] ?? 0;
  }

  private finish(job: number): void {
    this.remove(job);
    this.finished(job);
  }

  /** The job runs at its own demand and ends when that has done its work. */
  private runFreely(job: number): void {
    this.rate[job] = this.demand[job]!;
    const micros = this.microsToGo(job);
    if (micros < Number.POSITIVE_INFINITY) this.simulation.set(micros, this.done, job);
  }

  /** Whole microseconds to the end at the present rate. */
  private microsToGo(job: number): Micros {
    const left = this.remaining[job]!;
    return left > 0 ? Math.max(0, Math.ceil(left / this.rate[job]! - ROUNDING_MICROS)) : 0;
  }

  /** Max-min fair shares: jobs in order of demand get it while it is below an equal share of what is left. */
  private share(processor: number): void {
    const { simulation } = this;
    const now: Micros = simulation.now;
    const jobs: number[] = [];
    for (let at = this.first[processor]!; at !== 0; at = this.next[at - 1]!) jobs.push(at - 1);
    jobs.sort((a, b) => this.demand[a]! - this.demand[b]! || a - b);
    let left = this.cores[processor]!;
    const wasCrowded = this.crowded[processor] === 1;
    const crowded = this.wanted[processor]! > left;
    this.crowded[processor] = crowded ? 1 : 0;
    if (wasCrowded) simulation.cancel(this.firstDone, processor);
    let soonest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < jobs.length; i++) {
      const job = jobs[i]!;
      this.remaining[job] = Math.max(0, this.remaining[job]! - this.rate[job]! * (now - this.updatedAt[job]!));
      this.updatedAt[job] = now;
      if (!crowded) {
        this.runFreely(job);
        continue;
      }
      if (!wasCrowded) simulation.cancel(this.done, job);
      const rate = Math.min(this.demand[job]!, left / (jobs.length - i));
      left -= rate;
      this.rate[job] = rate;
      const micros = this.microsToGo(job);
      if (micros >= soonest) continue;
      soonest = micros;
      this.endsFirst[processor] = job;
    }
    if (soonest < Number.POSITIVE_INFINITY) simulation.set(soonest, this.firstDone, processor);
  }

  private grow(job: number): void {
    const length = Math.max(job + 1, this.demand.length * 2);
    const floats = (column: Float64Array) => {
      const grown = new Float64Array(length);
      grown.set(column);
      return grown;
    };
    const integers = (column: Int32Array) => {
      const grown = new Int32Array(length);
      grown.set(column);
      return grown;
    };
    this.demand = floats(this.demand);
    this.remaining = floats(this.remaining);
    this.rate = floats(this.rate);
    this.updatedAt = floats(this.updatedAt);
    this.processor = integers(this.processor);
    this.next = integers(this.next);
    this.previous = integers(this.previous);
  }
}
