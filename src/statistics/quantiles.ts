// Quantiles: exactly from a sample that is kept whole, within 1 % from a sketch when it is too long to keep.
import { normalQuantile } from "../kernel/distribution.ts";
import { exp, log } from "../kernel/elementary.ts";

/** A sorted copy, which the functions below expect. NaN is rejected: it has no rank. */
export function sortedSample(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values);
  for (const [index, value] of sorted.entries()) {
    if (Number.isNaN(value)) throw new RangeError(`a sample cannot be sorted: value ${index} is NaN`);
  }
  return sorted.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The p-quantile of a sorted sample, 0 <= p <= 1, interpolated linearly between order statistics (type 7 of Hyndman and Fan); NaN when empty. */
export function quantile(sorted: Float64Array, p: number): number {
  requireProbability(p);
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low === high ? low : low + (high - low) * (position - below);
}

export interface QuantileInterval {
  readonly quantile: number;
  /** -Infinity when the sample is too small to bound the quantile from below. */
  readonly low: number;
  /** Infinity when the sample is too small to bound it from above. */
  readonly high: number;
}

/**
 * Distribution-free confidence interval of a quantile from independent observations: the order statistics of ranks n p -+ z sqrt(n p (1 - p)),
 * rounded outwards.
 */
export function quantileInterval(sorted: Float64Array, p: number, confidence: number): QuantileInterval {
  requireConfidence(confidence);
  const n = sorted.length;
  const margin = normalQuantile((1 + confidence) / 2) * Math.sqrt(n * p * (1 - p));
  // Ranks from 1: the interval from rank i to rank j holds the quantile when at least i and at most j - 1 observations lie below it.
  const lowRank = Math.floor(n * p - margin);
  const highRank = Math.ceil(n * p + margin) + 1;
  return { quantile: quantile(sorted, p), low: sorted[lowRank - 1] ?? -Infinity, high: sorted[highRank - 1] ?? Infinity };
}

/** Largest relative error of a sketched quantile. */
const SKETCH_RELATIVE_ERROR = 0.01;
const LOG_OF_BUCKET_RATIO = log((1 + SKETCH_RELATIVE_ERROR) / (1 - SKETCH_RELATIVE_ERROR));

/**
 * Counts of non-negative finite values in buckets whose width grows with the value, so that every quantile is known to a relative error of
 * 1 %. Sketches of parts merge into the sketch of the whole, in any order.
 * @source Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 12(12), 2019
 */
export class LogSketch {
  private observations = 0;
  private zeros = 0;
  private smallest = Infinity;
  private largest = -Infinity;
  /** Entry i counts the values of bucket `firstBucket + i`; bucket b holds ratio^(b - 1) < x <= ratio^b. */
  private buckets = new Float64Array(0);
  private firstBucket = 0;

  add(x: number): void {
    if (!(x >= 0 && x < Infinity)) throw new RangeError(`a quantile sketch takes finite values of at least 0, not ${x}`);
    this.observations++;
    if (x < this.smallest) this.smallest = x;
    if (x > this.largest) this.largest = x;
    if (x === 0) this.zeros++;
    else this.addToBucket(Math.ceil(log(x) / LOG_OF_BUCKET_RATIO), 1);
  }

  merge(other: LogSketch): void {
    this.observations += other.observations;
    this.zeros += other.zeros;
    this.smallest = Math.min(this.smallest, other.smallest);
    this.largest = Math.max(this.largest, other.largest);
    for (const [index, count] of other.buckets.entries()) {
      if (count > 0) this.addToBucket(other.firstBucket + index, count);
    }
  }

  get count(): number {
    return this.observations;
  }

  /** The observation of rank floor(p (count - 1)) counted from 0, within 1 %; exact at p = 0 and p = 1; NaN when empty. */
  quantile(p: number): number {
    requireProbability(p);
    if (this.observations === 0) return Number.NaN;
    const rank = Math.floor(p * (this.observations - 1));
    if (rank === 0) return this.smallest;
    if (rank === this.observations - 1) return this.largest;
    let seen = this.zeros;
    if (rank < seen) return 0;
    let index = 0;
    while (rank >= (seen += this.buckets[index]!)) index++;
    // The value at equal relative distance from both ends of the bucket.
    const middle = exp((this.firstBucket + index) * LOG_OF_BUCKET_RATIO) * (1 - SKETCH_RELATIVE_ERROR);
    return Math.min(this.largest, Math.max(this.smallest, middle));
  }

  private addToBucket(bucket: number, count: number): void {
    let index = bucket - this.firstBucket;
    if (index < 0 || index >= this.buckets.length) {
      this.coverBucket(bucket);
      index = bucket - this.firstBucket;
    }
    this.buckets[index]! += count;
  }

  private coverBucket(bucket: number): void {
    const isEmpty = this.buckets.length === 0;
    const margin = 64;
    const first = isEmpty || bucket < this.firstBucket ? bucket - margin : this.firstBucket;
    const end = Math.max(bucket + margin, isEmpty ? bucket : this.firstBucket + this.buckets.length);
    const wider = new Float64Array(end - first);
    if (!isEmpty) wider.set(this.buckets, this.firstBucket - first);
    this.buckets = wider;
    this.firstBucket = first;
  }
}

function requireProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile needs a probability from 0 to 1, not ${p}`);
}

function requireConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence must lie between 0 and 1, but it is ${confidence}`);
}
