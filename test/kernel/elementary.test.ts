import { describe, expect, test } from "vitest";
import { cosTurns, exp, log, logGamma, pow, sinTurns } from "../../src/kernel/elementary.ts";
import { RandomStreams } from "../../src/kernel/random.ts";

const DRAWS = 50_000;
const stream = new RandomStreams("elementary", 0).stream("arguments");

/** Distance of two doubles in units of the last place of the expected one. */
function ulps(actual: number, expected: number): number {
  if (Object.is(actual, expected)) return 0;
  const spacing = Math.max(2 ** (Math.floor(Math.log2(Math.abs(expected))) - 52), Number.MIN_VALUE);
  return Math.abs(actual - expected) / spacing;
}

/** The largest distance from the reference over arguments drawn by `argument`. */
function worstUlps(f: (x: number) => number, reference: (x: number) => number, argument: (u: number) => number): number {
  let worst = 0;
  for (let n = 0; n < DRAWS; n++) {
    const x = argument(stream.uniform(0, n));
    worst = Math.max(worst, ulps(f(x), reference(x)));
  }
  return worst;
}

describe("the logarithm", () => {
  test("agrees with the engine's within 2 ulp over every size of number, near 1, and among subnormals", () => {
    expect(worstUlps(log, Math.log, (u) => 2 ** (2000 * u - 1000))).toBeLessThanOrEqual(2);
    expect(worstUlps(log, Math.log, (u) => 0.5 + 1.5 * u)).toBeLessThanOrEqual(2);
    expect(worstUlps(log, Math.log, (u) => 1 + (u - 0.5) * 1e-6)).toBeLessThanOrEqual(2);
    expect(worstUlps(log, Math.log, (u) => u * 1e-308)).toBeLessThanOrEqual(2);
  });

  test("is 0 at 1, -Infinity at 0 and NaN below", () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(-Infinity);
    expect(log(-0)).toBe(-Infinity);
    expect(log(Infinity)).toBe(Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(Number.NaN)).toBeNaN();
    expect(ulps(log(Number.MIN_VALUE), Math.log(Number.MIN_VALUE))).toBeLessThanOrEqual(1);
    expect(ulps(log(Number.MAX_VALUE), Math.log(Number.MAX_VALUE))).toBeLessThanOrEqual(1);
  });
});

describe("the exponential", () => {
  test("agrees with the engine's within 2 ulp from the smallest subnormal to the largest double", () => {
    expect(worstUlps(exp, Math.exp, (u) => 1454 * u - 745)).toBeLessThanOrEqual(2);
    expect(worstUlps(exp, Math.exp, (u) => 2 * u - 1)).toBeLessThanOrEqual(2);
    expect(worstUlps(exp, Math.exp, (u) => (u - 0.5) * 1e-9)).toBeLessThanOrEqual(2);
    expect(worstUlps(exp, Math.exp, (u) => -745 + 40 * u)).toBeLessThanOrEqual(2);
  });

  test("overflows to Infinity, underflows to 0 and is 1 at 0", () => {
    expect(exp(0)).toBe(1);
    expect(exp(-0)).toBe(1);
    expect(exp(709.782712893384)).toBeGreaterThan(1.797e308);
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(709.782712893385)).toBe(Infinity);
    expect(exp(-745.13)).toBe(Number.MIN_VALUE);
    expect(exp(-745.14)).toBe(0);
    expect(exp(Infinity)).toBe(Infinity);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(Number.NaN)).toBeNaN();
  });

  test("undoes the logarithm", () => {
    expect(
      worstUlps(
        (x) => exp(log(x)),
        (x) => x,
        (u) => 0.5 + 2 * u,
      ),
    ).toBeLessThanOrEqual(3);
  });
});

