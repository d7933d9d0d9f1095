// How often values fall into equal classes: for plots, and for reading a distribution off a table.

/** Counts of observations in `bins` classes of equal width from `low` up, and of those outside. Class i holds low + i width <= x < low + (i + 1) width. */
export class Histogram {
  readonly low: number;
  readonly width: number;
  /** Observations by class. */
  readonly counts: Float64Array;
  private below = 0;
  private above = 0;

  constructor(low: number, width: number, bins: number) {
    if (!Number.isFinite(low)) throw new RangeError(`histogram: low must be a finite number, but it is ${low}`);
    if (!(width > 0 && width < Infinity)) throw new RangeError(`histogram: width must be a positive finite number, but it is ${width}`);
    if (!(Number.isInteger(bins) && bins > 0)) throw new RangeError(`histogram: bins must be a positive whole number, but it is ${bins}`);
    this.low = low;
    this.width = width;
    this.counts = new Float64Array(bins);
  }

  add(x: number): void {
    if (Number.isNaN(x)) throw new RangeError("histogram: NaN is not an observation");
    const bin = Math.floor((x - this.low) / this.width);
    if (bin < 0) this.below++;
    else if (bin >= this.counts.length) this.above++;
    else this.counts[bin]!++;
  }

  /** Observations below `low`. */
  get underflow(): number {
    return this.below;
  }

  /** Observations at or above the upper edge of the last class. */
  get overflow(): number {
    return this.above;
  }

  /** All observations, those outside included. */
  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, this.below + this.above);
  }

  /** Lower edge of a class; `lowerEdge(counts.length)` is the upper edge of the last. */
  lowerEdge(bin: number): number {
    return this.low + bin * this.width;
  }
}
