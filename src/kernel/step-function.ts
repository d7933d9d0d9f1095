// A value that changes at given instants and holds in between: a price, an outside temperature, the carbon intensity of a grid.
import type { Micros } from "./time.ts";

export class StepFunction {
  private readonly times: Float64Array;
  private readonly values: Float64Array;

  /**
   * `values[i]` holds from `times[i]` until the next; the first holds from ever, the last for ever.
   * @throws RangeError when there are no values, as many times as values are not given, times do not rise, or anything is not finite
   */
  constructor(times: ArrayLike<Micros>, values: ArrayLike<number>) {
    if (values.length === 0 || times.length !== values.length) {
      throw new RangeError(`a step function of ${times.length} times and ${values.length} values: expected as many of both, at least 1`);
    }
    for (let i = 0; i < times.length; i++) {
      if (!Number.isFinite(values[i]!)) throw new RangeError(`value ${i} of a step function is ${values[i]}: expected a finite number`);
      if (!Number.isFinite(times[i]!) || (i > 0 && !(times[i]! > times[i - 1]!))) {
        throw new RangeError(`time ${i} of a step function is ${times[i]} us: expected times that rise`);
      }
    }
    this.times = Float64Array.from(times);
    this.values = Float64Array.from(values);
  }

  static constant(value: number): StepFunction {
    return new StepFunction([0], [value]);
  }

  at(time: Micros): number {
    return this.values[this.step(time)]!;
  }

  /** The first instant after `time` at which the value may change; Infinity when it never does again. */
  nextAfter(time: Micros): Micros {
    const { times } = this;
    const next = time < times[0]! ? 1 : this.step(time) + 1;
    return next < times.length ? times[next]! : Number.POSITIVE_INFINITY;
  }

  least(): number {
    return this.values.reduce((least, value) => Math.min(least, value));
  }

  /** The last step that has begun by `time`; 0 before the first. */
  private step(time: Micros): number {
    const { times } = this;
    let low = 0;
    let high = times.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle]! <= time) low = middle;
      else high = middle;
    }
    return low;
  }
}
