// Guests whose memory is not all near: what they lose on hosts of several NUMA cells, and who loses nothing.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder, problemsOf } from "./folder.ts";

const HOUR = 3_600e6;

interface Options {
  readonly cells?: number;
  readonly remote?: string;
  readonly specs?: string;
  readonly workload?: string;
}

function read({ cells = 4, remote = "{latency: 1.8}", specs = "", workload = "" }: Options) {
  const text = `cloud:
  control_plane: instant
  hosts: [{type: dell-r7515, count: 1, numa_cells: ${cells}}]
  cpu_sharing: {smt_gain: 1, remote_access: ${remote}}
  flavors: [{name: f, vcpus: 4, ram: 8 GiB, disk: 1 GiB, extra_specs: {${specs}}}]
workload:
  arrivals: {at_once: {count: 1}}
  lifetime: never
  cpu_utilisation: 0.5
  memory_bound: 0.4
  ${workload}
study: {duration: 1 h, policies: [{name: numa, based_on: nova-default, enabled_filters: [ComputeFilter, NUMATopologyFilter]}]}
`;
  return readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text }) });
}

function run(options: Options) {
  const scenario = read(options);
  const result = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true });
  return { cloud: result.built.cloud, values: result.values };
}

describe("a guest on a host of four NUMA cells", () => {
  /** Three accesses in four go to another cell. */
  const rate = 1 / (1 + 0.4 * 0.75 * (1.8 - 1));

  it("has three quarters of its memory elsewhere, and needs the CPUs longer for its work", () => {
    const { cloud, values } = run({});
    const { cpu } = cloud.guestCpu!;
    expect(cpu.rateOf(0)).toBeCloseTo((2 * 1.03) / rate, 12);
    expect(cpu.stealMicros(0, HOUR)).toBe(0);
    expect(cloud.guestCpu!.remoteMicrosOf(0)).toBeCloseTo(((2 * 1.03) / rate) * (1 - rate) * HOUR, -1);
    expect(values.get("cpu.remote_access")).toBeCloseTo(100 * (1 - rate), 9);
  });

  it("gets less work done where its vCPUs are busy all the time", () => {
    const scenario = read({});
    const built = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
    built.cloud.servers.cpuUtilisation.fill(1);
    const utilisation = built.requests as unknown as { readonly cpuUtilisation: Float64Array };
    utilisation.cpuUtilisation.fill(1);
    built.cloud.simulation.run(HOUR);
    const { guestCpu } = built.cloud;
    expect(guestCpu!.cpu.rateOf(0)).toBe(4);
    expect(guestCpu!.cpu.cpuMicros(0, HOUR) - guestCpu!.remoteMicrosOf(0)).toBeCloseTo(4 * rate * HOUR, 0);
  });

  it("loses nothing with a NUMA topology of its own", () => {
    const { cloud, values } = run({ specs: '"hw:numa_nodes": "1"' });
    expect(cloud.scheduling.claims.hasCells(0)).toBe(true);
    expect(cloud.guestCpu!.cpu.rateOf(0)).toBeCloseTo(2 * 1.03, 12);
    expect(values.get("cpu.remote_access")).toBe(0);
  });

  it("loses as much as its work waits for memory: nothing where it waits for none", () => {
    const none = read({}).memoryDemand!;
    expect(none.memoryBound).toBe(0.4);
    expect(run({ remote: "{latency: 1}" }).values.get("cpu.remote_access")).toBe(0);
  });

  it("must have several cells to lose something", () => {
    const refusals = (options: Options) => problemsOf(() => read(options)).map(({ message }) => message);
    expect(refusals({ cells: 1 })).toEqual(["no host has more than one NUMA cell, so no memory is far away"]);
    expect(refusals({ remote: "{latency: 0.5}" })).toHaveLength(1);
    expect(refusals({ remote: "{latency: fast}" })).toHaveLength(1);
  });
});
