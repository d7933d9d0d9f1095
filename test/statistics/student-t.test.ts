import { describe, expect, test } from "vitest";
import { normalQuantile } from "../../src/kernel/distribution.ts";
import { studentTCdf, studentTQuantile } from "../../src/statistics/student-t.ts";

describe("Student's t", () => {
  test("has the quantiles of the tables for 5, 10, 20, 30 and 50 replications", () => {
    const table = { 5: 2.776445, 10: 2.262157, 20: 2.093024, 30: 2.04523, 50: 2.009575 };
    for (const [replications, t] of Object.entries(table)) {
      expect(Math.abs(studentTQuantile(0.975, Number(replications) - 1) - t)).toBeLessThan(5.1e-7);
    }
  });

  test("is the Cauchy distribution for 1 degree of freedom and has closed forms for 2 and 4", () => {
    for (const p of [0.51, 0.6, 0.75, 0.9, 0.975, 0.999, 0.999999]) {
      const cauchy = Math.tan(Math.PI * (p - 0.5));
      expect(Math.abs(studentTQuantile(p, 1) / cauchy - 1)).toBeLessThan(1e-9);
      const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
      expect(Math.abs(studentTQuantile(p, 2) / two - 1)).toBeLessThan(1e-9);
      const root = Math.sqrt(4 * p * (1 - p));
      const four = 2 * Math.sqrt(Math.cos(Math.acos(root) / 3) / root - 1);
      expect(Math.abs(studentTQuantile(p, 4) / four - 1)).toBeLessThan(1e-9);
    }
  });

  test("agrees with its expansion around the normal for many degrees of freedom", () => {
    for (const df of [1000, 10_000]) {
      for (const p of [0.9, 0.975, 0.995]) {
        const z = normalQuantile(p);
        // Abramowitz and Stegun 26.7.5
        const t =
          z +
          (z ** 3 + z) / (4 * df) +
          (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df ** 2) +
          (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * df ** 3);
        expect(Math.abs(studentTQuantile(p, df) - t)).toBeLessThan(1e-9);
      }
    }
  });

  test("quantile and distribution function undo each other, and both are symmetric", () => {
    for (const df of [1, 2.5, 3, 9, 29, 99, 999]) {
      for (const p of [1e-9, 0.001, 0.025, 0.3, 0.49, 0.5, 0.51, 0.8, 0.995]) {
        const t = studentTQuantile(p, df);
        expect(Math.abs(studentTCdf(t, df) / p - 1)).toBeLessThan(1e-11);
        expect(studentTCdf(-t, df)).toBeCloseTo(1 - p, 12);
      }
      expect(studentTQuantile(0.5, df)).toBe(0);
      expect(studentTCdf(0, df)).toBe(0.5);
      expect([studentTCdf(-Infinity, df), studentTCdf(Infinity, df)]).toEqual([0, 1]);
    }
  });

  test("has infinite extremes and refuses impossible arguments", () => {
    expect([studentTQuantile(0, 3), studentTQuantile(1, 3), studentTQuantile(2, 3)]).toEqual([-Infinity, Infinity, Number.NaN]);
    expect(() => studentTQuantile(0.9, 0)).toThrow("positive finite number of degrees of freedom, not 0");
    expect(() => studentTCdf(1, Number.NaN)).toThrow(RangeError);
  });
});
