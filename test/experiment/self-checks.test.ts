// A run that checks itself stops at the first thing that cannot be, and says when, where and with which seed.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { selfChecks } from "../../src/experiment/self-checks/self-checks.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder } from "../scenario/folder.ts";

const text = `cloud:
  hosts: [{type: hpe-dl360-gen9, count: 4, racks: 2, ram: 64 GiB}]
  flavors: [{name: m, vcpus: 2, ram: 4 GiB, disk: 10 GiB}]
  cpu_sharing: {}
workload: {arrivals: {poisson: {rate: 60 /h}}, lifetime: {exponential: {mean: 20 min}}}
failures: {instance_ha: {}}
timeline: [{at: 20 min, fail: {rack: 1, for: 10 min}}]
study: {duration: 1 h, seed: 5}
`;

/** Runs with checks, and with something that goes wrong after half an hour. */
function run(goesWrong: ((built: BuiltRun) => void) | null, check = true) {
  const scenario = readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text }) });
  const prepare = (built: BuiltRun) => {
    const { simulation } = built.cloud;
    const wrong = simulation.kind("something goes wrong", () => goesWrong?.(built));
    simulation.schedule(1_800_000_000, wrong, 0);
  };
  return runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, prepare, check });
}

function addMemory({ hosts }: BuiltRun["cloud"]): void {
  hosts.usedRamMb[0]! += 1024;
}

describe("a run that checks itself", () => {
  it("comes to the same end as one that does not", () => {
    const [checked, unchecked] = [run(null), run(null, false)];
    expect([checked.fingerprint, [...checked.values]]).toEqual([unchecked.fingerprint, [...unchecked.values]]);
  });

  it.each([
    ["books", "RAM of compute-1", ({ cloud }: BuiltRun): void => addMemory(cloud)],
    [
      "failures",
      "has power, and its rack has not",
      ({ operations }: BuiltRun) => {
        const { room } = operations!;
        room.fail({ kind: "rack", index: 0 });
        room.hostPowered = () => true;
      },
    ],
    [
      "energy",
      "energy of compute-2",
      ({ cloud }: BuiltRun) => {
        const truth: (host: number, now: number) => number = cloud.power.energyJoules.bind(cloud.power);
        cloud.power.energyJoules = (host: number, now: number): number => (host === 1 ? -1 : truth(host, now));
      },
    ],
  ] as const)("%s: says what does not hold, when, and in which run", (name, what, goesWrong) => {
    expect(() => run(goesWrong)).toThrow(new RegExp(`self-check "${name}": .*${what}.* \\(t=.*, event \\d+, .*seed 5, replication 0`));
  });

  it("has a name and a sentence for each check", () => {
    for (const { name, meaning } of selfChecks) expect([name !== "", meaning.endsWith(".")]).toEqual([true, true]);
  });
});

describe("moves, crashes, evacuations and upgrades at once", () => {
  const busy = `cloud:
  hosts: [{type: dell-r740-8280, count: 12, racks: 4, ram: 96 GiB, nic: 1 Gbit/s}]
  cpu_sharing: {}
  migration: {dirty_rate: database, live_migration_permit_post_copy: true, live_migration_timeout_action: force_complete}
  images: [{name: a, size: 1 GiB}]
  flavors: [{name: m, vcpus: 4, ram: 8 GiB, disk: 20 GiB}, {name: s, vcpus: 2, ram: 4 GiB, disk: 10 GiB}]
workload:
  arrivals: {poisson: {rate: 60 /h}}
  lifetime: {exponential: {mean: 2 h}}
  cpu_pattern: {bursty: {}}
failures:
  components:
    - {component: host, between: {exponential: {mean: 8 h}}, repair: 20 min}
    - {component: switch, between: {exponential: {mean: 12 h}}, repair: 10 min}
    - {component: rack, between: {exponential: {mean: 24 h}}, repair: 30 min}
  instance_ha: {}
profiles:
  upgrade: [{do: drain}, {do: reboot}, {do: enable}]
timeline:
  - {at: 1 h, every: 4 h, rolling: {by: object}, profile: {name: upgrade, all: hosts}}
  - {at: 30 min, every: 3 h, drain: {all: hosts, fraction: 0.3}}
  - {at: 2 h, every: 3 h, enable: {all: hosts}}
study: {duration: 6 h}
`;

  it.each([1, 2, 3])("break nothing that must hold (seed %i)", (seed) => {
    const scenario = readScenario("b.yaml", { catalogue, cwd: folder({ "b.yaml": busy.replace("6 h}", `6 h, seed: ${seed}}`) }) });
    const { values } = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true });
    for (const name of ["migrations.completed", "servers.evacuated", "failures"])
      expect([name, values.get(name)! > 0]).toEqual([name, true]);
  });
});
