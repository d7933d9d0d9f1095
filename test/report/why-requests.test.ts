// What `orrery why` says of requests that ask for more than room: zones, traits, dedicated CPUs, NUMA cells, groups, several servers at once.
import { describe, expect, it } from "vitest";
import type { CellLayout } from "../../src/datacenter/numa/lay-out-cells.ts";
import { placementOverview } from "../../src/experiment/placement-overview.ts";
import { runOnce } from "../../src/experiment/run.ts";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { DecisionLines } from "../../src/report/decision-lines.ts";
import { whyRun } from "../../src/report/why-run.ts";
import { whyServer } from "../../src/report/why-server.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { optionsOf, run, type Story, storyOf, tell } from "../experiment/three-hosts.ts";
import { type Ask, asking } from "../workflows/asking.ts";
import { flavor, hostGroup, type Overrides } from "../workflows/tiny-scenario.ts";

const novaDefault = presets.get("nova-default")!;
const withNuma = { ...novaDefault, enabledFilters: [...novaDefault.enabledFilters, "NUMATopologyFilter"] };
const specs = (extraSpecs: Readonly<Record<string, string>>) => ({ extraSpecs: new Map(Object.entries(extraSpecs)) });
const cells = (more: Partial<CellLayout> = {}): CellLayout => ({
  ...{ sockets: 2, cellsPerSocket: 1, coresPerCell: 4, threadsPerCore: 1, memoryMbPerCell: 8192 },
  ...{ hugePages: [], sharedCpus: null, dedicatedCpus: null, ...more },
});
const zone = (name: string, hosts: readonly number[]) => ({ name, metadata: new Map([["availability_zone", name]]), hosts });

type Rules = Parameters<typeof asking>[1];
/** A minute apart. */
const later = (asks: readonly Ask[]) => asks.map((ask, i) => ({ at: i * MINUTE, ...ask }));
const story = (cloud: Overrides["cloud"], asks: readonly Ask[], rules: Rules = [], policy = withNuma): Story => ({
  overrides: { cloud: { controlPlane: "instant", ...cloud } },
  ...{ policy, requests: [], asks: asking(asks, rules) },
});
const linesOf = (of: Story, server?: number) =>
  whyServer(tell(of, server), { all: false })
    .split("\n")
    .map((line) => line.trim());
const causesOf = (of: Story) => run(of).noValidHost.counted.map(({ flavors: _, ...cause }) => cause);
const overviewOf = (of: Story) => {
  const result = run(of);
  return whyRun(optionsOf(of).scenario, result, placementOverview(result), { all: false });
};

describe("a zone that is full", () => {
  const flavors = [flavor("whole", 8, 1024, 1)];
  const full = story({ flavors, hosts: [hostGroup(3)], aggregates: [zone("az1", [0]), zone("az2", [1, 2])] }, [
    ...later([{ zone: "az1" }, { zone: "az1" }]),
  ]);

  it("is named with the hosts outside it, and where there would have been room", () => {
    const lines = linesOf(full);
    expect(lines[0]).toBe("server-2: NoValidHost: Placement has no candidate, for every host that it may be on lacks VCPU.");
    expect(lines[2]).toMatch(/ in availability zone az1\.$/);
    expect(lines).toContain("Placement: 2 hosts are not in availability zone az1; 1 host is left of 3.");
    expect(lines).toContain("Placement: of these, no host has room for it; 1 lacks VCPU.");
    expect(lines).toContain("- Without keeping to the availability zone az1: 2 hosts would have taken it: compute-2 and compute-3.");
    expect(lines).toContain("It is not too large: 1 of 1 host that it may be on would hold it if it were empty.");
  });

  it("is counted as such over the run", () => {
    expect(causesOf(full)).toEqual([{ stage: "Placement", detail: "VCPU", among: ["in zone az1"], decisions: 1 }]);
    expect(overviewOf(full)).toContain("Placement: every host in zone az1 lacks VCPU");
  });
});

