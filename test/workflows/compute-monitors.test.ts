import { describe, expect, it } from "vitest";
import { constant } from "../../src/kernel/distribution.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { build, flavor, hostGroup, requestTable, tinyScenario } from "./tiny-scenario.ts";

const idleFirst = {
  ...presets.get("nova-default")!,
  enabledFilters: ["ComputeFilter", "MetricsFilter"],
  weighers: ["MetricsWeigher"],
  options: new Map([["metrics.weight_setting", ["cpu.idle.percent=1.0"]]]),
};

function placesOf(controlPlane: "modelled" | "instant", computeMonitors: readonly string[]) {
  const scenario = tinyScenario({
    cloud: { controlPlane, hosts: [hostGroup(2)], flavors: [flavor("m1", 2, 1024, 1)], nova: { computeMonitors } },
    workload: { cpuUtilisation: constant(1) },
    study: { policies: [idleFirst] },
  });
  const minute = 60_000_000;
  const rows = [0.5, 1, 0.25].map((cpuUtilisation, i) => ({ arrival: 5 * i * minute, cpuUtilisation }));
  const { cloud } = build(scenario, requestTable(rows));
  cloud.simulation.run();
  return rows.map((_, server) => cloud.servers.host[server]);
}

describe("hosts with a CPU monitor", () => {
  it.each(["modelled", "instant"] as const)("report how idle they are, and the weigher goes by it: %s control plane", (controlPlane) => {
    // Of eight threads the first guest keeps one busy, the second two: 88 % idle on the first host, 75 % on the other.
    expect(placesOf(controlPlane, ["cpu.virt_driver"])).toEqual([0, 1, 0]);
  });

  it("are told apart from hosts without, which the filter keeps out", () => {
    expect(placesOf("instant", [])).toEqual([-1, -1, -1]);
  });
});
