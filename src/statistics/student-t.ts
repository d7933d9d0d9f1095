// Student's t distribution: how far the mean of a few replications may be from the truth.
import { normalQuantile } from "../kernel/distribution.ts";
import { exp, log, logGamma } from "../kernel/elementary.ts";

/** Probability that Student's t with `df` > 0 degrees of freedom is at most t. */
export function studentTCdf(t: number, df: number): number {
  requireDegrees(df);
  if (Number.isNaN(t)) return Number.NaN;
  const tail = upperTail(Math.abs(t), df);
  return t > 0 ? 1 - tail : tail;
}

/** The t that is not exceeded with probability p, to 1e-9 for df up to a million (beyond, the rounding of log-gamma shows). */
export function studentTQuantile(p: number, df: number): number {
  requireDegrees(df);
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  if (p === 0.5) return 0;
  const tail = p < 0.5 ? p : 1 - p;
  // Newton's method on the tail probability, kept inside a bracket that shrinks with every step.
  let low = 0;
  let high = Math.max(1, -normalQuantile(tail));
  while (upperTail(high, df) > tail) {
    low = high;
    high *= 2;
  }
  let t = high;
  for (let step = 0; step < 200; step++) {
    const excess = upperTail(t, df) - tail;
    if (excess > 0) low = t;
    else high = t;
    const newton = t + excess / density(t, df);
    const next = newton >= low && newton <= high ? newton : (low + high) / 2;
    const isSettled = Math.abs(next - t) <= 1e-14 * t;
    t = next;
    if (isSettled) break;
  }
  return p < 0.5 ? -t : t;
}

/** P(T > t) for t >= 0. */
function upperTail(t: number, df: number): number {
  const square = t * t;
  if (square === Infinity) return 0;
  return regularisedBeta(df / 2, 0.5, df / (df + square), square / (df + square)) / 2;
}

function density(t: number, df: number): number {
  const peak = exp(logGamma((df + 1) / 2) - logGamma(df / 2) - logGamma(0.5)) / Math.sqrt(df);
  return peak * exp((-(df + 1) / 2) * log(1 + (t * t) / df));
}

/**
 * The regularised incomplete beta function I_x(a, b), for x and its complement 1 - x, each given without rounding error.
 * @source Abramowitz and Stegun 26.5.8 (continued fraction), evaluated by Lentz's method
 */
function regularisedBeta(a: number, b: number, x: number, complement: number): number {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(b, a, complement, x);
  const scale = exp(a * log(x) + b * log(complement) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1, change = 0; Math.abs(change - 1) > 4e-16 && m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    change = c * d;
    fraction *= change;
  }
  return scale * fraction;
}

function requireDegrees(df: number): void {
  if (!(df > 0 && df < Infinity)) throw new RangeError(`Student's t needs a positive finite number of degrees of freedom, not ${df}`);
}
