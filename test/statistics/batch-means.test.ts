import { describe, expect, test } from "vitest";
import { normal } from "../../src/kernel/distribution.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { batchMeans, lagOneAutocorrelation } from "../../src/statistics/batch-means.ts";
import { meanInterval } from "../../src/statistics/interval.ts";

const streams = new RandomStreams("batch means", 0);

/** x[n + 1] = correlation x[n] + noise: the simplest correlated output, with mean 0. */
function autoregression(name: string, entity: number, length: number, correlation: number): Float64Array {
  const noise = normal(0, 1);
  const values = new Float64Array(length);
  let x = streams.stream(name).sample(noise, entity, 0) / Math.sqrt(1 - correlation * correlation);
  for (let n = 0; n < length; n++) {
    values[n] = x;
    x = correlation * x + streams.stream(name).sample(noise, entity, n + 1);
  }
  return values;
}

describe("batch means", () => {
  test("average equal batches and leave out the beginning that fills none", () => {
    const result = batchMeans([99, 1, 3, 5, 7, 3, 5], 3, 0.95);
    expect([result.mean, result.count, result.batchSize, result.leftOut]).toEqual([4, 3, 2, 1]);
    expect(result.halfWidth).toBe(meanInterval([2, 6, 4], 0.95).halfWidth);
  });

  test("cover the mean of correlated output as often as they promise, where the plain interval does not", () => {
    const experiments = 500;
    let covered = 0;
    let coveredPlainly = 0;
    for (let experiment = 0; experiment < experiments; experiment++) {
      const values = autoregression("coverage", experiment, 3000, 0.8);
      const { low, high } = batchMeans(values, 20, 0.9);
      if (low <= 0 && 0 <= high) covered++;
      const plain = meanInterval(values, 0.9);
      if (plain.low <= 0 && 0 <= plain.high) coveredPlainly++;
    }
    expect(Math.abs(covered / experiments - 0.9)).toBeLessThan(4 * Math.sqrt((0.9 * 0.1) / experiments));
    expect(coveredPlainly / experiments).toBeLessThan(0.6);
  });

  test("betray batches that are too short by their correlation", () => {
    const values = autoregression("correlation", 0, 40_000, 0.9);
    expect(batchMeans(values, 20_000, 0.95).lagOneAutocorrelation).toBeGreaterThan(0.7);
    expect(Math.abs(batchMeans(values, 40, 0.95).lagOneAutocorrelation)).toBeLessThan(0.4);
  });

  test("need observations enough", () => {
    expect(() => batchMeans([1, 2, 3], 4, 0.95)).toThrow("4 batches need at least as many observations, but there are 3");
    expect(() => batchMeans([1, 2, 3], 1, 0.95)).toThrow("at least 2 batches, not 1");
  });
});

describe("the lag-1 autocorrelation", () => {
  test("is that of the process that made the values", () => {
    for (const correlation of [-0.5, 0, 0.5, 0.9]) {
      const values = autoregression("lag", 1, 40_000, correlation);
      expect(Math.abs(lagOneAutocorrelation(values) - correlation)).toBeLessThan(4 * Math.sqrt((1 - correlation ** 2) / 40_000) + 1e-3);
    }
  });

  test("is negative for a seesaw and 0 for a constant", () => {
    expect(lagOneAutocorrelation([1, -1, 1, -1, 1, -1, 1, -1])).toBe(-7 / 8);
    expect(lagOneAutocorrelation([0.1, 0.1, 0.1])).toBe(0);
    expect(lagOneAutocorrelation([1])).toBeNaN();
  });
});
