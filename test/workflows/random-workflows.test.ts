// Workflows of all words in random combinations. Where nobody waits for anybody, a dozen lines say what must come out; where they do, no
// strand may be lost, and every workflow ends exactly once.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/datacenter/servers.ts";
import type { Component } from "../../src/services/service.ts";
import { defineService } from "../../src/services/service.ts";
import { attempt, call, holding, once, retry, type Step, together, wait, when, within } from "../../src/workflows/vocabulary.ts";
import { desk, LATENCY, leftovers, story } from "./tiny-cloud.ts";

type Tale =
  | { readonly word: "wait"; readonly micros: number }
  | { readonly word: "call" }
  | { readonly word: "fail"; readonly outcome: Outcome; readonly odds: readonly boolean[] }
  | { readonly word: "together"; readonly branches: readonly (readonly Tale[])[] }
  | { readonly word: "attempt"; readonly steps: readonly Tale[]; readonly undo: readonly Tale[] }
  | {
      readonly word: "retry";
      readonly times: number;
      readonly on: Outcome;
      readonly steps: readonly Tale[];
      readonly before: readonly Tale[];
    }
  | { readonly word: "within"; readonly micros: number; readonly steps: readonly Tale[] }
  | { readonly word: "when"; readonly holds: boolean; readonly steps: readonly Tale[] }
  | { readonly word: "holding" | "once"; readonly steps: readonly Tale[] };

interface Room {
  readonly depth: number;
  readonly limited: boolean;
  readonly undoing: boolean;
  readonly retries: number;
  readonly crowded: boolean;
}

const failures: readonly Outcome[] = ["NoValidHost", "RescheduledException"];

function tales(room: Room): fc.Arbitrary<readonly Tale[]> {
  return fc.array(tale(room), { maxLength: 3 });
}

function tale(room: Room): fc.Arbitrary<Tale> {
  const simple: fc.Arbitrary<Tale>[] = [
    fc.record({ word: fc.constant("wait" as const), micros: fc.integer({ min: 0, max: 60 }) }),
    fc.record({ word: fc.constant("call" as const) }),
    fc.record({
      word: fc.constant("fail" as const),
      outcome: fc.constantFrom(...failures),
      odds: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
    }),
  ];
  if (room.depth === 0) return fc.oneof(...simple);
  const inside = { ...room, depth: room.depth - 1 };
  const nested: fc.Arbitrary<Tale>[] = [
    fc.record({ word: fc.constant("attempt" as const), steps: tales(inside), undo: tales({ ...inside, undoing: true }) }),
    fc.record({ word: fc.constant("when" as const), holds: fc.boolean(), steps: tales(inside) }),
  ];
  if (!room.undoing) {
    const branch = tales({ ...inside, limited: false });
    nested.push(fc.record({ word: fc.constant("together" as const), branches: fc.array(branch, { maxLength: 3 }) }));
    if (room.retries > 0) {
      const steps = tales({ ...inside, retries: room.retries - 1 });
      const rule = { times: fc.integer({ min: 1, max: 3 }), on: fc.constantFrom(...failures) };
      nested.push(fc.record({ word: fc.constant("retry" as const), ...rule, steps, before: steps }));
    }
  }
  if (!room.limited) {
    const micros = fc.integer({ min: 0, max: 100 });
    nested.push(fc.record({ word: fc.constant("within" as const), micros, steps: tales({ ...inside, limited: true }) }));
  }
  if (room.crowded) {
    nested.push(fc.record({ word: fc.constant("holding" as const), steps: tales(inside) }));
    nested.push(fc.record({ word: fc.constant("once" as const), steps: tales(inside) }));
  }
  return fc.oneof(...simple, ...nested, ...nested);
}

/** Components to hold, a different one for each `holding`: who holds one never waits for another of the same. */
const halls = Object.values(
  defineService({
    name: "halls",
    type: "test",
    components: Object.fromEntries(
      Array.from({ length: 64 }, (_, i) => [
        `hall${i}`,
        { workers: 1 + (i % 3), workersSource: "made up", transport: "local", scope: i % 2 === 0 ? "host" : "cloud", operations: {} },
      ]),
    ),
  }) as Readonly<Record<string, Component>>,
);

