import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EventList, eventLists } from "../../src/kernel/event-list/event-list.ts";

/** A deterministic stream of 32-bit words for the tests. */
function words(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

const delayLaws: Record<string, (word: () => number) => number> = {
  "delays of all magnitudes": (word) => Math.floor(word() / 2 ** (word() % 33)),
  "massive ties": (word) => word() % 4,
  "cloud mix": (word) => [word() % 5_000, word() % 200_000, 10_000_000, 60_000_000, word() * 60][word() % 5]!,
  "near events among far ones": (word) => (word() % 100 === 0 ? word() * 1000 : word() % 300),
};

/** Pops everything due, pushing `children` per pop; the transcript of what came out. */
function transcript(list: EventList, law: (word: () => number) => number, pending: number, pops: number): string[] {
  const word = words(7 * pending + 1);
  const out: string[] = [];
  let id = 0;
  for (let i = 0; i < pending; i++) list.push(law(word), id++, i);
  for (let i = 0; i < pops && list.pop(Number.POSITIVE_INFINITY); i++) {
    out.push(`${list.time}/${list.event}/${list.argument}`);
    const now = list.time;
    const children = i % 50 === 0 ? 40 : i % 50 < 40 ? 1 : 0;
    for (let c = 0; c < children; c++) list.push(now + law(word), id++, -c);
  }
  return out;
}

describe.each(Object.entries(eventLists))("the %s event list", (_, make) => {
  it("gives back events in order of time and, at equal times, of insertion", () => {
    const list = make();
    for (const [time, event] of [
      [5, 1],
      [3, 2],
      [5, 3],
      [0, 4],
      [3, 5],
    ] as const)
      list.push(time, event, 10 * event);
    const seen: number[] = [];
    while (list.pop(Number.POSITIVE_INFINITY)) {
      expect(list.argument).toBe(10 * list.event);
      seen.push(list.event);
    }
    expect(seen).toEqual([4, 2, 5, 1, 3]);
    expect(list.size).toBe(0);
  });

  it("stops at the bound of pop and accepts earlier events afterwards", () => {
    const list = make();
    list.push(1_000_000_000, 1, 0);
    list.push(1_000_000_001, 2, 0);
    expect(list.pop(999)).toBe(false);
    list.push(1_000, 3, 0);
    list.push(500_000, 4, 0);
    expect(list.pop(2_000) && list.event).toBe(3);
    expect(list.pop(2_000)).toBe(false);
    expect(list.peek() && list.event).toBe(4);
    list.push(2_001, 5, 0);
    const rest: number[] = [];
    while (list.pop(Number.POSITIVE_INFINITY)) rest.push(list.event);
    expect(rest).toEqual([5, 4, 1, 2]);
  });

  it("shows the earliest event without moving it", () => {
    const list = make();
    expect(list.peek()).toBe(false);
    for (const time of [70_000, 300, 70_000, 90_000_000_000, 300]) list.push(time, time % 1000, time);
    for (const expected of [300, 300, 70_000, 70_000, 90_000_000_000]) {
      expect(list.peek()).toBe(true);
      expect(list.time).toBe(expected);
      expect(list.pop(Number.POSITIVE_INFINITY)).toBe(true);
      expect(list.time).toBe(expected);
    }
  });

  it("keeps times up to 2^53 - 1 exact", () => {
    const list = make();
    const times = [Number.MAX_SAFE_INTEGER, 2 ** 52, 2 ** 40 + 1, 2 ** 32, 2 ** 32 - 1, 2 ** 31, 1, 0];
    times.forEach((time, i) => {
      list.push(time, i, 0);
    });
    for (const time of [...times].reverse()) {
      list.pop(Number.POSITIVE_INFINITY);
      expect(list.time).toBe(time);
    }
  });
});

describe("every event list pops the same order as the reference", () => {
  for (const [lawName, law] of Object.entries(delayLaws)) {
    it.each([10, 1000, 30_000])(`with ${lawName} and %i pending`, (pending) => {
      const expected = transcript(eventLists.reference(), law, pending, 60_000);
      expect(expected.length).toBeGreaterThan(pending);
      expect(transcript(eventLists.wheel(), law, pending, 60_000)).toEqual(expected);
      expect(transcript(eventLists.heap(), law, pending, 60_000)).toEqual(expected);
    });
  }

  it("under any program of pushes, bounded pops and peeks", () => {
    const command = fc.oneof(
      fc.record({
        kind: fc.constant("push" as const),
        bits: fc.integer({ min: 0, max: 40 }),
        word: fc.nat(),
        copies: fc.constantFrom(1, 1, 3, 80, 700),
      }),
      fc.record({ kind: fc.constant("pop" as const), ahead: fc.integer({ min: 0, max: 40 }), times: fc.constantFrom(1, 2, 50) }),
      fc.record({ kind: fc.constant("peek" as const) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
        const lists = [eventLists.reference(), eventLists.wheel(), eventLists.heap()];
        const outs = lists.map((list) => {
          const out: (number | boolean)[] = [];
          let now = 0;
          let id = 0;
          for (const c of commands) {
            if (c.kind === "push") for (let k = 0; k < c.copies; k++) list.push(now + ((c.word * (1 + (k % 7))) % 2 ** c.bits), id++, k);
            else if (c.kind === "peek") out.push(list.peek() ? list.event : -1);
            else {
              const until = now + 2 ** c.ahead - 1;
              for (let k = 0; k < c.times; k++) {
                if (!list.pop(until)) {
                  out.push(false);
                  now = until;
                  break;
                }
                out.push(list.time, list.event, list.argument);
                now = list.time;
              }
            }
          }
          while (list.pop(Number.POSITIVE_INFINITY)) out.push(list.time, list.event);
          out.push(list.size);
          return out;
        });
        expect(outs[1]).toEqual(outs[0]);
        expect(outs[2]).toEqual(outs[0]);
      }),
      { numRuns: 400, seed: 20261122 },
    );
  });
});
