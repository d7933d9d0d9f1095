// Electric power and energy of hosts. Utilisation and state are constant between events, so energy is a sum of rectangles: exact, provided
// that it is booked at every change. An idle host is not free: it draws its idle watts, and even one that is off draws a little.
import type { Micros } from "../kernel/time.ts";
import { SECOND } from "../kernel/time.ts";
import { defaultFigures, type PowerState, type PowerStateFigures, powerStates, wattsInState } from "./power-states.ts";

/** Watts of a host that is on, by utilisation from 0 to 1. */
export type PowerModel = (utilisation: number) => number;

/** Told of every change of one host's watts, after it was booked. */
export type WattsListener = (now: Micros, host: number, before: number, after: number) => void;

const ON = powerStates.indexOf("on");

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
  readonly count: number;
  private readonly models: readonly (ArrayLike<number> | PowerModel)[];
  /** By host; null = the defaults for its model, worked out when first needed. */
  private readonly figuresByHost: (PowerStateFigures | null)[];
  private readonly states: Uint8Array;
  private readonly utilisations: Float64Array;
  private readonly wattsNow: Float64Array;
  private readonly bookedAt: Float64Array;
  /** Watts times microseconds up to `bookedAt`. */
  private readonly booked: Float64Array;
  private readonly listeners: WattsListener[] = [];

  /**
   * @param models of each host: a curve for `wattsAt`, or a function (see power-models.ts); hosts of one type may share one
   * @param figures of each host: what its other states draw and take; null or absent = the defaults for its model
   * @throws RangeError when a curve has fewer than two points or gives watts that are negative or not finite
   */
  constructor(models: readonly (ArrayLike<number> | PowerModel)[], now: Micros = 0, figures: readonly (PowerStateFigures | null)[] = []) {
    this.count = models.length;
    this.models = models;
    this.figuresByHost = models.map((_, host) => figures[host] ?? null);
    this.states = new Uint8Array(models.length).fill(ON);
    this.utilisations = new Float64Array(models.length);
    this.wattsNow = Float64Array.from(models, (model, host) => {
      if (typeof model !== "function" && model.length < 2) {
        throw new RangeError(`the power curve of host ${host} has ${model.length} points: expected at least 2, idle and full watts`);
      }
      return this.requireWatts(host, wattsOf(model, 0), 0);
    });
    this.bookedAt = new Float64Array(models.length).fill(now);
    this.booked = new Float64Array(models.length);
  }

  /**
   * From `now` on, `host` runs at `utilisation` (0..1 of its hardware threads). A host that is not on draws what its state draws, and the
   * utilisation counts from the moment it is.
   */
  setUtilisation(host: number, now: Micros, utilisation: number): void {
    const watts = this.requireWatts(host, wattsOf(this.models[host]!, utilisation), utilisation);
    if (this.states[host] === ON) this.draw(host, now, watts);
    this.utilisations[host] = utilisation;
  }

  /** From `now` on, `host` is in `state`. Which states follow which, and when, is for `PowerSwitch` to say. */
  enter(host: number, now: Micros, state: PowerState): void {
    const watts = state === "on" ? this.wattsWhenOn(host) : wattsInState(this.figures(host), state);
    this.draw(host, now, this.requireWatts(host, watts, this.utilisations[host]!));
    this.states[host] = powerStates.indexOf(state);
  }

  state(host: number): PowerState {
    return powerStates[this.states[host]!]!;
  }

  utilisation(host: number): number {
    return this.utilisations[host]!;
  }

  figures(host: number): PowerStateFigures {
    return (this.figuresByHost[host] ??= defaultFigures((utilisation) => wattsOf(this.models[host]!, utilisation)));
  }

  /** From `now` on, `host` draws nothing. */
  switchOff(host: number, now: Micros): void {
    this.draw(host, now, 0);
  }

  watts(host: number): number {
    return this.wattsNow[host]!;
  }

  totalWatts(): number {
    let total = 0;
    for (let host = 0; host < this.wattsNow.length; host++) total += this.wattsNow[host]!;
    return total;
  }

  listen(listener: WattsListener): void {
    this.listeners.push(listener);
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

  private wattsWhenOn(host: number): number {
    return wattsOf(this.models[host]!, this.utilisations[host]!);
  }

  private draw(host: number, now: Micros, watts: number): void {
    this.booked[host] = this.wattMicros(host, now);
    this.bookedAt[host] = now;
    const before = this.wattsNow[host]!;
    this.wattsNow[host] = watts;
    if (this.listeners.length > 0 && watts !== before) for (const listener of this.listeners) listener(now, host, before, watts);
  }

  private wattMicros(host: number, now: Micros): number {
    const since = this.bookedAt[host]!;
    if (!(now >= since)) throw new RangeError(`host ${host} cannot book energy up to ${now} us: it is booked up to ${since} us already`);
    return this.booked[host]! + this.wattsNow[host]! * (now - since);
  }

  /** So that energy never shrinks. */
  private requireWatts(host: number, watts: number, utilisation: number): number {
    if (watts >= 0 && watts < Number.POSITIVE_INFINITY) return watts;
    throw new RangeError(`host ${host} would draw ${watts} W at utilisation ${utilisation}: expected a finite number of 0 or more`);
  }
}

function wattsOf(model: ArrayLike<number> | PowerModel, utilisation: number): number {
  return typeof model === "function" ? model(utilisation) : wattsAt(model, utilisation);
}
