// Generated utilisation against closed forms: means, autocorrelations, lengths of bursts; and that the order of questions changes nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, uniform } from "../../../src/kernel/distribution.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { DAY, HOUR, MINUTE } from "../../../src/kernel/time.ts";
import { autocorrelatedSeries } from "../../../src/workload/utilisation/autocorrelated-series.ts";
import { burstySeries, shareOn } from "../../../src/workload/utilisation/bursty-series.ts";
import { constantSeries } from "../../../src/workload/utilisation/constant-series.ts";
import { diurnalSeries } from "../../../src/workload/utilisation/diurnal-series.ts";
import { GaussianNoise } from "../../../src/workload/utilisation/gaussian-noise.ts";
import { RenewedValues } from "../../../src/workload/utilisation/renewed-values.ts";
import type { UtilisationSeries } from "../../../src/workload/utilisation/utilisation-series.ts";

const stepMicros = 5 * MINUTE;
const streams = () => new RandomStreams("utilisation", 0);

/** Mean, variance and autocovariances of a stationary series whose mean is known; servers are independent samples. */
function moments(at: (server: number, step: number) => number, mean: number, lags: readonly number[], servers = 1500, steps = 300) {
  const longest = Math.max(...lags, 0);
  let [sum, squares, count] = [0, 0, 0];
  const products = lags.map(() => 0);
  for (let server = 0; server < servers; server++) {
    const values = Array.from({ length: steps + longest }, (_, step) => at(server, step) - mean);
    for (let step = 0; step < steps; step++) {
      const value = values[step]!;
      sum += value;
      squares += value * value;
      for (const [i, lag] of lags.entries()) products[i]! += value * values[step + lag]!;
      count++;
    }
  }
  return { mean: mean + sum / count, variance: squares / count, correlations: products.map((product) => product / squares) };
}

describe("noise with a memory", () => {
  it.each([0, 0.083, 0.5, 0.8, 0.95])("of lag-1 autocorrelation %d is standard normal and correlates rho^k over k steps", (rho) => {
    const noise = new GaussianNoise(streams().stream("noise"), rho);
    const { mean, variance, correlations } = moments((entity, step) => noise.at(entity, step), 0, [1, 2, 5, 17]);
    // Independent servers times steps, fewer by (1 + rho) / (1 - rho) for the memory; five standard deviations.
    const error = 5 * Math.sqrt((1 + rho) / (1 - rho) / (1500 * 300));
    expect(Math.abs(mean)).toBeLessThan(error);
    expect(Math.abs(variance - 1)).toBeLessThan(1.5 * error);
    for (const [i, lag] of [1, 2, 5, 17].entries()) expect(Math.abs(correlations[i]! - rho ** lag)).toBeLessThan(1.5 * error);
  });

  it("knows nothing of other entities", () => {
    const noise = new GaussianNoise(streams().stream("noise"), 0.8);
    let product = 0;
    for (let entity = 0; entity < 50_000; entity++) product += noise.at(entity, 3) * noise.at(entity + 1, 3);
    expect(Math.abs(product / 50_000)).toBeLessThan(5 / Math.sqrt(50_000));
  });

  it("is a function of entity and step: the same bits in any order, alone or after others", () => {
    const question = fc.record({ entity: fc.integer({ min: 0, max: 5 }), step: fc.integer({ min: 0, max: 3000 }) });
    fc.assert(
      fc.property(fc.constantFrom(0, 0.3, 0.8, 0.99), fc.array(question, { maxLength: 60 }), (rho, questions) => {
        const remembered = new GaussianNoise(streams().stream("noise"), rho);
        for (const { entity, step } of questions) {
          expect(remembered.at(entity, step)).toBe(new GaussianNoise(streams().stream("noise"), rho).at(entity, step));
          expect(remembered.at(entity, step + 1)).toBe(new GaussianNoise(streams().stream("noise"), rho).at(entity, step + 1));
        }
      }),
    );
  });

  it("takes a correlation from 0 to below 1, and steps from 0", () => {
    const stream = streams().stream("noise");
    for (const rho of [1, -0.1, Number.NaN]) expect(() => new GaussianNoise(stream, rho)).toThrow(/lag-1 autocorrelation/);
    expect(() => new GaussianNoise(stream, 1 - 1e-12)).toThrow(/too near 1/);
    expect(() => new GaussianNoise(stream, 0.5).at(0, -1)).toThrow(/noise at step -1/);
    expect(() => new GaussianNoise(stream, 0.5).at(0, Number.NaN)).toThrow(RangeError);
  });
});

