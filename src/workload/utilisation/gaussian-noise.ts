// Noise with a memory: at every step a standard normal, correlated rho^k with the one k steps before. It is the stationary first-order
// autoregressive process, but worked out as a pure function of (entity, step) instead of from its past: values far enough apart to be
// independent are drawn first, then the one half-way between two neighbours by its law given both, and so on down to single steps. As the
// process has the Markov property this is exact, at any step, in any order.
//
// Asked step after step, an entity costs one draw a step: the way down to its last step is kept, and the next one shares most of it.
import { normalQuantile } from "../../kernel/distribution.ts";
import type { Stream } from "../../kernel/random.ts";

/** Correlations below half a unit in the last place of 1 are none. */
const NONE = 2 ** -54;
const MOST_STEPS = 2 ** 30;

export class GaussianNoise {
  private readonly stream: Stream;
  /** Values that were drawn first lie 2^levels steps apart. */
  private readonly levels: number;
  /** By level l, for the value half-way between two that are 2^(l + 1) steps apart: what each weighs in its mean, and its deviation. */
  private readonly weight: Float64Array;
  private readonly deviation: Float64Array;
  /** By entity and level: the values at both ends of the stretch of 2^level steps around the last step asked for. */
  private ends = new Float64Array(0);
  private lastStep = new Int32Array(0);

  /** @throws RangeError when rho is not in [0, 1), or so near 1 that nothing within 2^30 steps is independent */
  constructor(stream: Stream, rho: number) {
    if (!(rho >= 0 && rho < 1)) throw new RangeError(`a lag-1 autocorrelation of ${rho}: expected 0 or more and less than 1`);
    this.stream = stream;
    const correlation: number[] = [];
    let r = rho;
    while (r > NONE) {
      correlation.push(r);
      r *= r;
    }
    this.levels = correlation.length;
    if (this.levels > 30)
      throw new RangeError(`a lag-1 autocorrelation of ${rho} is too near 1: values 2^30 steps apart still depend on each other`);
    this.weight = Float64Array.from(correlation, (c) => c / (1 + c * c));
    this.deviation = Float64Array.from(correlation, (c) => Math.sqrt((1 - c * c) / (1 + c * c)));
  }

  at(entity: number, step: number): number {
    if (!(step >= 0 && step < MOST_STEPS)) throw new RangeError(`noise at step ${step}: expected a whole number from 0 to 2^30 - 1`);
    if (entity >= this.lastStep.length) this.grow(entity);
    const last = this.lastStep[entity]!;
    const { levels, ends } = this;
    const base = 2 * (levels + 1) * entity;
    if (step === last) return ends[base]!;
    // The stretches above the highest level at which the two steps part are the same.
    let level = 32 - Math.clz32(step ^ last);
    if (last < 0 || step >> levels !== last >> levels) {
      const first = (step >> levels) << levels;
      const top = base + 2 * levels;
      const follows = last >= 0 && (step >> levels) - (last >> levels) === 1;
      ends[top] = follows ? ends[top + 1]! : this.normal(entity, first);
      ends[top + 1] = this.normal(entity, first + (1 << levels));
      level = levels;
    } else {
      // The value in the middle of the lowest stretch they share is an end of the last step's half of it.
      level--;
      const half = base + 2 * level;
      if ((last >> level) & 1) {
        ends[half + 1] = ends[half]!;
        ends[half] = ends[half + 2]!;
      } else {
        ends[half] = ends[half + 1]!;
        ends[half + 1] = ends[half + 3]!;
      }
    }
    while (level > 0) {
      level--;
      const at = base + 2 * level;
      const left = ends[at + 2]!;
      const right = ends[at + 3]!;
      const middleStep = ((step >> (level + 1)) << (level + 1)) + (1 << level);
      const middle = this.weight[level]! * (left + right) + this.deviation[level]! * this.normal(entity, middleStep);
      const inRightHalf = step & (1 << level);
      ends[at] = inRightHalf ? middle : left;
      ends[at + 1] = inRightHalf ? right : middle;
    }
    this.lastStep[entity] = step;
    return ends[base]!;
  }

  private normal(entity: number, step: number): number {
    return normalQuantile(this.stream.uniform(entity, step));
  }

  private grow(entity: number): void {
    const entities = Math.max(64, entity + 1, 2 * this.lastStep.length);
    const lastStep = new Int32Array(entities).fill(-1);
    lastStep.set(this.lastStep);
    const ends = new Float64Array(entities * 2 * (this.levels + 1));
    ends.set(this.ends);
    this.lastStep = lastStep;
    this.ends = ends;
  }
}
