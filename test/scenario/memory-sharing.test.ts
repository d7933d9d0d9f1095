// Guests that share the memory of their hosts in whole runs: who is relieved by what, who is killed, who is slowed down, and what is told of it.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder, problemsOf } from "./folder.ts";

const MINUTE = 60e6;

interface Options {
  readonly servers?: number;
  readonly sharing?: string;
  readonly workload?: string;
  readonly cloud?: string;
  readonly host?: string;
  readonly controlPlane?: string;
  readonly ram?: string;
  readonly rest?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** One host of 64 GiB that keeps nothing for itself, and servers of one vCPU and 16 GiB that are asked for at the start. */
function text({ servers = 4, sharing = "{}", workload = "memory_utilisation: 1", cloud = "", host = "", ...options }: Options): string {
  return `cloud:
  control_plane: ${options.controlPlane ?? "instant"}
  hosts: [{type: dell-r7515, count: 1, ram: 64 GiB, reserved_host_memory: 0 B, ram_allocation_ratio: 2, ${host}}]
  memory_sharing: ${sharing}
  ${cloud}
  flavors: [{name: wide, vcpus: 1, ram: ${options.ram ?? "16 GiB"}, disk: 1 GiB}]
workload:
  arrivals: {at_once: {count: ${servers}}}
  lifetime: never
  ${workload}
${options.rest ?? ""}
study: {duration: 2 h}
`;
}

function read(options: Options) {
  return readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text(options), ...options.files }) });
}

function build(options: Options) {
  const scenario = read(options);
  return buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
}

const refusals = (options: Options) => problemsOf(() => read(options)).map(({ message, hint }) => `${message} (${hint})`);

/** Of a guest of one vCPU and 16 GiB under KVM: 218 MiB, 8 for the vCPU and 0.2 % of its RAM. */
const OVERHEAD = 218 + 8 + 0.002 * 16_384;