describe("the power", () => {
  test("agrees with the engine's within 2 ulp, large exponents included", () => {
    for (const y of [0.3, 0.5, -0.7, 1.4, 3.3, -12.5, 29.1]) {
      expect(
        worstUlps(
          (x) => pow(x, y),
          (x) => x ** y,
          (u) => 2 ** (40 * u - 20),
        ),
      ).toBeLessThanOrEqual(2);
      expect(
        worstUlps(
          (x) => pow(x, y),
          (x) => x ** y,
          (u) => 0.5 + u,
        ),
      ).toBeLessThanOrEqual(2);
    }
  });

  test("gives whole powers of whole numbers exactly", () => {
    for (let base = 2; base <= 30; base++) {
      let product = 1;
      for (let exponent = 0; product * base <= Number.MAX_SAFE_INTEGER; exponent++) {
        expect(pow(base, exponent)).toBe(product);
        product *= base;
      }
    }
    for (let x = 1; x < 1000; x++) expect(pow(x * x, 0.5)).toBe(x);
  });

  test("follows the limits at 0, 1 and Infinity", () => {
    expect(pow(0, 2)).toBe(0);
    expect(pow(0, -1)).toBe(Infinity);
    expect(pow(Infinity, -1)).toBe(0);
    expect(pow(Infinity, 0.1)).toBe(Infinity);
    expect(pow(0, 0)).toBe(1);
    expect(pow(1, Infinity)).toBe(1);
    expect(pow(2, Infinity)).toBe(Infinity);
    expect(pow(0.5, Infinity)).toBe(0);
    expect(pow(0.5, -Infinity)).toBe(Infinity);
    expect(pow(10, 400)).toBe(Infinity);
    expect(pow(10, -400)).toBe(0);
    expect(pow(-1, 2)).toBeNaN();
    expect(pow(2, Number.NaN)).toBeNaN();
  });
});

describe("sine and cosine of turns", () => {
  test("agree with the engine's to the last bits of the angle", () => {
    let worst = 0;
    for (let n = 0; n < DRAWS; n++) {
      const f = stream.uniform(1, n) - 0.5;
      const [sine, cosine] = [sinTurns(f), cosTurns(f)];
      const errors = [sine - Math.sin(2 * Math.PI * f), cosine - Math.cos(2 * Math.PI * f), sine ** 2 + cosine ** 2 - 1];
      worst = Math.max(worst, ...errors.map(Math.abs));
    }
    expect(worst).toBeLessThan(8e-16);
  });

  test("are exact at quarter turns and repeat after a full one", () => {
    const quarters = [0, 0.25, 0.5, 0.75, 1, -0.25, 1_000_000.5];
    expect(quarters.map(sinTurns)).toEqual([0, 1, 0, -1, 0, -1, 0]);
    expect(quarters.map(cosTurns)).toEqual([1, 0, -1, 0, 1, 0, -1]);
    expect(sinTurns(17.125)).toBe(sinTurns(0.125));
    expect(sinTurns(Infinity)).toBeNaN();
    expect(cosTurns(Number.NaN)).toBeNaN();
  });
});

describe("the log-gamma function", () => {
  test("is the logarithm of the factorials", () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      expect(Math.abs(logGamma(n) - Math.log(factorial))).toBeLessThan(1e-14 + 1e-15 * Math.log(factorial));
      factorial *= n;
    }
  });

  test("satisfies Gamma(x + 1) = x Gamma(x), and Gamma(1/2) is the root of pi", () => {
    expect(Math.abs(logGamma(0.5) - Math.log(Math.PI) / 2)).toBeLessThan(1e-14);
    for (let n = 0; n < 1000; n++) {
      const x = 40 * stream.uniform(2, n);
      expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(5e-14);
    }
    expect(logGamma(0)).toBe(Infinity);
    expect(logGamma(-0.5)).toBeNaN();
  });
});

test("every machine gets the same bits", () => {
  const words = new Uint32Array(2);
  const double = new Float64Array(words.buffer);
  let hash = 0;
  for (let n = 0; n < 20_000; n++) {
    const u = stream.uniform(3, n);
    const x = u * 50;
    for (const value of [log(x), exp(x - 25), pow(x, u * 9), sinTurns(x), cosTurns(x), logGamma(x)]) {
      double[0] = value;
      hash = Math.imul(hash ^ words[0]!, 0x01000193);
      hash = Math.imul(hash ^ words[1]!, 0x01000193);
    }
  }
  expect(hash >>> 0).toBe(2916465555);
});
