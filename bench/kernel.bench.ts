// Events per second of the bare kernel, on the workloads for which CloudSim's figures are known. CloudSim asks every entity at every
// instant whether it has something to do, so its speed falls with the number of entities; a kernel that calls the handler concerned has no
// such term.
import { Simulation } from "../src/kernel/simulation.ts";
import { type Bench, type BenchResult, moreThan, type Size } from "./bench.ts";
import { kernelEventsPerCpuSecond } from "./cloudsim-figures.ts";
import { isolated } from "./isolation.ts";
import { hold, pingPong } from "./kernel-workloads.ts";
import { cpuSecondsOf, median } from "./measure.ts";

/** `entities` 0 is ping-pong, which has two and one event in flight. */
interface KernelCase {
  readonly name: string;
  readonly entities: number;
  readonly inFlight: number;
  readonly resends: number;
}

const cases: readonly KernelCase[] = [
  { name: "pp", entities: 0, inFlight: 1, resends: 3_000_000 },
  { name: "hold 1, 1", entities: 1, inFlight: 1, resends: 3_000_000 },
  { name: "hold 1, 1000", entities: 1, inFlight: 1_000, resends: 3_000_000 },
  { name: "hold 1, 100000", entities: 1, inFlight: 100_000, resends: 3_000_000 },
  { name: "hold 100, 100", entities: 100, inFlight: 100, resends: 1_000_000 },
  { name: "hold 1000, 1000", entities: 1_000, inFlight: 1_000, resends: 300_000 },
  { name: "hold 10000, 10000", entities: 10_000, inFlight: 10_000, resends: 30_000 },
];

export function measureKernel({ entities, inFlight, resends }: KernelCase) {
  const simulation = new Simulation();
  const cpuSeconds = cpuSecondsOf(() => {
    if (entities === 0) pingPong(simulation, resends);
    else hold(simulation, entities, inFlight, resends);
  });
  return { cpuSeconds, events: simulation.fingerprint.count, fingerprint: simulation.fingerprint.hash };
}

async function run(size: Size): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const one of cases) {
    const resends = size === "large" ? one.resends : one.resends / 20;
    const runs: ReturnType<typeof measureKernel>[] = [];
    for (let round = 0; round < 3; round++) runs.push(await isolated(size, import.meta.url, measureKernel, { ...one, resends }));
    const { events } = runs[0]!;
    const eventsPerSecond = events / median(runs.map((each) => each.cpuSeconds));
    const published = size === "large" ? Object.entries(kernelEventsPerCpuSecond[one.name]!) : [];
    results.push({
      workload: one.name,
      figure: eventsPerSecond,
      unit: "events/CPU s",
      references: published.map(([name, figure]) => moreThan(name, figure, eventsPerSecond)),
      hash: [...new Set(runs.map((each) => each.fingerprint))].join(" "),
      counts: { events, expected: resends + one.inFlight },
      notes: size === "large" ? "median of 3, each in a fresh process; CloudSim on another machine" : "a twentieth of the events",
    });
  }
  return results;
}

export const kernel: Bench = {
  name: "kernel",
  question: "How many events a second does the kernel handle, beside CloudSim's?",
  run,
};
