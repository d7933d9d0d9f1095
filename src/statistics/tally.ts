// Statistics of a sequence of observations that are kept only as running moments.

/** Running count, mean, variance and extremes. Welford's recurrences, so equal observations have a variance of exactly 0. */
export class Tally {
  private observations = 0;
  private runningMean = 0;
  private squaredDeviations = 0;
  private smallest = Infinity;
  private largest = -Infinity;
  private total = 0;
  /** What the additions to `total` have rounded away (Neumaier 1974). */
  private lost = 0;

  add(x: number): void {
    this.observations++;
    const deviation = x - this.runningMean;
    this.runningMean += deviation / this.observations;
    this.squaredDeviations += deviation * (x - this.runningMean);
    if (x < this.smallest) this.smallest = x;
    if (x > this.largest) this.largest = x;
    const next = this.total + x;
    this.lost += Math.abs(this.total) >= Math.abs(x) ? this.total - next + x : x - next + this.total;
    this.total = next;
  }

  get count(): number {
    return this.observations;
  }

  /** NaN without observations. */
  get mean(): number {
    return this.observations === 0 ? Number.NaN : this.runningMean;
  }

  /** Sample variance, with n - 1 below the sum; NaN with fewer than two observations. */
  get variance(): number {
    return this.observations < 2 ? Number.NaN : this.squaredDeviations / (this.observations - 1);
  }

  get standardDeviation(): number {
    return Math.sqrt(this.variance);
  }

  /** Infinity without observations. */
  get min(): number {
    return this.smallest;
  }

  /** -Infinity without observations. */
  get max(): number {
    return this.largest;
  }

  /** Compensated: whole numbers add up exactly, fractions to the last bit or two. */
  get sum(): number {
    return this.total + this.lost;
  }
}
