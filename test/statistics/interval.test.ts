import { describe, expect, test } from "vitest";
import { exponential, normal } from "../../src/kernel/distribution.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { meanInterval, pairedDifference } from "../../src/statistics/interval.ts";

describe("the interval of a mean", () => {
  test("is t S / sqrt(n) wide to either side", () => {
    const interval = meanInterval([1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.5, 1.09], 0.9);
    // Law, Simulation Modeling and Analysis, example 4.26: 1.34 -+ 0.24.
    expect(interval.mean).toBeCloseTo(1.343, 12);
    expect(interval.halfWidth).toBeCloseTo(0.24, 2);
    expect(interval.low).toBe(interval.mean - interval.halfWidth);
    expect(interval.high).toBe(interval.mean + interval.halfWidth);
    expect(interval.count).toBe(10);
  });

  test("has half-width 0 for equal values, and an unknown (infinite) one for a single replication", () => {
    expect(meanInterval([0.1, 0.1, 0.1], 0.95)).toEqual({ mean: 0.1, halfWidth: 0, low: 0.1, high: 0.1, count: 3 });
    expect(meanInterval([4], 0.95)).toEqual({ mean: 4, halfWidth: Infinity, low: -Infinity, high: Infinity, count: 1 });
    expect(meanInterval([], 0.95)).toEqual({ mean: Number.NaN, halfWidth: Infinity, low: -Infinity, high: Infinity, count: 0 });
  });

  test("holds the true mean as often as it promises", () => {
    const stream = new RandomStreams("coverage", 0).stream("normal");
    const experiments = 4000;
    for (const [confidence, size] of [
      [0.95, 5],
      [0.9, 10],
      [0.99, 3],
    ] as const) {
      let covered = 0;
      for (let experiment = 0; experiment < experiments; experiment++) {
        const values = Array.from({ length: size }, (_, n) => stream.sample(normal(10, 3), experiment, n));
        const { low, high } = meanInterval(values, confidence);
        if (low <= 10 && 10 <= high) covered++;
      }
      expect(Math.abs(covered / experiments - confidence)).toBeLessThan(4 * Math.sqrt((confidence * (1 - confidence)) / experiments));
    }
  });

  test("refuses a confidence that is none", () => {
    expect(() => meanInterval([1, 2], 95)).toThrow("a confidence must lie between 0 and 1, but it is 95");
  });
});

describe("the paired difference", () => {
  test("of a run with itself is exactly 0", () => {
    expect(pairedDifference([0.1, 7, 1 / 3], [0.1, 7, 1 / 3], 0.95)).toEqual({ mean: 0, halfWidth: 0, low: 0, high: 0, count: 3 });
  });

  test("on common random numbers is far sharper than the difference of two intervals", () => {
    const streams = new RandomStreams("paired", 0);
    const workload = Array.from({ length: 20 }, (_, n) => streams.stream("workload").sample(exponential(100), n, 0));
    const noise = (name: string) => Array.from({ length: 20 }, (_, n) => streams.stream(name).sample(normal(0, 0.5), n, 0));
    const first = noise("first").map((x, n) => x + workload[n]! + 3);
    const second = noise("second").map((x, n) => x + workload[n]!);
    const paired = pairedDifference(first, second, 0.95);
    expect(paired.low < 3 && 3 < paired.high).toBe(true);
    expect(paired.halfWidth * 20).toBeLessThan(meanInterval(first, 0.95).halfWidth);
  });

  test("needs as many values on both sides", () => {
    expect(() => pairedDifference([1, 2], [1], 0.95)).toThrow("there are 2 and 1");
  });
});
