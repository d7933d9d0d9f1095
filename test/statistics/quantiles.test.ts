import { describe, expect, test } from "vitest";
import { lognormal } from "../../src/kernel/distribution.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { LogSketch, quantile, quantileInterval, sortedSample } from "../../src/statistics/quantiles.ts";

const streams = new RandomStreams("quantiles", 0);

describe("the quantile of a sample", () => {
  test("interpolates between neighbours as R's type 7 does", () => {
    const sample = sortedSample([40, 10, 30, 20]);
    expect([0, 0.25, 0.5, 0.9, 1].map((p) => quantile(sample, p))).toEqual([10, 17.5, 25, 37, 40]);
    expect(quantile(sortedSample([7]), 0.95)).toBe(7);
    expect(quantile(sortedSample([]), 0.5)).toBeNaN();
  });

  test("sorts by number, not by text, leaves the original alone, and copes with Infinity", () => {
    const values = [10, 9, Infinity, Infinity];
    expect([...sortedSample(values)]).toEqual([9, 10, Infinity, Infinity]);
    expect(values[0]).toBe(10);
    expect(quantile(sortedSample(values), 0.9)).toBe(Infinity);
  });

  test("refuses NaN and impossible probabilities", () => {
    expect(() => sortedSample([1, Number.NaN])).toThrow("value 1 is NaN");
    expect(() => quantile(sortedSample([1]), 1.1)).toThrow("a probability from 0 to 1, not 1.1");
    expect(() => quantileInterval(sortedSample([1]), 0.5, 1)).toThrow("a confidence must lie between 0 and 1");
  });
});

describe("the interval of a quantile", () => {
  test("takes the ranks of the tables: 40 and 61 for the median of 100", () => {
    const sample = sortedSample(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(quantileInterval(sample, 0.5, 0.95)).toEqual({ quantile: 50.5, low: 40, high: 61 });
  });

  test("is unbounded where the sample is too small", () => {
    expect(quantileInterval(sortedSample([1, 2, 3, 4, 5]), 0.95, 0.95).high).toBe(Infinity);
    expect(quantileInterval(sortedSample([1, 2, 3, 4, 5]), 0.05, 0.95).low).toBe(-Infinity);
  });

  test("holds the true quantile as often as it promises", () => {
    const stream = streams.stream("coverage");
    const experiments = 2000;
    for (const p of [0.5, 0.9]) {
      let covered = 0;
      for (let experiment = 0; experiment < experiments; experiment++) {
        const sample = sortedSample(Array.from({ length: 200 }, (_, n) => stream.uniform(experiment, n)));
        const { low, high } = quantileInterval(sample, p, 0.9);
        if (low <= p && p < high) covered++;
      }
      // Rounded outwards: at least 90 %, and not above 95 % for this size.
      expect(covered / experiments).toBeGreaterThan(0.9 - 3 * Math.sqrt((0.9 * 0.1) / experiments));
      expect(covered / experiments).toBeLessThan(0.95);
    }
  });
});

describe("a quantile sketch", () => {
  const stream = streams.stream("latency");
  const latency = lognormal(8, 2);
  const values = Array.from({ length: 50_000 }, (_, n) => (n % 100 === 0 ? 0 : stream.sample(latency, 0, n)));

  function sketchOf(part: readonly number[]): LogSketch {
    const sketch = new LogSketch();
    for (const value of part) sketch.add(value);
    return sketch;
  }

  test("knows every quantile to 1 %, from microseconds to years", () => {
    const sketch = sketchOf(values);
    const sorted = sortedSample(values);
    expect(sketch.count).toBe(values.length);
    for (let p = 0; p <= 1; p += 1 / 512) {
      const exact = sorted[Math.floor(p * (values.length - 1))]!;
      expect(Math.abs(sketch.quantile(p) - exact)).toBeLessThanOrEqual(0.01 * exact * (1 + 1e-9));
    }
    expect([sketch.quantile(0), sketch.quantile(0.005), sketch.quantile(1)]).toEqual([0, 0, sorted.at(-1)]);
  });

  test("of parts merges to that of the whole, in whatever order", () => {
    const whole = sketchOf(values);
    const parts = [values.slice(0, 100), values.slice(100, 30_000), [], values.slice(30_000)].map(sketchOf);
    for (const order of [parts, [...parts].reverse()]) {
      const merged = new LogSketch();
      for (const part of order) merged.merge(part);
      expect(merged.count).toBe(whole.count);
      for (let p = 0; p <= 1; p += 0.01) expect(merged.quantile(p)).toBe(whole.quantile(p));
    }
  });

  test("spans the whole range of doubles", () => {
    const sketch = sketchOf([1e300, Number.MIN_VALUE, 1, 1e-300, Number.MAX_VALUE]);
    expect(sketch.quantile(0.25) / 1e-300).toBeCloseTo(1, 1);
    expect(sketch.quantile(0.5)).toBeCloseTo(1, 1);
    expect(sketch.quantile(0.75) / 1e300).toBeCloseTo(1, 1);
  });

  test("refuses negative and infinite values, and knows nothing when empty", () => {
    expect(() => new LogSketch().add(-1)).toThrow("finite values of at least 0, not -1");
    expect(() => new LogSketch().add(Infinity)).toThrow(RangeError);
    expect(() => new LogSketch().add(Number.NaN)).toThrow(RangeError);
    expect(new LogSketch().quantile(0.5)).toBeNaN();
  });
});
