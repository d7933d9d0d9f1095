import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Comparison, verdictOn } from "../../src/experiment/compare.ts";
import { type Metric, metrics } from "../../src/experiment/metrics.ts";
import { comparisonData } from "../../src/report/comparison-files.ts";
import { comparisonTable } from "../../src/report/comparison-table.ts";
import { json } from "../../src/report/run-files.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { meanInterval, pairedDifference } from "../../src/statistics/interval.ts";

const shipped = readScenario(join("scenarios", "boot-storm.yaml"), { catalogue });
const metric = (name: string): Metric => metrics.find((entry) => entry.name === name)!;

/** A comparison of two policies from numbers made by hand: per metric the values of both in each replication. */
function byHand(values: Readonly<Record<string, readonly [number[], number[]]>>): { scenario: Scenario; comparison: Comparison } {
  const names = ["nova-default", "nova-pack"];
  const replications = Object.values(values)[0]![0].length;
  const policies = shipped.study.policies.filter((policy) => names.includes(policy.name));
  const comparison: Comparison = {
    confidence: 0.95,
    runs: [],
    metrics: Object.entries(values).map(([name, [first, second]]) => {
      const difference = pairedDifference(second, first, 0.95);
      return {
        metric: metric(name),
        replications,
        policies: [
          { policy: names[0]!, mean: meanInterval(first, 0.95), difference: null, verdict: null },
          { policy: names[1]!, mean: meanInterval(second, 0.95), difference, verdict: verdictOn(metric(name), difference) },
        ],
      };
    }),
  };
  return { scenario: { ...shipped, study: { ...shipped.study, replications, policies } }, comparison };
}

const plain = (_verdict: string, text: string) => text;
const table = ({ scenario, comparison }: ReturnType<typeof byHand>) => comparisonTable(scenario, comparison, plain);

describe("the table of a comparison", () => {
  it("says how it was made, and for each policy in what it is better and worse", () => {
    const text = table(
      byHand({
        "boot.mean": [
          [4.1, 4.2, 4.0, 4.1],
          [3.1, 3.1, 3.0, 3.2],
        ],
        "power.mean": [
          [2, 2.1, 2, 2.05],
          [3, 3.2, 3, 3.1],
        ],
        "servers.requested": [
          [100, 110, 120, 90],
          [100, 110, 120, 90],
        ],
      }),
    );
    expect(text).toContain("4 replications of 2 policies on the same requests, seed 1.\n");
    expect(text).toContain("Each cell: mean and its 95 % interval; below it, the paired difference from nova-default and the verdict.\n");
    expect(text).toContain("The same under every policy: servers.requested 105 ± 21 servers.\n");
    expect(text).toContain("\nnova-pack against nova-default: better in boot.mean (-1.00 s); worse in power.mean (+1.038 kW).\n");
  });

  it("shows no zeros with signs, and nothing as 0.0 that is not", () => {
    const text = table(
      byHand({
        "hosts.in_use.mean": [
          [24, 24, 24],
          [24.0001, 24.0003, 24.0002],
        ],
        "vcpu.claimed": [
          [3.9, 3.8, 3.7],
          [3.9, 3.8 + 3e-8, 3.7 - 5e-8],
        ],
      }),
    );
    expect(text).toContain("24 ± 0 ");
    expect(text).toContain("+0.00020 ± 0.00025");
    for (const [shown] of text.matchAll(/[-+]?\d+(?:\.\d+)?(?:e-\d+)?(?= ±)/g)) expect(shown).not.toMatch(/^[-+]0(\.0*)?$/);
    expect(text).not.toMatch(/± 0\.0+\b(?!\d)/);
  });

  it("judges nothing on one replication, and says how far the policies are apart", () => {
    const made = byHand({ "servers.active": [[52467], [52230]], "hosts.in_use.peak": [[1004], [1100]], "boot.max": [[0], [0]] });
    const text = table(made);
    expect(text).toContain("1 replication of 2 policies");
    expect(text).toContain("One replication says nothing about chance: no intervals, no verdicts.");
    expect(text).not.toMatch(/±|no difference|better|worse/);
    expect(text).toContain(
      "nova-pack against nova-default, in one replication: servers.active (-237 servers), hosts.in_use.peak (+96 hosts).",
    );
    const data = JSON.parse(json(comparisonData(made.scenario, made.comparison)));
    expect(data.metrics[0].policies[1]).toEqual({
      policy: "nova-pack",
      mean: 52230,
      half_width: null,
      low: null,
      high: null,
      count: 1,
      difference: { mean: -237, half_width: null, low: null, high: null, count: 1 },
      verdict: "not judged",
    });
  });

  it("colours only the verdicts better and worse, and only if asked to", () => {
    const made = byHand({
      "boot.mean": [
        [4, 4.1, 4],
        [3, 3.1, 3],
      ],
    });
    const painted = comparisonTable(made.scenario, made.comparison, (verdict, text) => `<${verdict}>${text}</>`);
    expect(painted).toContain("<better>better</> in boot.mean");
    expect(table(made)).not.toContain("\u001b");
  });
});
