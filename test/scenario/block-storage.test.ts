// Cinder and Glance as scenarios write them: everything once in a file that works, and what is wrong told with its place.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { apiOperations } from "../../src/workflows/api/operations.ts";
import { folder, problemsOf, scenarioText } from "./folder.ts";

const FILE = join("test", "scenario", "volumes-and-images.yaml");

describe("a scenario with block storage and an image service", () => {
  it("does all that users can ask of both, each once, and leaves nothing behind", () => {
    const scenario = readScenario(FILE, { catalogue });
    const asked = new Set(scenario.actions!.map(({ operation }) => operation));
    const mine = apiOperations.filter(({ name, service }) => service.type !== "compute" || /volume/.test(name));
    const offered = mine.filter(({ service }) => ["volumev3", "image", "compute"].includes(service.type)).map(({ name }) => name);
    expect(offered.filter((name) => !asked.has(name))).toEqual([]);
    const { cloud, engine } = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
    cloud.simulation.run(scenario.study.duration);
    const rows = Array.from({ length: cloud.requests.count }, (_, request) => cloud.requests.row(request));
    expect(rows.filter(({ outcome, endedAt }) => outcome !== null || endedAt < 0)).toEqual([]);
    const { books } = cloud.block!;
    expect([books.check(), engine!.strands]).toEqual([null, 0]);
    // The root volume that "ready" boots from is all there is at the end.
    expect(books.volumes.rows.filter(({ status }) => status !== "deleted").map(({ name, status }) => `${name} ${status}`)).toEqual([
      "golden-root in-use",
    ]);
  });

  it("schedules by Cinder's own options", () => {
    const { settings } = readScenario(FILE, { catalogue }).cloud.blockStorage!;
    expect(settings.config.list("scheduler_default_weighers")).toEqual(["CapacityWeigher", "GoodnessWeigher"]);
    expect(settings.backends[0]!.options.get("reserved_percentage")).toBe(5);
    expect(settings.backends[1]!.options.get("max_over_subscription_ratio")).toBe("10");
    expect(settings.pollingInterval).toBe(60_000_000);
  });
});

const flavors = "flavors: [{name: m1, vcpus: 1, ram: 2 GiB, disk: 0 B}]";
const hosts = "hosts: [{type: dell-r7525, count: 4}]";
const lvm = "{name: a@lvm, pools: [{name: p, capacity: 1 TiB}]}";
const requests = (boot = "") => `workload: {requests: [{flavor: m1${boot}}]}`;

function said(cloud: string, workload = requests(), actions = ""): readonly string[] {
  const text = `${scenarioText({ cloud: `cloud: {${hosts}, ${flavors}, ${cloud}}`, workload })}${actions}`;
  const cwd = folder({ "one.yaml": text });
  return problemsOf(() => readScenario("one.yaml", { catalogue, cwd })).map(({ path, message }) => `${path}: ${message}`);
}

describe("what is wrong with it is told", () => {
  it("all at once, each at its place", () => {
    const backends = `{name: lvm, pools: []}, ${lvm}, {name: a@lvm, filter_function: "volume.size < 10", goodness_function: "50", pools: [{name: p, capacity: 1 TiB}, {name: p, capacity: 2 TiB}]}`;
    const problems = said(`block_storage: {backends: [${backends}], volume_types: [{name: t}, {name: t}]}`);
    for (const message of [
      '"lvm" is no back end',
      "expected at least one pool",
      'back end "a@lvm" is named twice',
      'pool "p" is named twice',
      'volume type "t" is named twice',
      "nobody reads it",
    ])
      expect([message, problems.some((problem) => problem.includes(message))]).toEqual([message, true]);
  });

  it("where values are none of Cinder's", () => {
    expect(said(`block_storage: {backends: [${lvm}], max_over_subscription_ratio: many}`)[0]).toContain(
      "expected a ratio such as 20.0, or auto",
    );
    expect(said(`block_storage: {backends: [${lvm}], scheduler_default_filters: [CapacityFiler]}`)[0]).toContain("CapacityFiler");
    expect(said(`block_storage: {backends: [${lvm}], quota: {volume: 3}}`)[0]).toContain("volume");
    expect(said("image_service: {store: s3}")[0]).toContain("s3");
    expect(said(`control_plane: instant, block_storage: {backends: [${lvm}]}`)[0]).toContain(
      "an instant control plane has no block storage",
    );
  });

  it("where volumes are asked for that there cannot be", () => {
    const create = "actions: [{at: 1 min, do: volume create, name: v, size: 1 GiB}]\n";
    expect(said("quota: {}", requests(), create)[0]).toContain("volume create: the cloud has no block storage");
    expect(said("quota: {}", requests(", boot_volume: {}"))[0]).toContain("the cloud has no block storage");
    const block = `block_storage: {backends: [${lvm}]}`;
    expect(said(block, requests(), create)).toEqual([]);
    expect(said(block, requests(", boot_volume: {volume: w}"))[0]).toContain('nothing makes a volume "w"');
    expect(said(block, requests(", count: 2, boot_volume: {volume: v}"), create)[0]).toContain("2 servers cannot boot from one volume");
    expect(said(block, requests(", boot_volume: {type: gold}"))[0]).toContain('there is no volume type "gold"');
    expect(said(block, requests(), "actions: [{at: 1 min, do: volume delete, volume: w}]\n")[0]).toContain('nothing makes a volume "w"');
  });
});
