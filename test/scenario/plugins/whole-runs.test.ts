// Runs with policies of one's own: what re-implements Nova's decides as Nova's does, and what breaks ends the run.
import { describe, expect, it } from "vitest";
import { type RunResult, runOnce } from "../../../src/experiment/run.ts";
import { PluginFault } from "../../../src/policies/plugins/plugin-fault.ts";
import { catalogue } from "../../../src/scenario/catalogue.ts";
import { readScenario } from "../../../src/scenario/parse.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { folder } from "../folder.ts";

const novaAgain = `
import type { PluginFilter, PluginWeigher } from "orrery-cloud";

const again = (name: string, minval: number | null, value: keyof Parameters<PluginWeigher["weigh"]>[0], multiplier = 1): PluginWeigher => ({
  name,
  minval,
  multiplier: { default: multiplier },
  weigh: (hosts) => (host) => (hosts[value] as (host: number) => number)(host),
});
export const weighers = [
  again("MyRAMWeigher", 0, "freeRamMb"),
  again("MyCPUWeigher", 0, "freeVcpus"),
  again("MyDiskWeigher", 0, "freeDiskMb"),
  again("MyIoOpsWeigher", 0, "numIoOps", -1),
];
export const apart: PluginFilter = {
  name: "MyAntiAffinityFilter",
  passes: (_hosts, request) => {
    const { group } = request;
    return group === null ? null : (host) => group.membersOn(host) === 0;
  },
};
export const few: PluginFilter = {
  name: "MyNumInstancesFilter",
  options: { my_most: { default: 50, minimum: 1 } },
  passes: (hosts, _request, config) => {
    const most = config.number("my_most");
    return (host) => hosts.numInstances(host) < most;
  },
};
`;

function scenarioOf(files: Readonly<Record<string, string>>, study: readonly string[], workload = ""): Scenario {
  const text = [
    "cloud:",
    "  hosts: [{type: dell-r7525, count: 9, ram: 64 GiB}]",
    "  flavors: [{name: m1.small, vcpus: 1, ram: 4 GiB, disk: 20 GiB}, {name: m1.large, vcpus: 4, ram: 16 GiB, disk: 80 GiB}]",
    `workload: {arrivals: {poisson: {rate: 200 /h}}, lifetime: 40 min${workload}}`,
    "study:",
    "  duration: 3 h",
    ...study,
  ].join("\n");
  return readScenario("s.yaml", { catalogue, cwd: folder({ ...files, "s.yaml": text }) });
}

const run = (scenario: Scenario, policy: number): RunResult =>
  runOnce({ scenario, policy: scenario.study.policies[policy]!, replication: 0 });

/** Fingerprint of the run, and every decision with its weight and what each filter left. */
function decided({ fingerprint, built: { cloud } }: RunResult) {
  return { fingerprint, decisions: Array.from({ length: cloud.decisions.count }, (_, i) => ({ ...cloud.decisions.row(i) })) };
}

describe("a plug-in that does what Nova does", () => {
  it("decides every placement as Nova's weighers do, by the same weights", () => {
    const scenario = scenarioOf({ "nova.ts": novaAgain }, [
      "  plugins: [nova.ts]",
      "  policies:",
      "    - {name: nova, weight_classes: [RAMWeigher, CPUWeigher, DiskWeigher, IoOpsWeigher], disk_weight_multiplier: 0.3}",
      "    - {name: mine, weight_classes: [MyRAMWeigher, MyCPUWeigher, MyDiskWeigher, MyIoOpsWeigher], my_disk_weight_multiplier: 0.3}",
    ]);
    const nova = decided(run(scenario, 0));
    expect(nova.decisions.length).toBeGreaterThan(400);
    expect(decided(run(scenario, 1))).toEqual(nova);
  });

  it("decides as Nova's filters do, claims included", () => {
    const scenario = scenarioOf(
      { "nova.ts": novaAgain },
      [
        "  plugins: [nova.ts]",
        "  policies:",
        "    - {name: nova, enabled_filters: [ServerGroupAntiAffinityFilter, NumInstancesFilter], max_instances_per_host: 6}",
        "    - {name: mine, enabled_filters: [MyAntiAffinityFilter, MyNumInstancesFilter], my_most: 6}",
      ],
      ", batch: 5, server_group: anti-affinity",
    );
    const nova = decided(run(scenario, 0));
    expect(nova.decisions.some(({ host }) => host < 0)).toBe(true);
    expect(decided(run(scenario, 1))).toEqual(nova);
  });

  it("can be a formula as well", () => {
    const scenario = scenarioOf({}, [
      "  weighers:",
      "    - {name: AWeigher, expression: free_ram_mb, minval: 0}",
      "    - {name: BWeigher, expression: (total_ram_mb - used_ram_mb) * 1, minval: 0}",
      "    - {name: CWeigher, expression: free_vcpus, minval: 0, multiplier: 0.5}",
      "  policies:",
      "    - {name: nova, weight_classes: [RAMWeigher, CPUWeigher], cpu_weight_multiplier: 0.5}",
      "    - {name: a, weight_classes: [AWeigher, CWeigher]}",
      "    - {name: b, weight_classes: [BWeigher, CWeigher]}",
    ]);
    const [nova, a, b] = [0, 1, 2].map((policy) => decided(run(scenario, policy)));
    expect(a).toEqual(nova);
    expect(b).toEqual(nova);
  });
});

