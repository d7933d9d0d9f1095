import { describe, expect, test } from "vitest";
import { TimeWeighted } from "../../src/statistics/time-weighted.ts";

describe("a time-weighted average", () => {
  test("weighs each value with the time it lasted", () => {
    const queue = new TimeWeighted();
    queue.set(10, 2);
    queue.set(30, 5);
    queue.set(40, 1);
    expect(queue.integral(100)).toBe(0 * 10 + 2 * 20 + 5 * 10 + 1 * 60);
    expect(queue.mean(100)).toBe(1.5);
    expect([queue.min, queue.max, queue.value]).toEqual([0, 5, 1]);
  });

  test("can be read at any time without changing what follows", () => {
    const queue = new TimeWeighted(5, 3);
    expect([queue.mean(5), queue.integral(15), queue.integral(25), queue.mean(25)]).toEqual([3, 30, 60, 3]);
    queue.set(25, 0);
    expect(queue.integral(45)).toBe(60);
    expect(queue.mean(45)).toBe(1.5);
  });

  test("forgets the warm-up but not the current value", () => {
    const busy = new TimeWeighted();
    busy.set(0, 100);
    busy.set(50, 4);
    busy.reset(60);
    expect([busy.min, busy.max, busy.integral(60), busy.mean(60)]).toEqual([4, 4, 0, 4]);
    busy.set(80, 6);
    expect(busy.integral(100)).toBe(4 * 20 + 6 * 20);
    expect(busy.mean(100)).toBe(5);
    expect([busy.min, busy.max]).toEqual([4, 6]);
  });

  test("counts a value that lasted no time among the extremes, not in the mean", () => {
    const queue = new TimeWeighted();
    queue.set(10, 9);
    queue.set(10, 1);
    expect([queue.max, queue.integral(20)]).toEqual([9, 10]);
  });

  test("is exact over a year of megabytes in microseconds, beyond 2^53", () => {
    const ram = new TimeWeighted();
    let exact = 0n;
    let now = 0;
    let value = 0;
    for (let change = 1; change <= 100_000; change++) {
      const next = now + 300_000_000 + change;
      exact += BigInt(value) * BigInt(next - now);
      now = next;
      value = (change * 7919) % 1_000_003;
      ram.set(now, value);
    }
    expect(exact > 2n ** 60n).toBe(true);
    expect(ram.integral(now)).toBe(Number(exact));
  });

  test("refuses to go back in time", () => {
    const queue = new TimeWeighted();
    queue.set(10, 1);
    expect(() => queue.set(9, 2)).toThrow("cannot go back from 10 us to 9 us");
    expect(() => queue.integral(9)).toThrow(RangeError);
    expect(() => queue.set(Number.NaN, 2)).toThrow(RangeError);
  });
});
