import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECOND } from "../../src/kernel/time.ts";
import { TokenBucket } from "../../src/queueing/token-bucket.ts";

/** Requests that come every `gapMicros` and go in order; the instants at which they go. */
function pass(bucket: TokenBucket, amounts: readonly number[], gapMicros: number): readonly number[] {
  let last = 0;
  return amounts.map((amount, i) => {
    const at = bucket.readyAt(Math.max(i * gapMicros, last));
    bucket.take(at, amount);
    last = at;
    return at;
  });
}

describe("a token bucket", () => {
  it("lets a burst through at once and then keeps to its rate", () => {
    const goes = pass(new TokenBucket(100, 3), new Array(8).fill(1), 0);
    // Three tokens and the one that overdraws; then one every 10 ms.
    expect(goes).toEqual([0, 0, 0, 0, 10_000, 20_000, 30_000, 40_000]);
  });

  it("is full again after a pause and never more than full", () => {
    const bucket = new TokenBucket(10, 5);
    bucket.take(0, 5);
    expect([0, 100_000, 500_000, 3600 * SECOND].map((now) => bucket.tokens(now))).toEqual([0, 1, 5, 5]);
  });

  it("lets a request larger than the burst go, and the next one wait for it", () => {
    const bucket = new TokenBucket(1000, 10);
    bucket.take(0, 5000);
    expect(bucket.tokens(0)).toBe(-4990);
    expect(bucket.readyAt(0)).toBe(4_990_000);
    expect(() => bucket.take(SECOND, 1)).toThrow("cannot take 1 tokens at 1000000 us: the bucket is overdrawn until 4990000 us");
  });

  it("passes exactly min(load, rate) in the long run", () => {
    for (const [rate, gap] of [
      [500, 1000], // load 1000/s
      [2000, 1000],
      [7, 10],
      [333_333, 2],
    ] as const) {
      const n = 200_000;
      const goes = pass(new TokenBucket(rate, 0), new Array(n).fill(1), gap);
      const load = SECOND / gap;
      const last = goes.at(-1)!;
      const exactly = ((n - 1) / Math.min(load, rate)) * SECOND;
      expect([rate, last]).toEqual([rate, Math.ceil(exactly)]);
    }
  });

  it("never passes more than burst + rate x time + one request in any window", () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        amounts,
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100_000 }),
        (units, rate, burst, gap) => {
          const goes = pass(new TokenBucket(rate, burst), units, gap);
          for (let i = 0; i < goes.length; i++) {
            let sum = 0;
            for (let j = i; j < goes.length; j++) {
              sum += units[j]!;
              expect(sum).toBeLessThanOrEqual(burst + (rate * (goes[j]! - goes[i]!)) / SECOND + units[j]! + rate / SECOND + 1e-6);
            }
          }
        },
      ),
    );
  });

  it("gives a stream its demand while there are tokens and its rate afterwards, as many requests get it", () => {
    const bucket = new TokenBucket(100, 1000);
    expect(bucket.rateFor(0, 300)).toBe(300);
    expect(bucket.microsOfBurst(0, 300)).toBe(5 * SECOND);
    expect(bucket.microsOfBurst(0, 100)).toBe(Number.POSITIVE_INFINITY);
    bucket.stream(5 * SECOND, 300);
    expect([bucket.tokens(5 * SECOND), bucket.rateFor(5 * SECOND, 300)]).toEqual([0, 100]);
    const goes = pass(new TokenBucket(100, 1000), new Array(2000).fill(1), SECOND / 300);
    const by = (seconds: number) => goes.filter((at) => at <= seconds * SECOND).length;
    expect(Math.abs(by(5) - 1500)).toBeLessThan(3);
    expect(Math.abs(by(8) - 1800)).toBeLessThan(3);
  });

  it("refuses rates, bursts and amounts that make no sense", () => {
    for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new TokenBucket(rate, 1)).toThrow(/expected a finite rate above 0/);
    for (const burst of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new TokenBucket(1, burst)).toThrow(/expected a finite number of 0/);
    const bucket = new TokenBucket(1, 1);
    for (const amount of [-1, Number.NaN]) expect(() => bucket.take(0, amount)).toThrow(RangeError);
    bucket.take(10, 1);
    expect(() => bucket.tokens(9)).toThrow(/cannot go back to 9 us/);
  });
});
