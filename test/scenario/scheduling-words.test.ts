import { describe, expect, it } from "vitest";
import { RandomStreams } from "../../src/kernel/random.ts";
import { HOUR, SECOND } from "../../src/kernel/time.ts";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { hostAddresses } from "../../src/scenario/host-addresses.ts";
import { HostNames } from "../../src/scenario/host-names.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { listRequests } from "../../src/workload/listed.ts";
import { folder, problemsOf, scenarioText } from "./folder.ts";

const FLAVORS = "flavors: [{name: small, vcpus: 1, ram: 2 GiB}, {name: large, vcpus: 4, ram: 8 GiB}]";
const cloudText = (rest: string) => `cloud: {${rest}, ${FLAVORS}}`;
const read = (parts: Parameters<typeof scenarioText>[0]) =>
  readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": scenarioText(parts) }) });
const hostsOf = (scenario: Scenario) => {
  const { cloud } = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
  return cloud.hosts.descriptions;
};
const explained = (scenario: Scenario, path: string) => scenario.values.find((value) => value.path === path);

describe("hosts", () => {
  it("are called by their group, or by their number in the cloud", () => {
    const scenario = read({
      cloud: cloudText("hosts: [{type: dell-r7515, count: 1}, {name: gpu, type: dell-r7515, count: 2}, {type: dell-r7515, count: 1}]"),
    });
    expect(hostsOf(scenario).map(({ name }) => name)).toEqual(["compute-1", "gpu-1", "gpu-2", "compute-4"]);
    expect(explained(scenario, "cloud.hosts.1.name")).toMatchObject({ value: "gpu", evidence: "scenario" });
    expect(explained(scenario, "cloud.hosts.0.name")).toMatchObject({ evidence: "assumed" });
  });

  it("have traits, further resources and a disabled service, given for one group or for all", () => {
    const scenario = read({
      cloud: cloudText(
        "host_defaults: {traits: [CUSTOM_FAST]}, hosts: [{type: dell-r7515, count: 1, disabled: true}, {type: dell-r7515, count: 1, traits: [], resources: {CUSTOM_FPGA: 2, VGPU: 8}}]",
      ),
    });
    const [first, second] = hostsOf(scenario);
    expect(first).toMatchObject({ traits: ["CUSTOM_FAST"], disabled: true, resources: new Map() });
    expect(second).toMatchObject({
      traits: [],
      disabled: false,
      resources: new Map([
        ["CUSTOM_FPGA", 2],
        ["VGPU", 8],
      ]),
    });
    expect(explained(scenario, "cloud.hosts.1.resources.VGPU")!.value).toBe("8 units");
  });

  it("have addresses in the network of their rack, and in another when that is full", () => {
    const address = hostAddresses(3);
    expect([address(0), address(2), address(0)]).toEqual(["10.0.1.1", "10.0.3.1", "10.0.1.2"]);
    for (let host = 3; host <= 254; host++) address(0);
    expect(address(0)).toBe("10.0.4.1");
    const racks = hostsOf(read({ cloud: cloudText("hosts: [{type: dell-r7515, count: 4, racks: 2}]") }));
    expect(racks.map(({ address: at }) => at)).toEqual(["10.0.1.1", "10.0.2.1", "10.0.1.2", "10.0.2.2"]);
  });
});

