// Quantiles of values above 0 that come with weights, such as latencies of so many I/Os: classes of equal ratio, so that a quantile is right to a
// per cent wherever it lies.
import { exp, log } from "../kernel/elementary.ts";

const STEP = log(1.01);

export class WeightedQuantiles {
  /** Weight by class; class i is around 1.01^i. */
  private readonly weights = new Map<number, number>();
  private sum = 0;

  get weight(): number {
    return this.sum;
  }

  add(value: number, weight: number): void {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY && weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`weighted quantiles: a value of ${value} with weight ${weight}; expected a finite one above 0, and 0 or more`);
    if (weight === 0) return;
    const at = Math.round(log(value) / STEP);
    this.weights.set(at, (this.weights.get(at) ?? 0) + weight);
    this.sum += weight;
  }

  /** The least class below or in which a share `p` of the weight lies; NaN without any. */
  quantile(p: number): number {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`weighted quantiles: the quantile ${p}; expected 0 to 1`);
    if (this.sum === 0) return Number.NaN;
    const classes = [...this.weights].sort(([a], [b]) => a - b);
    let below = 0;
    for (const [at, weight] of classes) {
      below += weight;
      if (below >= p * this.sum * (1 - 1e-12)) return exp(at * STEP);
    }
    return exp(classes.at(-1)![0] * STEP);
  }

  reset(): void {
    this.weights.clear();
    this.sum = 0;
  }
}