describe("a trait that no host has", () => {
  const gpu = flavor("gpu", 1, 1024, 1, specs({ "trait:CUSTOM_GPU": "required" }));
  const none = story({ flavors: [gpu], hosts: [hostGroup(3)] }, [{}]);

  it("is why there is no candidate, and the hosts would do without", () => {
    const lines = linesOf(none);
    expect(lines[0]).toBe("server-1: NoValidHost: Placement has no candidate, for 3 hosts lack the trait CUSTOM_GPU.");
    expect(lines).toContain("Placement: 3 hosts lack the trait CUSTOM_GPU; no host is left.");
    expect(lines).toContain("- Without asking for the trait CUSTOM_GPU: 3 hosts would have taken it: compute-1, compute-2 and compute-3.");
  });

  it("is counted as such, and keeps the flavor off every host", () => {
    expect(causesOf(none)).toEqual([{ stage: "Placement", detail: "no host", among: ["with trait CUSTOM_GPU"], decisions: 1 }]);
    const text = overviewOf(none);
    expect(text).toContain("Placement: there is no host with trait CUSTOM_GPU");
    expect(text).toContain("gpu: traits or aggregates keep it off 3 hosts.");
    expect(text).toMatch(/^ +gpu +0 +0 +0$/m);
    expect(text).toMatch(/^ +no flavor may be there: traits or aggregates keep all away +3 /m);
  });
});

describe("dedicated CPUs and classes of one's own", () => {
  it("are named with their amounts, and a flavor with fewer of them is tried", () => {
    const hosts = [hostGroup(2, { numa: cells({ sharedCpus: [0, 4], dedicatedCpus: [1, 2, 3, 5, 6, 7] }) })];
    const pinned = (vcpus: number) => flavor("pinned", vcpus, 1024, 1, specs({ "hw:cpu_policy": "dedicated", "hw:numa_nodes": "2" }));
    const seven = linesOf(story({ hosts, flavors: [pinned(8)] }, [{}]));
    expect(seven[0]).toBe(
      "server-1: NoValidHost: Placement has no candidate, for one server may have at most 6 PCPU of a host (max_unit, its dedicated CPUs).",
    );
    expect(seven).toContain(
      "PCPU: 2 hosts are too small for the 8 PCPU asked for: one server may have at most 6 PCPU of a host (max_unit, its dedicated CPUs).",
    );
    expect(seven).toContain("- A flavor with 6 PCPU instead of 8 PCPU: 2 hosts would have taken it: compute-1 and compute-2.");
    expect(linesOf(story({ hosts, flavors: [pinned(6)] }, [{}]))[0]).toMatch(/^server-1: ACTIVE on compute-1/);
  });

  it("are asked for in extra specs, and lessened there", () => {
    const hosts = [hostGroup(2, { resources: new Map([["CUSTOM_FPGA", 2]]) })];
    const fpga = flavor("fpga", 1, 1024, 1, specs({ "resources:CUSTOM_FPGA": "3" }));
    expect(linesOf(story({ hosts, flavors: [fpga] }, [{}]))).toContain(
      "- A flavor with 2 CUSTOM_FPGA instead of 3 CUSTOM_FPGA: 2 hosts would have taken it: compute-1 and compute-2.",
    );
  });
});

