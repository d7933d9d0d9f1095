// Options drawn at random, written as a nova.conf and as a scenario: both have to mean the same.
import { describe, expect, it } from "vitest";
import { portableValues } from "../../../src/report/run-files.ts";
import { allWeighers, decisions, type Parts, read, withConf } from "./conf-scenario.ts";

/** Numbers from 0 up to `below`, the same every time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Drawing {
  readonly below: (below: number) => number;
  readonly some: () => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly write: (group: string, name: string, value: unknown) => void;
  /** Keys of `cloud.host_defaults` and of `cloud.nova`. */
  readonly host: string[];
  readonly nova: string[];
}

/** Options about NUMA, devices and request filters, on hosts with both, and flavors that ask for what the options make possible. */
function drawnScheduling({ below, some, pick, write, host, nova }: Drawing): Pick<Parts, "hosts" | "flavors"> {
  const flavors: string[] = [];
  const device = "{vendor_id: 10de, product_id: 1eb8, count: 2, numa_cell: 1}";
  const hosts = `{type: dell-r7525, count: 12, vcpus: 32, ram: 96 GiB, disk: 1 TiB, numa_cells: 2, pci_devices: [${device}]}`;
  // nova-compute starts with one of the two only.
  if (some() && !host.some((key) => key.startsWith("reserved_host_cpus"))) {
    const first = 4 + below(12);
    write("compute", "cpu_dedicated_set", `${first}-31,^20`);
    host.push(`cpu_dedicated_set: "${first}-31,^20"`);
    flavors.push('{name: pinned, vcpus: 2, ram: 1 GiB, extra_specs: {"hw:cpu_policy": dedicated}}');
    write("compute", "cpu_shared_set", "0-3");
    host.push('cpu_shared_set: "0-3"');
  }
  const aliases = ["1eb8", "1db6"].slice(0, below(3)).map((product) => {
    const policy = pick(["legacy", "required", "preferred"]);
    return { vendor_id: "10de", product_id: product, device_type: "type-PCI", name: `gpu${product}`, numa_policy: policy };
  });
  for (const entry of aliases) {
    write("pci", "alias", JSON.stringify(entry));
    flavors.push(`{name: ${entry.name}, vcpus: 2, ram: 1 GiB, extra_specs: {"pci_passthrough:alias": "${entry.name}:1"}}`);
  }
  if (aliases.length > 0) nova.push(`pci_alias: ${JSON.stringify(aliases)}`);
  if (some()) {
    const interval = pick([-1, 0, 30]);
    write("DEFAULT", "update_resources_interval", interval);
    nova.push(`update_resources_interval: ${interval < 0 ? "never" : interval === 0 ? "1 min" : `${interval} s`}`);
  }
  for (const [group, name] of [
    ["compute", "packing_host_numa_cells_allocation_strategy"],
    ["workarounds", "disable_fallback_pcpu_query"],
    ["workarounds", "disable_group_policy_check_upcall"],
    ["scheduler", "limit_tenants_to_placement_aggregate"],
    ["scheduler", "query_placement_for_availability_zone"],
    ["scheduler", "enable_isolated_aggregate_filtering"],
    ["scheduler", "image_metadata_prefilter"],
  ] as const) {
    if (!some()) continue;
    const value = some();
    write(group, name, value);
    nova.push(`${name}: ${value}`);
  }
  return { hosts, flavors };
}

