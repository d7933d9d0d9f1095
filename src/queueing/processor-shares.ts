// Who gets how much of processors that their jobs share, and for how long: the arithmetic of `SharedProcessors`, without a clock. Instants
// are handed in, as doubles in any unit of time; work is cores times that unit.
//
// While the jobs of a processor together want no more than there is, each runs at its own demand, and its end is known exactly. Beyond that
// the cores are shared by weighted max-min fairness: everybody gets his demand, or his weight's share of what the others leave. With demands
// of one core and equal weights this is egalitarian processor sharing. Only the processor concerned is touched by a change.
//
// @source SimGrid's CPU model, whose priority is the weight and whose bound is the demand (`test/oracles/simgrid-cpu.test.ts`)
import { grown } from "../kernel/grown.ts";
import { WaterLevel } from "./water-level.ts";

const NOBODY = -1;

export class ProcessorShares {
  private readonly cores: Float64Array;
  private readonly wanted: Float64Array; // sum of demands
  private readonly jobs: Int32Array;
  private readonly crowded: Uint8Array; // 1 while the demands exceed the cores
  private readonly first: Int32Array; // job + 1
  private readonly endsFirst: Int32Array;
  private demand = new Float64Array(1024);
  private weight = new Float64Array(1024);
  private remaining = new Float64Array(1024);
  private rate = new Float64Array(1024);
  private updatedAt = new Float64Array(1024);
  private processor = new Int32Array(1024); // processor + 1, 0 for a job that is not there
  private next = new Int32Array(1024); // job + 1
  private previous = new Int32Array(1024);
  private readonly level = new WaterLevel();
  // Scratch of `share`, by place in the list of a processor's jobs.
  private demands = new Float64Array(64);
  private weights = new Float64Array(64);

  /** `cores` by processor, each 0 or more. */
  constructor(cores: ArrayLike<number>) {
    this.cores = Float64Array.from(cores);
    for (const [processor, amount] of this.cores.entries()) refuseUnlessCores(processor, amount);
    this.wanted = new Float64Array(cores.length);
    this.jobs = new Int32Array(cores.length);
    this.crowded = new Uint8Array(cores.length);
    this.first = new Int32Array(cores.length);
    this.endsFirst = new Int32Array(cores.length).fill(NOBODY);
  }