describe("guests that share memory", () => {
  it("have what they touch while there is enough, each with its hypervisor's overhead", () => {
    const { cloud } = build({ servers: 3, workload: "memory_utilisation: 50%" });
    cloud.simulation.run(MINUTE);
    const { memory } = cloud.guestMemory!;
    expect(memory.usedMb(0, MINUTE)).toBeCloseTo(3 * (8192 + OVERHEAD), 9);
    expect(memory.residentMb(0, MINUTE)).toBeCloseTo(8192 + OVERHEAD, 9);
    expect(memory.violation(0, MINUTE)).toBeNull();
  });

  it("are killed where RAM that was promised twice is touched and there is no swap", () => {
    const { cloud, oomKills } = build({ servers: 6 });
    const told: number[] = [];
    cloud.notifications.on("instance.power_off.end", (server) => told.push(server));
    cloud.simulation.run(10e6);
    // Three guests of 16 GiB and their overhead have room on 64 GiB, a fourth one has not.
    const alive = () => [0, 1, 2, 3, 4, 5].filter((server) => cloud.running[server] === 1);
    expect(oomKills!.count).toBe(3);
    expect(alive()).toHaveLength(3);
    const dead = [0, 1, 2, 3, 4, 5].filter((server) => cloud.running[server] === 0);
    // Nova believes in them for the 15 s of libvirt's lifecycle delay.
    expect(dead.map((server) => cloud.servers.vmStateOf(server))).toEqual(["active", "active", "active"]);
    cloud.simulation.run(16e6);
    expect(dead.map((server) => [cloud.servers.vmStateOf(server), cloud.servers.powerStateOf(server)])).toEqual(
      dead.map(() => ["stopped", "SHUTDOWN"]),
    );
    expect([...told].sort()).toEqual(dead);
    expect(cloud.guestMemory!.memory.usedMb(0, 16e6)).toBeCloseTo(3 * (16_384 + OVERHEAD), 9);
  });

  it("go to swap where there is some, and their work takes 1 + beta p t_swap / t_mem times as long", () => {
    const { cloud, oomKills } = build({
      servers: 5,
      sharing: "{swap: 64 GiB, swap_latency: 100 us, swap_accesses: 0.01}",
      cloud: "cpu_sharing: {smt_gain: 1}",
      workload: "memory_utilisation: 1\n  memory_bound: 0.5\n  cpu_utilisation: 1",
    });
    cloud.simulation.run(MINUTE);
    const { memory } = cloud.guestMemory!;
    const swapped = 5 * (16_384 + OVERHEAD) - 65_536;
    const paged = swapped / (5 * 16_384);
    const pace = 1 / (1 + 0.5 * (0.01 * paged * 1000));
    expect(oomKills!.count).toBe(0);
    expect(memory.swappedMb(0, MINUTE)).toBeCloseTo(swapped, 9);
    for (let server = 0; server < 5; server++) {
      expect(cloud.guestMemory!.paceOf(server)).toBeCloseTo(pace, 12);
      // A vCPU that is always busy runs for that share of the time, and waits for pages for the rest.
      expect(cloud.guestCpu!.cpu.rateOf(server)).toBeCloseTo(pace, 12);
    }
    expect(cloud.guestMemory!.swapped.mean(MINUTE)).toBeCloseTo(swapped, 6);
  });

  it("leave guests alone that have CPU time to spare for the waiting", () => {
    const { cloud } = build({
      servers: 5,
      sharing: "{swap: 64 GiB}",
      cloud: "cpu_sharing: {smt_gain: 1}",
      workload: "memory_utilisation: 1\n  cpu_utilisation: 20%",
    });
    cloud.simulation.run(MINUTE);
    expect(cloud.guestMemory!.paceOf(0)).toBeLessThan(1);
    expect(cloud.guestCpu!.cpu.rateOf(0)).toBeCloseTo(0.2 * 1.03, 12);
  });

  it("give back memory along the balloon's line, and are slowed down until it has come", () => {
    const { cloud } = build({
      servers: 5,
      sharing: "{swap: 64 GiB, ballooning: true, balloon_rate: 256 MiB/s, balloon_floor: 50%, mem_stats_period: 5 s}",
    });
    const need = 5 * (16_384 + OVERHEAD) - 65_536;
    const { memory } = cloud.guestMemory!;
    cloud.simulation.run(20e6);
    expect(memory.balloonedMb(0, 20e6)).toBeCloseTo(20 * 256, 6);
    expect(memory.swappedMb(0, 20e6)).toBeCloseTo(need - 20 * 256, 6);
    expect(cloud.guestMemory!.paceOf(0)).toBeLessThan(1);
    cloud.simulation.run(5 * MINUTE);
    expect(memory.balloonedMb(0, 5 * MINUTE)).toBeCloseTo(need, 6);
    expect(memory.swappedMb(0, 5 * MINUTE)).toBe(0);
    expect(cloud.guestMemory!.paceOf(0)).toBe(1);
  });

  it("merge what guests of one image hold alike, at the rate of the scan", () => {
    const { cloud } = build({
      servers: 4,
      workload: "memory_utilisation: 50%",
      sharing: "{ksm: true, ksm_pages_to_scan: 1000, ksm_sharable: 40%, ksm_relaxation: 1 min}",
    });
    cloud.simulation.run(30e6);
    const { memory } = cloud.guestMemory!;
    // 50,000 pages of 4 KiB a second, of which three in ten are copies.
    expect(memory.mergedMb(0, 30e6)).toBeCloseTo(Math.min(30 * 50_000 * 0.3 * (4 / 1024), 0.4 * 8192 * 3), 6);
    cloud.simulation.run(110 * MINUTE);
    expect(memory.mergedMb(0, 110 * MINUTE)).toBeCloseTo(0.4 * 8192 * 3, 0);
  });

  it("vary their use of memory in time, and those of one replication do so alike under every policy", () => {
    const used = () => {
      const { cloud } = build({ servers: 3, workload: "memory_pattern: {bursty: {step: 1 min, on: 5 min, off: 5 min}}" });
      return Array.from({ length: 30 }, (_, minute) => {
        cloud.simulation.run((minute + 1) * MINUTE + 1);
        return Math.round(cloud.guestMemory!.memory.usedMb(0, cloud.simulation.now));
      });
    };
    expect(new Set(used()).size).toBe(4); // none, one, two or three in a burst
    expect(used()).toEqual(used());
  });

  it("replay the memory columns of Bitbrains, which are in KB", () => {
    const rows = [50, 100].map((percent, i) =>
      [1000 + 300 * i, 1, 2600, 26, 1, 4_194_304, (4_194_304 * percent) / 100, 0, 0, 0, 0].join(";\t"),
    );
    const header =
      "Timestamp [ms];\tCPU cores;\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ];\tCPU usage [%];\tMemory capacity provisioned [KB];\tMemory usage [KB];\tDisk read throughput [KB/s];\tDisk write throughput [KB/s];\tNetwork received throughput [KB/s];\tNetwork transmitted throughput [KB/s]";
    const file = [header, ...rows, ""].join("\n");
    const options = { servers: 1, workload: "memory_pattern: {bitbrains: {paths: [1.csv]}}" };
    const { cloud } = build({ ...options, files: { "1.csv": file } });
    cloud.simulation.run(MINUTE);
    expect(cloud.guestMemory!.memory.touchedMb(0)).toBe(8192);
    cloud.simulation.run(6 * MINUTE);
    expect(cloud.guestMemory!.memory.touchedMb(0)).toBe(16_384);
    const inMb = file.replaceAll("4194304", "4096").replaceAll("2097152", "2048");
    expect(() => build({ ...options, files: { "1.csv": inMb } })).toThrow(/is the file in MB/);
  });

  it("start again when their owners find out, and their outage counts as one", () => {
    const { cloud, operations } = build({ servers: 4, rest: "failures: {owners_start_after: 10 min}" });
    cloud.simulation.run(MINUTE);
    const [dead] = [0, 1, 2, 3].filter((server) => cloud.running[server] === 0);
    expect(cloud.servers.vmStateOf(dead!)).toBe("stopped");
    expect(operations!.outages.guests.isOut(dead!)).toBe(true);
    cloud.simulation.run(10 * MINUTE + 15e6 - 1);
    expect(cloud.running[dead!]).toBe(0);
    // It starts, and is in want of memory again: somebody else is killed, or itself.
    cloud.simulation.run(10 * MINUTE + 15e6);
    expect([0, 1, 2, 3].filter((server) => cloud.running[server] === 1)).toHaveLength(3);
    expect(operations!.outages.guests.count[dead!]! + operations!.outages.guests.count[0]!).toBeGreaterThan(0);
  });

  it("are metered and measured, and check themselves", () => {
    const scenario = read({
      servers: 6,
      controlPlane: "modelled",
      sharing: "{swap: 8 GiB, ksm: true, ballooning: true}",
      workload: "memory_pattern: {autocorrelated: {step: 1 min}}\n  memory_utilisation: {uniform: {low: 40%, high: 100%}}",
      cloud: "cpu_sharing: {}",
    });
    const result = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true });
    const value = (name: string) => result.values.get(name)!;
    expect(value("memory.used")).toBeGreaterThan(32);
    expect(value("memory.used")).toBeLessThanOrEqual(64);
    expect(value("memory.merged")).toBeGreaterThan(0);
    expect(value("memory.oom_kills")).toBe(result.built.oomKills!.count);
    expect(value("memory.slowdown")).toBeGreaterThanOrEqual(0);
    const { samples, meters } = result.built.ceilometer!;
    const names = new Set(Array.from({ length: samples.count }, (_, i) => meters[samples.row(i).meter]!.name));
    expect(names).toContain("memory.usage");
    expect(names).toContain("memory.resident");
  });

  it("change nothing where they do not share: no meter, no metric", () => {
    const scenario = readScenario("a.yaml", {
      catalogue,
      cwd: folder({ "a.yaml": text({ workload: "" }).replace("  memory_sharing: {}\n", "") }),
    });
    const result = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0 });
    expect([...result.values.keys()].filter((name) => name.startsWith("memory."))).toEqual([]);
    expect(result.built.ceilometer!.meters.map(({ name }) => name)).not.toContain("memory.usage");
  });
});

