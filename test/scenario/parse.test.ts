import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, MILLISECOND, MINUTE } from "../../src/kernel/time.ts";
import { defaultRequestOptions } from "../../src/policies/nova/request/request-options.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder, problemsOf, readIn, scenarioText } from "./folder.ts";
import { smallCatalogue } from "./small-catalogue.ts";

const read = (text: string) => readIn(folder({ "a.yaml": text }), "a.yaml");
const shipped = (name: string) => readScenario(`scenarios/${name}.yaml`, { catalogue: smallCatalogue });

describe("a scenario after reading", () => {
  it("has every unit converted and every default filled in", () => {
    const scenario = read(scenarioText());
    expect(scenario.name).toBe("a");
    expect(scenario.study).toMatchObject({ duration: DAY, warmUp: 0, seed: "1", replications: 10, confidence: 0.95 });
    expect(scenario.cloud.hosts[0]).toMatchObject({
      type: "dell-r7525",
      count: 4,
      racks: 1,
      hypervisor: "kvm",
      vcpus: null,
      ramMb: null,
      diskGb: 2048,
      nicBytesPerSecond: 25e9 / 8,
      cpuAllocationRatio: 4,
      ramAllocationRatio: 1,
      diskAllocationRatio: 1,
      reservedHostCpus: 0,
      reservedHostMemoryMb: 512,
      reservedHostDiskMb: 0,
    });
    expect(scenario.cloud.nova).toEqual({
      maxAttempts: 3,
      shelvedOffloadTime: 0,
      reclaimInstanceInterval: 0,
      maxPlacementResults: 1000,
      maxConcurrentBuilds: 10,
      instanceBuildTimeout: 0,
      buildFailureProbability: 0,
      imageConversionBytesPerSecond: 500_000_000,
      requestOptions: defaultRequestOptions,
      pciAliases: [],
      packHostNumaCells: false,
      disableGroupPolicyCheck: false,
      computeMonitors: [],
      updateResourcesInterval: MINUTE,
    });
    expect(scenario.cloud.quota).toEqual({ instances: -1, cores: -1, ramMb: -1 });
    expect(scenario.cloud.metering).toEqual({ enabled: true, intervalMicros: 5 * MINUTE, meters: smallCatalogue.meters });
    expect(scenario.study.policies).toEqual([smallCatalogue.presets.get("nova-default")]);
    expect(scenario.workload).toMatchObject({ kind: "generated", arrivals: { process: "poisson", rate: 40 / 3600 }, maxServers: null });
  });

  it("keeps fractions of a vCPU as whole thousandths", () => {
    const scenario = read(
      scenarioText({ cloud: "cloud: {hosts: [{type: dell-r7525, count: 1}], flavors: [{name: a, vcpus: 0.142, ram: 1 GiB}]}" }),
    );
    expect(scenario.cloud.flavors[0]).toMatchObject({ vcpuMilli: 142, ramMb: 1024, diskGb: 0, volumeGb: 0, volumeType: null });
  });

  it("turns names into indexes: weights follow the order of the flavors", () => {
    const flavors = "flavors: [{name: a, vcpus: 1, ram: 1 GiB}, {name: b, vcpus: 2, ram: 2 GiB}, {name: c, vcpus: 4, ram: 4 GiB}]";
    const workload = "workload: {arrivals: {at_once: {count: 7}}, lifetime: never, flavors: {c: 5, a: 1}}";
    const scenario = read(scenarioText({ cloud: `cloud: {hosts: [{type: dell-r7525, count: 1}], ${flavors}}`, workload }));
    expect(scenario.workload).toMatchObject({
      flavorWeights: [1, 0, 5],
      imageWeights: [1],
      arrivals: { process: "at-once", at: 0, count: 7 },
    });
    expect(scenario.workload.kind === "generated" && scenario.workload.lifetime.mean).toBe(Number.POSITIVE_INFINITY);
  });

  it("gives a volume the first storage tier unless it names one", () => {
    const tiers = "storage_tiers: [{name: ssd, capacity: 1 TB}, {name: hdd, capacity: 10 TiB}]";
    const flavors =
      "flavors: [{name: a, vcpus: 1, ram: 1 GiB, volume: {size: 10 GiB}}, {name: b, vcpus: 1, ram: 1 GiB, volume: {size: 1 TiB, type: hdd}}]";
    const { cloud } = read(scenarioText({ cloud: `cloud: {hosts: [{type: dell-r7525, count: 1}], ${tiers}, ${flavors}}` }));
    expect(cloud.flavors.map(({ volumeGb, volumeType }) => [volumeGb, volumeType])).toEqual([
      [10, "ssd"],
      [1024, "hdd"],
    ]);
    expect(cloud.storageTiers[0]!.capacityGb).toBe(931);
  });

  it("describes a policy by what differs from the one it is based on", () => {
    const policy =
      "{name: mine, based_on: nova-pack, weight_classes: [nova.scheduler.weights.ram.RAMWeigher], cpu_weight_multiplier: 0, host_subset_size: 3}";
    const { study } = read(scenarioText({ study: `study: {duration: 1 h, policies: [random, ${policy}]}` }));
    expect(study.policies[1]).toEqual({
      name: "mine",
      enabledFilters: ["ComputeFilter"],
      weighers: ["RAMWeigher"],
      options: new Map([
        ["ram_weight_multiplier", -1],
        ["cpu_weight_multiplier", 0],
      ]),
      hostSubsetSize: 3,
      shuffleBestSameWeighedHosts: false,
    });
  });

  it("lets a policy begin to look elsewhere than at the first host", () => {
    const policies = "[{name: turns, based_on: random, start_at: after-last-chosen}, random]";
    const { study } = read(scenarioText({ study: `study: {duration: 1 h, policies: ${policies}}` }));
    expect(study.policies.map(({ startAt }) => startAt)).toEqual(["after-last-chosen", undefined]);
  });

  it("takes worker counts and service times by the names of components and operations", () => {
    const cloud = `cloud:
  hosts: [{type: dell-r7525, count: 1}]
  flavors: [{name: a, vcpus: 2, ram: 1 GiB, extra_specs: {"hw:cpu_policy": shared, "hw:numa_nodes": 2}}]
  images: [{name: cirros, size: 13 MB, properties: {img_hv_type: qemu}}]
  workers: {nova.api: 8}
  service_times: {nova.api.createServer: 120 ms}
  quota: {instances: 10, cores: unlimited, ram: 50 GiB}
  metering: {meters: none}`;
    const scenario = read(scenarioText({ cloud }));
    expect(scenario.cloud.workers).toEqual(
      new Map([
        ["nova.liveMigrationSlot", 1],
        ["nova.api", 8],
      ]),
    );
    expect(scenario.cloud.serviceTimes).toEqual(new Map([["nova.api.createServer", 120 * MILLISECOND]]));
    expect(scenario.cloud.quota).toEqual({ instances: 10, cores: -1, ramMb: 51200 });
    expect(scenario.cloud.metering).toMatchObject({ enabled: false, meters: [] });
    expect(scenario.cloud.images).toEqual([
      { name: "cirros", id: "cirros", bytes: 13e6, diskFormat: "qcow2", properties: new Map([["img_hv_type", "qemu"]]) },
    ]);
    expect(scenario.cloud.flavors[0]!.extraSpecs.get("hw:numa_nodes")).toBe("2");
  });

  it("lays host defaults under every group of hosts", () => {
    const hosts = "host_defaults: {racks: 2, ram: 128 GiB}, hosts: [{type: dell-r7525, count: 4}, {type: dell-r7515, count: 6, racks: 3}]";
    const flavors = "flavors: [{name: a, vcpus: 1, ram: 1 GiB}]";
    const { cloud } = read(scenarioText({ cloud: `cloud: {${hosts}, ${flavors}}` }));
    expect(cloud.hosts.map(({ racks, ramMb }) => [racks, ramMb])).toEqual([
      [2, 131072],
      [3, 131072],
    ]);
  });

  it("takes an alias for the last anchor of its name above", () => {
    const cloud = `cloud:
  hosts:
    - {type: dell-r7525, count: &n 2}
    - {type: dell-r7525, count: *n, racks: &n 1}
    - {type: dell-r7525, count: *n}
  flavors: [{name: a, vcpus: 1, ram: 1 GiB}]`;
    expect(read(scenarioText({ cloud })).cloud.hosts.map(({ count }) => count)).toEqual([2, 2, 1]);
  });

  it("follows YAML anchors", () => {
    const cloud = `cloud:
  hosts:
    - &big {type: dell-r7525, count: 2}
    - *big
  flavors: [{name: a, vcpus: 1, ram: 1 GiB}]`;
    expect(read(scenarioText({ cloud })).cloud.hosts).toHaveLength(2);
  });

  it("names a trace by its content, wherever it lies", () => {
    const workload = "workload: {trace: {format: azure2017-flavors, path: data/t.csv, projects: 3}}";
    const cwd = folder({
      "a.yaml": scenarioText({ cloud: "cloud: {hosts: [{type: dell-r7525, count: 1}]}", workload }),
      "data/t.csv": "abc",
    });
    const scenario = readIn(cwd, "a.yaml");
    expect(scenario.data).toEqual([
      { path: `${cwd}/data/t.csv`, name: "data/t.csv", sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    ]);
    expect(scenario.workload).toMatchObject({
      kind: "trace",
      format: "azure2017-flavors",
      path: `${cwd}/data/t.csv`,
      images: 1,
      projects: 3,
    });
  });
});

describe("the shipped scenarios", () => {
  it("quickstart compares four policies on 24 hosts of two types", () => {
    const { cloud, study } = shipped("quickstart");
    expect(cloud.hosts.map(({ count }) => count)).toEqual([12, 12]);
    expect(study.policies.map(({ name }) => name)).toEqual(["nova-default", "nova-pack", "first-fit", "random"]);
  });

  it("boot-storm asks for hundreds of servers at once that nobody deletes", () => {
    const { workload } = shipped("boot-storm");
    expect(workload).toMatchObject({ arrivals: { process: "at-once", count: 400 }, lifetime: { mean: Number.POSITIVE_INFINITY } });
  });

  it("diurnal-week peaks at two in the afternoon", () => {
    const { workload } = shipped("diurnal-week");
    expect(workload).toMatchObject({ arrivals: { process: "diurnal", amplitude: 0.6, peak: 14 * HOUR, period: DAY } });
  });

  const trace = existsSync("../shared/data/azure-packing-cospot/vms_1pct_bernoulli_0.csv.gz");
  it.skipIf(!trace)("azure-packing replays a trace on hosts of 40 cores without overcommitment", () => {
    const { cloud, workload } = shipped("azure-packing");
    expect(workload.kind).toBe("trace");
    expect(cloud.controlPlane).toBe("instant");
    expect(cloud.hosts[0]).toMatchObject({ count: 1100, vcpus: 40, ramMb: 524288, cpuAllocationRatio: 1, reservedHostMemoryMb: 0 });
  });

  it("azure-packing says how to give the trace when it is not there", () => {
    const elsewhere = new Map([["trace", "nowhere.csv.gz"]]);
    const problems = problemsOf(() => readScenario("scenarios/azure-packing.yaml", { catalogue: smallCatalogue, parameters: elsewhere }));
    expect(problems.map(({ message, hint }) => [message, hint])).toEqual([
      ['there is no trace file "nowhere.csv.gz"', "give its path with --set trace=PATH, relative to the current folder"],
    ]);
  });
});
