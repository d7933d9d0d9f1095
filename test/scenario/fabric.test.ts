// What a scenario says of its network is what the run has: topology, links, NICs, headers, latency.
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { folder } from "./folder.ts";

const GB = "1250 MB/s"; // 10 Gbit/s

/** Twelve servers at once, each on a host of its own, which has to fetch an image of 2.5 GB: two seconds over 10 Gbit/s. */
function text(fabric: string, host = ""): string {
  return `cloud:
  hosts: [{type: dell-r7525, count: 12, racks: 6, ram: 16 GiB, nic: 10 Gbit/s${host}}]
  fabric: ${fabric}
  images: [{name: big, size: 2500 MB}]
  flavors: [{name: whole, vcpus: 1, ram: 12 GiB}]
workload: {arrivals: {at_once: {count: 12}}, lifetime: never}
study: {duration: 1 h, seed: 4}
`;
}

const read = (fabric: string, host = ""): Scenario => readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text(fabric, host) }) });

function build(scenario: Scenario) {
  const workload = buildWorkload(scenario, 0);
  return buildRun(scenario, scenario.study.policies[0]!, 0, workload, "wheel");
}

/** Seconds from the first to the last byte that the network carries. */
function secondsOfDownloads(scenario: Scenario): number {
  const { cloud } = build(scenario);
  const { simulation, transfers } = cloud;
  let [first, last] = [-1, -1];
  simulation.observe((time, kind) => {
    if (simulation.nameOf(kind) === "share capacity" && first < 0) first = time;
    if (simulation.nameOf(kind) === "transfer done") last = time;
  });
  simulation.run(600e6);
  expect(transfers.active).toBe(0);
  expect(cloud.traffic.active).toBe(0);
  return (last - first) / 1e6;
}

const drawn = (switches: string, links: string) => `{glance: 100 Gbit/s, custom: {switches: [${switches}], links: [${links}]}}`;

describe("the image download", () => {
  // 30 GB in all. Requests reach Glance within a fraction of a second of each other.
  it.each([
    ["a star: the link of Glance is shared by all", "{star: {}, glance: 10 Gbit/s}", 24, 26],
    ["a star with a wide link for Glance: each host has its own", "{star: {}, glance: 400 Gbit/s}", 2, 3],
    [
      "a leaf-spine whose only spine is reached over thin links",
      "{glance: 400 Gbit/s, leaf_spine: {spines: 1, uplink: 1 Gbit/s}}",
      40,
      41.5,
    ],
    ["the same by its plain keys", "{glance: 400 Gbit/s, spines: 1, uplink: 1 Gbit/s}", 40, 41.5],
    ["a leaf-spine that is oversubscribed 4 to 1", "{glance: 400 Gbit/s, leaf_spine: {spines: 1, oversubscription: 4}}", 8, 9.5],
    ["a fat tree with thin links", "{glance: 400 Gbit/s, fat_tree: {k: 4, link: 1 Gbit/s}}", 20, 41.5],
    ["a network of one switch", drawn("hub", "{from: [compute-1..compute-12, glance], to: hub}"), 2, 4],
    [
      "a chain of two switches with 2 Gbit/s between",
      drawn("a, b", "{from: compute-1..compute-12, to: a}, {from: glance, to: b}, {from: a, to: b, bandwidth: 2 Gbit/s}"),
      120,
      121.5,
    ],
    [
      "the same with two cables",
      drawn("a, b", "{from: compute-1..compute-12, to: a}, {from: glance, to: b}, {from: [a, a], to: b, bandwidth: 2 Gbit/s}"),
      60,
      121.5,
    ],
    [
      "a network with thin links to hosts",
      drawn("hub", "{from: compute-1..compute-12, to: hub, bandwidth: 1 Gbit/s}, {from: glance, to: hub}"),
      20,
      21.5,
    ],
  ])("over %s", (_, fabric, least, most) => {
    const seconds = secondsOfDownloads(read(fabric));
    expect(seconds).toBeGreaterThanOrEqual(least - 0.01);
    expect(seconds).toBeLessThan(most);
  });

  it("carries the headers of its encapsulation", () => {
    const plain = secondsOfDownloads(read("{star: {}, glance: 10 Gbit/s}"));
    const vxlan = secondsOfDownloads(read("{star: {}, glance: 10 Gbit/s, encapsulation: vxlan}"));
    const jumbo = secondsOfDownloads(read("{star: {}, glance: 10 Gbit/s, encapsulation: vxlan, mtu: 9000}"));
    expect((vxlan - plain) / 24).toBeCloseTo(1538 / 1410 - 1, 4);
    expect((jumbo - plain) / 24).toBeCloseTo(9038 / 8910 - 1, 4);
  });

  it("begins later by the latency of its path: 2 s of NIC at both ends, and 1 s in each of three switches", () => {
    const slow = "hop_latency: {switch: 500 ms, nic: 1 s, factor: 2}";
    const launched = (scenario: Scenario) => {
      const { cloud } = build(scenario);
      cloud.simulation.run(600e6);
      return Math.max(...cloud.servers.launchedAt) / 1e6;
    };
    const wide = "glance: 400 Gbit/s, leaf_spine: {spines: 1}";
    expect(launched(read(`{${wide}, ${slow}}`)) - launched(read(`{${wide}}`))).toBeCloseTo(7, 1);
  });

  it("is shared by the NICs of a bond", () => {
    const scenario = read("{star: {}, glance: 400 Gbit/s}", ", nics: 2, bond: active-backup");
    const { cloud } = build(scenario);
    expect([cloud.fabric.nicCount(0), cloud.fabric.nicCount(cloud.fabric.glance)]).toEqual([2, 1]);
    const [used] = [...new Set(Array.from({ length: 50 }, (_, flow) => cloud.fabric.routeFromGlance(3, flow)!.at(-1)))];
    cloud.fabric.failNic(3, 0);
    expect(cloud.fabric.routeFromGlance(3, 1)!.at(-1)).not.toBe(used);
  });

  it("goes around a spine that fails while it is under way, and waits for a leaf", () => {
    const scenario = read("{glance: 400 Gbit/s, leaf_spine: {spines: 2, uplink: 1 Gbit/s}}");
    const run = (failed: readonly string[]) => {
      const { cloud } = build(scenario);
      const { simulation, fabric, traffic } = cloud;
      for (let steps = 0; traffic.active < 12 && steps < 5000; steps++) simulation.run(simulation.peek());
      expect(traffic.active).toBe(12);
      for (const name of failed) fabric.failSwitch(fabric.wiring.switchNamed(name));
      simulation.run(simulation.now + 600e6);
      const waiting = traffic.waiting;
      for (const name of failed) fabric.repairSwitch(fabric.wiring.switchNamed(name));
      simulation.run(simulation.now + 600e6);
      return [waiting, traffic.active, cloud.servers.launchedAt.reduce((sum, at) => sum + at, 0) / 12e6] as const;
    };
    const [, , sound] = run([]);
    const [waitingForSpine, leftOfSpine, oneSpine] = run(["spine-1"]);
    const [waitingForLeaf, leftOfLeaf, oneLeaf] = run(["leaf-2"]);
    expect([waitingForSpine, leftOfSpine, waitingForLeaf, leftOfLeaf]).toEqual([0, 0, 2, 0]);
    expect(oneSpine).toBeGreaterThan(sound);
    // Two of twelve waited for ten minutes.
    expect(oneLeaf).toBeGreaterThan(sound + 95);
  });
});

