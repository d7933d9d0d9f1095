// What Rally measured on real clouds, beside the same tasks on simulated ones. The service times are set on some of the rows, which are marked, and
// predict the others.
import { fileURLToPath } from "node:url";
import { runOnce } from "../src/experiment/run.ts";
import { catalogue } from "../src/scenario/catalogue.ts";
import { readScenario } from "../src/scenario/parse.ts";
import type { Scenario } from "../src/scenario/scenario.ts";
import type { RallyRunner } from "../src/workload/rally.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";

interface Row {
  readonly file: string;
  readonly set: readonly string[];
  /** Instead of the runner of the file. */
  readonly runner?: RallyRunner;
  /** By metric of Rally, what was measured. */
  readonly measured: Readonly<Record<string, number>>;
  /** Metrics that the service times were set to meet. */
  readonly calibrated: readonly string[];
}

/** @source openstack/performance-docs: CCP and Mitaka density tests, keystone_tuning */
export const rallyRows: readonly Row[] = [
  {
    file: "rally-ccp",
    set: ["concurrency=5"],
    measured: { "action.p50": 4.0, "action.p90": 5.0, "action.p95": 5.14 },
    calibrated: ["action.p50", "action.p90"],
  },
  {
    file: "rally-ccp",
    set: ["concurrency=40"],
    measured: { throughput: 2.4, "action.p50": 11.98, "action.p90": 15.8, "action.p95": 17.8 },
    calibrated: ["throughput"],
  },
  {
    file: "rally-mitaka",
    set: [],
    runner: { kind: "constant", times: 1000, concurrency: 5 },
    measured: { "action.p50": 11.95, "action.p95": 13.1 },
    calibrated: ["action.p50"],
  },
  { file: "rally-mitaka", set: ["rps=1.5 /s"], measured: { success: 100, "action.p50": 29.2 }, calibrated: [] },
  { file: "rally-mitaka", set: ["rps=2 /s"], measured: { success: 70 }, calibrated: [] },
  ...(
    [
      [30, 0.084, 0.113],
      [60, 0.104, 0.147],
      [90, 0.137, 0.199],
      [120, 0.205, 0.298],
    ] as const
  ).map(([rps, mean, p95]) => ({
    file: "rally-keystone",
    set: [`rps=${rps} /s`],
    measured: { "action.mean": mean, "action.p95": p95 },
    calibrated: ["action.mean"],
  })),
];

const scenarios = fileURLToPath(new URL("../../scenarios/", import.meta.url));

function withRunner(scenario: Scenario, runner: RallyRunner | undefined): Scenario {
  if (runner === undefined || scenario.workload.kind !== "rally") return scenario;
  return { ...scenario, workload: { ...scenario.workload, runner } };
}

function run(size: Size): BenchResult[] {
  const rows = size === "small" ? rallyRows.filter(({ file }) => file === "rally-keystone").slice(0, 1) : rallyRows;
  return rows.flatMap(({ file, set, runner, measured, calibrated }) => {
    const scenario = withRunner(
      readScenario(`${file}.yaml`, {
        catalogue,
        cwd: scenarios,
        parameters: new Map(set.map((text) => text.split("=") as [string, string])),
      }),
      runner,
    );
    const what = runner?.kind === "constant" ? `concurrency=${runner.concurrency}` : set.join(", ");
    const { values, fingerprint } = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0 });
    return Object.entries(measured).map(([metric, real]): BenchResult => {
      const figure = values.get(`rally.${metric}`)!;
      return {
        workload: `${file}, ${what}: ${metric}`,
        figure,
        unit: metric === "success" ? "%" : metric === "throughput" ? "1/s" : "s",
        references: [{ name: "measured", figure: real, ratio: figure / real }],
        hash: fingerprint,
        counts: {},
        notes: calibrated.includes(metric) ? "calibrated on it" : "predicted",
      };
    });
  });
}

export const rally: Bench = {
  name: "rally",
  question: "Does a simulated cloud take as long as the real one that Rally measured?",
  run,
};
