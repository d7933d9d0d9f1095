// The comparison as a person reads it: a table with a row a metric and a column a policy, and a sentence for each policy.
import Table from "cli-table3";
import type { Compared, ComparedMetric, Comparison } from "../experiment/compare.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Colours a text by verdict; the identity where colours are off. */
export type Paint = (verdict: string, text: string) => string;

export function comparisonTable(scenario: Scenario, comparison: Comparison, paint: Paint): string {
  const { policies, replications, seed } = scenario.study;
  const percent = Math.round(comparison.confidence * 1000) / 10;
  const table = new Table({ head: ["metric", ...policies.map((policy) => policy.name)], style: { head: [], border: [] } });
  const same: string[] = [];
  for (const compared of comparison.metrics) {
    const { metric, policies: rows } = compared;
    if (rows.length > 1 && rows.every(({ verdict }) => verdict === null || verdict === "the same")) {
      const { mean, halfWidth } = rows[0]!.mean;
      same.push(`${metric.name} ${withInterval(mean, halfWidth, digits(compared))} ${metric.unit}`);
      continue;
    }
    const cells = compared.policies.map((policy) => cell(policy, digits(compared), paint));
    table.push([`${compared.metric.name}\n${compared.metric.unit}`, ...cells]);
  }
  const lines = [
    `${scenario.name}: ${scenario.question}`,
    `${replications} replication${replications === 1 ? "" : "s"} of ${policies.length} policies on the same requests, seed ${seed}.`,
    replications === 1
      ? "One replication says nothing about chance: no intervals."
      : `Each cell: mean and its ${percent} % interval; below it, the paired difference from ${policies[0]!.name} and the verdict.`,
    "",
    table.toString(),
    ...(same.length > 0 ? [`The same under every policy: ${same.join(", ")}.`] : []),
    "",
    ...sentences(comparison, paint),
  ];
  return `${lines.join("\n")}\n`;
}

function cell({ mean, difference, verdict }: Compared, places: number, paint: Paint): string {
  const own = withInterval(mean.mean, mean.halfWidth, places);
  if (difference === null || verdict === null) return own;
  if (verdict === "the same") return `${own}\n${verdict}`;
  const sign = difference.mean > 0 ? "+" : "";
  return `${own}\n${sign}${withInterval(difference.mean, difference.halfWidth, places)}\n${paint(verdict, verdict)}`;
}

function withInterval(value: number, halfWidth: number, places: number): string {
  return Number.isFinite(halfWidth) ? `${value.toFixed(places)} ± ${halfWidth.toFixed(places)}` : value.toFixed(places);
}

/** Enough decimals for three significant digits of the smallest interval, at most 3. */
function digits({ policies }: ComparedMetric): number {
  const scales = policies
    .flatMap(({ mean, difference }) => [mean.halfWidth, difference?.halfWidth ?? 0])
    .filter((x) => x > 0 && Number.isFinite(x));
  if (scales.length === 0 && policies.every(({ mean }) => Number.isInteger(mean.mean))) return 0;
  const smallest = scales.length > 0 ? Math.min(...scales) : Math.min(...policies.map(({ mean }) => Math.abs(mean.mean) || 1));
  for (let places = 0; places < 3; places++) if (smallest * 10 ** places >= 10) return places;
  return 3;
}

/** For each policy but the first: what it is better and worse at. */
function sentences(comparison: Comparison, paint: Paint): string[] {
  const [first, ...others] = comparison.metrics[0]?.policies.map(({ policy }) => policy) ?? [];
  return others.map((name) => {
    const found = (verdict: string) =>
      comparison.metrics.flatMap((compared) => {
        const policy = compared.policies.find((entry) => entry.policy === name)!;
        if (policy.verdict !== verdict || policy.difference === null) return [];
        const difference = policy.difference.mean;
        return [`${compared.metric.name} (${difference > 0 ? "+" : ""}${difference.toFixed(digits(compared))} ${compared.metric.unit})`];
      });
    const better = found("better");
    const worse = found("worse");
    if (better.length + worse.length === 0)
      return `${name} against ${first}: no difference shown in any metric that has a better and a worse.`;
    const parts = [
      better.length > 0 ? `${paint("better", "better")} in ${better.join(", ")}` : "",
      worse.length > 0 ? `${paint("worse", "worse")} in ${worse.join(", ")}` : "",
    ].filter((part) => part !== "");
    return `${name} against ${first}: ${parts.join("; ")}.`;
  });
}