describe("more than max_unit", () => {
  const limit = "one server may have at most 8 vCPUs of a host (max_unit, its threads)";
  const giant = flavor("giant", 9, 1024, 1);

  it("is told as such, however much is free under the allocation ratio", () => {
    const of = story({ flavors: [giant], hosts: [hostGroup(2, { cpuAllocationRatio: 4 })] }, [{}]);
    const lines = linesOf(of);
    expect(lines[0]).toBe(`server-1: NoValidHost: Placement has no candidate, for ${limit}.`);
    expect(lines).toContain("Placement: no host has room for it; 2 are too small in VCPU.");
    expect(lines).toContain(`VCPU: 2 hosts are too small for the 9 vCPUs asked for: ${limit}.`);
    expect(lines).toContain("It is too large for every host, even an empty one: in VCPU.");
    expect(lines.join("\n")).not.toMatch(/lack|most free/);
    expect(causesOf(of)).toEqual([{ stage: "Placement", detail: null, maxUnits: [{ resource: "VCPU", most: 8 }], decisions: 1 }]);
    expect(overviewOf(of)).toContain(`  Placement: ${limit} `);
  });

  it("is told apart from a shortage of the same, and beside a shortage of another", () => {
    const flavors = [flavor("whole", 8, 12_288, 1), giant, flavor("one", 1, 1024, 1), flavor("both", 9, 8192, 1)];
    const of = story({ flavors, hosts: [hostGroup(1)] }, later([{}, { flavor: 1 }, { flavor: 2 }, { flavor: 1 }, { flavor: 3 }]));
    expect(causesOf(of)).toEqual([
      { stage: "Placement", detail: null, maxUnits: [{ resource: "VCPU", most: 8 }], decisions: 2 },
      { stage: "Placement", detail: "VCPU", decisions: 1 },
      { stage: "Placement", detail: "MEMORY_MB", maxUnits: [{ resource: "VCPU", most: 8 }], decisions: 1 },
    ]);
    expect(overviewOf(of)).toContain(`  Placement: every host lacks MEMORY_MB, and ${limit} `);
    expect(linesOf(of)).toContain("Placement: no host has room for it; 1 lacks MEMORY_MB and is too small in VCPU.");
  });

  it("of some hosts is told beside what the others have free", () => {
    const hosts = [hostGroup(1, { cpuAllocationRatio: 4 }), hostGroup(1, { vcpus: 16, name: "wide" })];
    const flavors = [flavor("most", 10, 1024, 1), giant];
    const lines = linesOf(story({ flavors, hosts }, later([{}, { flavor: 1 }])));
    expect(lines[0]).toBe("server-2: NoValidHost: Placement has no candidate, for every host lacks VCPU.");
    expect(lines).toContain("Placement: no host has room for it; 1 lacks VCPU and 1 is too small in VCPU.");
    expect(lines.find((line) => line.startsWith("VCPU: "))).toContain(`; on 1 of them, ${limit}.`);
    expect(lines).toContain("It is not too large: 1 of 2 hosts would hold it if they were empty; 1 is too small in VCPU.");
  });
});

describe("a server that no empty host would hold", () => {
  const withDevices = { ...withNuma, enabledFilters: [...withNuma.enabledFilters, "PciPassthroughFilter"] };
  const gpus = (count: number, numaNode: number | null) => {
    const properties = { vendor_id: "10de", product_id: "1db4", dev_type: "type-PCI" };
    return { properties: new Map(Object.entries(properties)), numaNode, count };
  };
  const host = hostGroup(2, {
    numa: cells({
      coresPerCell: 6,
      sharedCpus: [0, 1, 2, 3, 6, 7, 8, 9],
      dedicatedCpus: [4, 5, 10, 11],
      hugePages: [{ sizeKb: 2048, perCell: 512 }],
    }),
    ...{ pciPools: [gpus(2, 0)], ramMb: null },
  });
  const sizeOf = (vcpus: number, ramMb: number, extraSpecs: Readonly<Record<string, string>>, hosts = [host]) => {
    const nova = { pciAliases: [{ name: "gpu", vendor_id: "10de", product_id: "1db4", device_type: "type-PCI", numa_policy: "required" }] };
    const flavors = [flavor("m", vcpus, ramMb, 1, specs(extraSpecs))];
    return linesOf(story({ hosts, flavors, nova }, [{}], [], withDevices)).find((line) => line.startsWith("It is "));
  };
  const tooLarge = (what: string) => `It is too large for every host, even an empty one: in ${what}.`;

  it("is told what it is too large in, by the claim that nova-compute would make", () => {
    expect(sizeOf(5, 1024, { "hw:numa_nodes": "1" })).toBe(tooLarge("NUMA cells"));
    expect(sizeOf(3, 1024, { "hw:cpu_policy": "dedicated" })).toBe(tooLarge("dedicated CPUs of its NUMA cells"));
    expect(sizeOf(1, 2048, { "hw:mem_page_size": "2MB" })).toBe(tooLarge("pages of the size asked for"));
    expect(sizeOf(1, 1024, { "pci_passthrough:alias": "gpu:3" })).toBe(tooLarge("PCI devices"));
    const apart = { "hw:numa_nodes": "1", "hw:cpu_policy": "dedicated", "hw:mem_page_size": "2MB", "pci_passthrough:alias": "gpu:3" };
    expect(sizeOf(1, 1024, apart)).toBe(tooLarge("PCI devices"));
  });

  it("is told of hosts of different kinds each", () => {
    const plain = hostGroup(1, { name: "plain" });
    expect(sizeOf(3, 1024, { "hw:numa_nodes": "1", "pci_passthrough:alias": "gpu:3" }, [host, plain])).toBe(
      tooLarge("").replace("in .", "2 hosts in PCI devices; 1 host in NUMA cells."),
    );
  });

  it("is told that its devices are not near to cells that would hold it", () => {
    const far = hostGroup(2, { numa: cells({ memoryMbPerCell: 8192 }), ramMb: null, pciPools: [gpus(1, 0), gpus(1, 1)] });
    expect(sizeOf(1, 1024, { "hw:numa_nodes": "1", "pci_passthrough:alias": "gpu:2" }, [far])).toBe(
      tooLarge("PCI devices near its NUMA cells"),
    );
  });
});

