// Statistics of a quantity that holds a value until it changes: jobs in a queue, RAM in use, watts.

/**
 * Integral, mean and extremes of a step function of time. Between two settings the value counts with the time it lasted. The integral of whole
 * numbers over whole microseconds is exact while each product (value times duration) is below 2^53; the sum itself is compensated.
 */
export class TimeWeighted {
  private start: number;
  private changedAt: number;
  private current: number;
  private smallest: number;
  private largest: number;
  private area = 0;
  /** What the additions to `area` have rounded away (Neumaier 1974). */
  private lost = 0;

  constructor(startMicros = 0, initialValue = 0) {
    this.start = startMicros;
    this.changedAt = startMicros;
    this.current = initialValue;
    this.smallest = initialValue;
    this.largest = initialValue;
  }

  /** From `timeMicros` on the quantity is `value`. Times must not go back. */
  set(timeMicros: number, value: number): void {
    this.addUntil(timeMicros);
    this.current = value;
    if (value < this.smallest) this.smallest = value;
    if (value > this.largest) this.largest = value;
  }

  /** Ends the warm-up: forgets integral and extremes, keeps the current value. */
  reset(timeMicros: number): void {
    this.addUntil(timeMicros);
    this.start = timeMicros;
    this.area = 0;
    this.lost = 0;
    this.smallest = this.current;
    this.largest = this.current;
  }

  get value(): number {
    return this.current;
  }

  /** Integral from the start or the last reset to `untilMicros`, which is not before the last change; in the value's unit times microseconds. */
  integral(untilMicros: number): number {
    return this.area + (this.current * this.elapsedSinceChange(untilMicros) + this.lost);
  }

  /** Integral over duration; over no time at all, the current value. */
  mean(untilMicros: number): number {
    const duration = untilMicros - this.start;
    return duration === 0 ? this.current : this.integral(untilMicros) / duration;
  }

  /** Smallest value since the start or the last reset, values that lasted no time included. */
  get min(): number {
    return this.smallest;
  }

  get max(): number {
    return this.largest;
  }

  private addUntil(timeMicros: number): void {
    const piece = this.current * this.elapsedSinceChange(timeMicros);
    const next = this.area + piece;
    this.lost += Math.abs(this.area) >= Math.abs(piece) ? this.area - next + piece : piece - next + this.area;
    this.area = next;
    this.changedAt = timeMicros;
  }

  private elapsedSinceChange(timeMicros: number): number {
    if (!(timeMicros >= this.changedAt)) {
      throw new RangeError(`a time-weighted average cannot go back from ${this.changedAt} us to ${timeMicros} us`);
    }
    return timeMicros - this.changedAt;
  }
}