describe("NUMA cells", () => {
  const numa = (group: string) => {
    const [host] = hostsOf(read({ cloud: cloudText(`hosts: [{type: hpe-dl380-gen10, count: 1, ram: 192 GiB, ${group}}]`) }));
    return host!;
  };

  it("are not reported unless something asks for them", () => {
    expect(numa("racks: 1").cells).toBeUndefined();
    expect(numa("pci_devices: [{vendor_id: 10de, product_id: '1eb8', count: 1}]").cells).toBeUndefined();
  });

  it("divide threads and memory of the host type: 2 x 28 cores of 2 threads", () => {
    const { cells } = numa("numa_cells: 4");
    expect(cells).toHaveLength(4);
    expect(cells!.map(({ memoryMb, socket, cpuset }) => [memoryMb, socket, cpuset.length])).toEqual([
      [49_152, 0, 28],
      [49_152, 0, 28],
      [49_152, 1, 28],
      [49_152, 1, 28],
    ]);
    // One thread of every core first, cell after cell.
    expect(cells![0]!.siblings[0]).toEqual([0, 56]);
  });

  it("are as many as the sockets where CPU sets, huge pages or the cell of a device are given", () => {
    for (const asking of [
      'cpu_dedicated_set: "4-7"',
      "huge_pages: {1 GiB: 4}",
      "pci_devices: [{vendor_id: 10de, product_id: '1eb8', count: 1, numa_cell: 1}]",
    ]) {
      expect(numa(asking).cells).toHaveLength(2);
    }
    expect(numa("numa_cells: 1, huge_pages: {1 GiB: 4}").cells).toHaveLength(1);
  });

  it("hold huge pages out of their memory", () => {
    const { cells } = numa("huge_pages: {1 GiB: 16, 2 MiB: 1024}");
    expect(cells![1]!.pages.map(({ sizeKb, total }) => [sizeKb, total])).toEqual([
      [4, ((96 - 16 - 2) * 2 ** 20) / 4],
      [2048, 1024],
      [2 ** 20, 16],
    ]);
  });

  it("give VCPU for the shared set and PCPU for the dedicated one; without a shared set there is no VCPU", () => {
    const both = numa('cpu_shared_set: "0-3,56-59", cpu_dedicated_set: "4-27,60-83,^5"');
    expect(both).toMatchObject({ threads: 112, vcpuMilli: 8000, resources: new Map([["PCPU", 47]]) });
    expect(numa('cpu_dedicated_set: "4-27"')).toMatchObject({ threads: 112, vcpuMilli: 0, resources: new Map([["PCPU", 24]]) });
    expect(numa('cpu_shared_set: "0-3"')).toMatchObject({ threads: 112, vcpuMilli: 4000, resources: new Map() });
  });

  it("follow vCPUs and memory that the scenario gives instead of the type's", () => {
    const { cells } = numa("vcpus: 16, numa_cells: 2");
    expect(cells!.map(({ cpuset }) => cpuset)).toEqual([
      [0, 1, 2, 3, 8, 9, 10, 11],
      [4, 5, 6, 7, 12, 13, 14, 15],
    ]);
  });

  it("attach pools of devices, with their tags", () => {
    const devices = "[{vendor_id: 8086, product_id: '1572', dev_type: type-VF, count: 4, numa_cell: 1, physical_network: net0}]";
    expect(numa(`pci_devices: ${devices}`).pciPools).toEqual([
      {
        properties: new Map([
          ["vendor_id", "8086"],
          ["product_id", "1572"],
          ["dev_type", "type-VF"],
          ["physical_network", "net0"],
        ]),
        numaNode: 1,
        count: 4,
      },
    ]);
  });
});

describe("aggregates", () => {
  it("name hosts, groups of hosts and ranges of hosts", () => {
    const { cloud } = read({
      cloud: cloudText(
        "hosts: [{type: dell-r7515, count: 4}, {name: gpu, type: dell-r7515, count: 2}, {type: dell-r7515, count: 2}], " +
          "aggregates: [{name: a, hosts: [compute-8, gpu, compute-2], availability_zone: az1, metadata: {ssd: true}}, {name: b, hosts: [compute-3..compute-7]}]",
      ),
    });
    expect(cloud.aggregates).toEqual([
      {
        name: "a",
        hosts: [1, 4, 5, 7],
        metadata: new Map([
          ["ssd", "true"],
          ["availability_zone", "az1"],
        ]),
      },
      { name: "b", hosts: [2, 3, 6], metadata: new Map() },
    ]);
  });

  it("find every host by the name it has", () => {
    const names = new HostNames([
      { name: null, count: 3 },
      { name: "gpu-a", count: 2 },
      { name: null, count: 2 },
    ]);
    for (let row = 0; row < names.count; row++) expect(names.rowOf(names.nameOf(row))).toBe(row);
    for (const unknown of ["compute-0", "compute-4", "compute-8", "gpu-a-3", "gpu-1", "compute", "compute-01"])
      expect(names.rowOf(unknown)).toBeNull();
  });

  it("may share a host within one availability zone", () => {
    const one = "{name: a, hosts: [compute-1], availability_zone: az1}, {name: b, hosts: [compute-1], metadata: {availability_zone: az1}}";
    expect(() =>
      read({ cloud: cloudText(`hosts: [{type: dell-r7515, count: 1}], aggregates: [${one}, {name: c, hosts: [compute-1]}]`) }),
    ).not.toThrow();
  });
});

