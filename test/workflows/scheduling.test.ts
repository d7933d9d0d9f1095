// What requests may say to the scheduler, and what hosts may have, in whole runs: audited at every event, with both control planes.
import { describe, expect, it } from "vitest";
import type { CellLayout } from "../../src/datacenter/numa/lay-out-cells.ts";
import type { EventListName } from "../../src/kernel/event-list/event-list.ts";
import { eventLists } from "../../src/kernel/event-list/event-list.ts";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import { type PolicySpec, presets } from "../../src/policies/nova/policy.ts";
import { defaultRequestOptions } from "../../src/policies/nova/request/request-options.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { type Ask, asking } from "./asking.ts";
import { auditEvents, heldStill } from "./audit.ts";
import { leftovers } from "./tiny-cloud.ts";
import { build, flavor, hostGroup, type Overrides, tinyScenario } from "./tiny-scenario.ts";

type Rules = Parameters<typeof asking>[1];
const planes = ["modelled", "instant"] as const;

/** Nova's default filters, and those of NUMA, devices and hints. */
const policy: PolicySpec = {
  ...presets.get("nova-default")!,
  enabledFilters: [
    ...presets.get("nova-default")!.enabledFilters,
    ...["NUMATopologyFilter", "PciPassthroughFilter", "SameHostFilter", "DifferentHostFilter", "JsonFilter"],
  ],
};
const study = { policies: [policy] };
const aliases = [{ name: "gpu", vendor_id: "10de", product_id: "1db4", device_type: "type-PCI" }];
const gpus = (count: number, numaNode: number | null = null) => ({
  properties: new Map([
    ["vendor_id", "10de"],
    ["product_id", "1db4"],
    ["dev_type", "type-PCI"],
  ]),
  ...{ numaNode, count },
});
const specs = (extraSpecs: Readonly<Record<string, string>>) => ({ extraSpecs: new Map(Object.entries(extraSpecs)) });

/** Two cells of four CPUs and 8 GiB. */
const cells = (more: Partial<CellLayout> = {}): CellLayout => ({
  ...{ sockets: 2, cellsPerSocket: 1, coresPerCell: 4, threadsPerCore: 1, memoryMbPerCell: 8192 },
  ...{ hugePages: [], sharedCpus: null, dedicatedCpus: null, ...more },
});

function run(overrides: Overrides, asks: readonly Ask[], rules: Rules = []): BuiltRun {
  const built = build(tinyScenario({ study, ...overrides }), asking(asks, rules));
  auditEvents(built.cloud);
  built.cloud.simulation.run();
  if (built.engine !== null) expect(leftovers({ engine: built.engine })).toEqual([]);
  return built;
}

const servers = ({ cloud }: BuiltRun) => Array.from({ length: cloud.servers.count }, (_, server) => server);
const outcomesOf = (built: BuiltRun) => servers(built).map((server) => built.cloud.servers.outcomeOf(server));
const hostsOf = (built: BuiltRun) => servers(built).map((server) => built.cloud.servers.lastHost[server]!);
const later = (asks: readonly Ask[]) => asks.map((ask, i) => ({ at: i * MINUTE, ...ask }));

