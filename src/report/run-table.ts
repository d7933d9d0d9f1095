// One run as a person reads it.
import Table from "cli-table3";
import { metricsOf } from "../experiment/metrics.ts";
import type { RunResult } from "../experiment/run.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { figure } from "./figures.ts";

const NO_ROW_LINES = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };

export function runTable(scenario: Scenario, result: RunResult): string {
  const table = new Table({
    head: ["metric", "value", "unit", "meaning"],
    style: { head: [], border: [] },
    chars: NO_ROW_LINES,
    colAligns: ["left", "right", "left", "left"],
  });
  for (const { name, unit, meaning } of metricsOf(scenario)) {
    const value = result.values.get(name)!;
    if (Number.isFinite(value)) table.push([name, figure(value), unit, meaning]);
  }
  const { replication, policy } = result;
  return [
    `${scenario.name}: ${scenario.question}`,
    `policy ${policy.name}, seed ${scenario.study.seed}, replication ${replication}: ${result.events} events, fingerprint ${result.fingerprint}`,
    table.toString(),
    "",
  ].join("\n");
}