describe("the settings of Nova", () => {
  it("switch request filters by Nova's own names, and name devices", () => {
    const scenario = read({
      cloud: cloudText(
        "hosts: [{type: dell-r7515, count: 1}], nova: {max_placement_results: 7, image_metadata_prefilter: true, " +
          "packing_host_numa_cells_allocation_strategy: true, pci_alias: [{name: t4, vendor_id: 10de, product_id: '1eb8', device_type: type-PCI}]}",
      ),
    });
    expect(scenario.cloud.nova).toMatchObject({
      requestOptions: { max_placement_results: 7, image_metadata_prefilter: true, query_placement_for_availability_zone: true },
      pciAliases: [{ name: "t4", vendor_id: "10de", product_id: "1eb8", device_type: "type-PCI", numa_policy: "legacy" }],
      packHostNumaCells: true,
    });
    expect(explained(scenario, "cloud.nova.disable_fallback_pcpu_query")).toMatchObject({ value: "false", evidence: "verified" });
  });

  it("let a policy set options of every kind, each as Nova writes it", () => {
    const policy =
      "{name: mine, enabled_filters: [IsolatedHostsFilter, MetricsFilter], isolated_images: [default-image], isolated_hosts: [compute-1], " +
      "restrict_isolated_hosts_to_isolated_images: false, image_properties_default_architecture: x86_64, " +
      "metrics.weight_setting: [cpu.percent=-1], metrics.required: false, metrics.weight_multiplier: 2}";
    const scenario = read({ study: `study: {duration: 1 h, policies: [${policy}]}` });
    expect(scenario.study.policies[0]!.options).toEqual(
      new Map<string, unknown>([
        ["metrics.weight_multiplier", 2],
        ["image_properties_default_architecture", "x86_64"],
        ["isolated_images", ["default-image"]],
        ["isolated_hosts", ["compute-1"]],
        ["restrict_isolated_hosts_to_isolated_images", false],
        ["metrics.weight_setting", ["cpu.percent=-1"]],
        ["metrics.required", false],
      ]),
    );
    expect(explained(scenario, "study.policies.0.isolated_hosts")).toMatchObject({ value: "compute-1", evidence: "scenario" });
    expect(explained(scenario, "study.policies.*.isolated_images")).toMatchObject({ value: "none", evidence: "verified" });
  });
});

describe("drawn requests", () => {
  const zones = cloudText("hosts: [{type: dell-r7515, count: 2}], aggregates: [{name: a, hosts: [compute-1], availability_zone: az1}]");
  const drawn = (more: string) =>
    read({ cloud: zones, workload: `workload: {arrivals: {poisson: {rate: 40 /h}}, lifetime: 2 h, batch: 3, ${more}}` });

  it("take the rule of their groups, zones by weight, hints and multi-create from the scenario", () => {
    const scenario = drawn(
      "server_group: {policy: anti-affinity, max_server_per_host: 2}, availability_zones: {nova: 1, az1: 3}, multi_create: true, " +
        'scheduler_hints: {different_host: [server-1, server-2], query: \'[">=", "$free_ram_mb", 4096]\', tries: 3}',
    );
    expect(scenario.workload).toMatchObject({
      serverGroup: { policy: "anti-affinity", maxServerPerHost: 2 },
      zoneWeights: new Map([
        ["az1", 3],
        ["nova", 1],
      ]),
      hints: new Map([
        ["different_host", ["server-1", "server-2"]],
        ["query", ['[">=", "$free_ram_mb", 4096]']],
        ["tries", ["3"]],
      ]),
      multiCreate: true,
    });
    expect(explained(scenario, "workload.server_group")!.value).toBe("anti-affinity, at most 2 servers on a host");
    expect(explained(scenario, "workload.availability_zones.az1")).toMatchObject({ value: "3", evidence: "scenario" });
  });

  it("say nothing where the scenario says nothing", () => {
    expect(buildWorkload(drawn("projects: 3"), 0).requests.asks).toBeUndefined();
  });
});

