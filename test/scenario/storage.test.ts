// Guests with volumes in whole runs: QoS to the I/O, fair shares of a back end, the network in between, and a thin pool that runs out.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder } from "./folder.ts";

interface Text {
  readonly backend?: string;
  readonly tier?: string;
  readonly io?: string;
  readonly requests?: string;
  readonly duration?: string;
  readonly policies?: string;
  readonly nic?: string;
}

const NFS = "{name: filer, type: nfs, device: ssd-sata, devices: 4, raid: raid10}";

function scenarioOf({
  backend = NFS,
  tier = "backend: filer",
  io = "{read_iops: 2000, queue_depth: 16}",
  requests = "[{flavor: m1}]",
  duration = "10 min",
  policies = "[nova-default]",
  nic = "25 Gbit/s",
}: Text) {
  const text = `cloud:
  control_plane: instant
  hosts: [{type: dell-r7515, count: 2, ram: 1 TiB, nic: ${nic}}]
  storage_backends: [${backend}]
  storage_tiers: [{name: gold, capacity: 1 TiB, ${tier}}]
  flavors:
    - {name: m1, vcpus: 2, ram: 2 GiB, volume: {size: 100 GiB}}
    - {name: m2, vcpus: 2, ram: 2 GiB, volume: {size: 100 GiB}}
workload:
  requests: ${requests}
  disk_io: {m1: ${io}${requests.includes("m2") ? ", m2: {read_iops: 100, queue_depth: 1}" : ""}}
study: {duration: ${duration}, policies: ${policies}}
`;
  return readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text }) });
}

function run(options: Text) {
  const scenario = scenarioOf(options);
  const built = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
  built.cloud.simulation.run(scenario.study.duration);
  built.cloud.guestDisks!.book();
  expect(built.cloud.guestDisks!.violation()).toBeNull();
  expect(built.cloud.transfers.violation(1e-9)).toBeNull();
  return built.cloud;
}

