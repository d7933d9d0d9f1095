// The comparison as a person reads it: a table with a row a metric and a column a policy, and a sentence for each policy.
import Table from "cli-table3";
import type { Compared, Comparison } from "../experiment/compare.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { rounded, signed, withInterval } from "./figures.ts";

/** Colours a text by verdict; the identity where colours are off. */
export type Paint = (verdict: string, text: string) => string;

export function comparisonTable(scenario: Scenario, comparison: Comparison, paint: Paint): string {
  const { policies, replications, seed } = scenario.study;
  const percent = Math.round(comparison.confidence * 1000) / 10;
  const table = new Table({ head: ["metric", ...policies.map((policy) => policy.name)], style: { head: [], border: [] } });
  const same: string[] = [];
  for (const { metric, policies: rows } of comparison.metrics) {
    if (rows.length > 1 && rows.every(({ verdict }) => verdict === null || verdict === "the same")) {
      const { mean, halfWidth } = rows[0]!.mean;
      same.push(`${metric.name} ${withInterval(mean, halfWidth)} ${metric.unit}`);
      continue;
    }
    table.push([`${metric.name}\n${metric.unit}`, ...rows.map((row) => cell(row, paint))]);
  }
  const paired = policies.length === 1 ? "" : `; below it, the paired difference from ${policies[0]!.name} and the verdict`;
  const lines = [
    `${scenario.name}: ${scenario.question}`,
    `${counted(replications, "replication", "replications")} of ${counted(policies.length, "policy", "policies")} on the same requests, seed ${seed}.`,
    replications === 1
      ? "One replication says nothing about chance: no intervals, no verdicts."
      : `Each cell: mean and its ${percent} % interval${paired}.`,
    "",
    table.toString(),
    ...(same.length > 0 ? [`The same under every policy: ${same.join(", ")}.`] : []),
    "",
    ...sentences(comparison, paint),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

function cell({ mean, difference, verdict }: Compared, paint: Paint): string {
  const own = withInterval(mean.mean, mean.halfWidth);
  if (difference === null || verdict === null) return own;
  if (verdict === "the same") return `${own}\n${verdict}`;
  const apart = signed(withInterval(difference.mean, difference.halfWidth));
  return verdict === "not judged" ? `${own}\n${apart}` : `${own}\n${apart}\n${paint(verdict, verdict)}`;
}

/** For each policy but the first: what it is better and worse at or, after one replication, how far it is off. */
function sentences(comparison: Comparison, paint: Paint): string[] {
  const [first, ...others] = comparison.metrics[0]?.policies.map(({ policy }) => policy) ?? [];
  return others.map((name) => {
    const found = (verdict: string) =>
      comparison.metrics.flatMap(({ metric, policies }) => {
        const { difference, verdict: own } = policies.find((entry) => entry.policy === name)!;
        if (own !== verdict || difference === null) return [];
        return [`${metric.name} (${signed(rounded(difference.mean, difference.halfWidth))} ${metric.unit})`];
      });
    const unjudged = found("not judged");
    if (unjudged.length > 0) return `${name} against ${first}, in one replication: ${unjudged.join(", ")}.`;
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
