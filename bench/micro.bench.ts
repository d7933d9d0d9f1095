// Single operations that a model does millions of times, beside the obvious alternative.
import { createHash } from "node:crypto";
import Benchmark from "benchmark";
import { unit } from "mathjs";
import seedrandom from "seedrandom";
import { exponential } from "../src/kernel/distribution.ts";
import { Fingerprint } from "../src/kernel/fingerprint.ts";
import { RandomStreams } from "../src/kernel/random.ts";
import { parseQuantity } from "../src/kernel/units.ts";
import { type Bench, type BenchResult, lessThan, type Size } from "./bench.ts";

interface Operation {
  readonly name: string;
  readonly does: () => void;
  readonly reference: string;
  readonly referenceDoes: () => void;
}

/** Results go here, so that the compiler cannot find an operation useless. */
let sink = 0;

function operations(): readonly Operation[] {
  const stream = new RandomStreams("micro", 0).stream("draw");
  const oneSecond = exponential(1e6);
  const arc4 = seedrandom("micro");
  const fingerprintOfRun = new Fingerprint();
  const sha256 = createHash("sha256");
  const event = new Int32Array(4);
  let n = 0;
  return [
    {
      name: "a uniform: Stream.uniform",
      does: () => {
        sink += stream.uniform(7, n++);
      },
      reference: "seedrandom (ARC4)",
      referenceDoes: () => {
        sink += arc4();
      },
    },
    {
      name: "an exponential: Stream.sample",
      does: () => {
        sink += stream.sample(oneSecond, 7, n++);
      },
      reference: "-Math.log of seedrandom",
      referenceDoes: () => {
        sink += -1e6 * Math.log(1 - arc4());
      },
    },
    {
      name: "an event: Fingerprint.fold",
      does: () => fingerprintOfRun.fold(n++, 17, 4),
      reference: "SHA-256 update of 16 bytes",
      referenceDoes: () => {
        event[0] = n++;
        sha256.update(event);
      },
    },
    {
      name: 'a quantity: parseQuantity("64 GiB")',
      does: () => {
        sink += parseQuantity("64 GiB", "information");
      },
      reference: "mathjs unit",
      referenceDoes: () => {
        sink += unit("64 GiB").toNumber("B");
      },
    },
  ];
}

function run(size: Size): BenchResult[] {
  const options: Benchmark.Options =
    size === "large" ? { maxTime: 2, minSamples: 20 } : { maxTime: 0.02, minTime: 0.002, minSamples: 2, initCount: 1 };
  const results: BenchResult[] = [];
  for (const { name, does, reference, referenceDoes } of operations()) {
    const suite = new Benchmark.Suite();
    suite.add(name, does, options).add(reference, referenceDoes, options).run({ async: false });
    const [own, other] = Array.from({ length: 2 }, (_, i) => (suite as unknown as Benchmark[])[i]!);
    for (const { error } of [own!, other!]) if (error !== undefined) throw error;
    const nanoseconds = (of: Benchmark) => of.stats.mean * 1e9;
    results.push({
      workload: name,
      figure: nanoseconds(own!),
      unit: "ns",
      references: [lessThan(reference, nanoseconds(other!), nanoseconds(own!))],
      notes: `+-${own!.stats.rme.toFixed(1)} %, wall time, ${own!.stats.sample.length} samples`,
    });
  }
  if (Number.isNaN(sink)) throw new Error("an operation gave no number");
  return results;
}

export const micro: Bench = {
  name: "micro",
  question: "What do the smallest operations of a model cost?",
  run,
};
