// Options of nova.conf about what hosts and requests are put together by: PCI aliases, CPU sets, NUMA cells, request filters, group checks.
import { describe, expect, it } from "vitest";
import { decisions, faults, optionOf, read, valueAt, withConf } from "./conf-scenario.ts";

const hosts = "{type: dell-r7525, count: 4, vcpus: 32, ram: 96 GiB, disk: 1 TiB}";
const alias = (entry: Readonly<Record<string, unknown>>) => `alias = ${JSON.stringify(entry)}`;

/** An option, the same in a scenario, and where `explain` shows it. */
const pairs: readonly (readonly [group: string, line: string, cloud: string, path: string, value: string])[] = [
  [
    "[pci]",
    alias({ vendor_id: "10de", product_id: "1eb8", device_type: "type-PCI", name: "gpu", numa_policy: "preferred" }),
    "nova: {pci_alias: [{vendor_id: 10de, product_id: 1eb8, device_type: type-PCI, name: gpu, numa_policy: preferred}]}",
    "cloud.nova.pci_alias.0.vendor_id",
    "10de",
  ],
  ["[compute]", "cpu_shared_set = 0-7,^3", 'host_defaults: {cpu_shared_set: "0-7,^3"}', "cloud.hosts.0.cpu_shared_set", "0-2,4-7"],
  ["[compute]", "cpu_dedicated_set = 8-31", "host_defaults: {cpu_dedicated_set: 8-31}", "cloud.hosts.0.cpu_dedicated_set", "8-31"],
  ["[DEFAULT]", "update_resources_interval = 90", "nova: {update_resources_interval: 90 s}", "", "1.5 min"],
  ["[DEFAULT]", "update_resources_interval = -5", "nova: {update_resources_interval: never}", "", "never"],
  ...[
    ["[compute]", "packing_host_numa_cells_allocation_strategy", "true"],
    ["[workarounds]", "disable_fallback_pcpu_query", "true"],
    ["[workarounds]", "disable_group_policy_check_upcall", "true"],
    ["[scheduler]", "limit_tenants_to_placement_aggregate", "true"],
    ["[scheduler]", "placement_aggregate_required_for_tenants", "true"],
    ["[scheduler]", "query_placement_for_availability_zone", "false"],
    ["[scheduler]", "query_placement_for_image_type_support", "true"],
    ["[scheduler]", "enable_isolated_aggregate_filtering", "true"],
    ["[scheduler]", "image_metadata_prefilter", "true"],
  ].map(([group, name, value]) => [group!, `${name} = ${value}`, `nova: {${name}: ${value}}`, "", value!] as const),
];

/** Options of the policy: where the file is silent about the rest, it takes Nova's weighers. */
const ofPolicy = [
  ["[DEFAULT]", "default_availability_zone", "az1", "az1"],
  ["[filter_scheduler]", "isolated_hosts", "compute-1, compute-2", "[compute-1, compute-2]"],
  ["[filter_scheduler]", "isolated_images", "default-image", "[default-image]"],
  ["[filter_scheduler]", "restrict_isolated_hosts_to_isolated_images", "false", "false"],
  ["[filter_scheduler]", "aggregate_image_properties_isolation_namespace", "os", "os"],
  ["[filter_scheduler]", "aggregate_image_properties_isolation_separator", "_", "_"],
  ["[metrics]", "weight_setting", "cpu.percent=-1", '["cpu.percent=-1"]'],
  ["[metrics]", "weight_multiplier", "2", "2"],
  ["[metrics]", "required", "false", "false"],
  ["[metrics]", "weight_of_unavailable", "-5", "-5"],
] as const;