describe("listed requests", () => {
  const text = `workload:
  server_groups:
    - {name: web, policy: anti-affinity, max_server_per_host: 2}
    - {name: near, policy: affinity}
  projects: 2
  cpu_utilisation: 0.5
  requests:
    - {name: late, at: 10 s, flavor: small, lifetime: 2 h, project: 2, scheduler_hints: {same_host: front, different_host: [front-2, server-1]}}
    - {name: front, flavor: large, count: 3, server_group: web}
    - {flavor: small, at: 10 s, host: compute-2, availability_zone: nova}
    - {flavor: small, at: 25 h}`;
  const scenario = () => read({ cloud: cloudText("hosts: [{type: dell-r7515, count: 2}]"), workload: text });

  it("become a table by arrival, in the order of the file where they arrive together", () => {
    const { flavors, requests } = buildWorkload(scenario(), 0);
    expect(flavors.map(({ name }) => name)).toEqual(["small", "large"]);
    expect(requests.count).toBe(5); // the last one would arrive after the end
    expect([...requests.arrival]).toEqual([0, 0, 0, 10 * SECOND, 10 * SECOND]);
    expect([...requests.flavor]).toEqual([1, 1, 1, 0, 0]);
    expect([...requests.lifetime]).toEqual([Infinity, Infinity, Infinity, 2 * HOUR, Infinity]);
    expect([...requests.project]).toEqual([0, 0, 0, 1, 0]);
    expect([...requests.batch]).toEqual([0, 0, 0, 1, 2]);
    expect([...requests.cpuUtilisation]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
  });

  it("say to the scheduler what they say, servers being named by their numbers", () => {
    const { requests } = buildWorkload(scenario(), 0);
    expect(requests.asks).toEqual({
      zones: ["nova"],
      zone: Int32Array.of(-1, -1, -1, -1, 0),
      groupRules: [
        { policy: "anti-affinity", maxServerPerHost: 2 },
        { policy: "affinity", maxServerPerHost: 1 },
      ],
      ruleOfGroup: Int32Array.of(0, 1),
      group: Int32Array.of(0, 0, 0, -1, -1),
      hintSets: [
        new Map([
          ["same_host", ["server-1", "server-2", "server-3"]],
          ["different_host", ["server-2", "server-1"]],
        ]),
      ],
      hints: Int32Array.of(-1, -1, -1, 0, -1),
      forcedHosts: ["compute-2"],
      forcedHost: Int32Array.of(-1, -1, -1, -1, 0),
      leader: Int32Array.of(0, 0, 0, 3, 4),
    });
  });

  it("are explained value by value", () => {
    expect(explained(scenario(), "workload.requests.0.project")).toMatchObject({ value: "project-2", evidence: "scenario" });
    expect(explained(scenario(), "workload.requests.1.lifetime")).toMatchObject({ value: "never", evidence: "assumed" });
    expect(explained(scenario(), "workload.requests.0.scheduler_hints")!.value).toBe("same_host: front; different_host: front-2, server-1");
    expect(explained(scenario(), "workload.server_groups.0.max_server_per_host")!.value).toBe("2 servers");
  });

  it("say nothing when they are plain", () => {
    const plain = read({ workload: "workload: {requests: [{flavor: m1.small}, {flavor: m1.small}]}" });
    if (plain.workload.kind !== "listed") throw new Error("not a list");
    const table = listRequests(plain.workload, new RandomStreams("1", 0), HOUR);
    expect(table.asks).toBeUndefined();
    expect(table.count).toBe(2);
  });

  it("are refused to policies that cannot serve their groups, as Nova refuses the servers", () => {
    const soft = (policy: string) =>
      problemsOf(() =>
        read({
          workload: "workload: {server_groups: [{name: web, policy: soft-affinity}], requests: [{flavor: m1.small, server_group: web}]}",
          study: `study: {duration: 1 h, policies: [${policy}]}`,
        }),
      ).map(({ message }) => message);
    expect(soft("nova-default, nova-pack")).toEqual([]);
    expect(soft("first-fit")).toEqual([
      "policy first-fit lacks ServerGroupSoftAffinityWeigher, and Nova refuses servers of soft-affinity groups without (UnsupportedPolicyException)",
    ]);
    expect(soft("{name: soft, weight_classes: [RAMWeigher, ServerGroupSoftAffinityWeigher]}")).toEqual([]);
  });

  it("can be run", () => {
    const { cloud, requests } = buildRun(scenario(), scenario().study.policies[0]!, 0, buildWorkload(scenario(), 0), "wheel");
    cloud.simulation.run(HOUR);
    expect(requests.count).toBe(5);
    expect(cloud.servers.vmStateOf(3)).toBe("active");
  });
});
