// The classical test of an event list: with a fixed number of events pending, take the earliest out and put it back a random delay later.
// The wheel and the heap are held against the binary heap of a well-kept library, in the same process, by turns.

import { exponential } from "../src/kernel/distribution.ts";
import { type EventListName, eventLists } from "../src/kernel/event-list/event-list.ts";
import { RandomStreams } from "../src/kernel/random.ts";
import { HOUR, MILLISECOND, SECOND } from "../src/kernel/time.ts";
import { type Bench, type BenchResult, lessThan, type Size } from "./bench.ts";
import { ownCopy } from "./isolation.ts";
import { canCollect, collectGarbage, cpuSecondsOf, geometricMean, median } from "./measure.ts";

/** Delays are drawn beforehand into a table of this length, so that the event list is all that is measured. */
const DELAYS = 1 << 16;

const stream = new RandomStreams("hold", 0).stream("delay");
const mean = (micros: number) => {
  const law = exponential(micros);
  return (n: number) => Math.round(stream.sample(law, 1, n));
};
const [rpc, request, timer, lifetime] = [mean(5 * MILLISECOND), mean(200 * MILLISECOND), mean(SECOND), mean(HOUR)];

const mixed = (u: number, n: number) =>
  u < 0.6 ? rpc(n) : u < 0.85 ? request(n) : u < 0.9 ? 10 * SECOND : u < 0.95 ? 60 * SECOND : lifetime(n);

/** Delays in microseconds, by a uniform u and the number of the draw. */
const delayLaws = {
  /** Exponential, 1 s on average. */
  exp: (_: number, n: number) => timer(n),
  /** What a cloud schedules: calls of milliseconds, requests, two fixed timers, lifetimes of an hour. */
  mix: mixed,
  /** The same mix, begun as it stands long after the start, when nearly all that is pending are lifetimes. */
  steady: mixed,
  /** 1 to 16 us: nearly every event has company. */
  tie: (u: number) => 1 + Math.floor(u * 16),
} as const;
type Law = keyof typeof delayLaws;

/**
 * What is left of the mix's delays that are under way at an instant long after the start: a kind of delay is met as often as it is long, an
 * exponential one has its whole law left, a fixed one any part of itself.
 */
function remaining(u: number, n: number): number {
  const lengths = [0.6 * 5e3, 0.25 * 2e5, 0.05 * 1e7, 0.05 * 6e7, 0.05 * 3.6e9];
  let left = u * lengths.reduce((sum, length) => sum + length, 0);
  const kind = lengths.findIndex((length) => (left -= length) < 0);
  const share = (left + lengths[kind]!) / lengths[kind]!;
  if (kind === 2) return Math.floor(share * 10 * SECOND);
  if (kind === 3) return Math.floor(share * 60 * SECOND);
  return kind === 0 ? rpc(n) : kind === 1 ? request(n) : lifetime(n);
}

/** Rounds measured; one more goes before them and is thrown away, because each law of delays and each size is news to the compiler. */
const roundsOf = (size: Size, pending: number) => (size === "small" || pending >= 1e6 ? 3 : 7);
const names = ["wheel", "heap", "reference"] as const satisfies readonly EventListName[];
type Loop = typeof import("./hold-loop.ts");

interface Round {
  readonly nanosecondsPerTurn: number;
  readonly hash: number;
}

interface Delays {
  readonly initial: Float64Array;
  readonly next: Float64Array;
}

function drawDelays(law: Law): Delays {
  const next = Float64Array.from({ length: DELAYS }, (_, n) => delayLaws[law](stream.uniform(0, n), n));
  if (law !== "steady") return { initial: next, next };
  return { initial: Float64Array.from({ length: DELAYS }, (_, n) => remaining(stream.uniform(2, n), DELAYS + n)), next };
}

/**
 * One list, filled, settled and measured. A collection makes V8 drop optimised code, and optimising it again costs some 20 ms of CPU, far
 * more than a fast list takes for the difference that is looked for: so it is made first of all, and half as many turns as are measured (at
 * least) go before them unmeasured.
 */
function measureRound(loop: Loop, name: EventListName, delays: Delays, pending: number, turns: number): Round {
  collectGarbage();
  const list = eventLists[name]();
  loop.fill(list, delays.initial, pending);
  const settling = Math.max(Math.min(2 * pending, turns), turns >> 1);
  let hash = loop.hold(list, delays.next, pending, settling, 0);
  const cpuSeconds = cpuSecondsOf(() => {
    hash = loop.hold(list, delays.next, pending + settling, turns, hash);
  });
  return { nanosecondsPerTurn: (cpuSeconds * 1e9) / turns, hash };
}

