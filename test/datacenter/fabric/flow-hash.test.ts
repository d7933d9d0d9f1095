// The choice among equal paths: even, independent from level to level, and with as many collisions as chance has.
import { describe, expect, it } from "vitest";
import { fatTree } from "../../../src/datacenter/fabric/fat-tree.ts";
import { chanceOfNoCollision, flowHash, mix } from "../../../src/datacenter/fabric/flow-hash.ts";
import { leafSpine } from "../../../src/datacenter/fabric/leaf-spine.ts";
import { idle, points } from "./networks.ts";

function chiSquare(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}

/** How often each of the keys occurs; `of` of them are possible. */
function countsOf(keys: readonly string[], of: number): number[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  expect(counts.size).toBeLessThanOrEqual(of);
  return [...counts.values(), ...new Array<number>(of - counts.size).fill(0)];
}

describe("flows over equal paths", () => {
  // 99.9 % quantiles of chi-square: 7 degrees of freedom 24.32, 15: 37.70, 63: 103.44.
  it("spread evenly over the spines: by flow, by source and by destination", () => {
    const { fabric } = idle(leafSpine(points(4000, 10), { spines: 8, uplinkBytesPerSecond: 1 }));
    const numbers = Array.from({ length: 3000 }, (_, i) => i);
    const spine = (from: number, to: number, flow: number) => String(fabric.route(from, to, flow)![1]);
    expect(
      chiSquare(
        countsOf(
          numbers.map((flow) => spine(0, 20, flow)),
          8,
        ),
      ),
    ).toBeLessThan(24.32);
    const cableOf = (link: string) => String(Math.floor(Number(link) / 2) % 8);
    expect(
      chiSquare(
        countsOf(
          numbers.map((host) => cableOf(spine(host, 3999, 0))),
          8,
        ),
      ),
    ).toBeLessThan(24.32);
    expect(
      chiSquare(
        countsOf(
          numbers.map((host) => cableOf(spine(3999, host, 0))),
          8,
        ),
      ),
    ).toBeLessThan(24.32);
  });

  it("spread evenly over all k²/4 paths of a fat tree: the second choice does not follow the first", () => {
    for (const [k, quantile] of [
      [8, 37.7],
      [16, 103.44],
    ] as const) {
      const { fabric } = idle(fatTree(points((k * k * k) / 4, k / 2), { k, linkBytesPerSecond: 1 }));
      const paths = Array.from({ length: 6400 }, (_, flow) => fabric.route(0, (k * k * k) / 4 - 1, flow)!.join());
      expect(chiSquare(countsOf(paths, (k * k) / 4))).toBeLessThan(quantile);
    }
  });

  it("spread evenly and independently over the cores when they come from Glance", () => {
    const { fabric } = idle(fatTree(points(128, 4), { k: 8, linkBytesPerSecond: 1 }));
    const paths = Array.from({ length: 6400 }, (_, flow) => fabric.routeFromGlance(77, flow)!.join());
    expect(chiSquare(countsOf(paths, 16))).toBeLessThan(37.7);
  });

  it("go otherwise with another seed of the switches", () => {
    const wire = () => leafSpine(points(4, 2), { spines: 8, uplinkBytesPerSecond: 1 });
    const [one, other] = [idle(wire()).fabric, idle(wire(), 7).fabric];
    const differing = (from: number) =>
      Array.from({ length: 800 }, (_, flow) => one.route(from, 3, flow)!.join() !== other.route(from, 3, flow)!.join()).filter(Boolean)
        .length;
    // 7 of 8, give or take.
    for (const from of [0, one.glance]) expect(Math.abs(differing(from) - 700)).toBeLessThan(60);
  });

  it("collide as often as chance has it: n! / (n^m (n - m)!)", () => {
    expect(chanceOfNoCollision(8, 0)).toBe(1);
    expect(chanceOfNoCollision(8, 1)).toBe(1);
    expect(chanceOfNoCollision(8, 4)).toBeCloseTo((8 * 7 * 6 * 5) / 8 ** 4, 12);
    expect(chanceOfNoCollision(8, 8)).toBeCloseTo(40320 / 8 ** 8, 12);
    expect(chanceOfNoCollision(8, 9)).toBe(0);
    expect(chanceOfNoCollision(365, 23)).toBeCloseTo(0.492702765676, 9); // birthdays
    expect(() => chanceOfNoCollision(0, 1)).toThrow(RangeError);

    const trials = 20_000;
    let free = 0;
    for (let trial = 0; trial < trials; trial++)
      if (new Set([0, 1, 2, 3].map((flow) => flowHash(trial, 9, flow, 0) % 8)).size === 4) free++;
    const chance = chanceOfNoCollision(8, 4);
    expect(Math.abs(free / trials - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / trials));
  });

  it("are mixed without loss: no two of many inputs give one output", () => {
    expect(mix(0)).toBe(0);
    expect(new Set(Array.from({ length: 100_000 }, (_, i) => mix(i))).size).toBe(100_000);
  });
});