describe("a run with policies of one's own", () => {
  it("is the same again, also after others in the same process", () => {
    const code = `
      const seen = new Map();
      export const w = { name: "W", weigh: (hosts, request) => (host) => {
        const key = host + ":" + request.flavor.name;
        if (!seen.has(key)) seen.set(key, 1 / (1 + host) + request.flavor.vcpus ** 0.5);
        return seen.get(key) * Math.log(2 + hosts.numInstances(host));
      } };`;
    const scenario = scenarioOf({ "w.js": code }, ["  plugins: [w.js]", "  policies: [{name: w, weight_classes: [W]}, nova-pack]"]);
    const first = decided(run(scenario, 0));
    run(scenario, 1);
    expect(decided(run(scenario, 0))).toEqual(first);
  });

  const faultOf = (files: Readonly<Record<string, string>>, study: readonly string[]): PluginFault => {
    const scenario = scenarioOf(files, study);
    try {
      run(scenario, 0);
    } catch (error) {
      if (error instanceof PluginFault) return error;
      throw error;
    }
    return expect.unreachable();
  };

  it("ends at the first wrong answer, with the name, the place, the request and the time", () => {
    const code = `export const w = {
  name: "W",
  weigh: (hosts, request) => (host) => hosts.numInstances(host) > 2 && request.flavor.name === "m1.large" ? Number("x") : 1,
};`;
    const fault = faultOf({ "w.js": code }, ["  plugins: [w.js]", "  policies: [{name: w, weight_classes: [W]}]"]);
    expect(fault).toMatchObject({
      plugin: "W",
      fault: "returned NaN, expected a finite number",
      place: { file: "w.js", line: 3, column: 3 },
      question: { flavor: "m1.large", host: expect.stringMatching(/^compute-\d$/), server: expect.stringMatching(/^server-\d+$/) },
    });
    expect(fault.message).toMatch(
      /^w\.js:3:3: W: returned NaN, expected a finite number, asked about compute-\d for server-\d+ \(m1\.large\) \(.*\) \(t=.* s, event \d+, s, policy w, seed 1, replication 0, fingerprint .*\)$/,
    );
  });

  it("ends where a formula divides by zero, at the formula", () => {
    const fault = faultOf({}, ["  weighers: [{name: W, expression: 1 / num_instances}]", "  policies: [{name: w, weight_classes: [W]}]"]);
    expect(fault.message).toMatch(
      /^s\.yaml:7:36: W: returned Infinity, expected a finite number, asked about compute-1 for server-1 \(m1\.\w+\) \(a division by zero/,
    );
    const power = faultOf({}, ["  weighers: [{name: W, expression: 2 ^ free_ram_mb}]", "  policies: [{name: w, weight_classes: [W]}]"]);
    expect(power.message).toContain('W: "^" needs a whole exponent between -64 and 64, got 6');
  });

  it("ends where a plug-in remembers", () => {
    for (const code of [
      'let turn = 0; export const w = { name: "W", weigh: (hosts) => { turn++; return (host) => (host + turn) % hosts.count; } };',
      'let calls = 0; export const w = { name: "W", weigh: () => () => calls++ };',
    ]) {
      const fault = faultOf({ "w.js": code }, ["  plugins: [w.js]", "  policies: [{name: w, weight_classes: [W]}]"]);
      expect(fault.fault).toMatch(/^returned \d and then \d when asked twice$/);
    }
    const filter = 'let on = false; export const f = { name: "F", passes: () => (on = !on) ? null : () => true };';
    const fault = faultOf({ "f.js": filter }, ["  plugins: [f.js]", "  policies: [{name: f, enabled_filters: [F]}]"]);
    expect(fault.fault).toBe("returned null and then a function when asked twice");
  });
});
