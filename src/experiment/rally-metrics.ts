// What Rally prints of a task: durations of its main action, success, and iterations a second.
import { SECOND } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import type { Iteration, RallyClient } from "../scenario/rally-client.ts";
import { quantile, sortedSample } from "../statistics/quantiles.ts";
import type { Metric } from "./metrics.ts";

const only = (of: (iterations: readonly Iteration[]) => number) => (run: BuiltRun) =>
  run.rally === null ? Number.NaN : of(iterationsOf(run.rally));

/** Iterations that have begun, in order. */
export function iterationsOf(rally: RallyClient): readonly Iteration[] {
  return rally.started.map((_, iteration) => rally.iteration(iteration));
}

const actions = (iterations: readonly Iteration[]) =>
  iterations.flatMap(({ action, error }) => (error === null && action >= 0 ? [action / SECOND] : []));
const over = (iterations: readonly Iteration[]) => iterations.filter(({ endedAt }) => endedAt >= 0);

const at = (p: number) =>
  only((iterations) => {
    const durations = actions(iterations);
    return durations.length === 0 ? Number.NaN : quantile(sortedSample(durations), p);
  });

export const rallyMetrics: readonly Metric[] = [
  {
    name: "rally.iterations",
    unit: "iterations",
    better: "neither",
    meaning: "Iterations that have ended",
    of: only((all) => over(all).length),
  },
  {
    name: "rally.success",
    unit: "%",
    better: "higher",
    meaning: "Share of the ended iterations that went well",
    of: only((all) => (100 * over(all).filter(({ error }) => error === null).length) / over(all).length),
  },
  {
    name: "rally.action.mean",
    unit: "s",
    better: "lower",
    meaning: "Mean duration of the main action, as Rally's client sees it",
    of: only((all) => {
      const durations = actions(all);
      return durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
    }),
  },
  { name: "rally.action.min", unit: "s", better: "lower", meaning: "Shortest duration of the main action", of: at(0) },
  { name: "rally.action.p50", unit: "s", better: "lower", meaning: "Median duration of the main action", of: at(0.5) },
  { name: "rally.action.p90", unit: "s", better: "lower", meaning: "90th percentile of the duration of the main action", of: at(0.9) },
  { name: "rally.action.p95", unit: "s", better: "lower", meaning: "95th percentile of the duration of the main action", of: at(0.95) },
  { name: "rally.action.max", unit: "s", better: "lower", meaning: "Longest duration of the main action", of: at(1) },
  {
    name: "rally.throughput",
    unit: "1/s",
    better: "higher",
    meaning: "Iterations ended a second, from the first beginning to the last end",
    of: only((all) => {
      const ended = over(all);
      return (ended.length * SECOND) / Math.max(...ended.map(({ endedAt }) => endedAt));
    }),
  },
];
