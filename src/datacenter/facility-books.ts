// The energy and the carbon dioxide of a whole facility. The watts of its hosts, the weather and the carbon intensity of the grid hold
// between their changes, so both integrals are sums of rectangles: exact, with no event for a change of weather or intensity. Reading the
// books at an instant closes them up to it.
import { StepFunction } from "../kernel/step-function.ts";
import type { Micros } from "../kernel/time.ts";
import { SECOND } from "../kernel/time.ts";
import { carbonIntensityDefault } from "./carbon.ts";
import { constantPue, type FacilityModel } from "./facility.ts";
import type { HostPower } from "./power.ts";

const JOULES_OF_KWH = 3_600_000;

export interface FacilityOptions {
  readonly model?: FacilityModel;
  /** Grams of CO2 per kWh. */
  readonly intensity?: StepFunction;
  /** Celsius; needed only where the facility's power depends on it. */
  readonly outside?: StepFunction;
  /** Of everything in the facility together, see `embodiedGramsPerSecond`. */
  readonly embodiedGramsPerSecond?: number;
  /** Length of the intervals that `intervals` tells of; absent: they are not kept. */
  readonly intervalMicros?: Micros;
}

/** What was drawn and emitted in one interval, from its beginning. */
export interface FacilityInterval {
  readonly from: Micros;
  readonly until: Micros;
  readonly itJoules: number;
  readonly facilityJoules: number;
  readonly grams: number;
}

export class FacilityBooks {
  private readonly model: FacilityModel;
  private readonly intensity: StepFunction;
  private readonly outside: StepFunction | null;
  private readonly embodiedRate: number;
  private itWattsNow: number;
  /** What rounding has lost of the sum of changes (Neumaier), so that a million changes leave no trace. */
  private itWattsLost = 0;
  private bookedAt: Micros;
  private since: Micros;
  /** In watt-microseconds, and in watt-microseconds times g/kWh. */
  private it = 0;
  private facility = 0;
  private carbon = 0;
  /** Most watts that were drawn for some time, however short. */
  private mostIt = 0;
  private mostFacility = 0;
  private readonly intervalMicros: Micros;
  private readonly over: FacilityInterval[] = [];
  /** Of the interval that goes on, as above. */
  private part = { from: 0, it: 0, facility: 0, carbon: 0 };

  /** @throws RangeError when the carbon intensity is ever negative or the embodied rate is not finite and 0 or more */
  constructor(options: FacilityOptions = {}, itWatts = 0, now: Micros = 0) {
    this.model = options.model ?? constantPue();
    this.intensity = options.intensity ?? StepFunction.constant(carbonIntensityDefault.value);
    this.outside = options.outside ?? null;
    this.embodiedRate = options.embodiedGramsPerSecond ?? 0;
    if (this.intensity.least() < 0) throw new RangeError(`a carbon intensity of ${this.intensity.least()} g/kWh: expected 0 or more`);
    if (!(this.embodiedRate >= 0 && this.embodiedRate < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`embodied CO2 of ${this.embodiedRate} g/s: expected a finite number of 0 or more`);
    }
    this.itWattsNow = itWatts;
    this.bookedAt = now;
    this.since = now;
    this.intervalMicros = options.intervalMicros ?? Number.POSITIVE_INFINITY;
    if (!(this.intervalMicros > 0)) throw new RangeError(`intervals of ${this.intervalMicros} us: expected more than 0`);
    this.part.from = now;
    this.facilityWatts(now);
  }

  /** Books that follow every change of the hosts' power from now on. */
  static of(power: HostPower, options: FacilityOptions = {}, now: Micros = 0): FacilityBooks {
    const books = new FacilityBooks(options, power.totalWatts(), now);
    power.listen((at, _host, before, after) => books.change(at, after - before));
    return books;
  }

  /** From `now` on, the hosts together draw `watts` more (or less, if negative). */
  change(now: Micros, watts: number): void {
    this.book(now);
    const sum = this.itWattsNow + watts;
    const [larger, smaller] = Math.abs(this.itWattsNow) >= Math.abs(watts) ? [this.itWattsNow, watts] : [watts, this.itWattsNow];
    this.itWattsLost += larger - sum + smaller;
    this.itWattsNow = sum;
  }

  itWatts(): number {
    return Math.max(0, this.itWattsNow + this.itWattsLost);
  }

  facilityWatts(now: Micros): number {
    const it = this.itWatts();
    const watts = this.model(it, this.outside === null ? Number.NaN : this.outside.at(now));
    if (watts >= it && watts < Number.POSITIVE_INFINITY) return watts;
    throw new RangeError(`a facility would draw ${watts} W for ${it} W of its hosts: expected a finite number that is no less`);
  }

  itJoules(now: Micros): number {
    this.book(now);
    return this.it / SECOND;
  }

  facilityJoules(now: Micros): number {
    this.book(now);
    return this.facility / SECOND;
  }

  /** Most watts of the hosts together that held for some time. */
  peakItWatts(now: Micros): number {
    this.book(now);
    return this.mostIt;
  }

  peakFacilityWatts(now: Micros): number {
    this.book(now);
    return this.mostFacility;
  }

  /** Whole intervals from the first instant of these books on, and the one that goes on; a `reset` does not forget them. */
  intervals(now: Micros): readonly FacilityInterval[] {
    this.book(now);
    return this.part.from < now ? [...this.over, this.interval(now)] : [...this.over];
  }

  /** Grams of CO2 for the facility's energy. */
  operationalGrams(now: Micros): number {
    this.book(now);
    return this.carbon / SECOND / JOULES_OF_KWH;
  }

  /** Grams of CO2 for the time that everything was there. */
  embodiedGrams(now: Micros): number {
    this.book(now);
    return (this.embodiedRate * (now - this.since)) / SECOND;
  }

  /** Forgets what was before `now` (end of a warm-up). */
  reset(now: Micros): void {
    this.book(now);
    this.it = 0;
    this.facility = 0;
    this.carbon = 0;
    this.mostIt = 0;
    this.mostFacility = 0;
    this.since = now;
  }

  private book(now: Micros): void {
    if (!(now >= this.bookedAt)) {
      throw new RangeError(`a facility cannot book energy up to ${now} us: it is booked up to ${this.bookedAt} us already`);
    }
    const it = this.itWatts();
    while (this.bookedAt < now) {
      const from = this.bookedAt;
      const outsideUntil = this.outside === null ? Number.POSITIVE_INFINITY : this.outside.nextAfter(from);
      const intervalUntil = this.part.from + this.intervalMicros;
      const until = Math.min(now, this.intensity.nextAfter(from), outsideUntil, intervalUntil);
      const watts = this.facilityWatts(from);
      const wattMicros = watts * (until - from);
      const grams = wattMicros * this.intensity.at(from);
      this.it += it * (until - from);
      this.facility += wattMicros;
      this.carbon += grams;
      this.mostIt = Math.max(this.mostIt, it);
      this.mostFacility = Math.max(this.mostFacility, watts);
      this.bookedAt = until;
      this.part.it += it * (until - from);
      this.part.facility += wattMicros;
      this.part.carbon += grams;
      if (until < intervalUntil) continue;
      this.over.push(this.interval(until));
      this.part = { from: until, it: 0, facility: 0, carbon: 0 };
    }
  }

  private interval(until: Micros): FacilityInterval {
    const { from, it, facility, carbon } = this.part;
    return { from, until, itJoules: it / SECOND, facilityJoules: facility / SECOND, grams: carbon / SECOND / JOULES_OF_KWH };
  }
}
