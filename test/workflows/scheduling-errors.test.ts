// A filter that raises while a server moves: what the operator is told is not that there is no host.
import { describe, expect, it } from "vitest";
import { constant } from "../../src/kernel/distribution.ts";
import { MINUTE } from "../../src/kernel/time.ts";
import type { OptionValue } from "../../src/policies/nova/config.ts";
import { type PolicySpec, presets } from "../../src/policies/nova/policy.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { alike, build, tinyScenario } from "./tiny-scenario.ts";

/** MetricsWeigher raises where a host does not report what it wants; a host that is the only one left is not weighed. */
const policy: PolicySpec = {
  ...presets.get("nova-default")!,
  weighers: ["MetricsWeigher"],
  options: new Map<string, OptionValue>([
    ["metrics.weight_setting", ["cpu.percent=1.0"]],
    ["metrics.required", true],
  ]),
};

/** A server on the only host there was when it was launched. */
function launched(controlPlane: "modelled" | "instant", failing = false): BuiltRun {
  const scenario = tinyScenario({ cloud: { controlPlane }, study: { policies: [policy] } });
  const operations = failing
    ? {
        ...{ processes: [], bursts: null, crews: 1, racksPerPdu: 1, disksPerHost: 1, disksTolerated: 0, ha: null, timeline: [] },
        rebootTime: constant(1),
        outages: {
          ...{ reportInterval: 10e6, serviceDownTime: 60e6, resumeGuestsStateOnHostBoot: false },
          ...{ syncPowerStateInterval: 600e6, ownersStartAfter: null },
        },
      }
    : undefined;
  const built = build({ ...scenario, ...(operations === undefined ? {} : { operations }) }, alike(1));
  for (const host of [1, 2, 3]) built.cloud.hosts.setEnabled(host, false);
  built.cloud.simulation.run(5 * MINUTE);
  expect(built.cloud.servers.outcomeOf(0)).toBe("ACTIVE");
  for (const host of [1, 2, 3]) built.cloud.hosts.setEnabled(host, true);
  return built;
}

describe.each(["modelled", "instant"] as const)("with a control plane that is %s", (controlPlane) => {
  it.each(["live", "cold"])("a %s migration ends in SchedulingError", (how) => {
    const built = launched(controlPlane);
    const answer = how === "live" ? built.moves.startLiveMigration(0) : built.moves.startMigration(0);
    expect(answer.accepted).toBe(true);
    built.cloud.simulation.run(10 * MINUTE);
    expect(built.cloud.moving.migrations.row(0).outcome).toBe("SchedulingError");
    expect(built.cloud.servers.vmStateOf(0)).toBe("active");
  });

  it("an evacuation ends in SchedulingError", () => {
    const built = launched(controlPlane, true);
    const { cloud, operations } = built;
    const [host] = cloud.servers.host;
    operations!.room.fail({ kind: "host", index: host! });
    cloud.simulation.run(10 * MINUTE);
    operations!.evacuations.start(0);
    cloud.simulation.run(15 * MINUTE);
    expect([...operations!.evacuations.counts]).toEqual([["SchedulingError", 1]]);
  });
});
