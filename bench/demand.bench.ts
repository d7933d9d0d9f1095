// What guests demand, server by server, step after step: as a cloud asks for it every five minutes.
import { uniform } from "../src/kernel/distribution.ts";
import { RandomStreams } from "../src/kernel/random.ts";
import { MINUTE } from "../src/kernel/time.ts";
import { autocorrelatedSeries } from "../src/workload/utilisation/autocorrelated-series.ts";
import { burstySeries } from "../src/workload/utilisation/bursty-series.ts";
import { constantSeries } from "../src/workload/utilisation/constant-series.ts";
import { diurnalSeries } from "../src/workload/utilisation/diurnal-series.ts";
import { RecordedSeries } from "../src/workload/utilisation/recorded-series.ts";
import type { UtilisationSeries } from "../src/workload/utilisation/utilisation-series.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { cpuSecondsOf } from "./measure.ts";

const stepMicros = 5 * MINUTE;

function allSeries(): Readonly<Record<string, UtilisationSeries>> {
  const streams = new RandomStreams("demand", 0);
  const recorded = Array.from({ length: 1000 }, (_, guest) =>
    Float64Array.from({ length: 288 }, (_, step) => ((guest * step) % 101) / 100),
  );
  return {
    constant: constantSeries(stepMicros, (server) => (server % 100) / 100),
    diurnal: diurnalSeries({ stepMicros, meanOf: () => 0.4, amplitude: 0.2, peak: 0 }, streams.stream("server.utilisation_noise")),
    bursty: burstySeries({ stepMicros, meanOnSteps: 4, meanOffSteps: 12, onUtilisation: 0.9, offUtilisation: 0.05 }, streams),
    autocorrelated: autocorrelatedSeries({ stepMicros, distribution: uniform(0, 1), autocorrelation: 0.8 }, streams),
    recorded: new RecordedSeries(stepMicros, recorded),
  };
}

/** 20,000 servers for a week are 40 million questions. */
const ofSize: Record<Size, { readonly servers: number; readonly steps: number }> = {
  small: { servers: 500, steps: 288 },
  large: { servers: 20_000, steps: 2016 },
};

function run(size: Size): BenchResult[] {
  const { servers, steps } = ofSize[size];
  return Object.entries(allSeries()).map(([name, series]) => {
    let sum = 0;
    const cpuSeconds = cpuSecondsOf(() => {
      for (let step = 0; step < steps; step++) for (let server = 0; server < servers; server++) sum += series.at(server, step);
    });
    return {
      workload: `${name}, ${servers} servers, ${steps} steps`,
      figure: cpuSeconds,
      unit: "CPU s",
      // Billionths of the mean: the same on every machine, since nothing in a series depends on one.
      counts: { meanBillionths: Math.round((sum / servers / steps) * 1e9) },
      notes: `${((cpuSeconds / servers / steps) * 1e9).toFixed(0)} ns an answer`,
    };
  });
}

export const demand: Bench = {
  name: "demand",
  question: "What does it cost to know how busy each server is, every five minutes?",
  run,
};