describe("guests that do I/O with their volumes", () => {
  it("do what they want when nothing limits them, and every byte crosses the network", () => {
    const cloud = run({});
    const [gold] = cloud.guestDisks!.byTier;
    expect(gold!.served).toBeCloseTo(2000 * 600, 3);
    expect(gold!.asked).toBeCloseTo(gold!.served, 3);
    expect(gold!.bytes).toBeCloseTo(2000 * 600 * 4096, 0);
    expect(cloud.transfers.carried / gold!.bytes).toBeCloseTo(1, 9);
    // A read of an SSD takes 115 us, and two messages of 50 us.
    expect(gold!.latencyMeanSeconds).toBeGreaterThan(215e-6);
    expect(gold!.latencyMeanSeconds).toBeLessThan(230e-6);
  });

  it("are held by QoS to exactly its limit once the burst is over, and wait for the rest in their own queue", () => {
    const cloud = run({ tier: "backend: filer, qos: {total_iops_sec: 500, total_iops_sec_max: 1500}" });
    const [gold] = cloud.guestDisks!.byTier;
    // 1500 tokens go at 2000 - 500 a second: one second at full speed.
    expect(gold!.served).toBeCloseTo(2000 + 599 * 500, 2);
    expect(gold!.heldBack).toBeCloseTo(599 * 1500, 2);
    expect(cloud.guestDisks!.iopsOf(0)).toBe(500);
    expect(cloud.guestDisks!.latencySecondsOf(0)).toBeCloseTo(16 / 500, 12);
  });

  it("are held by bytes as well, and by a limit by size of the volume", () => {
    const bytes = run({ tier: "qos: {total_bytes_sec: 4096000}", backend: "" });
    expect(bytes.guestDisks!.iopsOf(0)).toBeCloseTo(1000, 9);
    const bySize = run({ tier: "qos: {read_iops_sec_per_gb: 3}", backend: "" });
    expect(bySize.guestDisks!.iopsOf(0)).toBeCloseTo(300, 9);
  });

  it("are not held under a policy without QoS specs, and nothing else differs", () => {
    const tier = "backend: filer, qos: {total_iops_sec: 500}";
    const free = run({ tier, policies: "[{name: free, volume_qos: false}]" });
    expect(free.guestDisks!.iopsOf(0)).toBe(2000);
    expect(free.guestDisks!.byTier[0]!.heldBack).toBe(0);
  });

  it("share a back end alike, and one that wants little gets it with one I/O under way", () => {
    const cloud = run({
      io: "{read_iops: 1000000, queue_depth: 64}",
      requests: "[{flavor: m1, count: 2}, {flavor: m2}]",
      nic: "100 Gbit/s",
    });
    const disks = cloud.guestDisks!;
    expect(disks.iopsOf(0)).toBeCloseTo(disks.iopsOf(1), 6);
    expect(disks.iopsOf(2)).toBeCloseTo(100, 9);
    // Four drives of 98,000 reads per second each.
    expect(disks.iopsOf(0) + disks.iopsOf(1) + disks.iopsOf(2)).toBeCloseTo(4 * 98_000, 0);
    // Little's law: 64 of each under way, and all wait alike.
    expect(disks.iopsOf(0) * disks.latencySecondsOf(0)).toBeCloseTo(64, 6);
    expect(disks.latencySecondsOf(2)).toBeCloseTo(disks.latencySecondsOf(0), 9);
  });

  it("get no more than the network carries", () => {
    const cloud = run({ io: "{read_iops: 2000, block_size: 1 MiB, sequential: 1, queue_depth: 16}", nic: "1 Gbit/s" });
    expect(cloud.guestDisks!.iopsOf(0) * 2 ** 20).toBeCloseTo(125e6, 0);
    expect(cloud.guestDisks!.latencySecondsOf(0)).toBeCloseTo((16 * 2 ** 20) / 125e6, 9);
  });

  it("send each write of a Ceph pool to three nodes", () => {
    const cloud = run({
      backend: "{name: filer, type: ceph, device: nvme-pm983, devices: 1}",
      io: "{write_iops: 100, block_size: 64 KiB}",
    });
    const { bytes } = cloud.guestDisks!.byTier[0]!;
    expect(bytes).toBeCloseTo(100 * 600 * 65_536, 0);
    expect(cloud.transfers.carried / bytes).toBeCloseTo(3, 9);
  });

  it("work in bursts by the pattern, the same under every policy", () => {
    const io = "{read_iops: 1000, pattern: {bursty: {step: 1 s, on: 10 s, off: 30 s, off_share: 0}}}";
    const [one, other] = ["nova-default", "nova-pack"].map((policy) => run({ io, policies: `[${policy}]`, duration: "3 h" }));
    const share = one!.guestDisks!.byTier[0]!.asked / (1000 * 3 * 3600);
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
    expect(other!.guestDisks!.byTier[0]!.asked).toBe(one!.guestDisks!.byTier[0]!.asked);
  });
});