  /**
   * A job begins: it can use `demand` cores at most and has `work` to do.
   * @returns whether all jobs of the processor have got new rates, because it is or has been crowded; otherwise this one alone has.
   */
  begin(job: number, processor: number, demand: number, work: number, weight: number, now: number): boolean {
    if (!(demand > 0 && work >= 0)) {
      throw new RangeError(`job ${job}: a demand of ${demand} cores for ${work} core-us; expected a demand above 0 and work of 0 or more`);
    }
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) throw new RangeError(`job ${job}: a weight of ${weight}; expected one above 0`);
    if (this.cores[processor] === undefined) throw new RangeError(`job ${job}: no processor ${processor} among ${this.cores.length}`);
    if (job >= this.demand.length) this.grow(job);
    if (this.processor[job] !== 0) throw new RangeError(`job ${job} begins, but is on processor ${this.processor[job]! - 1} already`);
    this.demand[job] = demand;
    this.weight[job] = weight;
    this.remaining[job] = work;
    this.rate[job] = 0;
    this.updatedAt[job] = now;
    this.processor[job] = processor + 1;
    const head = this.first[processor]!;
    this.next[job] = head;
    this.previous[job] = 0;
    if (head !== 0) this.previous[head - 1] = job + 1;
    this.first[processor] = job + 1;
    this.jobs[processor]!++;
    this.wanted[processor]! += demand;
    if (this.crowded[processor] === 1 || this.wanted[processor]! > this.cores[processor]!) {
      this.share(processor, now);
      return true;
    }
    this.rate[job] = demand;
    return false;
  }

  /** Takes a job away. @returns whether all jobs that stay have got new rates; otherwise none has. */
  remove(job: number, now: number): boolean {
    const processor = this.processorOf(job);
    const next = this.next[job]!;
    const previous = this.previous[job]!;
    if (next !== 0) this.previous[next - 1] = previous;
    if (previous !== 0) this.next[previous - 1] = next;
    else this.first[processor] = next;
    this.rate[job] = 0;
    this.processor[job] = 0;
    this.jobs[processor]!--;
    this.wanted[processor]! -= this.demand[job]!;
    if (this.first[processor] === 0) this.wanted[processor] = 0; // no residue of fractions
    if (this.crowded[processor] === 0) return false;
    this.share(processor, now);
    return true;
  }

  /** From now on the job can use `demand` cores at most; 0 holds it. All jobs of its processor get new rates. */
  setDemand(job: number, demand: number, now: number): void {
    const processor = this.processorOf(job);
    if (!(demand >= 0)) throw new RangeError(`job ${job}: a demand of ${demand} cores; expected 0 or more`);
    this.demand[job] = demand;
    this.share(processor, now);
  }

  /** From now on the job's share has this weight, above 0. All jobs of its processor get new rates. */
  setWeight(job: number, weight: number, now: number): void {
    const processor = this.processorOf(job);
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) throw new RangeError(`job ${job}: a weight of ${weight}; expected one above 0`);
    this.weight[job] = weight;
    this.share(processor, now);
  }

  /** From now on the processor has this many cores, 0 or more; the jobs keep what they have done. All of them get new rates. */
  setCores(processor: number, cores: number, now: number): void {
    if (this.cores[processor] === undefined) throw new RangeError(`no processor ${processor} among ${this.cores.length}`);
    refuseUnlessCores(processor, cores);
    this.cores[processor] = cores;
    this.share(processor, now);
  }

  /** The processor of a job that has begun and is not done. */
  processorOf(job: number): number {
    const processor = (this.processor[job] ?? 0) - 1;
    if (processor < 0) throw new RangeError(`job ${job} is on no processor`);
    return processor;
  }

  isCrowded(processor: number): boolean {
    return this.crowded[processor] === 1;
  }

  /** Jobs on the processor. */
  countOn(processor: number): number {
    return this.jobs[processor]!;
  }

  /** Cores that the jobs of the processor get now. */
  busyCores(processor: number): number {
    return Math.min(this.cores[processor]!, this.wanted[processor]!);
  }

  /** Cores that the job gets now, 0 when it is not there. */
  rateOf(job: number): number {
    return this.rate[job] ?? 0;
  }

  /** Work that the job has left at `now`. */
  remainingOf(job: number, now: number): number {
    return Math.max(0, this.remaining[job]! - this.rate[job]! * (now - this.updatedAt[job]!));
  }

  /** Time from the last change of the job's rate to its end, Infinity when it gets nothing. */
  toGo(job: number): number {
    const left = this.remaining[job]!;
    return left > 0 ? left / this.rate[job]! : 0;
  }

  /** When the job is done at the present rates. */
  endOf(job: number): number {
    return this.updatedAt[job]! + this.toGo(job);
  }

  /** The job whose end comes first on a processor, as of the last change of all its rates; -1 when none has an end. */
  firstToEnd(processor: number): number {
    return this.endsFirst[processor]!;
  }

  /** The first job of a processor's list, -1 for none; `after` goes on. */
  firstOn(processor: number): number {
    return this.first[processor]! - 1;
  }

  after(job: number): number {
    return this.next[job]! - 1;
  }

  /** Gives every job of the processor its rate, and finds the one that ends first. */
  private share(processor: number, now: number): void {
    const count = this.jobs[processor]!;
    if (count > this.demands.length) {
      this.demands = new Float64Array(2 * count);
      this.weights = new Float64Array(2 * count);
    }
    const { demands, weights } = this;
    let wanted = 0;
    let at = this.first[processor]!;
    for (let place = 0; place < count; place++) {
      wanted += demands[place] = this.demand[at - 1]!;
      weights[place] = this.weight[at - 1]!;
      at = this.next[at - 1]!;
    }
    this.wanted[processor] = wanted;
    const level = this.level.of(demands, weights, count, this.cores[processor]!);
    this.crowded[processor] = level < Number.POSITIVE_INFINITY ? 1 : 0;
    let [soonest, endsFirst] = [Number.POSITIVE_INFINITY, NOBODY];
    at = this.first[processor]!;
    for (let place = 0; place < count; place++) {
      const job = at - 1;
      this.remaining[job] = this.remainingOf(job, now);
      this.updatedAt[job] = now;
      this.rate[job] = Math.min(demands[place]!, weights[place]! * level);
      const toGo = this.toGo(job);
      if (toGo < soonest) [soonest, endsFirst] = [toGo, job];
      at = this.next[job]!;
    }
    this.endsFirst[processor] = endsFirst;
  }

  private grow(job: number): void {
    const length = Math.max(job + 1, this.demand.length * 2);
    this.demand = grown(this.demand, length);
    this.weight = grown(this.weight, length);
    this.remaining = grown(this.remaining, length);
    this.rate = grown(this.rate, length);
    this.updatedAt = grown(this.updatedAt, length);
    this.processor = grown(this.processor, length);
    this.next = grown(this.next, length);
    this.previous = grown(this.previous, length);
  }
}

function refuseUnlessCores(processor: number, cores: number): void {
  if (!(cores >= 0 && cores < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`processor ${processor}: ${cores} cores; expected 0 or more`);
  }
}