/** The steps of a tale. Whether a failing step fails depends on how often it was come to, by server. */
function stepsOf(steps: readonly Tale[], say: (text: string, outcome?: Outcome) => Step): readonly Step[] {
  let hallsUsed = 0;
  const all = (list: readonly Tale[]): readonly Step[] => list.map(one);
  const one = (tale: Tale): Step => {
    switch (tale.word) {
      case "wait":
        return wait("a while", () => tale.micros);
      case "call":
        return call(desk.counter.serve, "paper");
      case "fail": {
        const visits = new Map<number, number>();
        const comesUp = (_cloud: unknown, subject: number) => {
          const visit = visits.get(subject) ?? 0;
          visits.set(subject, visit + 1);
          return tale.odds[visit % tale.odds.length]!;
        };
        return when("odds", comesUp, say("fails", tale.outcome));
      }
      case "together":
        return together(...tale.branches.map(all));
      case "attempt":
        return attempt(all(tale.steps), { undo: all(tale.undo) });
      case "retry":
        return retry({ times: () => tale.times, on: tale.on, exhausted: "MaxRetriesExceeded" }, all(tale.steps), {
          before: all(tale.before),
        });
      case "within":
        return within({ time: () => tale.micros, outcome: "BuildTimeout", expired: () => {} }, ...all(tale.steps));
      case "when":
        return when("so", () => tale.holds, ...all(tale.steps));
      case "holding":
        return holding(halls[hallsUsed++ % halls.length]!, ...all(tale.steps));
      case "once":
        return once("errand", (_cloud, subject) => subject % 3, ...all(tale.steps));
    }
  };
  return all(steps);
}

/** Two branches failed differently at one instant: which came first is the event list's affair, not the reader's. */
class Tie extends Error {}

/** What a lone server must live to see: when it ends, and how. */
function foretell(steps: readonly Tale[]): { readonly end: number; readonly failure: Outcome | null } {
  type Fate = { readonly end: number; readonly failure: Outcome | null };
  const visits = new Map<Tale, number>();
  const all = (list: readonly Tale[], start: number): Fate => {
    let fate: Fate = { end: start, failure: null };
    for (const tale of list) {
      fate = one(tale, fate.end);
      if (fate.failure !== null) return fate;
    }
    return fate;
  };
  const one = (tale: Tale, start: number): Fate => {
    switch (tale.word) {
      case "wait":
        return { end: start + tale.micros, failure: null };
      case "call":
        return { end: start + 100 + 2 * LATENCY, failure: null };
      case "fail": {
        const visit = visits.get(tale) ?? 0;
        visits.set(tale, visit + 1);
        return { end: start, failure: tale.odds[visit % tale.odds.length]! ? tale.outcome : null };
      }
      case "together": {
        const fates = tale.branches.map((branch) => all(branch, start));
        const failed = fates.filter((fate) => fate.failure !== null).sort((a, b) => a.end - b.end);
        if (failed.some((fate) => fate.end === failed[0]!.end && fate.failure !== failed[0]!.failure)) throw new Tie();
        return { end: fates.reduce((latest, fate) => Math.max(latest, fate.end), start), failure: failed[0]?.failure ?? null };
      }
      case "attempt": {
        const tried = all(tale.steps, start);
        if (tried.failure === null) return tried;
        const undone = all(tale.undo, tried.end);
        return { end: undone.end, failure: undone.failure ?? tried.failure };
      }
      case "retry": {
        let fate = all(tale.steps, start);
        for (let tries = 1; fate.failure === tale.on; tries++) {
          if (tries === tale.times) return { end: fate.end, failure: "MaxRetriesExceeded" };
          const before = all(tale.before, fate.end);
          if (before.failure !== null) return before;
          fate = all(tale.steps, before.end);
        }
        return fate;
      }
      case "within": {
        const { end, failure } = all(tale.steps, start);
        const expired = tale.micros > 0 && end >= start + tale.micros;
        return { end, failure: expired ? "BuildTimeout" : failure };
      }
      case "when":
        return tale.holds ? all(tale.steps, start) : { end: start, failure: null };
      case "holding":
      case "once":
        throw new RangeError("foretold for a lone server only");
    }
  };
  return all(steps, 0);
}

const room: Room = { depth: 4, limited: false, undoing: false, retries: 4, crowded: false };
const many = new Map([["desk.counter", 1000]]);

describe("workflows of all words in random combinations", () => {
  it("end when and as the words say, for a server that is alone", () => {
    fc.assert(
      fc.property(tales(room), (told) => {
        let fate: ReturnType<typeof foretell>;
        try {
          fate = foretell(told);
        } catch (error) {
          if (error instanceof Tie) return;
          throw error;
        }
        const told1 = story((say) => stepsOf(told, say), { workers: many });
        expect(told1.tell().at(-1)).toBe(`0 ${fate.failure ?? "done"} @${fate.end}`);
        expect(leftovers(told1)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it("end exactly once each and leave nothing behind, also when servers wait for each other and are refused", () => {
    fc.assert(
      fc.property(
        tales({ ...room, crowded: true }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(1, 2, 5),
        (told, servers, capacity) => {
          const all = story((say) => stepsOf(told, say), { capacities: new Map([["desk.counter", capacity]]) });
          for (let server = 0; server < servers; server++) all.begin(server, 37 * (server >> 1));
          all.cloud.simulation.run();
          const ends = all.log.filter((line) => !line.includes(" fails ")).map((line) => Number(line.split(" ")[0]));
          expect(ends.sort((a, b) => a - b)).toEqual(Array.from({ length: servers }, (_, server) => server));
          expect(leftovers(all)).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
