import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundL1, boundL2 } from "../../src/policies/packing/lower-bounds.ts";

const times = (n: number, size: number) => new Array<number>(n).fill(size);
const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
const descending = (numbers: readonly number[]) => [...numbers].sort((a, b) => b - a);

const l1 = (sizes: readonly number[], capacity: number) => boundL1(sum(sizes), times(sizes.length + 1, capacity));
const l2 = (sizes: readonly number[], capacity: number) => boundL2(descending(sizes), times(sizes.length, 1), capacity);

function firstFit(sizes: readonly number[], capacities: readonly number[]): number {
  const room = [...capacities];
  for (const size of sizes) {
    const host = room.findIndex((free) => free >= size);
    if (host < 0) return Number.POSITIVE_INFINITY;
    room[host]! -= size;
  }
  return room.filter((free, host) => free < capacities[host]!).length;
}

/** Fewest hosts in use over all ways to place the servers, by trying them all; servers and hosts are vectors. */
function fewest(servers: readonly (readonly number[])[], capacities: readonly (readonly number[])[]): number {
  const room = capacities.map((capacity) => [...capacity]);
  const held = capacities.map(() => 0);
  let best = Number.POSITIVE_INFINITY;
  const placeFrom = (server: number, used: number): void => {
    if (used >= best) return;
    if (server === servers.length) {
      best = used;
      return;
    }
    for (let host = 0; host < room.length; host++) {
      if (!servers[server]!.every((size, i) => size <= room[host]![i]!)) continue;
      for (const [i, size] of servers[server]!.entries()) room[host]![i]! -= size;
      placeFrom(server + 1, used + (held[host]!++ === 0 ? 1 : 0));
      held[host]!--;
      for (const [i, size] of servers[server]!.entries()) room[host]![i]! += size;
    }
  };
  placeFrom(0, 0);
  return best;
}

describe("the lower bounds of Martello and Toth", () => {
  it.each([
    [[9, 9, 9, 9, 9, 7, 5, 2], 16, 4, 5],
    [[...times(6, 2), ...times(6, 3), ...times(6, 7)], 12, 6, 6],
    [[...times(3, 51), ...times(3, 27), ...times(3, 26), ...times(6, 23)], 100, 5, 5],
    [[...times(6, 51), ...times(6, 27), ...times(6, 26), ...times(12, 23)], 100, 9, 9],
    // Sizes of more than half a host share with nobody as large.
    [times(7, 6), 10, 5, 7],
    [[], 10, 0, 0],
  ])("of %j on hosts of %i are L1 = %i and L2 = %i", (sizes, capacity, first, second) => {
    expect([l1(sizes, capacity), l2(sizes, capacity)]).toEqual([first, second]);
  });

  it("L2 is the largest count over all alpha, by its definition, and never below L1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), (capacity, drawn) => {
        const sizes = drawn.filter((size) => size <= capacity);
        let most = 0;
        for (let alpha = 0; 2 * alpha <= capacity; alpha++) {
          const alone = sizes.filter((size) => size > capacity - alpha);
          const beside = sizes.filter((size) => size <= capacity - alpha && 2 * size > capacity);
          const small = sizes.filter((size) => 2 * size <= capacity && size >= alpha);
          const over = Math.ceil((sum(small) - (beside.length * capacity - sum(beside))) / capacity);
          most = Math.max(most, alone.length + beside.length + Math.max(0, over));
        }
        expect(l2(sizes, capacity)).toBe(most);
        expect(l2(sizes, capacity)).toBeGreaterThanOrEqual(l1(sizes, capacity));
        // Counted by size or one by one, in one bound.
        const distinct = descending([...new Set(sizes)]);
        const counts = distinct.map((size) => sizes.filter((other) => other === size).length);
        expect(boundL2(distinct, counts, capacity)).toBe(most);
      }),
      { numRuns: 500 },
    );
  });

  it("rises by one host at most when a server comes, and never falls", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
        (capacity, drawn) => {
          const sizes = drawn.map((size) => Math.min(size, capacity));
          const [before, after] = [l2(sizes.slice(1), capacity), l2(sizes, capacity)];
          expect(after - before).toBeGreaterThanOrEqual(0);
          expect(after - before).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("hold for the best packing there is, of several resources on unequal hosts", () => {
    const vector = (most: number) => fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 0, max: most }));
    let tight = 0;
    fc.assert(
      fc.property(
        fc.array(vector(6), { minLength: 1, maxLength: 6 }),
        fc.array(vector(12), { minLength: 1, maxLength: 5 }),
        (servers, hosts) => {
          const best = fewest(servers, hosts);
          if (best === Number.POSITIVE_INFINITY) return;
          const bounds = [0, 1].flatMap((resource) => {
            const sizes = descending(servers.map((server) => server[resource]!));
            const capacities = descending(hosts.map((host) => host[resource]!));
            return [boundL1(sum(sizes), capacities), boundL2(sizes, times(sizes.length, 1), capacities[0]!)];
          });
          expect(Math.max(...bounds)).toBeLessThanOrEqual(best);
          if (Math.max(...bounds) === best) tight++;
        },
      ),
      { numRuns: 500 },
    );
    expect(tight).toBeGreaterThan(100);
  });

  it("hold for first fit in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 60 }), (sizes) => {
        expect(l2(sizes, 100)).toBeLessThanOrEqual(firstFit(sizes, times(sizes.length, 100)));
      }),
      { numRuns: 300 },
    );
  });

  it("take the largest hosts first for the sum, and say when all hosts together are too few", () => {
    expect(boundL1(40, [32, 16, 8, 8])).toBe(2);
    expect(boundL1(49, [32, 16, 8, 8])).toBe(3);
    expect(boundL1(65, [32, 16, 8, 8])).toBe(Number.POSITIVE_INFINITY);
    expect(boundL2([9], [1], 8)).toBe(Number.POSITIVE_INFINITY);
    expect(boundL2([9, 8], [0, 2], 8)).toBe(2);
  });
});
