// A whole facility: PUE models, carbon intensity in time, and books that integrate both exactly.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carbonIntensities, embodiedCarbon, embodiedGramsPerSecond } from "../../src/datacenter/carbon.ts";
import { affineFacility, constantPue, type FacilityModel, quadraticFacility, weatherPue } from "../../src/datacenter/facility.ts";
import { FacilityBooks } from "../../src/datacenter/facility-books.ts";
import { HostPower } from "../../src/datacenter/power.ts";
import { StepFunction } from "../../src/kernel/step-function.ts";
import { DAY, HOUR, SECOND } from "../../src/kernel/time.ts";

const KWH = 3.6e6;

describe("a facility", () => {
  it("of constant PUE draws so many watts for each watt of its hosts: 1.58 where nothing is said", () => {
    expect(constantPue()(1000, Number.NaN)).toBe(1580);
    expect(constantPue(1.12)(1000, Number.NaN)).toBeCloseTo(1120, 9);
  });

  it("of affine losses has a PUE that rises as the load falls", () => {
    const facility = affineFacility(0.2, 300);
    expect(facility(1000, Number.NaN) / 1000).toBeCloseTo(1.5, 12);
    expect(facility(500, Number.NaN) / 500).toBeCloseTo(1.8, 12);
    expect(facility(0, Number.NaN)).toBe(300);
  });

  it("of quadratic losses draws P + a0 + a1 P + a2 P^2", () => {
    expect(quadraticFacility(100, 0.1, 1e-4)(1000, Number.NaN)).toBeCloseTo(1000 + 100 + 100 + 100, 9);
  });

  it("cooled by the weather has its PUE by the temperature outside, held beyond the table", () => {
    const facility = weatherPue([
      [10, 1.1],
      [20, 1.2],
      [30, 1.5],
    ]);
    const pueAt = (celsius: number) => facility(1, celsius);
    expect([-20, 10, 15, 20, 25, 30, 45].map(pueAt)).toEqual([1.1, 1.1, 1.15, 1.2, 1.35, 1.5, 1.5].map((pue) => expect.closeTo(pue, 12)));
    expect(() => facility(1, Number.NaN)).toThrow(/the outside temperature is NaN/);
  });

  it("refuses a PUE below 1 and losses that are negative or not finite", () => {
    expect(() => constantPue(0.9)).toThrow("a PUE is 0.9: expected a finite number of 1 or more");
    expect(() => constantPue(Number.NaN)).toThrow(RangeError);
    expect(() => affineFacility(-0.1, 0)).toThrow(RangeError);
    expect(() => affineFacility(0.1, Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(() => quadraticFacility(0, 0, -1)).toThrow(/a2 of a facility is -1/);
    expect(() => weatherPue([])).toThrow(/has no points/);
    expect(() => weatherPue([[10, 1.1], [10, 1.2]])).toThrow(/temperatures that rise/); // biome-ignore format: one line
  });
});

describe("the carbon of a grid and of machines", () => {
  it("is known for fifteen zones, from Sweden's 8 g/kWh to South Africa's 928", () => {
    expect(carbonIntensities.size).toBe(15);
    expect(carbonIntensities.get("SE")!.value).toBe(8);
    expect(carbonIntensities.get("DE")!.value).toBe(338);
    expect(carbonIntensities.get("ZA")!.value).toBe(928);
  });

  it("of a rack spreads 500 kg over six years", () => {
    const { kg, lifetimeMonths } = embodiedCarbon.get("rack")!;
    const sixYears = 6 * 365.25 * 86_400;
    expect(embodiedGramsPerSecond(kg.value, lifetimeMonths.value) * sixYears).toBeCloseTo(500_000, 6);
    expect(() => embodiedGramsPerSecond(-1, 72)).toThrow(RangeError);
    expect(() => embodiedGramsPerSecond(1, 0)).toThrow(RangeError);
  });
});

describe("the books of a facility", () => {
  it("charge one kW for a day in Germany at PUE 1.5: 36 kWh, 12.168 kg", () => {
    const books = new FacilityBooks({ model: constantPue(1.5), intensity: StepFunction.constant(338) }, 1000);
    expect(books.itJoules(DAY) / KWH).toBeCloseTo(24, 9);
    expect(books.facilityJoules(DAY) / KWH).toBeCloseTo(36, 9);
    expect(books.operationalGrams(DAY)).toBeCloseTo(36 * 338, 6);
  });

  it("follow the intensity between changes of the load, with no event for it", () => {
    const intensity = new StepFunction([0, HOUR, 3 * HOUR], [100, 400, 50]);
    const books = new FacilityBooks({ model: constantPue(1), intensity }, 1000);
    books.change(2 * HOUR, 1000);
    expect(books.operationalGrams(5 * HOUR)).toBeCloseTo(100 + 400 + 2 * 400 + 4 * 50, 9);
  });

  it("follow the weather in the same way", () => {
    const outside = new StepFunction([0, HOUR], [10, 30]);
    const model = weatherPue([[10, 1.1], [30, 1.5]]); // biome-ignore format: one line
    const books = new FacilityBooks({ model, outside }, 1000);
    expect(books.facilityJoules(2 * HOUR) / KWH).toBeCloseTo(1.1 + 1.5, 9);
  });

  it("follow the hosts, whatever they do", () => {
    const power = new HostPower([
      [100, 200],
      [50, 300],
    ]);
    const books = FacilityBooks.of(power, { model: affineFacility(0.1, 20), intensity: StepFunction.constant(1000) });
    power.setUtilisation(0, HOUR, 1);
    power.enter(1, 2 * HOUR, "off");
    const itKwh = (150 + 250 + 210) / 1000;
    expect(books.itJoules(3 * HOUR)).toBeCloseTo(power.totalJoules(3 * HOUR), 6);
    expect(books.facilityJoules(3 * HOUR) / KWH).toBeCloseTo(itKwh * 1.1 + 0.06, 9);
    expect(books.operationalGrams(3 * HOUR)).toBeCloseTo(1000 * (itKwh * 1.1 + 0.06), 6);
  });

  it("add embodied carbon by the second, and forget a warm-up", () => {
    const books = new FacilityBooks({ embodiedGramsPerSecond: 0.5 }, 1000);
    expect(books.embodiedGrams(HOUR)).toBe(1800);
    books.reset(HOUR);
    expect([books.itJoules(HOUR), books.operationalGrams(HOUR), books.embodiedGrams(HOUR)]).toEqual([0, 0, 0]);
    expect(books.itJoules(HOUR + SECOND)).toBe(1000);
    expect(books.embodiedGrams(HOUR + 10 * SECOND)).toBe(5);
  });

  it("are exact: any series of loads and intensities gives the sum of its rectangles, to 1e-9", () => {
    const change = fc.record({ wait: fc.integer({ min: 1, max: HOUR }), watts: fc.integer({ min: 0, max: 10_000 }) });
    const steps = fc.array(fc.record({ length: fc.integer({ min: 1, max: HOUR }), grams: fc.integer({ min: 0, max: 900 }) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), steps, (changes, series) => {
        const times: number[] = [];
        let end = 0;
        for (const { length } of series) {
          times.push(end);
          end += length;
        }
        const intensity = new StepFunction(times, series.map(({ grams }) => grams)); // biome-ignore format: one line
        const books = new FacilityBooks({ model: quadraticFacility(5, 0.1, 1e-5), intensity });
        let [now, watts, expected] = [0, 0, 0];
        for (const { wait, watts: next } of changes) {
          const cuts = [now, ...times.filter((time) => time > now && time < now + wait), now + wait];
          for (let i = 1; i < cuts.length; i++) {
            const facility = watts + 5 + 0.1 * watts + 1e-5 * watts * watts;
            expected += (facility * (cuts[i]! - cuts[i - 1]!) * intensity.at(cuts[i - 1]!)) / SECOND / KWH;
          }
          now += wait;
          books.change(now, next - watts);
          watts = next;
        }
        expect(books.operationalGrams(now)).toBeCloseTo(expected, 9 - Math.ceil(Math.log10(expected + 1)));
      }),
    );
  });

  it("leave no trace of a million changes that cancel out", () => {
    const books = new FacilityBooks({}, 0);
    for (let i = 0; i < 100_000; i++) books.change(0, 0.1 + (i % 7) / 3);
    for (let i = 0; i < 100_000; i++) books.change(0, -0.1 - (i % 7) / 3);
    expect(books.itWatts()).toBeCloseTo(0, 12);
  });

  it("refuse to run backwards, a negative intensity, and a facility that draws less than its hosts", () => {
    const books = new FacilityBooks({}, 10);
    books.change(5, 1);
    expect(() => books.change(4, 1)).toThrow(/booked up to 5 us already/);
    expect(() => new FacilityBooks({ intensity: StepFunction.constant(-1) })).toThrow(/carbon intensity of -1 g\/kWh/);
    const perpetual: FacilityModel = (it) => it / 2;
    expect(() => new FacilityBooks({ model: perpetual }, 10)).toThrow(/would draw 5 W for 10 W/);
    expect(() => new FacilityBooks({ model: weatherPue([[0, 1.2]]) }, 10)).toThrow(/outside temperature is NaN/);
    expect(() => new FacilityBooks({ embodiedGramsPerSecond: Number.NaN })).toThrow(RangeError);
  });
});