describe("NUMA cells", () => {
  // A cell has huge pages for one guest only; Placement would have room for 16 on each host.
  const hosts = [hostGroup(2, { numa: cells({ hugePages: [{ sizeKb: 2048, perCell: 512 }] }), ramMb: null, cpuAllocationRatio: 2 })];
  const flavors = [flavor("huge", 1, 1024, 1, specs({ "hw:mem_page_size": "2MB" }))];

  it("that are all taken are NUMATopologyFilter's, and leaving the filter out would not help", () => {
    const full = story({ hosts, flavors }, later(new Array(5).fill({})));
    const lines = linesOf(full);
    expect(lines[0]).toBe("server-5: NoValidHost: none of 2 candidates passed the filters; NUMATopologyFilter removed the last of them.");
    expect(lines.join("\n")).not.toContain("Without NUMATopologyFilter");
    expect(causesOf(full)).toEqual([{ stage: "NUMATopologyFilter", detail: null, decisions: 1 }]);
    const text = overviewOf(full);
    expect(text).toMatch(/^ +refused by NUMATopologyFilter +2 /m);
    expect(text).toMatch(/^ +huge +0 /m);
  });

  it("that others have taken since the decision make nova-compute refuse, and the next alternate is tried", () => {
    const workers = new Map([["nova.scheduler", 4]]);
    const crowd = story({ controlPlane: "modelled", hosts, flavors, workers }, new Array(5).fill({}));
    const result = run(crowd);
    expect(result.built.cloud.scheduling.refusedByHost).toBeGreaterThan(0);
    const texts = [1, 2, 3, 4, 5].map((server) => linesOf(crowd, server));
    const refused = texts.filter((lines) =>
      lines.some((line) => / refuses it: its NUMA cells are taken by others since the decision$/.test(line)),
    );
    expect(refused.length).toBeGreaterThan(0);
    for (const [answer] of refused) expect(answer).toMatch(/nova-compute refused [12] builds?/);
    expect(texts.flat().some((line) => /, the next alternate, is claimed$/.test(line))).toBe(true);
  });
});

describe("a server group", () => {
  it("whose members met on one host is why nova-compute refused", () => {
    const workers = new Map([["nova.scheduler", 4]]);
    const apart = [{ policy: "anti-affinity", maxServerPerHost: 1 }] as const;
    const herd = story({ controlPlane: "modelled", hosts: [hostGroup(6)], workers }, new Array(4).fill({ group: 0 }), apart);
    const texts = [1, 2, 3, 4].map((server) => linesOf(herd, server));
    expect(texts[0]![2]).toMatch(/, in a server group with anti-affinity\.$/);
    expect(texts.flat().some((line) => line.endsWith(" refuses it: 1 member of its anti-affinity group is there already"))).toBe(true);
  });

  it("would be refused by nova-compute without its filter, too: leaving that out is no help", () => {
    const apart = [{ policy: "anti-affinity", maxServerPerHost: 1 }] as const;
    const lines = linesOf(story({ hosts: [hostGroup(2)] }, later(new Array(3).fill({ group: 0 })), apart));
    expect(lines[0]).toContain("ServerGroupAntiAffinityFilter removed the last of them.");
    expect(lines.join("\n")).not.toContain("Without ServerGroupAntiAffinityFilter");
  });
});

