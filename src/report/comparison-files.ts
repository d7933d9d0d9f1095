// The files of a comparison: the table as JSON, and one row a run as CSV.
import type { CodeVersion } from "../experiment/code-version.ts";
import type { Comparison } from "../experiment/compare.ts";
import { metricsOf } from "../experiment/metrics.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Interval } from "../statistics/interval.ts";
import { csvChunks } from "./csv.ts";
import { json, manifestHead, portableValues, type ResultFile, withManifest } from "./run-files.ts";

const interval = ({ mean, halfWidth, low, high, count }: Interval) => ({ mean, half_width: halfWidth, low, high, count });

/** The comparison as plain data, for `--json` and for `comparison.json`. */
export function comparisonData(scenario: Scenario, comparison: Comparison): unknown {
  return {
    scenario: scenario.name,
    question: scenario.question,
    seed: scenario.study.seed,
    replications: scenario.study.replications,
    confidence: comparison.confidence,
    policies: scenario.study.policies.map((policy) => policy.name),
    metrics: comparison.metrics.map(({ metric, replications, policies }) => ({
      metric: metric.name,
      unit: metric.unit,
      better: metric.better,
      meaning: metric.meaning,
      replications,
      policies: policies.map(({ policy, mean, difference, verdict }) => ({
        policy,
        ...interval(mean),
        difference: difference === null ? null : interval(difference),
        verdict,
      })),
    })),
    fingerprints: comparison.runs.map(({ policy, replication, fingerprint, events }) => ({ policy, replication, fingerprint, events })),
  };
}

export function comparisonFiles(scenario: Scenario, comparison: Comparison, code: CodeVersion): readonly ResultFile[] {
  const manifest = {
    ...manifestHead(scenario, code),
    values: portableValues(scenario),
  };
  const metrics = metricsOf(scenario);
  const header = ["policy", "replication", "fingerprint", "events", ...metrics.map((metric) => `${metric.name} (${metric.unit})`)];
  const rows = comparison.runs.map((run) => [
    run.policy,
    run.replication,
    run.fingerprint,
    run.events,
    ...metrics.map((metric) => run.values.get(metric.name)!),
  ]);
  return withManifest(manifest, [
    { name: "comparison.json", text: [json(comparisonData(scenario, comparison))] },
    { name: "runs.csv", text: csvChunks(header, rows) },
  ]);
}