describe("an option of nova.conf and the same in a scenario", () => {
  it.each(pairs)("%s %s", (group, line, cloud, path, value) => {
    const [file, scenario] = [withConf(`${group}\n${line}\n`, { hosts }), read({ cloud: [cloud], hosts })];
    const name = line.split(" ")[0]!;
    expect(file.cloud).toEqual(scenario.cloud);
    expect(scenario.cloud).not.toEqual(read({ hosts }).cloud);
    expect(optionOf(file, name)).toMatchObject({ status: "taken", source: "nova.conf:2:1" });
    expect(valueAt(file, path || `cloud.nova.${name}`)).toMatchObject({ value, source: "nova.conf:2:1", evidence: "scenario" });
  });

  it("update_resources_interval = 0 is the minute of Nova's periodic tasks, which is the default", () => {
    const file = withConf("[DEFAULT]\nupdate_resources_interval = 0\n");
    expect(file.cloud).toEqual(read({}).cloud);
    expect(valueAt(file, "cloud.nova.update_resources_interval")).toMatchObject({ value: "1 min", source: "nova.conf:2:1" });
  });

  it.each(ofPolicy)("%s %s = %s", (group, name, conf, scenario) => {
    const option = `${group === "[metrics]" ? "metrics." : ""}${name}`;
    const file = withConf(`${group}\n${name} = ${conf}\n`);
    const written = read({ policies: `[{name: nova.conf, ${option}: ${scenario}}]` });
    expect(file.study.policies[0]!.options).toEqual(written.study.policies[0]!.options);
    expect(file.study.policies[0]!.options.has(option)).toBe(true);
    expect(valueAt(file, `study.policies.0.${option}`)).toMatchObject({ source: "nova.conf:2:1" });
  });
});

