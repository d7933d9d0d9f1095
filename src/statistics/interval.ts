// What replications say about a mean: how large it is and how far off it may be.
import { studentTQuantile } from "./student-t.ts";
import { Tally } from "./tally.ts";

export interface Interval {
  /** NaN when there are no values. */
  readonly mean: number;
  /** Infinity when fewer than two values leave the spread unknown (JSON writes it as null). */
  readonly halfWidth: number;
  readonly low: number;
  readonly high: number;
  /** Values behind the interval. */
  readonly count: number;
}

/**
 * Student's confidence interval of the mean of independent values, one per replication: mean -+ t S / sqrt(n). Equal values give a
 * half-width of 0.
 */
export function meanInterval(values: ArrayLike<number>, confidence: number): Interval {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence must lie between 0 and 1, but it is ${confidence}`);
  const tally = new Tally();
  for (let index = 0; index < values.length; index++) tally.add(values[index]!);
  const { count, mean } = tally;
  if (count < 2) return { mean, halfWidth: Infinity, low: -Infinity, high: Infinity, count };
  const halfWidth = (studentTQuantile((1 + confidence) / 2, count - 1) * tally.standardDeviation) / Math.sqrt(count);
  return { mean, halfWidth, low: mean - halfWidth, high: mean + halfWidth, count };
}

/**
 * Confidence interval of the mean of a - b, replication by replication. For replications on the same workload (common random numbers) this is
 * the comparison to make: what both have in common cancels. Identical runs give 0 -+ 0.
 */
export function pairedDifference(a: ArrayLike<number>, b: ArrayLike<number>, confidence: number): Interval {
  if (a.length !== b.length) throw new RangeError(`paired values must be as many on both sides, but there are ${a.length} and ${b.length}`);
  return meanInterval(
    Float64Array.from(a, (value, index) => value - b[index]!),
    confidence,
  );
}
