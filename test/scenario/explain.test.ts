import { describe, expect, it } from "vitest";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder, readIn, scenarioText } from "./folder.ts";
import { smallCatalogue } from "./small-catalogue.ts";

const quickstart = () => readScenario("scenarios/quickstart.yaml", { catalogue: smallCatalogue });

/** Dotted paths of all leaves of a plain value; an empty list or map is a leaf. */
function leaves(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, inside]) => leaves(inside, path === "" ? key : `${path}.${key}`));
}

describe("explain", () => {
  it("names every value once, with a source, an evidence and a meaning", () => {
    const { values } = quickstart();
    expect(new Set(values.map(({ path }) => path)).size).toBe(values.length);
    for (const value of values) {
      expect(value.path, JSON.stringify(value)).not.toBe("");
      expect(value.value, JSON.stringify(value)).not.toBe("");
      expect(value.source, JSON.stringify(value)).toMatch(/\w/);
      expect(value.meaning, JSON.stringify(value)).not.toBe("");
    }
  });

  it("covers every leaf of the resolved cloud, so no value can influence a run unexplained", () => {
    const { cloud, values } = quickstart();
    const renamed: Readonly<Record<string, string>> = {
      ramMb: "ram",
      diskGb: "disk",
      nicBytesPerSecond: "nic",
      imageConversionBytesPerSecond: "image_conversion_rate",
      reservedHostMemoryMb: "reserved_host_memory",
      reservedHostDiskMb: "reserved_host_disk",
      uplinkBytesPerSecond: "uplink",
      glanceBytesPerSecond: "glance",
      latencyMicros: "latency",
      capacityGb: "capacity",
      bytes: "size",
      vcpuMilli: "vcpus",
      volumeGb: "volume",
      volumeType: "volume",
      intervalMicros: "interval",
      enabled: "meters",
      numa: "numa_cells",
      pciPools: "pci_devices",
      pciAliases: "pci_alias",
      packHostNumaCells: "packing_host_numa_cells_allocation_strategy",
      disableGroupPolicyCheck: "disable_group_policy_check_upcall",
      downtimeMs: "live_migration_downtime",
      downtimeSteps: "live_migration_downtime_steps",
      downtimeDelaySeconds: "live_migration_downtime_delay",
      completionTimeoutSeconds: "live_migration_completion_timeout",
      timeoutAction: "live_migration_timeout_action",
      permitPostCopy: "live_migration_permit_post_copy",
      permitAutoConverge: "live_migration_permit_auto_converge",
      bandwidthBytesPerSecond: "live_migration_bandwidth",
      parallelConnections: "live_migration_parallel_connections",
      switchSeconds: "switch_time",
    };
    const written = (path: string) =>
      path
        .split(".")
        .map((key) => renamed[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
        .join(".")
        .replace("migration.live.", "migration.")
        .replace("workers.nova.live_migration_slot", "migration.max_concurrent_live_migrations")
        .replace(/^metering\.meters\.\d+$/, "metering.meters")
        .replace("nova.request_options.", "nova.")
        // The keys of a leaf-spine may stand in cloud.fabric by themselves.
        .replace("fabric.topology.leaf_spine.", "fabric.")
        .replace(/^randomize_/, "placement.randomize_")
        // Scenarios have no routed networks.
        .replace(/\.query_placement_for_routed_network_aggregates$/, "");
    const explained = values.map(({ path }) => path);
    for (const leaf of leaves(cloud, "")) {
      const path = `cloud.${written(leaf)}`;
      expect(
        explained.some((known) => known === path || known.startsWith(`${path}.`)),
        path,
      ).toBe(true);
    }
  });

  it("prints numbers with their units and says where each was written", () => {
    const byPath = new Map(quickstart().values.map((value) => [value.path, value]));
    expect(byPath.get("cloud.hosts.1.ram")).toMatchObject({ value: "512 GiB", evidence: "scenario" });
    expect(byPath.get("cloud.hosts.1.ram")!.source).toMatch(/^scenarios\/quickstart\.yaml:\d+:\d+$/);
    expect(byPath.get("cloud.hosts.0.cpu_allocation_ratio")).toMatchObject({ value: "4", evidence: "verified" });
    expect(byPath.get("cloud.hosts.0.count")!.value).toBe("12 hosts");
    expect(byPath.get("cloud.fabric.latency")).toMatchObject({ value: "250 us", evidence: "derived" });
    expect(byPath.get("workload.lifetime")!.value).toBe("azure-2017");
    expect(byPath.get("study.policies.1.ram_weight_multiplier")).toMatchObject({ value: "-1" });
    expect(byPath.get("study.policies.*.io_ops_weight_multiplier")).toMatchObject({ value: "-1", evidence: "verified" });
    expect(byPath.get("cloud.service_times.nova.api.createServer")).toMatchObject({ value: "120 ms", evidence: "derived" });
  });

  it("shows what a scenario sets instead of the default", () => {
    const cloud = "cloud: {hosts: [{type: dell-r7525, count: 1}], flavors: [{name: a, vcpus: 1, ram: 1 GiB}], workers: {nova.api: 8}}";
    const { values } = readIn(folder({ "a.yaml": scenarioText({ cloud }) }), "a.yaml");
    expect(values.filter(({ path }) => path === "cloud.workers.nova.api")).toEqual([
      {
        path: "cloud.workers.nova.api",
        value: "8 workers",
        source: "a.yaml:1:112",
        evidence: "scenario",
        meaning: "Worker processes of this component",
      },
    ]);
  });

  it("is the same for the same files, whatever the order of keys", () => {
    const cwd = folder({
      "a.yaml": "name: x\nstudy: {seed: 3, duration: 1 h}\nworkload: {lifetime: 2 h, arrivals: {at_once: {count: 1}}}\n",
      "b.yaml": "name: x\nworkload: {arrivals: {at_once: {count: 1}}, lifetime: 2 h}\nstudy: {duration: 1 h, seed: 3}\n",
      "cloud.yaml": "cloud: {hosts: [{type: dell-r7525, count: 1}], flavors: [{name: a, vcpus: 1, ram: 1 GiB}]}\n",
      "first.yaml": "import: [cloud.yaml, a.yaml]\n",
      "second.yaml": "import: [cloud.yaml, b.yaml]\nname: first\n",
    });
    const facts = (name: string) => readIn(cwd, name).values.map(({ path, value }) => [path, value]);
    expect(facts("first.yaml")).toEqual(facts("second.yaml"));
  });
});
