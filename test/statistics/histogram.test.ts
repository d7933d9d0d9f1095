import { describe, expect, test } from "vitest";
import { Histogram } from "../../src/statistics/histogram.ts";

describe("a histogram", () => {
  test("puts each value into the class that begins at or below it", () => {
    const histogram = new Histogram(10, 5, 3);
    for (const x of [10, 14.9, 15, 24.9, 20, 22]) histogram.add(x);
    expect([...histogram.counts]).toEqual([2, 1, 3]);
    expect([0, 1, 2, 3].map((bin) => histogram.lowerEdge(bin))).toEqual([10, 15, 20, 25]);
  });

  test("counts what lies outside, so nothing is lost", () => {
    const histogram = new Histogram(0, 1, 2);
    for (const x of [-1, -Infinity, 0, 1, 2, 3, Infinity]) histogram.add(x);
    expect([histogram.underflow, [...histogram.counts], histogram.overflow, histogram.count]).toEqual([2, [1, 1], 3, 7]);
  });

  test("refuses what cannot be counted", () => {
    expect(() => new Histogram(0, 1, 1).add(Number.NaN)).toThrow("NaN is not an observation");
    expect(() => new Histogram(0, 0, 1)).toThrow("width must be a positive finite number, but it is 0");
    expect(() => new Histogram(0, 1, 1.5)).toThrow("bins must be a positive whole number, but it is 1.5");
    expect(() => new Histogram(Infinity, 1, 1)).toThrow("low must be a finite number");
  });
});
