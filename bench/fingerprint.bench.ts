// What the fingerprint costs, which is always on: the same events with and without it, by turns.
import { Fingerprint } from "../src/kernel/fingerprint.ts";
import type { Simulation } from "../src/kernel/simulation.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { isolated, ownCopy } from "./isolation.ts";
import { cpuSecondsOf, median } from "./measure.ts";

type Workloads = typeof import("./kernel-workloads.ts");
type SimulationModule = typeof import("../src/kernel/simulation.ts");

/** Folds nothing, and does not count either. */
class Unfolded extends Fingerprint {
  override fold(): void {}
}

const cases = {
  pp: (workloads: Workloads, simulation: Simulation, events: number) => workloads.pingPong(simulation, events - 1),
  "hold 1000, 1000": (workloads: Workloads, simulation: Simulation, events: number) =>
    workloads.hold(simulation, 1_000, 1_000, events - 1_000),
  "hold 100000, 100000": (workloads: Workloads, simulation: Simulation, events: number) =>
    workloads.hold(simulation, 100_000, 100_000, events - 100_000),
};
type Case = keyof typeof cases;

interface FingerprintCase {
  readonly name: Case;
  readonly events: number;
  readonly rounds: number;
}

export async function measureFingerprint({ name, events, rounds }: FingerprintCase) {
  // Copies of the kernel's loop, so that each calls one fingerprint only.
  const folded = {
    workloads: await ownCopy<Workloads>("./kernel-workloads", "folded"),
    kernel: await ownCopy<SimulationModule>("../src/kernel/simulation", "folded"),
  };
  const unfolded = {
    workloads: await ownCopy<Workloads>("./kernel-workloads", "unfolded"),
    kernel: await ownCopy<SimulationModule>("../src/kernel/simulation", "unfolded"),
  };
  class UnfoldedSimulation extends unfolded.kernel.Simulation {
    override readonly fingerprint = new Unfolded();
  }
  const nanoseconds = (workloads: Workloads, simulation: Simulation) =>
    (cpuSecondsOf(() => cases[name](workloads, simulation, events)) * 1e9) / events;

  const pairs: { with: number; without: number }[] = [];
  const hashes = new Set<string>();
  let different = 0;
  for (let round = 0; round <= rounds; round++) {
    const [one, other] = [new folded.kernel.Simulation(), new UnfoldedSimulation()];
    const pair = { with: 0, without: 0 };
    // Whoever goes first may meet a warmer or a busier machine: they take turns.
    if (round % 2 === 0) pair.with = nanoseconds(folded.workloads, one);
    pair.without = nanoseconds(unfolded.workloads, other);
    if (round % 2 === 1) pair.with = nanoseconds(folded.workloads, one);
    if (round > 0) pairs.push(pair); // the first round is for the compiler
    hashes.add(one.fingerprint.hash);
    if (one.now !== other.now || one.fingerprint.count !== events) different++;
  }
  return {
    eventNanoseconds: median(pairs.map((pair) => pair.with)),
    foldNanoseconds: median(pairs.map((pair) => pair.with - pair.without)),
    fingerprint: [...hashes].join(" "),
    counts: { events, different },
  };
}

async function run(size: Size): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  const events = size === "large" ? 2_000_000 : 200_000;
  for (const name of Object.keys(cases) as Case[]) {
    const argument = { name, events, rounds: size === "large" ? 11 : 3 };
    const measured = await isolated(size, import.meta.url, measureFingerprint, argument);
    const { eventNanoseconds, foldNanoseconds } = measured;
    const share = (100 * foldNanoseconds) / eventNanoseconds;
    results.push({
      workload: name,
      figure: foldNanoseconds,
      unit: "ns/event",
      hash: measured.fingerprint,
      counts: measured.counts,
      notes: `${share.toFixed(1)} % of an event of ${eventNanoseconds.toFixed(1)} ns with an empty handler`,
    });
  }
  return results;
}

export const fingerprint: Bench = {
  name: "fingerprint",
  question: "What does the fingerprint add to the cost of an event?",
  run,
};