describe.each(planes)("with the %s control plane", (controlPlane) => {
  it("a request for several servers is counted against the quota as a whole", () => {
    const cloud = { controlPlane, quota: { instances: 2, cores: -1, ramMb: -1 } };
    const built = build(
      tinyScenario({ study, cloud }),
      asking(
        [{ count: 3 }, { count: 2 }].map((ask, i) => ({ at: i * MINUTE, ...ask })),
        [],
      ),
    );
    const seen: unknown[] = [];
    built.cloud.scheduling.refusalListeners.push((server, what) => {
      seen.push([server, what, built.cloud.quotaUse(0).instances, built.cloud.quotaAsked(server).instances]);
    });
    built.cloud.simulation.run();
    expect(seen).toEqual([[0, "quota", 0, 3]]);
    expect(outcomesOf(built)).toEqual(["OverQuota", "OverQuota", "OverQuota", "ACTIVE", "ACTIVE"]);
  });

  it("requests for a zone go to its hosts, those for the default zone or an unknown one anywhere", () => {
    const zone = (name: string, hosts: readonly number[]) => ({ name, metadata: new Map([["availability_zone", name]]), hosts });
    const cloud = { controlPlane, aggregates: [zone("a", [0]), zone("b", [2, 3])] };
    const built = run(
      { cloud },
      later([...new Array(5).fill({ zone: "a" }), { zone: "b" }, { zone: "b" }, { zone: "nova" }, { zone: "c" }]),
    );
    expect(hostsOf(built).slice(0, 5)).toEqual([0, 0, 0, 0, -1]);
    expect(outcomesOf(built)[4]).toBe("NoValidHost");
    expect(hostsOf(built).slice(5, 7)).toEqual([2, 3]);
    // Host 1 is in no zone, but nothing says that it is the only one for these: AvailabilityZoneFilter would.
    expect(outcomesOf(built).slice(7)).toEqual(["ACTIVE", "ACTIVE"]);
    const strict = { policies: [{ ...policy, enabledFilters: [...policy.enabledFilters, "AvailabilityZoneFilter"] }] };
    const filtered = run({ cloud, study: strict }, later([{ zone: "nova" }, { zone: "c" }]));
    expect(outcomesOf(filtered)).toEqual(["ACTIVE", "NoValidHost"]);
    expect(hostsOf(filtered)[0]).toBe(1);
  });

  it("hints bring servers together, keep them apart, and ask about hosts", () => {
    const built = run(
      { cloud: { controlPlane } },
      later([
        {},
        { hints: { same_host: ["server-1"] } },
        { hints: { different_host: ["server-1", "server-2"] } },
        { hints: { same_host: ["server-99"] } },
        { hints: { query: ['["=", "$hypervisor_hostname", "compute-4"]'] } },
        { hints: { query: ["nonsense"] } },
      ]),
    );
    const [first, second, third, fourth, fifth] = hostsOf(built);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(fourth).toBe(-1);
    expect(fifth).toBe(3);
    expect(outcomesOf(built)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE", "NoValidHost", "ACTIVE", "SchedulingError"]);
  });

  it("a forced host is put through no filter, but Placement has its say", () => {
    const two = [hostGroup(1), hostGroup(1, { name: "big", vcpus: 2 }), hostGroup(1, { name: "off", disabled: true })];
    const picky = flavor("picky", 2, 1024, 10, specs({ "capabilities:hypervisor_type": "none such" }));
    const built = run(
      { cloud: { controlPlane, hosts: two, flavors: [picky] } },
      later([{ host: "big-1" }, { host: "big-1" }, {}, { host: "off-1" }, { host: "nowhere" }]),
    );
    expect(outcomesOf(built)).toEqual(["ACTIVE", "NoValidHost", "NoValidHost", "NoValidHost", "NoValidHost"]);
    expect(hostsOf(built)[0]).toBe(1);
  });

  it("groups keep their policies, with as many on a host as the rules allow", () => {
    const rule = (name: "affinity" | "anti-affinity" | "soft-affinity" | "soft-anti-affinity", maxServerPerHost = 1) =>
      ({ policy: name, maxServerPerHost }) as const;
    const soft = { ...policy, weighers: [...policy.weighers, "ServerGroupSoftAffinityWeigher", "ServerGroupSoftAntiAffinityWeigher"] };
    const setting = { cloud: { controlPlane, flavors: [flavor("xs", 1, 512, 1)] }, study: { policies: [soft] } };
    const members = (group: number, n: number): Ask[] => new Array(n).fill({ group, lifetime: 50 * MINUTE });
    const built = run(
      setting,
      later([...members(0, 3), ...members(1, 9), ...members(2, 3), ...members(3, 4)]).map((ask, i) => ({ ...ask, at: i * 40 * SECOND })),
      [rule("affinity"), rule("anti-affinity", 2), rule("soft-affinity"), rule("soft-anti-affinity")],
    );
    const on = hostsOf(built);
    const perHost = (from: number, to: number) => [0, 1, 2, 3].map((host) => on.slice(from, to).filter((one) => one === host).length);
    expect(new Set(on.slice(0, 3)).size).toBe(1);
    expect(
      outcomesOf(built)
        .slice(3, 12)
        .filter((outcome) => outcome === "NoValidHost"),
    ).toHaveLength(1);
    expect(perHost(3, 12)).toEqual([2, 2, 2, 2]);
    // Soft policies are weighed against all else, and never keep a host out.
    expect(outcomesOf(built).slice(12)).toEqual(new Array(7).fill("ACTIVE"));
    expect(perHost(15, 19)).toEqual([1, 1, 1, 1]);
    expect(heldStill(built.cloud)).toEqual([]);
  });

  it("several servers asked for at once get hosts together or not at all, and count against the quota so", () => {
    const quota = { instances: 9, cores: -1, ramMb: -1 };
    const half = [flavor("half", 4, 4096, 20)];
    const built = run(
      { cloud: { controlPlane, flavors: half, quota } },
      later([
        { count: 5, lifetime: 10 * MINUTE },
        { count: 4, lifetime: 5 * MINUTE }, // there is room for 3
        { count: 2, project: 1 },
        { count: 1 }, // ten instances
      ]),
    );
    const outcomes = outcomesOf(built);
    expect(outcomes.slice(0, 5)).toEqual(new Array(5).fill("ACTIVE"));
    expect(outcomes.slice(5, 9)).toEqual(new Array(4).fill("NoValidHost"));
    expect(outcomes.slice(9)).toEqual(["ACTIVE", "ACTIVE", "OverQuota"]);
    expect(built.cloud.hosts.instances.reduce((sum, n) => sum + n, 0)).toBe(2);
    expect(built.cloud.decisions.count).toBe(11);
  });

  it("an anti-affinity group of several servers asked for at once is spread, and refused as a whole where it cannot be", () => {
    const built = run(
      { cloud: { controlPlane } },
      later([
        { count: 4, group: 0 },
        { count: 5, group: 1, lifetime: MINUTE },
      ]),
      [
        { policy: "anti-affinity", maxServerPerHost: 1 },
        { policy: "anti-affinity", maxServerPerHost: 1 },
      ],
    );
    expect(new Set(hostsOf(built).slice(0, 4)).size).toBe(4);
    expect(outcomesOf(built).slice(4)).toEqual(new Array(5).fill("NoValidHost"));
  });

  it("one server's failed builds do not touch those that were asked for with it", () => {
    const built = run(
      { cloud: { controlPlane, flavors: [flavor("s", 1, 512, 1)], nova: { buildFailureProbability: 0.5, maxAttempts: 2 } } },
      later([{ count: 12, lifetime: 30 * SECOND }]), // deleted while some still build
    );
    expect(new Set(outcomesOf(built))).toEqual(new Set(["ACTIVE", "MaxRetriesExceeded"]));
    expect(heldStill(built.cloud)).toEqual([]);
    for (const server of servers(built)) expect(built.cloud.servers.vmStateOf(server)).toBe("deleted");
  });

  it("dedicated CPUs are PCPUs where hosts set some aside, else VCPUs, and are pinned once", () => {
    const hosts = [
      hostGroup(1, { numa: cells({ sharedCpus: [0, 4], dedicatedCpus: [1, 2, 3, 5, 6, 7] }) }),
      hostGroup(1, { numa: cells() }), // the old way: one set for both
    ];
    const pinned = flavor("pinned", 2, 1024, 1, specs({ "hw:cpu_policy": "dedicated" }));
    const built = run({ cloud: { controlPlane, hosts, flavors: [pinned] } }, later(new Array(7).fill({ lifetime: 20 * MINUTE })));
    const used = built.cloud.hosts.furtherResource("PCPU")!;
    expect(used.total).toEqual(Int32Array.of(6, 0));
    expect([...built.cloud.hosts.vcpuMilli]).toEqual([2000, 8000]);
    // A cell of three dedicated CPUs holds one server of two: what is over in both cells serves nobody.
    const on = hostsOf(built);
    expect(outcomesOf(built).filter((outcome) => outcome === "ACTIVE")).toHaveLength(6);
    expect([0, 1].map((host) => on.filter((one) => one === host).length)).toEqual([2, 4]);
    expect(heldStill(built.cloud)).toEqual([]);
  });

  it("servers asked for at once see the cells that those before them are to have", () => {
    const hosts = [hostGroup(1, { numa: cells(), ramMb: null, cpuAllocationRatio: 16 })]; // Placement has room for 128 vCPUs
    const flavors = [flavor("pinned", 4, 1024, 1, specs({ "hw:cpu_policy": "dedicated" }))];
    const setting = { cloud: { controlPlane, hosts, flavors } };
    const two = run(setting, [{ count: 2 }]);
    const three = run(setting, [{ count: 3 }]);
    expect(outcomesOf(two)).toEqual(["ACTIVE", "ACTIVE"]);
    expect(outcomesOf(three)).toEqual(new Array(3).fill("NoValidHost"));
    for (const built of [two, three]) expect(built.cloud.scheduling.refusedByHost).toBe(0);
  });

  it("ratios limit what NUMA cells hold, but not on a forced host, which no filter has seen", () => {
    const hosts = [hostGroup(1, { numa: cells() })];
    const flavors = [flavor("wide", 1, 5000, 1, specs({ "hw:numa_nodes": "1" }))]; // one a cell; Placement has room for three
    const built = run({ cloud: { controlPlane, hosts, flavors } }, later([{}, {}, {}, { host: "compute-1" }, { host: "compute-1" }]));
    expect(outcomesOf(built)).toEqual(["ACTIVE", "ACTIVE", "NoValidHost", "ACTIVE", "NoValidHost"]);
  });

  it("a host can have dedicated CPUs only, and the host's power follows them", () => {
    const hosts = [hostGroup(1, { numa: cells({ dedicatedCpus: [0, 1, 2, 3, 4, 5, 6, 7] }) })];
    const flavors = [flavor("pinned", 4, 1024, 1, specs({ "hw:cpu_policy": "dedicated" })), flavor("shared", 1, 512, 1)];
    const built = run({ cloud: { controlPlane, hosts, flavors } }, later([{}, { flavor: 1 }]));
    expect(outcomesOf(built)).toEqual(["ACTIVE", "NoValidHost"]);
    const shared = run({ cloud: { controlPlane, flavors: [flavor("shared", 4, 1024, 1)], hosts: [hostGroup(1)] } }, [{}]);
    expect(built.cloud.power.watts(0)).toBe(shared.cloud.power.watts(0));
  });

  it("huge pages, devices, traits and custom resources go where they are, until there are no more", () => {
    const hosts = [
      hostGroup(1, { name: "huge", numa: cells({ hugePages: [{ sizeKb: 2048, perCell: 1024 }] }) }),
      hostGroup(1, { name: "gpu", pciPools: [gpus(2)] }),
      hostGroup(1, { name: "rare", traits: ["CUSTOM_RARE"], resources: new Map([["CUSTOM_LICENCE", 3]]) }),
      hostGroup(1, { name: "plain" }),
    ];
    const flavors = [
      flavor("huge", 1, 2048, 1, specs({ "hw:mem_page_size": "2MB" })),
      flavor("gpu", 1, 512, 1, specs({ "pci_passthrough:alias": "gpu:1" })),
      flavor("rare", 1, 512, 1, specs({ "trait:CUSTOM_RARE": "required" })),
      flavor("licensed", 1, 512, 1, specs({ "resources:CUSTOM_LICENCE": "2" })),
      flavor("common", 1, 512, 1, specs({ "trait:CUSTOM_RARE": "forbidden", "pci_passthrough:alias": "gpu:2" })),
    ];
    const ask = (kind: number): Ask => ({ flavor: kind, lifetime: 30 * MINUTE });
    const built = run(
      { cloud: { controlPlane, hosts, flavors, nova: { pciAliases: aliases } } },
      later([0, 0, 0, 1, 1, 1, 2, 3, 3, 4].map(ask)),
    );
    expect(hostsOf(built)).toEqual([0, 0, -1, 1, 1, -1, 2, 2, -1, -1]);
    expect(heldStill(built.cloud)).toEqual([]);
  });

  it("projects stay in aggregates of their own, and requests without its trait out of an isolated one", () => {
    const aggregates = [
      { name: "own", metadata: new Map([["filter_tenant_id", "project-1"]]), hosts: [1] },
      { name: "licensed", metadata: new Map([["trait:CUSTOM_L", "required"]]), hosts: [2] },
    ];
    const requestOptions = {
      ...defaultRequestOptions,
      limit_tenants_to_placement_aggregate: true,
      enable_isolated_aggregate_filtering: true,
    };
    const hosts = [hostGroup(2), hostGroup(1, { traits: ["CUSTOM_L"] })];
    const flavors = [flavor("m", 2, 2048, 10), flavor("l", 2, 2048, 10, specs({ "trait:CUSTOM_L": "required" }))];
    const built = run(
      { cloud: { controlPlane, hosts, aggregates, flavors, nova: { requestOptions } } },
      later([{}, {}, { project: 1 }, { project: 1, flavor: 1 }, { flavor: 1 }]),
    );
    expect(hostsOf(built)).toEqual([1, 1, 0, 2, -1]);
  });
});

describe("requests that come at once", () => {
  const crowd = (n: number, flavorIndex = 0): Ask[] => new Array(n).fill({ flavor: flavorIndex });
  const pack = { policies: [{ ...presets.get("nova-pack")!, enabledFilters: policy.enabledFilters }] };
  const workers = new Map([["nova.scheduler", 8]]);

  it("claim the same hosts: Placement refuses, the list is claimed along, and nothing is overcommitted", () => {
    const flavors = [flavor("half", 4, 8192, 10)];
    const crowded = run({ cloud: { hosts: [hostGroup(6)], flavors, workers }, study: pack }, crowd(14));
    expect(crowded.cloud.scheduling.claimsRefused).toBeGreaterThan(0);
    expect(outcomesOf(crowded).filter((outcome) => outcome === "ACTIVE")).toHaveLength(12);
    const single = { hosts: [hostGroup(6)], flavors, workers: new Map([["nova.scheduler", 1]]) };
    const apart = run({ cloud: single, study: pack }, later(crowd(14)));
    expect(apart.cloud.scheduling.claimsRefused).toBe(0);
    const instant = run({ cloud: { controlPlane: "instant", hosts: [hostGroup(6)], flavors }, study: pack }, crowd(14));
    expect(instant.cloud.scheduling.claimsRefused).toBe(0);
    for (const built of [apart, instant]) expect(outcomesOf(built).filter((outcome) => outcome === "ACTIVE")).toHaveLength(12);
  });

  it("are refused by nova-compute where Placement does not count: builds go to alternates, until there are none", () => {
    // Placement sees 16 vCPUs and 16 GiB on each host, but a cell has huge pages for one guest only.
    const hosts = [hostGroup(4, { numa: cells({ hugePages: [{ sizeKb: 2048, perCell: 512 }] }), ramMb: null, cpuAllocationRatio: 2 })];
    const flavors = [flavor("huge", 1, 1024, 1, specs({ "hw:mem_page_size": "2MB" }))];
    const setting = (controlPlane: (typeof planes)[number]) => ({ cloud: { controlPlane, hosts, flavors, workers }, study: pack });
    const crowded = run(setting("modelled"), crowd(12));
    expect(crowded.cloud.scheduling.refusedByHost).toBeGreaterThan(0);
    expect(crowded.cloud.scheduling.claimsRefused).toBe(0);
    const outcomes = outcomesOf(crowded);
    expect(outcomes.filter((outcome) => outcome === "ACTIVE").length).toBeLessThanOrEqual(8);
    expect(outcomes).toContain("MaxRetriesExceeded");
    expect(Math.max(...crowded.cloud.servers.attempts)).toBe(3);
    for (const built of [run(setting("modelled"), later(crowd(9))), run(setting("instant"), crowd(9))]) {
      expect(built.cloud.scheduling.refusedByHost).toBe(0);
      expect(outcomesOf(built)).toEqual([...new Array(8).fill("ACTIVE"), "NoValidHost"]);
    }
  });

  it("are the same run on every event list and in every repetition", () => {
    const hosts = [
      hostGroup(4, { numa: cells({ dedicatedCpus: [2, 3, 6, 7], sharedCpus: [0, 1, 4, 5] }), ramMb: null, pciPools: [gpus(2, 1)] }),
    ];
    const flavors = [
      flavor("pinned", 2, 1024, 1, specs({ "hw:cpu_policy": "dedicated" })),
      flavor("gpu", 1, 1024, 1, specs({ "pci_passthrough:alias": "gpu:1", "hw:numa_nodes": "1" })),
      flavor("m", 1, 512, 1),
    ];
    const scenario = tinyScenario({
      cloud: { hosts, flavors, workers, nova: { pciAliases: aliases, buildFailureProbability: 0.2 } },
      study,
    });
    const asks = [...crowd(9), ...crowd(9, 1), { count: 6, flavor: 2, group: 0 }].map((ask) => ({ ...ask, lifetime: 3 * MINUTE }));
    const fingerprint = (list: EventListName) => {
      const { cloud } = build(scenario, asking(asks, [{ policy: "anti-affinity", maxServerPerHost: 2 }]), list);
      cloud.simulation.run();
      expect(heldStill(cloud)).toEqual([]);
      return cloud.simulation.fingerprint.hash;
    };
    const names = Object.keys(eventLists) as EventListName[];
    expect(new Set([...names, ...names].map(fingerprint)).size).toBe(1);
  });
});

describe("compute node records", () => {
  it("tell of builds that nova-compute has begun, not of those that wait for a slot", () => {
    const scenario = tinyScenario({
      cloud: { hosts: [hostGroup(1)], flavors: [flavor("s", 1, 512, 1)], nova: { maxConcurrentBuilds: 2 } },
      study,
    });
    const { cloud } = build(scenario, asking(new Array<Ask>(8).fill({})));
    let most = 0;
    cloud.simulation.observe(() => {
      most = Math.max(most, cloud.hosts.ioOps[0]!);
    });
    cloud.simulation.run();
    expect([most, cloud.hosts.ioOps[0], cloud.hosts.instances[0]]).toEqual([2, 0, 8]);
  });

  it("change nothing where nobody lags: the same scenario is placed alike on the hosts themselves and on records", () => {
    const plain = [flavor("s", 1, 1024, 5), flavor("m", 2, 4096, 20)];
    const asks = Array.from(
      { length: 60 },
      (_, i): Ask => ({
        at: i * 20 * SECOND,
        flavor: i % 2,
        lifetime: (5 + (i % 7)) * MINUTE,
        count: 1 + (i % 3),
        group: i % 4 === 0 ? 0 : -1,
      }),
    );
    const placed = (more: readonly ReturnType<typeof flavor>[]) => {
      const cloud = { controlPlane: "instant", hosts: [hostGroup(3), hostGroup(2, { vcpus: 4 })], flavors: [...plain, ...more] } as const;
      const rules = [{ policy: "soft-anti-affinity", maxServerPerHost: 1 }] as const;
      const built = run({ cloud: { ...cloud, nova: { buildFailureProbability: 0.2 } } }, asks, rules);
      return { built, hosts: hostsOf(built), outcomes: outcomesOf(built), fingerprint: built.cloud.simulation.fingerprint.hash };
    };
    const { built: direct, ...onHosts } = placed([]);
    // A flavor that nobody asks for makes the scheduler read records.
    const { built: recorded, ...onRecords } = placed([flavor("unused", 1, 1024, 1, specs({ "hw:numa_nodes": "1" }))]);
    expect([direct.cloud.nodes, recorded.cloud.nodes === null]).toEqual([null, false]);
    expect(onRecords).toEqual(onHosts);
  });

  it("are updated at their host's own phase of the interval, only after a build has ended, and say in the end what is there", () => {
    const built = build(
      tinyScenario({ cloud: { nova: { buildFailureProbability: 0.3 } }, study }),
      asking(Array.from({ length: 20 }, (_, i) => ({ at: i * 7 * SECOND, lifetime: (i % 3) * 100 * SECOND + MINUTE }))),
    );
    const { cloud } = built;
    const { simulation, hosts } = cloud;
    const nodes = cloud.nodes!;
    const interval = MINUTE;
    const pending = new Set<number>();
    const buildsEnd = new Map<number, number>();
    let updates = 0;
    const recordLater = cloud.scheduling.recordLater.bind(cloud.scheduling);
    cloud.scheduling.recordLater = (host) => {
      buildsEnd.set(host, simulation.now);
      pending.add(host);
      recordLater(host);
    };
    simulation.observe((time, kind, host) => {
      if (simulation.nameOf(kind) !== "compute node update") return;
      updates++;
      expect(time % interval).toBe(Math.floor((host * interval) / hosts.count));
      expect(pending.delete(host)).toBe(true); // one for all builds that have ended since the last
      expect(time - buildsEnd.get(host)!).toBeLessThanOrEqual(interval);
    });
    simulation.run();
    expect(updates).toBeGreaterThan(4);
    expect(pending.size).toBe(0);
    for (let host = 0; host < hosts.count; host++) {
      expect([nodes.numInstances(host), nodes.numIoOps(host), nodes.numFailedBuilds(host), nodes.freeRamMb(host)]).toEqual([
        ...[0, 0, hosts.numFailedBuilds(host), hosts.freeRamMb(host)],
      ]);
    }
  });

  it("that are never updated count a build that has ended until a server comes or goes", () => {
    const operationsOn = (updateResourcesInterval: number, more: readonly Ask[] = []) => {
      const cloud = { hosts: [hostGroup(1)], nova: { updateResourcesInterval } };
      const built = build(tinyScenario({ cloud, study }), asking([{ at: 0, lifetime: 60 * MINUTE }, ...more]));
      built.cloud.simulation.run(30 * MINUTE);
      return [built.cloud.hosts.numIoOps(0), built.cloud.nodes!.numIoOps(0)];
    };
    expect(operationsOn(MINUTE)).toEqual([0, 0]);
    expect(operationsOn(-1)).toEqual([0, 1]);
    expect(operationsOn(-1, [{ at: 10 * MINUTE, lifetime: 5 * MINUTE }])).toEqual([0, 0]);
  });
});
