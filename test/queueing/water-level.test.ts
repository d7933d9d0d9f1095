// Weighted max-min shares against the textbook: rounds in which the level rises to what is left over the weights still open.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WaterLevel } from "../../src/queueing/water-level.ts";

/** Rounds of progressive filling, as in textbooks. */
function levelByRounds(limits: readonly number[], weights: readonly number[], capacity: number): number {
  let open = limits.map((_, entry) => entry);
  for (let left = capacity; ; ) {
    const level = left / open.reduce((sum, entry) => sum + weights[entry]!, 0);
    const full = open.filter((entry) => limits[entry]! <= weights[entry]! * level);
    if (full.length === 0) return level;
    for (const entry of full) left -= limits[entry]!;
    open = open.filter((entry) => !full.includes(entry));
  }
}

describe("the water level", () => {
  const level = new WaterLevel();

  it("is that of rounds of filling", () => {
    const entry = fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0.01, max: 100, noNaN: true }));
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 150 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (entries, share) => {
        const [limits, weights] = [entries.map(([limit]) => limit), entries.map(([, weight]) => weight)];
        const wanted = limits.reduce((sum, limit) => sum + limit, 0);
        fc.pre(wanted > 1e-6);
        const capacity = share * wanted;
        const found = level.of(limits, weights, limits.length, capacity);
        expect(Math.abs(found / levelByRounds(limits, weights, capacity) - 1)).toBeLessThan(1e-9);
        const given = entries.reduce((sum, [limit, weight]) => sum + Math.min(limit, weight * found), 0);
        expect(Math.abs(given / capacity - 1)).toBeLessThan(1e-9);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("is without end where all limits fit, and 0 where there is nothing to give", () => {
    expect(level.of([1, 2], [1, 1], 2, 3)).toBe(Number.POSITIVE_INFINITY);
    expect(level.of([], [], 0, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(level.of([1, 2], [1, 1], 2, 0)).toBe(0);
  });

  it("is right for those of little weight beside those of much", () => {
    // The heavy ones have all they may; 1 is left for a thousandth of a millionth of their weight.
    expect(level.of([5, 5, 9], [1e9, 1e9, 1e-3], 3, 11)).toBeCloseTo(1000, 9);
    expect(level.of([Number.POSITIVE_INFINITY, 1], [1, 1], 2, 3)).toBe(2);
  });
});
