// A confidence interval from one long run: its observations are correlated, but the means of long enough batches of them hardly are.
import { type Interval, meanInterval } from "./interval.ts";
import { Tally } from "./tally.ts";

export interface BatchMeans extends Interval {
  /** Observations in each batch. */
  readonly batchSize: number;
  /** Observations left out at the beginning because they did not fill a batch. */
  readonly leftOut: number;
  /** Correlation of neighbouring batch means; when it is far from 0 the batches are too short and the interval too narrow. */
  readonly lagOneAutocorrelation: number;
}

/** Splits the observations, in the order in which they were made, into `batches` (usually 20 to 40) equal batches; `count` is that of the batches. */
export function batchMeans(values: ArrayLike<number>, batches: number, confidence: number): BatchMeans {
  if (!(Number.isInteger(batches) && batches >= 2)) throw new RangeError(`batch means need at least 2 batches, not ${batches}`);
  const batchSize = Math.floor(values.length / batches);
  if (batchSize === 0) throw new RangeError(`${batches} batches need at least as many observations, but there are ${values.length}`);
  const leftOut = values.length - batches * batchSize;
  const means = new Float64Array(batches);
  for (let batch = 0; batch < batches; batch++) {
    let sum = 0;
    for (let index = 0; index < batchSize; index++) sum += values[leftOut + batch * batchSize + index]!;
    means[batch] = sum / batchSize;
  }
  return { ...meanInterval(means, confidence), batchSize, leftOut, lagOneAutocorrelation: lagOneAutocorrelation(means) };
}

/** Correlation of each value with the next, in the order given; 0 when the values do not vary, NaN for fewer than two. */
export function lagOneAutocorrelation(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  const tally = new Tally();
  for (let index = 0; index < values.length; index++) tally.add(values[index]!);
  let products = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const deviation = values[index]! - tally.mean;
    squares += deviation * deviation;
    if (index > 0) products += deviation * (values[index - 1]! - tally.mean);
  }
  return squares === 0 ? 0 : products / squares;
}
