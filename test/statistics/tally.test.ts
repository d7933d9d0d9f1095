import { describe, expect, test } from "vitest";
import { RandomStreams } from "../../src/kernel/random.ts";
import { Tally } from "../../src/statistics/tally.ts";

function tallyOf(values: Iterable<number>): Tally {
  const tally = new Tally();
  for (const value of values) tally.add(value);
  return tally;
}

describe("a tally", () => {
  test("knows count, sum, mean, variance and extremes of what it was given", () => {
    const tally = tallyOf([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([tally.count, tally.sum, tally.mean, tally.min, tally.max]).toEqual([8, 40, 5, 2, 9]);
    expect(tally.variance).toBeCloseTo(32 / 7, 14);
    expect(tally.standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 14);
  });

  test("does not lose the variance of small differences between large numbers", () => {
    expect(tallyOf([4, 7, 13, 16].map((x) => x + 1e9)).variance).toBeCloseTo(30, 9);
  });

  test("finds no variance at all in equal values", () => {
    const tally = tallyOf(Array(1000).fill(0.1));
    expect([tally.mean, tally.variance]).toEqual([0.1, 0]);
  });

  test("adds tenths without drift", () => {
    expect(tallyOf(Array(1_000_000).fill(0.1)).sum).toBe(100_000);
    expect(tallyOf([1, 1e100, 1, -1e100]).sum).toBe(2);
  });

  test("agrees with the two-pass formula on random values", () => {
    const stream = new RandomStreams("tally", 0).stream("values");
    const values = Array.from({ length: 10_000 }, (_, n) => 1000 + stream.uniform(0, n));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
    expect(tallyOf(values).mean).toBeCloseTo(mean, 9);
    expect(tallyOf(values).variance).toBeCloseTo(variance, 12);
  });

  test("claims nothing it cannot know", () => {
    const empty = new Tally();
    expect([empty.count, empty.sum, empty.mean, empty.variance, empty.min, empty.max]).toEqual([
      0,
      0,
      Number.NaN,
      Number.NaN,
      Infinity,
      -Infinity,
    ]);
    expect(tallyOf([3]).variance).toBeNaN();
  });
});