/** The same options, drawn at random, as the text of a nova.conf and as a scenario. */
function drawn(seed: number): { readonly conf: string; readonly parts: Parts } {
  const below = dice(seed);
  const lines = new Map<string, string[]>([["DEFAULT", []]]);
  const defaults: string[] = [];
  const nova: string[] = [];
  const quota: string[] = [];
  const workers: string[] = [];
  const policy: string[] = [];
  const separators = ["=", " = ", ": ", " =   "];
  const some = () => below(2) === 0;
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const write = (group: string, name: string, value: unknown) => {
    if (!lines.has(group)) lines.set(group, []);
    if (below(4) === 0 && name !== "alias") lines.get(group)!.push(`# ${name} = 1`, `${name} = ${value}`); // the last one holds
    lines
      .get(group)!
      .push(
        `${name}${pick(separators)}${String(value).includes("\n") ? value : name === "alias" ? value : pick([value, value, `"${value}"`])}`,
        ...(below(5) === 0 ? ["", "; a comment"] : []),
      );
  };
  for (const resource of ["cpu", "ram", "disk"]) {
    const [own, initial] = [pick([0.5, 1, 1.25, 4, 16]), pick([0.9, 2, 3])];
    const [hasOwn, hasInitial] = [some(), some()];
    if (hasInitial) write("DEFAULT", `initial_${resource}_allocation_ratio`, initial);
    if (hasOwn) write("DEFAULT", `${resource}_allocation_ratio`, own);
    else if (some()) write("DEFAULT", `${resource}_allocation_ratio`, pick(["0", "0.0", ""]));
    if (hasOwn || hasInitial) defaults.push(`${resource}_allocation_ratio: ${hasOwn ? own : initial}`);
  }
  const both = (group: string, name: string, value: number, into: string[], as: string) => {
    if (!some()) return;
    write(group, name, value);
    into.push(as);
  };
  const [cpus, memory, disk] = [below(4), 256 * (1 + below(8)), 1024 * below(20)];
  both("DEFAULT", "reserved_host_cpus", cpus, defaults, `reserved_host_cpus: ${cpus}`);
  both("DEFAULT", "reserved_host_memory_mb", memory, defaults, `reserved_host_memory: ${memory} MiB`);
  both("DEFAULT", "reserved_host_disk_mb", disk, defaults, `reserved_host_disk: ${disk} MiB`);
  const [builds, timeout, attempts, results] = [below(5), pick([0, 20, 600]), 1 + below(4), 1 + below(14)];
  both("DEFAULT", "max_concurrent_builds", builds, nova, `max_concurrent_builds: ${builds}`);
  both("DEFAULT", "instance_build_timeout", timeout, nova, `instance_build_timeout: ${timeout} s`);
  both("Scheduler", "max_attempts", attempts, nova, `max_attempts: ${attempts}`);
  both("scheduler", "max_placement_results", results, nova, `max_placement_results: ${results}`);
  const [instances, cores, ram] = [pick([-1, 60]), pick([-1, 200]), pick([-1, 200_000])];
  const [group, prefix] = pick([
    ["quota", ""],
    ["DEFAULT", "quota_"],
  ] as const);
  both(group, `${prefix}instances`, instances, quota, `instances: ${instances}`);
  both(group, `${prefix}cores`, cores, quota, `cores: ${cores}`);
  both(group, `${prefix}ram`, ram, quota, `ram: ${ram === -1 ? -1 : `${ram} MiB`}`);
  const [schedulers, conductors, apis] = [1 + below(3), 1 + below(3), 1 + below(3)];
  both("scheduler", "workers", schedulers, workers, `nova.scheduler: ${schedulers}`);
  both("conductor", "workers", conductors, workers, `nova.conductor: ${conductors}`);
  both("DEFAULT", "osapi_compute_workers", apis, workers, `nova.api: ${apis}`);
  const scheduling = drawnScheduling({ below, some, pick, write, host: defaults, nova });
  const filters = [
    ...["ComputeFilter", "ImagePropertiesFilter", "NumInstancesFilter", "IoOpsFilter", "ServerGroupAffinityFilter"],
    ...["NUMATopologyFilter", "PciPassthroughFilter", "IsolatedHostsFilter", "AvailabilityZoneFilter", "AggregateImagePropertiesIsolation"],
  ].filter(some);
  if (some()) {
    write("filter_scheduler", "enabled_filters", filters.join(pick([",", " , ", ",\n\t"])));
    policy.push(`enabled_filters: [${filters.join(", ")}]`);
  }
  const weighers = ["ram.RAMWeigher", "cpu.CPUWeigher", "num_instances.NumInstancesWeigher", "compute.BuildFailureWeigher"].filter(some);
  const all = some();
  if (!all) write("filter_scheduler", "weight_classes", weighers.map((name) => `nova.scheduler.weights.${name}`).join(", "));
  policy.push(`weight_classes: ${all ? allWeighers : `[${weighers.map((name) => name.split(".")[1]).join(", ")}]`}`);
  for (const [name, value] of [
    ...["ram", "cpu", "disk", "io_ops", "num_instances"].map((word) => [`${word}_weight_multiplier`, pick([-1, 0, 0.5, 3])] as const),
    ["host_subset_size", 1 + below(4)],
    ["shuffle_best_same_weighed_hosts", some()],
    ["max_io_ops_per_host", 1 + below(4)],
    ["max_instances_per_host", 4 + below(30)],
    ["image_properties_default_architecture", pick(["x86_64", "aarch64"])],
  ] as const) {
    if (!some()) continue;
    write(
      "filter_scheduler",
      name,
      value === true ? pick(["True", "yes", "on", "1"]) : value === false ? pick(["false", "NO", "off"]) : value,
    );
    policy.push(`${name}: ${value}`);
  }
  for (const [name, group, value] of [
    ["isolated_hosts", "filter_scheduler", pick([["compute-1"], ["compute-2", "compute-5"]])],
    ["isolated_images", "filter_scheduler", ["default-image"]],
    ["restrict_isolated_hosts_to_isolated_images", "filter_scheduler", some()],
    ["aggregate_image_properties_isolation_namespace", "filter_scheduler", pick(["os", "hw"])],
    ["aggregate_image_properties_isolation_separator", "filter_scheduler", pick(["_", ":"])],
    ["default_availability_zone", "DEFAULT", pick(["az1", "nova"])],
    ["metrics.required", "metrics", some()],
    ["metrics.weight_multiplier", "metrics", pick([-1, 2])],
    ["metrics.weight_of_unavailable", "metrics", pick([-5, 0])],
    ["metrics.weight_setting", "metrics", pick([["a=1"], ["a=1.5", "b=-2"]])],
  ] as const) {
    if (!some()) continue;
    const plain: readonly string[] | string | number | boolean = value;
    write(group, name.replace("metrics.", ""), Array.isArray(plain) ? plain.join(", ") : plain);
    policy.push(`${name}: ${JSON.stringify(value)}`);
  }
  const conf = [...lines].map(([name, inside]) => `[${name}]\n${inside.join("\n")}\n`).join(pick(["\n", "\n\n# ---\n"]));
  const section = (key: string, inside: readonly string[]) => (inside.length === 0 ? [] : [`${key}: {${inside.join(", ")}}`]);
  const cloud = [
    ...section("host_defaults", defaults),
    ...section("nova", nova),
    ...section("quota", quota),
    ...section("workers", workers),
  ];
  return { conf, parts: { ...scheduling, cloud, policies: `[{name: nova.conf, ${policy.join(", ")}}]` } };
}

/** What no option of a file says. */
const common = ({ hosts = "", flavors = [] }: Parts): Parts => ({ hosts, flavors });

describe("options drawn at random", () => {
  it("mean the same in a nova.conf and in a scenario", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { conf, parts } = drawn(seed);
      const [file, scenario] = [withConf(conf, common(parts)), read(parts)];
      expect(file.cloud, conf).toEqual(scenario.cloud);
      expect(file.study, conf).toEqual(scenario.study);
      expect(portableValues(file), conf).toEqual(portableValues(scenario));
    }
  });

  it("give the same placements from both", () => {
    const seen = new Set<string>();
    for (let seed = 101; seed <= 105; seed++) {
      const { conf, parts } = drawn(seed);
      const [file, scenario] = [decisions(withConf(conf, common(parts))), decisions(read(parts))];
      expect(file, conf).toEqual(scenario);
      seen.add(file.fingerprint);
    }
    expect(seen.size).toBeGreaterThan(3);
  });
});
