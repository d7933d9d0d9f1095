import { describe, expect, it } from "vitest";
import { WeightedQuantiles } from "../../src/statistics/weighted-quantiles.ts";

describe("quantiles of values with weights", () => {
  it("are right to a per cent, wherever the values lie", () => {
    for (const scale of [1e-6, 1, 1e6]) {
      const quantiles = new WeightedQuantiles();
      for (let i = 1; i <= 1000; i++) quantiles.add(i * scale, 2);
      expect(quantiles.weight).toBe(2000);
      for (const p of [0.1, 0.5, 0.95, 0.99]) expect(quantiles.quantile(p) / (1000 * p * scale)).toBeCloseTo(1, 1);
      expect(Math.abs(quantiles.quantile(0.95) / (950 * scale) - 1)).toBeLessThan(0.01);
    }
  });

  it("go by weight, not by number", () => {
    const quantiles = new WeightedQuantiles();
    quantiles.add(1, 97);
    quantiles.add(100, 3);
    expect(quantiles.quantile(0.95)).toBeCloseTo(1, 9);
    expect(Math.abs(quantiles.quantile(0.99) / 100 - 1)).toBeLessThan(0.01);
  });

  it("have nothing to say of nothing, and refuse what has no logarithm", () => {
    const quantiles = new WeightedQuantiles();
    expect(quantiles.quantile(0.5)).toBeNaN();
    expect(() => quantiles.add(0, 1)).toThrow("expected a finite one above 0");
    expect(() => quantiles.quantile(2)).toThrow("expected 0 to 1");
  });
});