describe("a diurnal series", () => {
  const options = { stepMicros, meanOf: () => 0.5, amplitude: 0.2, peak: 14 * HOUR, deviation: 0.05, autocorrelation: 0.8 };

  it("is highest at its peak, lowest half a day later, and in the middle between them", () => {
    const series = diurnalSeries({ ...options, deviation: 0 }, streams().stream("diurnal"));
    const at = (hour: number) => series.at(0, (hour * HOUR) / stepMicros);
    expect([at(14), at(2), at(8), at(20), at(38)]).toEqual([0.7, 0.3, 0.5, 0.5, 0.7].map((share) => expect.closeTo(share, 12)));
  });

  it("has its mean over whole days, and variance A^2 / 2 + sd^2 around it", () => {
    const series = diurnalSeries(options, streams().stream("diurnal"));
    const { mean, variance } = moments(series.at, 0.5, [], 1000, DAY / stepMicros);
    expect(mean).toBeCloseTo(0.5, 3);
    expect(Math.abs(variance - (0.02 + 0.0025))).toBeLessThan(1e-4);
  });

  it("has lag-1 autocorrelation rho around its wave", () => {
    const wave = diurnalSeries({ ...options, deviation: 0 }, streams().stream("diurnal"));
    const series = diurnalSeries(options, streams().stream("diurnal"));
    const { variance, correlations } = moments((server, step) => series.at(server, step) - wave.at(server, step), 0, [1, 6]);
    expect(Math.sqrt(variance)).toBeCloseTo(0.05, 3);
    expect(correlations).toEqual([0.8, 0.8 ** 6].map((rho) => expect.closeTo(rho, 2)));
  });

  it("stays between 0 and 1 around each server's own mean", () => {
    const series = diurnalSeries({ ...options, meanOf: (server) => server / 10, deviation: 0.3 }, streams().stream("diurnal"));
    for (let server = 0; server <= 10; server++) {
      for (let step = 0; step < 500; step++) {
        expect(series.at(server, step)).toBeGreaterThanOrEqual(0);
        expect(series.at(server, step)).toBeLessThanOrEqual(1);
      }
    }
  });

  it("refuses amplitudes, means and periods that are none", () => {
    const stream = streams().stream("diurnal");
    expect(() => diurnalSeries({ ...options, amplitude: 1.5 }, stream)).toThrow(/amplitude of a diurnal series is 1.5/);
    expect(() => diurnalSeries({ ...options, period: 0 }, stream)).toThrow(/of the period 0 us/);
    expect(() => diurnalSeries({ ...options, peak: Number.NaN }, stream)).toThrow(RangeError);
    expect(() => diurnalSeries({ ...options, stepMicros: 0 }, stream)).toThrow(/steps of 0 us/);
    expect(() => diurnalSeries({ ...options, meanOf: () => Number.NaN }, stream).at(3, 0)).toThrow(/mean utilisation of server 3 is NaN/);
  });
});

describe("a bursty series", () => {
  const options = { stepMicros, meanOnSteps: 4, meanOffSteps: 12, onUtilisation: 0.9, offUtilisation: 0.1 };

  it("is on for the share meanOn / (meanOn + meanOff), with lag-k autocorrelation (1 - 1/meanOn - 1/meanOff)^k", () => {
    expect(shareOn(options)).toBe(0.25);
    const lambda = 1 - 1 / 4 - 1 / 12;
    const { mean, variance, correlations } = moments(burstySeries(options, streams()).at, 0.3, [1, 3]);
    expect(mean).toBeCloseTo(0.3, 2);
    expect(variance).toBeCloseTo(0.8 * 0.8 * 0.25 * 0.75, 2);
    expect(correlations).toEqual([lambda, lambda ** 3].map((rho) => expect.closeTo(rho, 2)));
  });

  it("has bursts and pauses of geometric lengths with the means asked for", () => {
    const { at } = burstySeries(options, streams());
    const lengths: Record<string, number[]> = { on: [], off: [] };
    for (let server = 0; server < 200; server++) {
      let since = -1; // the first stretch has begun before
      for (let step = 1; step < 2000; step++) {
        if (at(server, step) === at(server, step - 1)) continue;
        if (since >= 0) lengths[at(server, step - 1) === 0.9 ? "on" : "off"]!.push(step - since);
        since = step;
      }
    }
    for (const [state, mean] of [
      ["on", 4],
      ["off", 12],
    ] as const) {
      // biome-ignore format: one line
      const seen = lengths[state]!;
      expect(seen.length).toBeGreaterThan(20_000);
      // Standard deviation of a geometric length is nearly its mean.
      expect(Math.abs(seen.reduce((sum, length) => sum + length) / seen.length - mean)).toBeLessThan((5 * mean) / Math.sqrt(seen.length));
      const singles = seen.filter((length) => length === 1).length / seen.length;
      expect(Math.abs(singles - 1 / mean)).toBeLessThan(5 * Math.sqrt(1 / mean / seen.length));
    }
  });

  it("refuses bursts and pauses so short that they would alternate, and lengths and shares that are none", () => {
    expect(() => burstySeries({ ...options, meanOnSteps: 1, meanOffSteps: 3 }, streams())).toThrow(/would have to alternate/);
    expect(() => burstySeries({ ...options, meanOnSteps: 0 }, streams())).toThrow(/a mean burst of 0 steps/);
    expect(() => burstySeries({ ...options, meanOffSteps: Number.NaN }, streams())).toThrow(/a mean pause of NaN steps/);
    expect(() => burstySeries({ ...options, onUtilisation: 2 }, streams())).toThrow(/utilisation of a burst is 2/);
  });
});

