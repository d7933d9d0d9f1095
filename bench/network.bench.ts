// Completion times of flows that share a network max-min fairly, and what they cost, beside SimGrid 3.32 with the same work.
//
// SimGrid's figures are CPU seconds of Engine::run() alone, median of 3, with its default precision and the faster of its two modes of update, on the
// same kind of machine (AMD EPYC, 2 shared cores); the whole run is timed here, with the building of the network and all compiling.
import { Fingerprint } from "../src/kernel/fingerprint.ts";
import { type Bench, type BenchResult, lessThan, type Size } from "./bench.ts";
import { cpuSecondsOf } from "./measure.ts";
import { carry, type FlowList, fullFatTree, randomFlows, shuffle } from "./network-workloads.ts";

interface Workload {
  readonly name: string;
  readonly list: (size: Size) => FlowList;
  /** CPU seconds for the large size. */
  readonly simgrid: number;
}

const star = { hosts: 1000, spines: 0, gapSeconds: 5e-4, meanBytes: 1e8, seed: 12345 } as const;
const leafSpine = { hosts: 1024, spines: 8, gapSeconds: 2.5e-4, meanBytes: 1e8, seed: 67890 } as const;

const workloads: readonly Workload[] = [
  { name: "star", list: (size) => randomFlows(star, size === "large" ? 100_000 : 400), simgrid: 0.79 },
  { name: "leafspine", list: (size) => randomFlows(leafSpine, size === "large" ? 50_000 : 300), simgrid: 136.6 },
  {
    name: "leafspine_heavy",
    list: (size) => randomFlows({ ...leafSpine, gapSeconds: size === "large" ? 2.2e-4 : 2e-5 }, size === "large" ? 50_000 : 300),
    simgrid: 320,
  },
  { name: "shuffle_equal", list: (size) => shuffle(size === "large" ? 100 : 12, null), simgrid: 0.31 },
  { name: "shuffle_random", list: (size) => shuffle(size === "large" ? 100 : 12, 424242), simgrid: 12.3 },
];

/** Ends that are not those of the plain solution, by more than rounding comes to. */
function different(list: FlowList, ends: Float64Array): number {
  const judge = carry(list, true).ends;
  let many = 0;
  for (let row = 0; row < list.count; row++) {
    const duration = judge[row]! - list.startNs[row]! / 1e9;
    if (!(Math.abs(ends[row]! - judge[row]!) <= 1e-8 * duration)) many++;
  }
  return many;
}

/** A hash of all ends to the nanosecond. */
function hashOf(ends: Float64Array): string {
  const fingerprint = new Fingerprint();
  for (let row = 0; row < ends.length; row++) fingerprint.fold(Math.round(ends[row]! * 1e9), row, 0);
  return fingerprint.hash;
}

function ofList({ name, list, simgrid }: Workload, size: Size): BenchResult {
  const flows = list(size);
  let carried = { ends: new Float64Array(0) as Float64Array, effort: { evaluations: 0, fillings: 0 } };
  const seconds = cpuSecondsOf(() => {
    const { ends, network } = carry(flows);
    carried = { ends, effort: network.effort };
  });
  return {
    workload: `${name}, ${flows.count} flows`,
    figure: seconds,
    unit: "CPU s",
    ...(size === "large" ? { references: [lessThan("SimGrid 3.32", simgrid, seconds)] } : {}),
    hash: hashOf(carried.ends),
    counts: { ...carried.effort, ...(size === "small" ? { different: different(flows, carried.ends) } : {}) },
  };
}

function ofFatTree(size: Size): BenchResult {
  const [ports, concurrent, ends] = size === "large" ? [16, 10_000, 2000] : [4, 100, 100];
  const tree = fullFatTree(ports, concurrent, 2024);
  tree.end(ends / 10); // so that all is compiled
  let ended = 0;
  const seconds = cpuSecondsOf(() => {
    ended = tree.end(ends);
  });
  return {
    workload: `fat tree of ${ports ** 3 / 4} hosts, always ${concurrent} flows`,
    figure: (seconds / ended) * 1e6,
    unit: "CPU us/flow",
    counts: tree.network.effort,
    notes: "an end and a start at each",
  };
}

function run(size: Size): BenchResult[] {
  return [...workloads.map((workload) => ofList(workload, size)), ofFatTree(size)];
}

export const network: Bench = {
  name: "network",
  question: "What does it cost to share a network fairly?",
  run,
};
