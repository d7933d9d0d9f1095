// A week of the 277 hosts of SURF's Lisa cluster: what the power models say, beside what was measured.
import { join } from "node:path";
import { powerModel } from "../src/datacenter/power-models.ts";
import { meanAbsolutePercentageError, meanOfModels, replayCluster } from "../src/experiment/measured-cluster.ts";
import { readMeasuredPower } from "../src/workload/traces/measured-power.ts";
import { readFragmentTrace } from "../src/workload/traces/opendc-fragments.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { cpuSecondsOf } from "./measure.ts";
import { sharedData, skipped } from "./shared-data.ts";

const HOSTS = 277;
/** Idle and full watts of one host. */
const CURVE = [32, 180];
const ONE_DAY_OF_SAMPLES = 2880;
/** The four whose mean is the model of models, and one more. */
const averaged = ["mse", "sqrt", "asymptotic", "asymptotic-dvfs"];
const models = [...averaged, "linear"];
/** Percent, over the whole week: plain Python on the same files, and M3SA for the mean. */
const published: Readonly<Record<string, number>> = {
  ...{ mse: 8.89, sqrt: 2.29, asymptotic: 5.36, "asymptotic-dvfs": 13.36, linear: 7.85 },
  "mean of four": 3.81,
};

export function surfErrors(folder: string, samples = Number.POSITIVE_INFINITY) {
  const trace = readFragmentTrace(join(folder, "tasks.csv.gz"), join(folder, "fragments.csv.gz"));
  const measured = readMeasuredPower(join(folder, "measured_power.csv.gz"));
  const ends = measured.ends.slice(0, Math.min(samples, measured.ends.length));
  const watts = measured.watts.slice(0, ends.length);
  let errors: [model: string, percent: number][] = [];
  let facts = { samples: ends.length, mostBusyHosts: 0 };
  let hash = "";
  const cpuSeconds = cpuSecondsOf(() => {
    const replayed = replayCluster(
      { hosts: HOSTS, trace, sampleEnds: ends },
      models.map((name) => powerModel(name, CURVE)),
    );
    const mean = meanOfModels(replayed.watts.slice(0, averaged.length));
    errors = models.map((name, i) => [name, meanAbsolutePercentageError(replayed.watts[i]!, watts)]);
    errors.push(["mean of four", meanAbsolutePercentageError(mean, watts)]);
    facts = { ...facts, mostBusyHosts: replayed.mostBusyHosts };
    hash = replayed.fingerprint;
  });
  return { errors: new Map(errors), facts, hash, cpuSeconds };
}

function run(size: Size): BenchResult[] {
  const folder = sharedData("surf-lisa-power");
  if (folder === null) return [skipped("a week of SURF's Lisa cluster", "surf-lisa-power")];
  const { errors, facts, hash, cpuSeconds } = surfErrors(folder, size === "small" ? ONE_DAY_OF_SAMPLES : undefined);
  return [...errors].map(([model, percent]) => ({
    workload: `${size === "small" ? "a day" : "a week"}, ${model}`,
    figure: percent,
    unit: "% error",
    references: size === "small" ? [] : [{ name: "published", figure: published[model]!, ratio: published[model]! / percent }],
    hash,
    counts: facts,
    notes: `mean absolute error against measured watts; all models together ${cpuSeconds.toFixed(1)} CPU s`,
  }));
}

export const surfPower: Bench = {
  name: "surf-power",
  question: "How far are the power models from the measured watts of a cluster?",
  run,
};