describe("an autocorrelated series", () => {
  it("has its distribution at every step and correlates rho^k over k steps", () => {
    const { at } = autocorrelatedSeries({ stepMicros, distribution: uniform(0, 1), autocorrelation: 0.6 }, streams());
    const { mean, variance, correlations } = moments(at, 0.5, [1, 2, 8]);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    expect(correlations).toEqual([0.6, 0.36, 0.6 ** 8].map((rho) => expect.closeTo(rho, 2)));
    const belowThird = Array.from({ length: 30_000 }, (_, server) => (at(server, 100) < 1 / 3 ? 1 : 0) as number);
    expect(belowThird.reduce((sum, one) => sum + one) / 30_000).toBeCloseTo(1 / 3, 1.5);
  });

  it("cuts draws outside 0..1 and refuses correlations outside [0, 1)", () => {
    const series = (value: number, autocorrelation: number) =>
      autocorrelatedSeries({ stepMicros, distribution: constant(value), autocorrelation }, streams());
    expect([series(7, 0.5).at(0, 0), series(-1, 0).at(3, 9)]).toEqual([1, 0]);
    expect(() => series(1, 1)).toThrow(/autocorrelation of 1/);
    expect(() => series(1, Number.NaN)).toThrow(RangeError);
  });
});

describe("every generated series", () => {
  const makers: Record<string, () => UtilisationSeries> = {
    constant: () => constantSeries(stepMicros, (server) => (server % 10) / 10),
    diurnal: () => diurnalSeries({ stepMicros, meanOf: () => 0.4, amplitude: 0.2, peak: 0 }, streams().stream("diurnal")),
    bursty: () => burstySeries({ stepMicros, meanOnSteps: 3, meanOffSteps: 9, onUtilisation: 1, offUtilisation: 0 }, streams()),
    autocorrelated: () => autocorrelatedSeries({ stepMicros, distribution: uniform(0, 1), autocorrelation: 0.9 }, streams()),
  };

  it.each(Object.keys(makers))("%s, is the same in whatever order it is asked", (name) => {
    const question = fc.record({ server: fc.integer({ min: 0, max: 200 }), step: fc.integer({ min: 0, max: 2000 }) });
    fc.assert(
      fc.property(fc.array(question, { maxLength: 50 }), (questions) => {
        const remembered = makers[name]!();
        for (const { server, step } of questions) expect(remembered.at(server, step)).toBe(makers[name]!().at(server, step));
      }),
    );
  });

  it("gives a server the same life whoever else there is", () => {
    for (const make of Object.values(makers)) {
      const [alone, crowded] = [make(), make()];
      for (let step = 0; step < 300; step++) {
        for (let server = 0; server < 20; server++) crowded.at(server, step);
        expect(alone.at(7, step)).toBe(crowded.at(7, step));
      }
    }
  });

  it("refuses a constant that is no share, and a probability of renewal that is none", () => {
    expect(() => constantSeries(stepMicros, () => 1.5).at(2, 0)).toThrow(
      "the utilisation of server 2 is 1.5: expected a share from 0 to 1",
    );
    expect(() => new RenewedValues(streams().stream("x"), 0, () => 0)).toThrow(/probability 0/);
    expect(() => new RenewedValues(streams().stream("x"), 0.5, () => 0).at(0, -1)).toThrow(RangeError);
  });
});