describe("PCI aliases of a file", () => {
  const gpu = { vendor_id: "10de", product_id: "1eb8", device_type: "type-PCI", name: "gpu" };
  const nic = { vendor_id: "8086", product_id: "1572", device_type: "type-VF", name: "nic" };

  it("come from every line, file after file, and the scenario's own replace them", () => {
    const files = {
      "one.conf": `[pci]\n${alias(gpu)}\n`,
      "two.conf": `[pci]\n${alias(nic).replace(",", ",\n  ")}\n${alias({ ...gpu, product_id: "1db6", resource_class: "CUSTOM_GPU" })}\n`,
    };
    const both = read({ cloud: ["nova_conf: [one.conf, two.conf]"] }, files);
    expect(both.cloud.nova.pciAliases).toMatchObject([gpu, nic, { ...gpu, product_id: "1db6" }]);
    expect(both.configuration!.map(({ source, status, value, reason }) => [source, status, status === "taken" ? reason : value])).toEqual([
      ["one.conf:2:1", "taken", "cloud.nova.pci_alias.0"],
      ["two.conf:2:1", "taken", "cloud.nova.pci_alias.1"],
      ["two.conf:4:1", "taken", "cloud.nova.pci_alias.2"],
      ["two.conf:4:1", "without effect", "resource_class"],
    ]);
    const own = read({ cloud: ["nova_conf: [one.conf, two.conf]", "nova: {pci_alias: []}"] }, files);
    expect(own.cloud.nova.pciAliases).toEqual([]);
    for (const { status, reason } of own.configuration!.slice(0, 3)) {
      expect([status, reason]).toEqual(["without effect", "the scenario says cloud.nova.pci_alias itself, at a.yaml:3:21"]);
    }
  });

  it("decide which devices servers get; a capability_type finds none, for no device of a host says one", () => {
    const parts = {
      hosts:
        "{type: dell-r7525, count: 2, vcpus: 32, ram: 96 GiB, disk: 1 TiB, pci_devices: [{vendor_id: 10de, product_id: 1eb8, count: 2}]}",
      flavors: ['{name: gpu, vcpus: 2, ram: 1 GiB, extra_specs: {"pci_passthrough:alias": "gpu:1"}}'],
    };
    const scheduler = "[filter_scheduler]\nenabled_filters = PciPassthroughFilter\n";
    const hostsOf = (entry: Readonly<Record<string, unknown>>) => {
      const scenario = withConf(`[pci]\n${alias(entry)}\n${scheduler}`, parts);
      const only = { ...scenario, workload: { ...scenario.workload, flavorWeights: [0, 0, 1] } } as typeof scenario;
      return decisions(only).decisions.match(/compute-\d/g)?.length ?? 0;
    };
    expect(hostsOf(gpu)).toBeGreaterThan(3);
    expect(hostsOf({ ...gpu, product_id: "1db6" })).toBe(0);
    expect(hostsOf({ ...gpu, capability_type: "pci" })).toBe(0);
  });

  it("that Nova would refuse are refused, each at its line", () => {
    const wrong = [
      ...["alias = gpu", 'alias = [{"name": "a"}]', alias({ ...gpu, vendor: "10de" }), alias({ ...gpu, vendor_id: 10 })],
      ...[alias({ ...gpu, vendor_id: "10dex" }), alias({ ...gpu, name: "a" }), alias({ ...nic, name: "a" }), "alias ="],
    ];
    expect(faults(() => withConf(`[pci]\n${wrong.join("\n")}\n`))).toEqual([
      expect.stringMatching(/^nova\.conf:2:1 \[pci\] alias: expected a JSON object, got "gpu" \(e\.g\. \{"vendor_id"/),
      "nova.conf:3:1 [pci] alias: expected one JSON object, got a list (write alias once for each)",
      'nova.conf:4:1 [pci] alias: an alias has no key "vendor" (did you mean "vendor_id"?)',
      'nova.conf:5:1 [pci] alias: vendor_id is not a text (write "vendor_id": "...")',
      expect.stringMatching(/^nova\.conf:6:1 cloud\.nova\.pci_alias\.4\.vendor_id: expected a vendor id of four hexadecimal digits/),
      expect.stringMatching(/^nova\.conf:8:1 cloud\.nova\.pci_alias\.6: .*alias 'a'/),
      expect.stringMatching(/^nova\.conf:9:1 \[pci\] alias: expected a JSON object/),
    ]);
  });
});

describe("CPU sets of a file", () => {
  it("give hosts that say nothing of NUMA a cell for each socket, and other hosts what they say themselves", () => {
    const scenario = withConf("[compute]\ncpu_dedicated_set = 4-15\n", {
      hosts: `${hosts}, {type: dell-r7525, count: 1, vcpus: 32, numa_cells: 4, cpu_dedicated_set: "8"}`,
    });
    expect(scenario.cloud.hosts.map(({ numa }) => [numa!.sockets * numa!.cellsPerSocket, numa!.dedicatedCpus])).toEqual([
      [2, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
      [4, [8]],
    ]);
  });

  it("must be of CPUs that the hosts have", () => {
    expect(faults(() => withConf("[compute]\ncpu_dedicated_set = 30-33\n"))).toEqual([
      expect.stringMatching(/^nova\.conf:2:1 cloud\.hosts\.0\.cpu_dedicated_set: there is no CPU 32 \(CPUs: 0 to 31\)/),
    ]);
  });
});

describe("options that scenarios say in another way", () => {
  it("have no effect, and the reason names the other way", () => {
    const conf =
      '[DEFAULT]\nreserved_huge_pages = node:0,size:2048,count:4\nreserved_huge_pages = node:1,size:1GB,count:1\ndefault_schedule_zone = a\n[pci]\ndevice_spec = {"vendor_id": "10de"}\n[DEFAULT]\npci_passthrough_whitelist = {}\n';
    expect(withConf(conf).configuration!.map(({ name, status, reason }) => [name, status, /^\S+/.exec(reason)![0]])).toEqual([
      ["reserved_huge_pages", "without effect", "huge_pages"],
      ["reserved_huge_pages", "without effect", "huge_pages"],
      ["default_schedule_zone", "without effect", "workload.availability_zones"],
      ["device_spec", "without effect", "pci_devices"],
      ["pci_passthrough_whitelist", "without effect", "pci_devices"],
    ]);
  });
});

describe("randomize_allocation_candidates", () => {
  it("of placement.conf changes which hosts are found, as the same in the scenario or in the policy does", () => {
    const first = (cloud: readonly string[], policy = "") =>
      decisions(
        read(
          { cloud: ["nova: {max_placement_results: 2}", ...cloud], policies: `[{name: p${policy}}]` },
          {
            "placement.conf": "[placement]\nrandomize_allocation_candidates = true\n",
          },
        ),
      );
    const drawn = first(["placement_conf: placement.conf"]);
    expect(drawn).toEqual(first(["placement: {randomize_allocation_candidates: true}"]));
    expect(drawn).toEqual(first([], ", randomize_allocation_candidates: true"));
    expect(drawn.fingerprint).not.toBe(first([]).fingerprint);
    expect(first(["placement_conf: placement.conf"], ", randomize_allocation_candidates: false")).toEqual(first([]));
  });
});
