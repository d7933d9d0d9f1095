// A measured quantity of guests, step by step: utilisation, or anything else that was sampled at equal intervals. Servers beyond the recorded
// guests take them from the first again, and a guest's record that ends begins again.
import type { Micros } from "../../kernel/time.ts";
import { requireStep, type UtilisationSeries } from "./utilisation-series.ts";

export class RecordedSeries implements UtilisationSeries {
  readonly stepMicros: Micros;
  /** Recorded guests. */
  readonly guests: number;
  /** Of all guests, one after the other. */
  private readonly values: Float64Array;
  /** Where each guest begins, and where the last one ends. */
  private readonly starts: Int32Array;

  /** @throws RangeError when there are no guests, one has no values, or a value is not finite and 0 or more */
  constructor(stepMicros: Micros, guests: readonly ArrayLike<number>[]) {
    this.stepMicros = requireStep(stepMicros);
    this.guests = guests.length;
    if (guests.length === 0) throw new RangeError("a recorded series has no guests: expected at least one");
    this.starts = new Int32Array(guests.length + 1);
    for (const [guest, values] of guests.entries()) this.starts[guest + 1] = this.starts[guest]! + values.length;
    this.values = new Float64Array(this.starts[guests.length]!);
    for (const [guest, values] of guests.entries()) {
      if (values.length === 0) throw new RangeError(`guest ${guest} of a recorded series has no values: expected at least one`);
      for (let step = 0; step < values.length; step++) {
        const value = values[step]!;
        if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
          throw new RangeError(`value ${step} of guest ${guest} is ${value}: expected a finite number of 0 or more`);
        }
        this.values[this.starts[guest]! + step] = value;
      }
    }
  }

  at(server: number, step: number): number {
    const guest = server < this.guests ? server : server % this.guests;
    const start = this.starts[guest]!;
    const length = this.starts[guest + 1]! - start;
    return this.values[start + (step < length ? step : step % length)]!;
  }

  /** Steps recorded of a guest. */
  length(guest: number): number {
    return this.starts[guest + 1]! - this.starts[guest]!;
  }
}
