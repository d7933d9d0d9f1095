import { describe, expect, it } from "vitest";
import { add, divide, double, int, multiply, power, roundToHundredths, subtract } from "../../src/policies/python/arithmetic.ts";
import { PythonError, PythonFloat, toInteger } from "../../src/policies/python/python-values.ts";

const float = (x: number) => new PythonFloat(x);

describe("Python's arithmetic", () => {
  it("keeps whole numbers exact, whatever their size", () => {
    expect(add(Number.MAX_SAFE_INTEGER, 1)).toBe(9007199254740992n);
    expect(subtract(9007199254740992n, 1)).toBe(Number.MAX_SAFE_INTEGER);
    expect(multiply(2 ** 40, 2 ** 40)).toBe(2n ** 80n);
    expect(power(10, 20)).toBe(10n ** 20n);
    expect(toInteger(" -12_345678901234567890 ")).toBe(-12345678901234567890n);
  });

  it("takes True for 1, and one float makes all floats", () => {
    expect(add(true, 1)).toBe(2);
    expect(add(1, float(0.5))).toEqual(float(1.5));
    expect(multiply(2, float(3))).toEqual(float(6));
    expect(divide(3, 2)).toEqual(float(1.5));
    expect(power(2, -1)).toEqual(float(0.5));
    expect(power(float(-2), 3)).toEqual(float(-8));
  });

  it("cuts towards zero", () => {
    expect([int(float(3.9)), int(float(-3.9)), int(float(1e20)), int("7"), int(true)]).toEqual([3, -3, 10n ** 20n, 7, 1]);
  });

  it("raises rather than give a wrong number", () => {
    for (const wrong of [
      () => add("a", 1),
      () => subtract("b", "a"),
      () => multiply("a", float(2)),
      () => divide(1, 0),
      () => int(float(Number.NaN)),
      () => int(null),
      () => double(10n ** 400n),
      () => multiply("a", 10n ** 30n),
      () => power(3, 10n ** 12n),
    ])
      expect(wrong).toThrow(PythonError);
  });

  it("rounds halves to even, and only what is a half in binary", () => {
    expect([0.125, 0.375, 2.675, 1.005, -0.125, 0.135].map(roundToHundredths)).toEqual([0.12, 0.38, 2.67, 1, -0.12, 0.14]);
    expect([1e15, Number.POSITIVE_INFINITY, 0].map(roundToHundredths)).toEqual([1e15, Number.POSITIVE_INFINITY, 0]);
    for (let i = 0; i < 1000; i++) expect(roundToHundredths(i / 100)).toBe(i / 100);
  });
});
