// Links and switches of the fabric fail: flows take another way, or wait; builds time out, live migrations come to their end, and so does the run.
import { describe, expect, it } from "vitest";
import { happened, toldRun } from "./told-run.ts";

const cloud = (fabric: string, more = "") => `
cloud:
  hosts: [{type: dell-r7525, count: 4, racks: 4, nic: 1 Gbit/s}]
  fabric: ${fabric}
  images: [{name: big, size: 20 GiB}]
  flavors: [{name: m1, vcpus: 2, ram: 4 GiB}]
  metering: {meters: none}
${more}
`;
const spines = "{leaf_spine: {spines: 2, uplink: 1 Gbit/s}}";
const four = `
workload: {arrivals: {constant: {interval: 5 s}}, max_servers: 4, lifetime: never}
study: {duration: 6 h, seed: 1}
`;
const states = ({ built: { cloud: at } }: ReturnType<typeof toldRun>) => [...Array(4).keys()].map((server) => at.servers.vmStateOf(server));

describe("a spine that fails under downloads", () => {
  it("sends them over the other one, and they all arrive", () => {
    const told = toldRun(`${cloud(spines)}${four}timeline: [{at: 1 min, fail: {switch: spine-1}}]\n`);
    expect(states(told)).toEqual(["active", "active", "active", "active"]);
    expect(happened(told)[0]).toBe("60 fail spine-1: under way");
  });

  it("takes hosts off the network when it is the last one, until it is repaired", () => {
    const told = toldRun(`${cloud(spines)}${four}
timeline:
  - {at: 1 min, fail: {switch: spine-1}}
  - {at: 2 min, fail: {switch: spine-2, for: 30 min}}
`);
    expect(told.built.operations!.outages.count).toEqual(Int32Array.from([1, 1, 1, 1]));
    expect(states(told)).toEqual(["active", "active", "active", "active"]);
    expect(told.values.get("boot.mean")).toBeGreaterThan(30 * 60);
  });
});

describe("a partition that nobody repairs", () => {
  const never = "timeline: [{at: 1 min, fail: {switch: spine-1}}, {at: 1 min, fail: {switch: spine-2}}]\n";

  it("leaves builds where they are, and the run ends", () => {
    const told = toldRun(`${cloud(spines)}${four}${never}`);
    expect(states(told)).toEqual(["building", "building", "building", "building"]);
    expect(told.built.cloud.traffic.waiting).toBe(4);
    expect([...told.values].filter(([name, value]) => Math.abs(value) === Number.POSITIVE_INFINITY && name !== "")).toEqual([]);
  });

  it("lets builds time out where Nova has a timeout for them", () => {
    const told = toldRun(`${cloud(spines, "  nova: {instance_build_timeout: 30 min}")}${four}${never}`);
    expect(states(told)).toEqual(["error", "error", "error", "error"]);
  });
});

describe("a link", () => {
  it("that fails is gone round, with all cables between its switches", () => {
    const told = toldRun(`${cloud(spines)}${four}
timeline:
  - {at: 1 min, fail: {link: [leaf-1, spine-1], for: 1 h}}
  - {at: 2 min, fail: {link: [spine-2, leaf-2]}}
  - {at: 3 h, repair: {link: [leaf-2, spine-2]}}
`);
    expect(happened(told)).toEqual([
      "60 fail leaf-1/spine-1: repaired",
      "120 fail leaf-2/spine-2: repaired by an operator",
      "10800 repair leaf-2/spine-2: repaired",
    ]);
    expect(states(told)).toEqual(["active", "active", "active", "active"]);
  });

  it.each([
    ["a leaf-spine", spines],
    ["a fat tree", "{fat_tree: {k: 4, link: 1 Gbit/s}}"],
  ])("of %s fails and is repaired by a law, and switches above the racks do", (_, fabric) => {
    const told = toldRun(`${cloud(fabric).replace("20 GiB", "1 GiB")}
workload: {arrivals: {poisson: {rate: 20 /h}}, lifetime: {exponential: {mean: 2 h}}}
failures:
  components:
    - {component: link, between: {exponential: {mean: 8 h}}, repair: 20 min}
    - {component: fabric-switch, between: {exponential: {mean: 12 h}}, repair: 30 min}
study: {duration: 1 d, seed: 1}
`);
    expect(told.values.get("failures")).toBeGreaterThan(5);
    expect(told.values.get("servers.active")).toBeGreaterThan(300);
  });
});

describe("a live migration", () => {
  const drained = (more: string) =>
    toldRun(`${cloud(spines).replace("20 GiB", "1 GiB").replace("ram: 4 GiB", "ram: 16 GiB, disk: 0 GiB")}${four}
timeline:
  - {at: 1 h, drain: {host: compute-1}}
${more}
`);
  const copyOf = ({ built }: ReturnType<typeof toldRun>) => built.cloud.moving.migrations.row(0);

  it("goes on over the other spine when its own fails", () => {
    const plain = copyOf(drained(""));
    expect(plain.status).toBe("completed");
    for (const spine of ["spine-1", "spine-2"])
      expect(copyOf(drained(`  - {at: 61 min, fail: {switch: ${spine}}}`)).status).toBe("completed");
  });

  it("comes to its end when there is no way to a host any more, and the server stays", () => {
    const told = drained("  - {at: 61 min, fail: {switch: spine-1}}\n  - {at: 61 min, fail: {switch: spine-2, for: 1 h}}");
    expect([copyOf(told).status, copyOf(told).outcome]).toEqual(["failed", "MigrationError"]);
    expect(told.built.cloud.servers.host[copyOf(told).server]).toBe(0);
  });
});

describe("a host that dies under a download", () => {
  it("takes the download off the network: others get what it had", () => {
    const narrow = spines.replace("}}", "}, glance: 1 Gbit/s}");
    const at = (more: string) => toldRun(`${cloud(narrow)}${four}${more}`);
    const told = at("timeline: [{at: 1 min, fail: {host: compute-1}}]\n");
    expect(told.built.cloud.traffic.active).toBe(0);
    const alone = told.values.get("boot.max")!;
    const all = at("").values.get("boot.max")!;
    expect(alone).toBeLessThan(all);
  });
});
