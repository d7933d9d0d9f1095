// What explain and validate say of options of policies that do not do what they seem to.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { remarkLines, remarkListing } from "../../src/report/remark-listing.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { read, withConf } from "./nova-conf/conf-scenario.ts";

const said = ({ policyRemarks }: Scenario) => policyRemarks!.map(({ path, says }) => `${path.replace("study.policies.0.", "")} ${says}`);
const metrics = "[metrics]\nweight_setting = cpu.percent=1\n";

function placed(scenario: Scenario): number {
  const { cloud } = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0 }).built;
  return Array.from({ length: cloud.servers.count }, (_, server) => cloud.servers.outcomeOf(server)).filter(
    (outcome) => outcome === "ACTIVE",
  ).length;
}

describe("an option of a policy that none of its filters and weighers reads", () => {
  it("is told with its line, wherever it was written", () => {
    const options = "max_instances_per_host: 3, ram_weight_multiplier: 2, cpu_weight_multiplier: 2";
    const { policyRemarks } = read({ policies: `[{name: a, weight_classes: [CPUWeigher], ${options}}, nova-pack]` });
    expect(remarkLines(policyRemarks!)).toBe(
      "study.policies.0.max_instances_per_host (a.yaml:5:99) has no effect: only AggregateNumInstancesFilter and NumInstancesFilter read it, which the policy does not have.\n" +
        "study.policies.0.ram_weight_multiplier (a.yaml:5:125) has no effect: only RAMWeigher reads it, which the policy does not have.\n",
    );
    const file = withConf("[filter_scheduler]\nmax_io_ops_per_host = 3\nram_weight_multiplier = 2\n");
    expect(remarkListing(file.policyRemarks!)).toMatch(
      /^Options of policies .*:\nstudy\.policies\.0\.max_io_ops_per_host {2}3\n {4}nova\.conf:2:1; has no effect: only AggregateIoOpsFilter and IoOpsFilter/,
    );
  });

  it("is not spoken of where one reads it, or where the policy only inherits it", () => {
    expect(said(read({ policies: "[{name: a, enabled_filters: [AggregateNumInstancesFilter], max_instances_per_host: 3}]" }))).toEqual([]);
    expect(said(read({ policies: "[{name: a, based_on: nova-pack, weight_classes: [CPUWeigher]}]" }))).toEqual([]);
    expect([remarkLines([]), remarkListing([])]).toEqual(["", ""]);
  });
});

describe("metrics, which no host of a scenario reports", () => {
  it("fail every request where they are required, and keep every host out where they are filtered", () => {
    for (const [conf, says] of [
      [
        metrics,
        "metrics.weight_setting makes every request fail: hosts report no metrics without cloud.nova.compute_monitors, and metrics.required is true",
      ],
      [
        `${metrics}required = false\n[filter_scheduler]\nenabled_filters = MetricsFilter\n`,
        "metrics.weight_setting keeps every host out: hosts report no metrics without cloud.nova.compute_monitors, and MetricsFilter wants them",
      ],
    ] as const) {
      const scenario = withConf(conf);
      expect(said(scenario)).toEqual([says]);
      expect(placed(scenario)).toBe(0);
    }
  });

  it("weigh nothing where they are not required", () => {
    const scenario = withConf(`${metrics}required = false\n`);
    expect(said(scenario)).toEqual(["metrics.weight_setting has no effect: hosts report no metrics without cloud.nova.compute_monitors"]);
    expect(placed(scenario)).toBe(placed(withConf("")));
    expect(said(withConf("[metrics]\nweight_setting =\n"))).toEqual([]);
  });
});