describe("servers asked for together", () => {
  const flavors = [flavor("big", 5, 1024, 1)];
  const three = story({ flavors, hosts: [hostGroup(2)] }, [{ count: 3 }]);

  it("are told all, with the one for which there was no host", () => {
    const [first, second, third] = [1, 2, 3].map((server) => linesOf(three, server));
    expect(first![0]).toBe("server-1: NoValidHost: server-3, which was asked for together with it, found no host.");
    expect(second![0]).toBe("server-2: NoValidHost: server-3, which was asked for together with it, found no host.");
    expect(third![0]).toBe("server-3: NoValidHost: none of 2 hosts that passed had room left by the servers before it.");
    expect(first![2]).toMatch(/, asked for together with server-2 and server-3: all or none\.$/);
    expect(first!.join("\n")).not.toMatch(/is claimed|is given back/);
  });

  it("leave no trace of claims that were taken back in the same instant: nothing was ever in use", () => {
    const apart = [{ policy: "anti-affinity", maxServerPerHost: 2 }] as const;
    const nine = story({ flavors: [flavor("small", 1, 1024, 1)], hosts: [hostGroup(4)] }, [{ count: 9, group: 0 }], apart);
    const { values, fullest } = run(nine);
    expect(values.get("servers.no_valid_host")).toBe(9);
    const peaks = ["servers.live.peak", "hosts.in_use.peak", "hosts.lower_bound.l1", "hosts.lower_bound.l2"];
    expect(peaks.map((name) => values.get(name))).toEqual([0, 0, 0, 0]);
    expect([fullest.share, fullest.hosts.inUse, fullest.hosts.usedVcpuMilli.some((used) => used > 0)]).toEqual([0, 0, false]);
    expect(linesOf(nine, 1).join("\n")).not.toContain("is claimed");
    expect(overviewOf(nine)).not.toContain("compute-1");
  });

  it("are in use all where all get hosts", () => {
    const { values, fullest } = run(story({ flavors, hosts: [hostGroup(3)] }, [{ count: 3, lifetime: MINUTE }]));
    const peaks = ["servers.live.peak", "hosts.in_use.peak", "hosts.lower_bound.l2"];
    expect(peaks.map((name) => values.get(name))).toEqual([3, 3, 3]);
    expect([...fullest.hosts.usedVcpuMilli]).toEqual([5000, 5000, 5000]);
  });

  it("are refused by a quota all, whichever of them exceeds it", () => {
    const quota = { instances: -1, cores: 12, ramMb: -1 };
    const texts = [1, 2, 3].map((server) => linesOf(story({ flavors, quota, hosts: [hostGroup(3)] }, [{ count: 3 }]), server)[0]);
    const why = "OverQuota: the quota of project-1 is exceeded (cores: 0 used and 15 asked for, of 12).";
    expect(texts).toEqual([1, 2, 3].map((server) => `server-${server}: ${why}`));
  });

  it("are counted one by one where none gets a host", () => {
    expect(causesOf(three)).toEqual([{ stage: "together", detail: null, decisions: 3 }]);
    expect(run(three).values.get("servers.no_valid_host")).toBe(3);
  });

  it("are told their own decisions where all get hosts", () => {
    const two = story({ flavors, hosts: [hostGroup(2)] }, [{ count: 2 }]);
    expect([1, 2].map((server) => linesOf(two, server)[0])).toEqual([
      "server-1: ACTIVE on compute-1, rank 1 of 2 hosts that passed.",
      "server-2: ACTIVE on compute-2, rank 1 of 2 hosts that passed.",
    ]);
    const { decisions } = tell(two, 2);
    expect(decisions[0]!.placement).toMatchObject({ hosts: 2, candidates: 2 });
  });
});