describe("what is said of memory", () => {
  it("must have an effect", () => {
    const without = (workload: string) => {
      const written = text({ workload }).replace("  memory_sharing: {}\n", "");
      return problemsOf(() => readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": written }) })).map(({ message }) => message);
    };
    expect(without("memory_utilisation: 0.5")).toEqual(["memory_utilisation has no effect while guests get the memory they ask for"]);
    expect(without("memory_pattern: {bursty: {}}")).toEqual(["memory_pattern has no effect while guests get the memory they ask for"]);
    expect(without("memory_bound: 0.5")).toEqual(["memory_bound has no effect where memory is always there and near"]);
    expect(refusals({ sharing: "{ksm_sleep: 10 ms, balloon_floor: 20%, swap_latency: 1 ms, mem_stats_period: 5 s}" })).toEqual([
      "ksm_sleep has no effect without ksm: true ()",
      "balloon_floor has no effect without ballooning: true ()",
      "swap_latency has no effect without swap ()",
      "mem_stats_period has no effect without ksm: true or ballooning: true ()",
    ]);
    expect(refusals({ workload: "memory_utilisation: 0.5\n  memory_pattern: {bursty: {}}" })).toEqual([
      "memory_utilisation has no effect beside memory_pattern: {bursty: ...} ()",
    ]);
  });

  it("must be possible with the hypervisors of the hosts", () => {
    const host = "hypervisor: hyperv";
    expect(refusals({ host, sharing: "{ksm: true, swap: 1 GiB}" })).toEqual([
      "no host has a hypervisor that merges pages of guests (hypervisors that do: kvm, qemu)",
      "no host has a hypervisor that puts pages in swap (hypervisors that do: kvm, qemu, vmware)",
    ]);
    expect(refusals({ host, sharing: "{ballooning: true}" })).toEqual([]);
  });

  it.each([
    ["{swap: -1 GiB}"],
    ["{swap: much}"],
    ["{swap: 64 GiB, swap_latency: 0 us}"],
    ["{swap: 64 GiB, swap_accesses: 2}"],
    ["{ksm: true, ksm_pages_to_scan: 0}"],
    ["{ksm: true, ksm_sleep: 0 ms}"],
    ["{ksm: true, ksm_sharable: 150%}"],
    ["{ksm: true, ksm_relaxation: 0 s}"],
    ["{ballooning: true, balloon_rate: 0 MiB/s}"],
    ["{ballooning: true, balloon_floor: 1.5}"],
    ["{ksm: true, mem_stats_period: 0 s}"],
    ["{ksm: maybe}"],
  ])("must not be absurd: %s", (sharing) => {
    expect(refusals({ sharing })).toHaveLength(1);
  });

  it.each([["memory_utilisation: 1.2"], ["memory_bound: 2"], ["memory_pattern: {bursty: {step: 0 s}}"]])(
    "nor of the guests: %s",
    (workload) => {
      expect(refusals({ workload, sharing: "{swap: 1 GiB}" })).toHaveLength(1);
    },
  );
});

describe("a guest that is killed while it is copied to another host", () => {
  it("ends its live migration in MigrationError, stays where it is, and is stopped there", () => {
    const written = text({ servers: 1, controlPlane: "modelled" }).replace("count: 1, ram", "count: 2, ram");
    const scenario = readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": written }) });
    const { cloud, moves, oomKills } = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
    const { simulation, servers, moving } = cloud;
    simulation.run(5 * MINUTE);
    const [host] = servers.host;
    expect(moves.startLiveMigration(0).accepted).toBe(true);
    while (moving.of(0)?.status !== "running") simulation.run(simulation.now + 1e5);
    cloud.guestMemory!.end(0, host!); // as the kernel would have it
    cloud.guestMemory!.killed(0);
    expect(oomKills!.count).toBe(1);
    simulation.run(simulation.now + 30 * MINUTE);
    expect(moving.migrations.row(0)).toMatchObject({ status: "failed", outcome: "MigrationError" });
    expect([servers.host[0], servers.vmStateOf(0), servers.powerStateOf(0)]).toEqual([host, "stopped", "SHUTDOWN"]);
    expect(cloud.guestMemory!.memory.usedMb(host!, simulation.now)).toBe(0);
  });
});
