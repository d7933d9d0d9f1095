// Electric power and energy of hosts. Utilisation is constant between events, so energy is a sum of rectangles: exact, provided that it is
// booked at every change of utilisation. An idle host is not free: it draws its idle watts.
import type { Micros } from "../kernel/time.ts";
import { SECOND } from "../kernel/time.ts";

/**
 * Watts at a utilisation of 0..1, linear between the points of `curve` (watts at equally spaced loads from idle to full: eleven for a
 * SPECpower table). Utilisations that rounding pushed outside 0..1 are taken as 0 or 1.
 * @throws RangeError when the utilisation is not a number.
 */
export function wattsAt(curve: ArrayLike<number>, utilisation: number): number {
  if (Number.isNaN(utilisation)) throw new RangeError("cannot tell the watts of a host: its utilisation is NaN, expected 0..1");
  const segments = curve.length - 1;
  const load = Math.min(1, Math.max(0, utilisation)) * segments;
  const point = Math.min(segments - 1, Math.floor(load));
  const low = curve[point]!;
  return low + (curve[point + 1]! - low) * (load - point);
}

/** The energy books of n hosts, one row per host. Every host starts idle and switched on. */
export class HostPower {
  private readonly curves: readonly ArrayLike<number>[];
  private readonly wattsNow: Float64Array;
  private readonly bookedAt: Float64Array;
  /** Watts times microseconds up to `bookedAt`. */
  private readonly booked: Float64Array;

  /** @param curves power curve of each host (see `wattsAt`); hosts of one type may share one array. */
  constructor(curves: readonly ArrayLike<number>[], now: Micros = 0) {
    this.curves = curves;
    this.wattsNow = Float64Array.from(curves, (curve) => wattsAt(curve, 0));
    this.bookedAt = new Float64Array(curves.length).fill(now);
    this.booked = new Float64Array(curves.length);
  }

  /** From `now` on, `host` runs at `utilisation` (0..1 of its hardware threads). */
  setUtilisation(host: number, now: Micros, utilisation: number): void {
    const watts = wattsAt(this.curves[host]!, utilisation);
    this.booked[host] = this.wattMicros(host, now);
    this.bookedAt[host] = now;
    this.wattsNow[host] = watts;
  }

  /** From `now` on, `host` draws nothing. */
  switchOff(host: number, now: Micros): void {
    this.booked[host] = this.wattMicros(host, now);
    this.bookedAt[host] = now;
    this.wattsNow[host] = 0;
  }

  watts(host: number): number {
    return this.wattsNow[host]!;
  }

  totalWatts(): number {
    let total = 0;
    for (let host = 0; host < this.wattsNow.length; host++) total += this.wattsNow[host]!;
    return total;
  }

  /** Joules drawn by `host` from the start, or the last `reset`, to `now`. */
  energyJoules(host: number, now: Micros): number {
    return this.wattMicros(host, now) / SECOND;
  }

  totalJoules(now: Micros): number {
    let total = 0;
    for (let host = 0; host < this.booked.length; host++) total += this.wattMicros(host, now);
    return total / SECOND;
  }

  /** Forgets the energy drawn before `now` (end of a warm-up); the hosts stay as busy as they are. */
  reset(now: Micros): void {
    for (let host = 0; host < this.booked.length; host++) this.wattMicros(host, now);
    this.booked.fill(0);
    this.bookedAt.fill(now);
  }

  private wattMicros(host: number, now: Micros): number {
    const since = this.bookedAt[host]!;
    if (!(now >= since)) throw new RangeError(`host ${host} cannot book energy up to ${now} us: it is booked up to ${since} us already`);
    return this.booked[host]! + this.wattsNow[host]! * (now - since);
  }
}