describe("storage in a cloud whose servers come, go and lose their hosts", () => {
  const text = `cloud:
  hosts: [{type: dell-r7525, count: 12, racks: 3, ram: 256 GiB}]
  storage_backends:
    - {name: ceph, type: ceph, device: ssd-sata, devices: 2}
    - {name: disks, type: lvm, device: hdd-7200, devices: 6, raid: raid6, nic: 10 Gbit/s}
  storage_tiers:
    - {name: fast, capacity: 2 TiB, backend: ceph, qos: {total_iops_sec_per_gb: 5}}
    - {name: slow, capacity: 100 GiB, backend: disks, thin: {}}
  flavors:
    - {name: a, vcpus: 2, ram: 8 GiB, volume: {size: 50 GiB, type: fast}}
    - {name: b, vcpus: 2, ram: 8 GiB, volume: {size: 80 GiB, type: slow}}
    - {name: c, vcpus: 2, ram: 8 GiB}
workload:
  arrivals: {poisson: {rate: 60 /h}}
  lifetime: {exponential: {mean: 1 h}}
  disk_io:
    a: {read_iops: 300, write_iops: 100, pattern: {bursty: {step: 1 min, on: 3 min, off: 3 min}}}
    b: {write_iops: 200, block_size: 256 KiB, sequential: 0.9, new_data: 0.5}
failures: {owners_start_after: {exponential: {mean: 10 min}}, instance_ha: {}}
timeline:
  - {at: 2 h, fail: {rack: 2, for: 1 h}}
  - {at: 3.5 h, fail: {switch: 1, for: 10 min}}
study: {duration: 5 h, warm_up: 1 h, policies: [nova-default, nova-pack]}
`;

  it("passes all self-checks, whatever happens", () => {
    const scenario = readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text }) });
    for (const policy of scenario.study.policies) {
      const checked = runOnce({ scenario, policy, replication: 0, check: true });
      expect(checked.values.get("disk.tier.slow.thin.paused")).toBeGreaterThan(0);
      expect(checked.values.get("disk.flavor.a.iops.served")).toBeGreaterThan(0);
      expect(checked.values.get("disk.flavor.b.latency.p99")).toBeGreaterThan(checked.values.get("disk.flavor.a.latency.p99")!);
      const heap = runOnce({ scenario, policy, replication: 0, eventList: "heap" });
      expect([...heap.values]).toEqual([...checked.values]);
      expect(heap.fingerprint).toBe(checked.fingerprint);
    }
  });
});

describe("a thin pool", () => {
  const tier = "thin: {max_over_subscription_ratio: 2}";
  const tiny = (options: Text) => run({ ...options, tier });
  const io = "{write_iops: 1024, block_size: 64 KiB, new_data: 1, queue_depth: 32}";

  it("that runs out pauses its writers with an I/O error, and gives no more than it has", () => {
    // 64 MiB per second each: 100 GiB are written in 1600 s, and eleven servers want 1100 GiB of 1024.
    const cloud = tiny({ backend: "", io, requests: "[{flavor: m1, count: 11}]", duration: "1 h" });
    const pool = cloud.tiers.poolOf(0)!;
    expect(pool.allocatedBytes).toBeLessThanOrEqual(2 ** 40);
    expect(pool.allocatedBytes).toBeGreaterThan(2 ** 40 - 65_536);
    expect(cloud.guestDisks!.byTier[0]!.paused).toBe(11);
    expect(cloud.guestDisks!.byFlavor[0]!.paused).toBe(11);
    for (let server = 0; server < 11; server++) {
      expect(cloud.servers.powerStateOf(server)).toBe("PAUSED");
      expect(cloud.servers.vmStateOf(server)).toBe("active");
      expect(cloud.guestDisks!.iopsOf(server)).toBe(0);
    }
    // All ran for as long as there was room: 1024 GiB at 11 x 64 MiB a second.
    expect(cloud.guestDisks!.byTier[0]!.served / (11 * 1024)).toBeCloseTo(2 ** 14 / 11, 0);
  });

  it("lets them go on when somebody deletes his volume", () => {
    const requests = "[{flavor: m1, lifetime: 30 min}, {flavor: m1, count: 10, lifetime: never}]";
    const cloud = tiny({ backend: "", io, requests, duration: "2 h" });
    expect(cloud.guestDisks!.byTier[0]!.paused).toBe(11);
    for (let server = 1; server < 11; server++) expect(cloud.servers.powerStateOf(server)).toBe("RUNNING");
    expect(cloud.tiers.poolOf(0)!.allocatedBytes).toBe(10 * 100 * 2 ** 30);
  });

  it("is told of in the metrics, checked as the run goes", () => {
    const scenario = scenarioOf({
      backend: "",
      tier,
      io,
      requests: "[{flavor: m1, count: 11}]",
      duration: "1 h",
    });
    const { values, events, fingerprint } = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true });
    expect(values.get("disk.tier.gold.thin.peak")).toBeCloseTo(100, 6);
    expect(values.get("disk.tier.gold.thin.paused")).toBe(11);
    expect(values.get("disk.tier.gold.thin.near_full")).toBe(1);
    const plain = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0 });
    expect([plain.events, plain.fingerprint]).toEqual([events, fingerprint]);
  });
});