describe("a scenario's network", () => {
  it("is explained key by key, with what was written and where defaults come from", () => {
    const explained = new Map(
      read("{fat_tree: {k: 4}, hop_latency: {}, encapsulation: geneve}").values.map((value) => [value.path, value]),
    );
    expect(explained.get("cloud.fabric.fat_tree.k")).toMatchObject({ value: "4 ports", evidence: "scenario", source: "a.yaml:3:26" });
    expect(explained.get("cloud.fabric.fat_tree.link")).toMatchObject({ value: "25 Gbit/s", evidence: "assumed" });
    expect(explained.get("cloud.fabric.hop_latency.switch")).toMatchObject({ value: "1 us", evidence: "from memory" });
    expect(explained.get("cloud.fabric.hop_latency.nic")).toMatchObject({ value: "15 us", evidence: "from memory" });
    expect(explained.get("cloud.fabric.mtu")).toMatchObject({ value: "1500 bytes" });
    expect(explained.get("cloud.fabric.encapsulation")).toMatchObject({ value: "geneve", evidence: "scenario" });
    expect(explained.has("cloud.fabric.spines")).toBe(false);
  });

  it("replaces the topology of an imported one, and keeps the rest of a like one", () => {
    const files = {
      "base.yaml": text("{leaf_spine: {spines: 4}, glance: 1 Gbit/s}"),
      "like.yaml": "import: base.yaml\ncloud: {fabric: {leaf_spine: {uplink: 40 Gbit/s}}}\n",
      "other.yaml": "import: base.yaml\ncloud: {fabric: {star: {}}}\n",
    };
    const fabricOf = (name: string) => readScenario(name, { catalogue, cwd: folder(files) }).cloud.fabric;
    expect(fabricOf("like.yaml")).toMatchObject({
      topology: { leafSpine: { spines: 4, uplinkBytesPerSecond: 5e9 } },
      glanceBytesPerSecond: 1.25e8,
    });
    expect(fabricOf("other.yaml")).toMatchObject({ topology: { star: {} }, glanceBytesPerSecond: 3.125e9 });
  });

  it("of its owner's drawing gives hosts the speed of their NICs, and links what they say", () => {
    const { topology } = read(
      drawn("a, b", `{from: [compute-1, compute-3..compute-12], to: a}, {from: [compute-2, glance, a], to: b, bandwidth: ${GB}}`),
    ).cloud.fabric;
    const links = "custom" in topology ? topology.custom.links : [];
    expect(links).toHaveLength(14);
    expect(links.at(-3)).toEqual({ from: { host: 1 }, to: "b", bytesPerSecond: 1.25e9 });
    expect(links.at(-1)).toEqual({ from: { switch: "a" }, to: "b", bytesPerSecond: 1.25e9 });
    expect(parse(text("{}")).cloud.fabric).toEqual({});
  });
});