/**
 * Bytes that a turn leaves behind: growth of the heap over short stretches, the median of many, so that the few in which a collection
 * strikes do not count. Unoptimised code boxes numbers that optimised code does not, hence the settling after the collection. The reading
 * itself allocates a little, which the length of the stretch divides.
 */
function garbagePerTurn(loop: Loop, name: EventListName, delays: Delays, pending: number): number {
  const stretch = 10_000;
  const settling = 200 * stretch;
  collectGarbage();
  const list = eventLists[name]();
  loop.fill(list, delays.initial, pending);
  let cursor = pending + settling;
  let hash = loop.hold(list, delays.next, pending, settling, 0);
  const growths: number[] = [];
  for (let i = 0; i < 21; i++) {
    const before = process.memoryUsage().heapUsed;
    hash = loop.hold(list, delays.next, cursor, stretch, hash);
    growths.push((process.memoryUsage().heapUsed - before) / stretch);
    cursor += stretch;
  }
  return median(growths);
}

async function run(size: Size): Promise<BenchResult[]> {
  const loops = {} as Record<EventListName, Loop>;
  for (const name of names) loops[name] = await ownCopy<Loop>("./hold-loop", name);
  const turns = size === "large" ? 1_000_000 : 50_000;
  const populations = size === "large" ? [1e3, 1e4, 1e5, 1e6] : [1e3, 1e4];
  const results: BenchResult[] = [];
  const speedups: { law: Law; pending: number; ratio: number }[] = [];
  for (const law of Object.keys(delayLaws) as Law[]) {
    const delays = drawDelays(law);
    for (const pending of populations) {
      const measured: Record<EventListName, Round[]> = { wheel: [], heap: [], reference: [] };
      for (let round = 0; round <= roundsOf(size, pending); round++) {
        for (const name of names) {
          const one = measureRound(loops[name], name, delays, pending, turns);
          if (round > 0) measured[name].push(one);
        }
      }
      const nanoseconds = (name: EventListName) => median(measured[name].map((round) => round.nanosecondsPerTurn));
      for (const name of names) {
        const own = nanoseconds(name);
        const hashes = new Set(measured[name].map((round) => (round.hash >>> 0).toString(16).padStart(8, "0")));
        results.push({
          workload: `${law}, ${pending} pending, ${name === "reference" ? "fastpriorityqueue" : name}`,
          figure: own,
          unit: "ns/event",
          ...(name === "reference" ? {} : { references: [lessThan("fastpriorityqueue", nanoseconds("reference"), own)] }),
          hash: [...hashes].join(" "),
          counts: { pending, turns },
        });
      }
      speedups.push({ law, pending, ratio: nanoseconds("reference") / nanoseconds("wheel") });
    }
  }
  const speedup = (workload: string, laws: readonly Law[], from: number, to: number, notes: string): void => {
    const of = speedups.filter((one) => laws.includes(one.law) && one.pending >= from && one.pending <= to);
    const caution = size === "small" ? "; so short a run measures the compiler" : "";
    if (of.length > 0) results.push({ workload, figure: geometricMean(of.map((one) => one.ratio)), unit: "x", notes: notes + caution });
  };
  speedup("wheel over fastpriorityqueue, exp and mix, 10^3 and 10^4", ["exp", "mix"], 1e3, 1e4, "geometric mean; target 5");
  speedup("wheel over fastpriorityqueue, exp and mix, 10^5 and 10^6", ["exp", "mix"], 1e5, 1e6, "geometric mean; target 15, aim 25");
  speedup(
    "wheel over fastpriorityqueue, steady mix, all",
    ["steady"],
    1e3,
    1e6,
    "geometric mean; short delays stay near the top of a heap",
  );
  speedup("wheel over fastpriorityqueue, tie, all", ["tie"], 1e3, 1e6, "geometric mean");
  if (canCollect) {
    for (const law of Object.keys(delayLaws) as Law[]) {
      const delays = drawDelays(law);
      const wheel = garbagePerTurn(loops.wheel, "wheel", delays, 1e4);
      const reference = garbagePerTurn(loops.reference, "reference", delays, 1e4);
      results.push({
        workload: `${law}, 10000 pending, wheel: garbage`,
        figure: wheel,
        unit: "B/event",
        notes: `fastpriorityqueue ${reference.toFixed(1)} B/event; under 1 is none: reading the heap allocates too`,
      });
    }
  }
  return results;
}

export const hold: Bench = {
  name: "hold",
  question: "How long does an event list take to give the next event and to file another?",
  run,
};
