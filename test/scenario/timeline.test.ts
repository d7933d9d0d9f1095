// Failures and timelines as people write them: what is wrong is said with its place and all at once, and nothing is taken that has no effect.
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/kernel/problem.ts";
import { HOUR, MINUTE } from "../../src/kernel/time.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { folder } from "./folder.ts";

const base = `
cloud:
  hosts:
    - {type: dell-r7525, count: 4, racks: 2}
    - {name: gpu, type: dell-r7525, count: 2}
  aggregates:
    - {name: fast, hosts: [gpu], availability_zone: az2}
  flavors: [{name: m1, vcpus: 1, ram: 1 GiB}]
workload:
  arrivals: {poisson: {rate: 1 /h}}
  lifetime: 1 h
study: {duration: 1 d}
`;

function read(more: string): Scenario {
  const cwd = folder({ "s.yaml": base + more });
  return readScenario("s.yaml", { catalogue, cwd });
}

/** `line: message (hint)` of every problem. */
function problems(more: string): readonly string[] {
  try {
    read(more);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const first = base.split("\n").length - 1;
    return error.problems.map(({ line, message, hint }) => `${line! - first}: ${message}${hint === "" ? "" : ` (${hint})`}`);
  }
  return [];
}

describe("a scenario with failures and a timeline", () => {
  it("says what fails by published laws or one's own, and what operators do to whom", () => {
    const { operations } = read(`
failures:
  components: [host-crash, {component: switch, between: {weibull: {shape: 0.8, mean: 365 d}}, repair: 2 h}]
  crews: 2
  racks_per_pdu: 2
  instance_ha: {}
profiles:
  upgrade: [{do: drain}, {do: reboot}, {after: 10 min, do: enable}]
timeline:
  - {at: 2 h, fail: {rack: 3, for: 2 h}}
  - {at: 3 h, fail: {pdu: 2, for: 5 min}}
  - {at: 4 h, every: 6 h, times: 2, disable: {zone: nova, fraction: 50%}}
  - {at: 5 h, set: {pool: gpu, cpu_allocation_ratio: 8}}
  - {at: 6 h, profile: {name: upgrade, all: hosts}, rolling: {by: rack, wait: 10 min}}
  - {at: 7 h, add_rack: {rack: 2}}
`);
    expect(operations!.processes.map(({ name, kind }) => [name, kind])).toEqual([
      ["host-crash", "host"],
      ["switch 1", "switch"],
    ]);
    expect(operations!.processes[1]!.law.between.mean).toBeCloseTo(365 * 24 * HOUR, 0);
    const [rack, pdu, zone, set, upgrade, add] = operations!.timeline;
    expect([rack!.objects, rack!.steps[0]!.action]).toEqual([[{ kind: "rack", index: 2 }], { verb: "fail", time: 2 * HOUR }]);
    expect(pdu!.objects).toEqual([{ kind: "pdu", index: 1 }]);
    expect([zone!.objects.map(({ index }) => index), zone!.drawn, zone!.every, zone!.times]).toEqual([[0, 1, 2, 3], 2, 6 * HOUR, 2]);
    expect([set!.objects.length, set!.steps[0]!.action]).toEqual([2, { verb: "set", ratios: { cpu: 8 } }]);
    expect(upgrade!.steps.map(({ after, action }) => [after, action.verb])).toEqual([
      [0, "drain"],
      [0, "reboot"],
      [10 * MINUTE, "enable"],
    ]);
    expect(upgrade!.rolling).toEqual({ by: "rack", size: 1, wait: 10 * MINUTE });
    expect([add!.steps[0]!.action.verb, add!.objects.map(({ index }) => index)]).toEqual(["add", [1, 3]]);
  });

  it("says nothing of either where neither is written", () => {
    expect(read("").operations).toBeUndefined();
  });

  it("explains a preset by its laws, and who published them", () => {
    const { values } = read("failures: {components: [dean-2008-rack]}\n");
    const between = values.find(({ path }) => path === "failures.components.0.between")!;
    expect(between).toMatchObject({ evidence: "derived", value: expect.stringContaining("exponential") });
    expect(between.source).toContain("Dean");
    expect(values.find(({ path }) => path === "failures.service_down_time")).toMatchObject({ value: "1 min", evidence: "verified" });
  });

  it("names all that is wrong at once, each in its line, with what was meant", () => {
    expect(
      problems(`failures:
  components: [host-crsh, {component: rack, between: {pareto: {shape: 3, minimum: 1 h}}, repair: 1 h}]
  racks_per_pdu: 3
  disks_per_host: 4
  report_interval: 2 min
timeline:
  - {at: 2 h, fial: {rack: 3}}
  - {at: 2 h, fail: {rack: 9}}
  - {at: 2 d, reboot: {host: compute-9}}
  - {at: 2 h, disable: {pool: gpus}, rolling: {}}
  - {at: 2 h, set: {host: gpu-1}}
  - {at: 2 h, enable: {rack: 1, zone: az2}}
  - {at: 2 h, times: 3, profile: {name: upgrade, all: hosts}}
  - {at: 2 h, drain: {}, enable: {all: hosts}}
  - {at: 2 h, every: 1 h, add_hosts: {pool: gpu}}
  - {at: 2 h, disable: {all: racks}}
profiles:
  unused: [{do: enable, for: 2 h}]
`),
    ).toMatchInlineSnapshot(`
      [
        "2: unknown failure preset "host-crsh" (did you mean "host-crash"?)",
        "2: how pareto goes on in a component that is not new is not known (write starts_new: true)",
        "5: services report every 2 min and would be taken for down after 1 min (service_down_time is several times report_interval)",
        "7: unknown key "fial" (did you mean "fail"?)",
        "8: there is no rack 9: there are 3",
        "9: nothing happens: the run ends after 1 d",
        "9: there is no host "compute-9" (did you mean compute-1 to compute-4?)",
        "10: unknown group of hosts "gpus" (did you mean "gpu"?)",
        "11: nothing is set: expected one of cpu_allocation_ratio, ram_allocation_ratio, disk_allocation_ratio (e.g. {all: hosts, cpu_allocation_ratio: 8})",
        "12: enable names its objects twice (zone, rack): expected one of host, hosts, pool, aggregate, zone, rack or all (e.g. {rack: 3} or {all: hosts})",
        "13: without every it happens once (say every: 1 d, or leave times out)",
        "13: unknown profile "upgrade" (known: unused)",
        "14: an entry has 2 verbs (drain, enable); expected one of drain, migrate, disable, enable, reboot, evacuate, power_off, power_on, suspend, set, fail, repair, add_hosts, add_rack, profile (e.g. {at: 2 h, fail: {rack: 1, for: 1 h}})",
        "15: hosts are added once (leave every out)",
        "16: disable is done to hosts, not to racks (write all: hosts)",
        "18: no entry of the timeline does profile "unused" (use it or leave it out)",
        "18: enable takes no time (it belongs to do: fail)",
      ]
    `);
  });

  it("refuses parts that have no effect", () => {
    expect(problems("failures: {service_down_time: 30 s}\n")).toMatchInlineSnapshot(`
      [
        "1: nothing fails: this part has no effect (components: [host-crash], or a timeline with fail or reboot)",
      ]
    `);
    expect(
      problems("failures: {components: [backblaze-2024], disks_per_host: 1, disks_tolerated: 1, reboot_time: 1 min}\n"),
    ).toMatchInlineSnapshot(`
      [
        "1: a host has 1 disk, so its failures would have no effect",
        "1: has no effect: nobody reboots a host (leave it out)",
      ]
    `);
  });
});