describe("the file of all decisions", () => {
  it("has a line for each server asked for together, those included that were not looked at any more", () => {
    const flavors = [flavor("big", 5, 1024, 1)];
    const of = story({ flavors, hosts: [hostGroup(2)] }, later([{ count: 2, lifetime: 30 * SECOND }, { count: 4 }]));
    const lines = new DecisionLines();
    const { built } = runOnce({ ...optionsOf(of), prepare: lines.prepare });
    const decisions = lines
      .take()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(decisions).toHaveLength(built.cloud.decisions.count);
    expect(decisions.map(({ server, choice, hosts }) => [server, choice, hosts.length])).toEqual([
      ["server-1", "compute-1", 2],
      ["server-2", "compute-2", 2],
      ["server-3", null, 2],
      ["server-4", null, 2],
      ["server-5", null, 2],
      ["server-6", null, 0],
    ]);
  });
});

describe("a request that names its host or is refused beforehand", () => {
  it("is on that host or nowhere", () => {
    const flavors = [flavor("whole", 8, 1024, 1)];
    const lines = linesOf(story({ flavors, hosts: [hostGroup(3)] }, later([{ host: "compute-2" }, { host: "compute-2" }])));
    expect(lines[2]).toMatch(/, forced to compute-2\.$/);
    expect(lines).toContain("Placement: 2 hosts are not compute-2, which is forced; 1 host is left of 3.");
    expect(lines).toContain("- Without being forced to compute-2: 2 hosts would have taken it: compute-1 and compute-3.");
  });

  it("says why Nova did not ask Placement", () => {
    const nowhere = story({ hosts: [hostGroup(2)] }, [{ host: "compute-9" }]);
    const lines = linesOf(nowhere);
    expect(lines[0]).toBe(
      "server-1: NoValidHost: Nova refused the request before it asked Placement, because there is no host compute-9 with a node - (NoValidHost).",
    );
    expect(causesOf(nowhere)).toMatchObject([{ stage: "request", decisions: 1 }]);
  });

  it("is told with its hints", () => {
    const lines = linesOf(story({ hosts: [hostGroup(2)] }, later([{}, { hints: { different_host: ["server-1"] } }])));
    expect(lines[2]).toMatch(/, hint different_host server-1\.$/);
  });
});

describe("records that are behind", () => {
  it("are named where they were among the candidates", () => {
    const flavors = [flavor("m1", 1, 1024, 1)];
    const workers = new Map([["nova.scheduler", 1]]);
    const burst = story({ controlPlane: "modelled", hosts: [hostGroup(3)], flavors, workers }, new Array(8).fill({}));
    const said = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((server) => linesOf(burst, server));
    expect(said.some((line) => /^Host states are as nova-compute last reported them: the records? of compute-/.test(line))).toBe(true);
  });
});

describe("scenarios/herding.yaml", () => {
  it("has servers that four schedulers drive from host to host: refused along the list, then by nova-compute, until max_attempts", () => {
    const scenario = readScenario("scenarios/herding.yaml", { catalogue });
    const policy = scenario.study.policies.find(({ name }) => name === "subset-1")!;
    const options = { scenario, policy, replication: 0 };
    const [along, sentAway] = [new Set<number>(), new Set<number>()];
    const prepare = ({ cloud }: BuiltRun) => {
      cloud.refusalListeners.push((server, what) => {
        if (what === "claim" && cloud.servers.attempts[server] === 0) along.add(server);
        if (what === "group" && along.has(server)) sentAway.add(server);
      });
    };
    const { built } = runOnce({ ...options, prepare });
    const failed = [...sentAway].find((server) => built.cloud.servers.outcomeOf(server) === "MaxRetriesExceeded")!;
    const text = whyServer(storyOf(options, failed), { all: false });
    expect(text).toMatch(/^server-\d+: MaxRetriesExceeded: nova-compute refused \d builds?, and /);
    expect(text).toMatch(
      / {2}claim on (compute-\d+) refused: others were faster; next of the list: (compute-\d+)\n.* {2}(claim on )?\2 (is claimed|refused)/,
    );
    expect(text).toMatch(/ {2}its build begins on compute-\d+; its alternates now: compute-\d+, compute-\d+\n/);
    expect(text).toMatch(
      / {2}nova-compute on (compute-\d+) refuses it: 1 member of its anti-affinity group is there already\n.* {2}the claim on \1 is given back\n/,
    );
  });
});
