// Compares policies: the same replications under each of them, with common random numbers, so that what they have in common cancels. For
// every metric: each policy's mean with its interval, the paired difference from the first policy, and a verdict.
import type { EventListName } from "../kernel/event-list/event-list.ts";
import { buildWorkload } from "../scenario/build.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Interval, meanInterval, pairedDifference } from "../statistics/interval.ts";
import { type Metric, metricsOf } from "./metrics.ts";
import { runInSteps } from "./run.ts";

/** One run of a comparison, as it is written to `runs.csv`. */
export interface ComparedRun {
  readonly policy: string;
  readonly replication: number;
  readonly fingerprint: string;
  readonly events: number;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * `better` and `worse` follow the metric's direction; a metric that is no merit is only `higher` or `lower`. A difference in a single
 * replication is `not judged`: whether it is chance cannot be said.
 */
export type Verdict = "better" | "worse" | "higher" | "lower" | "no difference shown" | "the same" | "not judged";

export interface Compared {
  readonly policy: string;
  readonly mean: Interval;
  /** Paired difference from the first policy; null for the first policy itself. */
  readonly difference: Interval | null;
  readonly verdict: Verdict | null;
}

export interface ComparedMetric {
  readonly metric: Metric;
  /** Replications in which every policy had a value; others are left out of this metric. */
  readonly replications: number;
  readonly policies: readonly Compared[];
}

export interface Comparison {
  readonly confidence: number;
  readonly runs: readonly ComparedRun[];
  readonly metrics: readonly ComparedMetric[];
}

const SLICES = 20;

/** Runs everything; yields the share that is done. */
export function* compareInSteps(scenario: Scenario, eventList: EventListName): Generator<number, Comparison> {
  const { policies, replications, confidence } = scenario.study;
  const runs: ComparedRun[] = [];
  for (let replication = 0; replication < replications; replication++) {
    const workload = buildWorkload(scenario, replication);
    for (const policy of policies) {
      const steps = runInSteps({ scenario, policy, replication, workload, eventList }, SLICES);
      for (;;) {
        const step = steps.next();
        if (step.done) {
          const { fingerprint, events, values } = step.value;
          runs.push({ policy: policy.name, replication, fingerprint, events, values });
          break;
        }
        yield (runs.length + step.value) / (replications * policies.length);
      }
    }
  }
  return { confidence, runs, metrics: metricsOf(scenario).flatMap((metric) => compareMetric(metric, runs, scenario)) };
}

/** Nothing where no replication gave every policy a value (boot times of an instant control plane, say). */
function compareMetric(metric: Metric, runs: readonly ComparedRun[], scenario: Scenario): ComparedMetric[] {
  const { policies, replications, confidence } = scenario.study;
  const valueIn = (policy: string, replication: number) =>
    runs.find((run) => run.policy === policy && run.replication === replication)!.values.get(metric.name)!;
  const complete = Array.from({ length: replications }, (_, replication) => replication).filter((replication) =>
    policies.every((policy) => Number.isFinite(valueIn(policy.name, replication))),
  );
  if (complete.length === 0) return [];
  const first = complete.map((replication) => valueIn(policies[0]!.name, replication));
  const samples = policies.map((policy) =>
    complete.map((replication, i) => {
      const value = valueIn(policy.name, replication);
      return isRounding(value, first[i]!) ? first[i]! : value;
    }),
  );
  const compared = policies.map((policy, i): Compared => {
    const mean = meanInterval(samples[i]!, confidence);
    if (i === 0) return { policy: policy.name, mean, difference: null, verdict: null };
    const difference = pairedDifference(samples[i]!, first, confidence);
    return { policy: policy.name, mean, difference, verdict: verdictOn(metric, difference) };
  });
  return [{ metric, replications: complete.length, policies: compared }];
}

/** Sums of the same parts in another order differ by this much; it must not pass for a difference between policies. */
const ROUNDING = 1e-12;

function isRounding(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}

/** What the interval of a difference from the first policy says about a metric. */
export function verdictOn(metric: Pick<Metric, "better">, difference: Interval): Verdict {
  if (difference.mean === 0 && (difference.halfWidth === 0 || difference.count < 2)) return "the same";
  if (difference.count < 2) return "not judged";
  if (!(difference.low > 0 || difference.high < 0)) return "no difference shown";
  const higher = difference.mean > 0;
  if (metric.better === "neither") return higher ? "higher" : "lower";
  return higher === (metric.better === "higher") ? "better" : "worse";
}
