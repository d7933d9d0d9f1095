// Guests that share the CPUs of their hosts in whole runs: what they get, what they miss, what is metered and what it draws.
import { describe, expect, it } from "vitest";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder } from "./folder.ts";

const HOUR = 3_600_000_000;

/** One host of 64 cores and 128 threads; servers of 32 vCPUs that are asked for at the start. */
function text({ servers = 4, cloud = "", workload = "cpu_utilisation: 1", flavor = "", hypervisor = "kvm" }): string {
  return `cloud:
  control_plane: instant
  hosts: [{type: dell-r7515, count: 1, ram: 1 TiB, hypervisor: ${hypervisor}, cpu_allocation_ratio: 8}]
  ${cloud}
  flavors: [{name: wide, vcpus: 32, ram: 8 GiB, disk: 1 GiB${flavor}}]
workload:
  arrivals: {at_once: {count: ${servers}}}
  lifetime: never
  ${workload}
study: {duration: 2 h}
`;
}

function run(options: Parameters<typeof text>[0]) {
  const scenario = readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text(options) }) });
  const built = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
  built.cloud.simulation.run(scenario.study.duration);
  return built.cloud;
}

const SHARING = "cpu_sharing: {smt_gain: 1}";

describe("guests that share CPUs", () => {
  it("get what they want while there is enough, and the meter counts it", () => {
    const cloud = run({ servers: 1, cloud: SHARING, workload: "cpu_utilisation: 50%" });
    const cpu = cloud.guestCpu!.cpu;
    // The hypervisor adds 3 % to the 16 cores that the guest keeps busy.
    expect(cpu.rateOf(0)).toBeCloseTo(16 * 1.03, 9);
    expect(cpu.stealMicros(0, cloud.simulation.now)).toBe(0);
    expect(cloud.guestCpu!.cpuNanos(0)).toBeCloseTo(16 * 7200 * 1e9, -3);
  });

  it("share 64 cores alike when four want 32 each, and miss the other half", () => {
    const cloud = run({ cloud: SHARING });
    const cpu = cloud.guestCpu!.cpu;
    for (let server = 0; server < 4; server++) {
      expect(cpu.rateOf(server)).toBeCloseTo(16, 9);
      expect(cpu.stealShare(server)).toBeCloseTo(0.5, 9);
      expect(cpu.stealMicros(server, cloud.simulation.now)).toBeCloseTo(16 * 2 * HOUR, -3);
    }
    expect(cpu.utilisation(0)).toBe(1);
    expect(cloud.power.watts(0)).toBe(246);
    expect(cpu.violation(0)).toBeNull();
  });

  it("get a quarter more of it from simultaneous multithreading", () => {
    expect(run({ cloud: "cpu_sharing: {}" }).guestCpu!.cpu.rateOf(0)).toBeCloseTo((64 * 1.25) / 4, 9);
  });

  it("get no more than their flavor's quota, even where there is more", () => {
    const flavor = ', extra_specs: {"quota:cpu_quota": "25000"}';
    const cloud = run({ servers: 1, cloud: SHARING, flavor });
    expect(cloud.guestCpu!.cpu.rateOf(0)).toBeCloseTo(8, 9);
  });

  it("vary in time by the pattern of the scenario, and so does the power", () => {
    const watts = new Set<number>();
    const scenario = readScenario("a.yaml", {
      catalogue,
      cwd: folder({
        "a.yaml": text({ servers: 2, cloud: SHARING, workload: "cpu_pattern: {bursty: {step: 1 min, on: 5 min, off: 5 min}}" }),
      }),
    });
    const { cloud } = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
    for (let minute = 1; minute < 120; minute++) {
      cloud.simulation.run(minute * 60e6 + 1);
      watts.add(cloud.power.watts(0));
    }
    // Both in a pause, one in a burst, both in a burst.
    expect(watts.size).toBe(3);
  });

  it("change nothing where they do not share: the host is as busy as guests ask it to be", () => {
    const cloud = run({ servers: 1, workload: "cpu_utilisation: 50%" });
    expect(cloud.guestCpu).toBeNull();
    expect(cloud.busyMilli[0]).toBe(16_480);
  });
});
