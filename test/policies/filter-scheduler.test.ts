import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HostDescription, Hosts } from "../../src/datacenter/hosts.ts";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { FilterScheduler } from "../../src/policies/nova/filter-scheduler.ts";
import { ALL_HOSTS, type PolicySpec, presets } from "../../src/policies/nova/policy.ts";
import type { RequestSpec } from "../../src/policies/nova/request-spec.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { someHosts } from "../datacenter/some-hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";

const small = flavor("small", 1, 1024, 1);
const noGroups = new ServerGroups(() => null, 0);

function request(more: Partial<RequestSpec> = {}): RequestSpec {
  return { server: 0, flavor: small, image: null, group: -1, groups: noGroups, ...more };
}

interface Setting {
  readonly weighers?: readonly string[];
  readonly filters?: readonly string[];
  readonly options?: Readonly<Record<string, number>>;
  readonly subset?: number;
  readonly shuffle?: boolean;
  readonly placement?: number;
}

function schedulerOf(hosts: Hosts, { weighers = [], filters = [], options = {}, subset = 1, shuffle = false, placement = 1000 }: Setting) {
  const policy: PolicySpec = {
    name: "test",
    enabledFilters: filters,
    weighers,
    options: new Map(Object.entries(options)),
    hostSubsetSize: subset,
    shuffleBestSameWeighedHosts: shuffle,
  };
  return new FilterScheduler(hosts, policy, new RandomStreams("1", 0).stream("scheduler.choice"), placement);
}

/** The whole order of the hosts, and the weight of the first. */
function decide(
  hosts: Hosts,
  setting: Setting,
  of: RequestSpec = request(),
  n = 0,
): { readonly order: readonly number[]; readonly weight: number } {
  const scheduler = schedulerOf(hosts, setting);
  const count = scheduler.select(of, hosts.count - 1, n);
  return { order: [...scheduler.ordered.subarray(0, count)], weight: scheduler.weight };
}

/** Hosts with so much free RAM (in GiB of 64). */
const withFreeRam = (...gib: readonly number[]) => {
  const hosts = someHosts(...gib.map(() => ({ ramMb: 65_536 })));
  for (const [host, free] of gib.entries()) hosts.usedRamMb[host] = 65_536 - free * 1024;
  return hosts;
};

describe("weighing", () => {
  it("measures free RAM against the best host, not against the spread: the smallest value of the scale is 0", () => {
    expect(decide(withFreeRam(32, 64, 48), { weighers: ["RAMWeigher"] })).toEqual({ order: [1, 2, 0], weight: 1 });
    // With a negative multiplier the fullest wins, at half the best one's room: -0.5 and not 0.
    expect(decide(withFreeRam(32, 64, 48), { weighers: ["RAMWeigher"], options: { ram_weight_multiplier: -1 } })).toEqual({
      order: [0, 2, 1],
      weight: -0.5,
    });
  });

  it("gives every host 1, not 0, when all have the same room", () => {
    expect(decide(withFreeRam(16, 16, 16), { weighers: ["RAMWeigher"] })).toEqual({ order: [0, 1, 2], weight: 1 });
    expect(decide(withFreeRam(16, 16), { weighers: ["RAMWeigher", "CPUWeigher", "DiskWeigher"] }).weight).toBe(3);
  });

  it("gives every host 0 when all have nothing", () => {
    const hosts = someHosts({ ramAllocationRatio: 2 }, { ramAllocationRatio: 2 });
    hosts.usedRamMb.fill(16_384);
    expect(decide(hosts, { weighers: ["RAMWeigher"] })).toEqual({ order: [0, 1], weight: 0 });
  });

  it("takes overcommitted hosts for empty ones: beyond the physical RAM all tie at 0", () => {
    const hosts = someHosts({ ramAllocationRatio: 2 }, { ramAllocationRatio: 2 }, { ramAllocationRatio: 2 });
    hosts.usedRamMb.set([30_000, 20_000, 16_000]);
    expect(decide(hosts, { weighers: ["RAMWeigher"] })).toEqual({ order: [2, 0, 1], weight: 1 });
  });

  it("counts vCPUs with the allocation ratio, RAM and disk without", () => {
    const hosts = someHosts({ cpuAllocationRatio: 1 }, { cpuAllocationRatio: 4 }, { ramAllocationRatio: 9, diskAllocationRatio: 9 });
    expect(decide(hosts, { weighers: ["CPUWeigher"] }).order).toEqual([1, 0, 2]);
    expect(decide(hosts, { weighers: ["RAMWeigher", "DiskWeigher"] })).toEqual({ order: [0, 1, 2], weight: 2 });
  });

  it("takes what is reserved for used", () => {
    const hosts = someHosts({ reservedVcpuMilli: 1000, reservedRamMb: 512, reservedDiskGb: 1 }, {});
    for (const weigher of ["CPUWeigher", "RAMWeigher", "DiskWeigher"]) expect(decide(hosts, { weighers: [weigher] }).order).toEqual([1, 0]);
  });

  it("does not weigh a single host at all", () => {
    expect(decide(withFreeRam(16), { weighers: ["RAMWeigher"] })).toEqual({ order: [0], weight: 0 });
  });

  it("avoids hosts that are building, in proportion to the busiest", () => {
    const hosts = someHosts({}, {}, {});
    hosts.ioOps.set([4, 1, 2]);
    expect(decide(hosts, { weighers: ["IoOpsWeigher"] })).toEqual({ order: [1, 2, 0], weight: -0.25 });
    expect(decide(hosts, { weighers: ["IoOpsWeigher"], options: { io_ops_weight_multiplier: 1 } })).toEqual({
      order: [0, 2, 1],
      weight: 1,
    });
  });

  it("counts the servers of a host only when told to: NumInstancesWeigher is off as Nova ships it", () => {
    const hosts = someHosts({}, {}, {});
    hosts.instances.set([4, 0, 1]);
    expect(decide(hosts, { weighers: ["NumInstancesWeigher"] })).toEqual({ order: [0, 1, 2], weight: 0 });
    const spread = decide(hosts, { weighers: ["NumInstancesWeigher"], options: { num_instances_weight_multiplier: -2 } });
    expect([spread.order, Math.abs(spread.weight)]).toEqual([[1, 2, 0], 0]);
    expect(decide(hosts, { weighers: ["NumInstancesWeigher"], options: { num_instances_weight_multiplier: 2 } })).toEqual({
      order: [0, 2, 1],
      weight: 2,
    });
  });

  it("takes the multiplier of failed builds with the opposite sign: no penalty for the best host, a million for the worst", () => {
    const hosts = someHosts({}, {}, {});
    hosts.failedBuilds.set([3, 1, 2]);
    expect(decide(hosts, { weighers: ["BuildFailureWeigher"] })).toEqual({ order: [1, 2, 0], weight: 0 });
    expect(decide(hosts, { weighers: ["BuildFailureWeigher"], options: { build_failure_weight_multiplier: -2 } })).toEqual({
      order: [0, 2, 1],
      weight: 2,
    });
    // What tells two equally reliable hosts apart is not drowned in the million.
    const sums = withFreeRam(60, 61, 64);
    sums.failedBuilds.set([0, 0, 1]);
    expect(decide(sums, { weighers: ["RAMWeigher", "BuildFailureWeigher"] })).toEqual({ order: [1, 0, 2], weight: 61 / 64 });
  });

  it("fits best or worst by the share that would be used, over the resources the host has", () => {
    const hosts = someHosts({ vcpuMilli: 2000, ramMb: 4096, diskGb: 10 }, {}, { vcpuMilli: 2000, ramMb: 4096, diskGb: 0 });
    const diskless = flavor("diskless", 1, 2048, 0);
    // 1/2, 1/2, 0 of 10 -> 1/3; 1/8, 1/8, 0 -> 1/12; 1/2, 1/2 -> 1/2.
    expect(decide(hosts, { weighers: ["FitWeigher"] }, request({ flavor: diskless }))).toEqual({ order: [2, 0, 1], weight: 1 });
    expect(
      decide(hosts, { weighers: ["FitWeigher"], options: { fit_weight_multiplier: -1 } }, request({ flavor: diskless })).order,
    ).toEqual([1, 0, 2]);
  });

  it("adds the weighers up in their order, multiplied, to the last bit", () => {
    const free = fc.integer({ min: -64, max: 64 });
    const row = fc.record({
      ram: free,
      cpu: fc.integer({ min: 0, max: 8 }),
      io: fc.integer({ min: 0, max: 9 }),
      failed: fc.integer({ min: 0, max: 3 }),
    });
    const multiplier = fc.constantFrom(-1, 0, 0.1, 1, 2.5);
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 25 }), multiplier, multiplier, (rows, ramBy, ioBy) => {
        const hosts = someHosts(...rows.map((): Partial<HostDescription> => ({ ramMb: 65_536, ramAllocationRatio: 3 })));
        for (const [host, { ram, cpu, io, failed }] of rows.entries()) {
          hosts.usedRamMb[host] = 65_536 - 1024 * ram;
          hosts.usedVcpuMilli[host] = 1000 * Math.min(7, cpu);
          hosts.ioOps[host] = io;
          hosts.failedBuilds[host] = failed;
        }
        const normalised = (raw: readonly number[], minval: number | null): readonly number[] => {
          const clamped = raw.map((x) => Math.max(x, minval ?? x));
          const low = minval ?? Math.min(...clamped);
          const span = Math.max(...clamped) - low;
          return clamped.map((x) => (span === 0 ? 0 : (x - low) / span));
        };
        const weights = new Array<number>(rows.length).fill(0);
        const add = (by: number, values: readonly number[]) => {
          for (const [i, value] of values.entries()) weights[i]! += by * value;
        };
        add(
          ramBy,
          normalised(
            rows.map(({ ram }) => 1024 * ram),
            0,
          ),
        );
        add(
          1,
          normalised(
            rows.map(({ cpu }) => 8 - Math.min(7, cpu)),
            0,
          ),
        );
        add(
          ioBy,
          normalised(
            rows.map(({ io }) => io),
            0,
          ),
        );
        add(
          -1_000_000,
          normalised(
            rows.map(({ failed }) => failed),
            null,
          ),
        );
        const order = rows.map((_, i) => i).sort((a, b) => weights[b]! - weights[a]! || a - b);
        const names = ["RAMWeigher", "CPUWeigher", "IoOpsWeigher", "BuildFailureWeigher"];
        const options = { ram_weight_multiplier: ramBy, io_ops_weight_multiplier: ioBy };
        const decided = decide(hosts, { weighers: names, options });
        expect(decided.order).toEqual(order);
        expect(decided.weight + 0).toBe(weights[order[0]!]! + 0);
        // However few are wanted, they are the first of the same order.
        const scheduler = schedulerOf(hosts, { weighers: names, options });
        for (const alternates of [0, 1, 2, 15, 16, 17]) {
          const count = scheduler.select(request(), alternates, 0);
          expect([...scheduler.ordered.subarray(0, count)]).toEqual(order.slice(0, 1 + alternates));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("ties", () => {
  it("keep the order of the hosts", () => {
    expect(decide(withFreeRam(8, 16, 8, 16, 16), { weighers: ["RAMWeigher"] }).order).toEqual([1, 3, 4, 0, 2]);
    const many = withFreeRam(...new Array<number>(40).fill(8));
    expect(decide(many, { weighers: ["RAMWeigher"] }).order).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it("of the best are shuffled when Nova is told so, and the others stay", () => {
    const hosts = withFreeRam(8, 16, 8, 16, 16, 4);
    const firsts = new Set<number>();
    for (let server = 0; server < 200; server++) {
      const { order } = decide(hosts, { weighers: ["RAMWeigher"], shuffle: true }, request({ server }));
      firsts.add(order[0]!);
      expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(order.slice(3)).toEqual([0, 2, 5]);
    }
    expect(firsts).toEqual(new Set([1, 3, 4]));
  });

  it("are shuffled evenly", () => {
    const hosts = withFreeRam(16, 16, 16);
    const counts = new Map<string, number>();
    const draws = 6000;
    for (let server = 0; server < draws; server++) {
      const { order } = decide(hosts, { weighers: ["RAMWeigher"], shuffle: true }, request({ server }));
      counts.set(order.join(""), (counts.get(order.join("")) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Each of the six orders has a sixth: within five standard deviations.
    for (const count of counts.values()) expect(Math.abs(count - draws / 6)).toBeLessThan(5 * Math.sqrt((draws * 5) / 36));
  });
});

describe("choosing", () => {
  it("draws evenly among the best host_subset_size, and lists the rest in order", () => {
    const hosts = withFreeRam(10, 20, 30, 40, 50);
    const counts = [0, 0, 0, 0, 0];
    for (let server = 0; server < 3000; server++) {
      const { order } = decide(hosts, { weighers: ["RAMWeigher"], subset: 3 }, request({ server }));
      counts[order[0]!]!++;
      expect(order.slice(1)).toEqual([4, 3, 2, 1, 0].filter((host) => host !== order[0]));
    }
    expect(counts.slice(0, 2)).toEqual([0, 0]);
    for (const count of counts.slice(2)) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(3000 * (2 / 9)));
  });

  it("draws from the whole list when it is shorter than the subset", () => {
    const firsts = new Set(
      Array.from({ length: 100 }, (_, server) => decide(withFreeRam(1, 2), { subset: 50 }, request({ server })).order[0]),
    );
    expect(firsts).toEqual(new Set([0, 1]));
  });

  it("draws anew for a second decision of the same server, and the same for a repetition", () => {
    const hosts = withFreeRam(...new Array<number>(50).fill(1));
    const draw = (n: number) => decide(hosts, { subset: 50 }, request({ server: 7 }), n).order[0];
    expect(new Set([0, 1, 2, 3].map(draw)).size).toBeGreaterThan(1);
    expect(draw(1)).toBe(draw(1));
  });

  it("keeps the chosen host and so many alternates as are asked for", () => {
    const scheduler = schedulerOf(withFreeRam(1, 2, 3, 4), { weighers: ["RAMWeigher"] });
    expect(scheduler.select(request(), 2, 0)).toBe(3);
    expect([...scheduler.ordered.subarray(0, 3)]).toEqual([3, 2, 1]);
    expect(scheduler.select(request(), 0, 0)).toBe(1);
    expect(scheduler.select(request(), 9, 0)).toBe(4);
  });
});

describe("Placement's candidates", () => {
  it("are the hosts with room, in their order, cut at max_placement_results", () => {
    const hosts = withFreeRam(0, 8, 16, 0, 32, 64);
    expect(decide(hosts, {}).order).toEqual([1, 2, 4, 5]);
    const cut = schedulerOf(hosts, { weighers: ["RAMWeigher"], placement: 2 });
    expect(cut.select(request(), 9, 0)).toBe(2);
    expect([cut.candidates, ...cut.ordered.subarray(0, 2)]).toEqual([2, 2, 1]); // the best of all, host 5, was cut off
  });

  it("are not cut when the request names a server group", () => {
    const groups = new ServerGroups(() => ({ policy: "anti-affinity", maxServerPerHost: 1 }), 6);
    const scheduler = schedulerOf(withFreeRam(8, 8, 8, 8, 8, 64), { weighers: ["RAMWeigher"], placement: 2 });
    expect(scheduler.select(request({ group: 0, groups }), 0, 0)).toBe(1);
    expect([scheduler.candidates, scheduler.ordered[0]]).toEqual([6, 5]);
  });

  it("are shuffled when Placement randomizes them, and each has the same chance to be among those it returns", () => {
    const hosts = withFreeRam(8, 8, 0, 8, 8, 8);
    const policy = { ...presets.get("first-fit")!, enabledFilters: [] };
    const first = new Map<number, number>();
    const offered = new Map<number, number>();
    const streams = new RandomStreams("1", 0);
    for (let server = 0; server < 6000; server++) {
      const scheduler = new FilterScheduler(hosts, policy, streams.stream("a"), 3, { candidateDraws: streams.stream("b") });
      const count = scheduler.select(request({ server }), 9, 1);
      expect([scheduler.candidates, count]).toEqual([3, 3]);
      const order = [...scheduler.ordered.subarray(0, count)];
      expect(new Set(order).size).toBe(3);
      first.set(order[0]!, (first.get(order[0]!) ?? 0) + 1);
      for (const host of order) offered.set(host, (offered.get(host) ?? 0) + 1);
    }
    expect([...first.keys()].sort()).toEqual([0, 1, 3, 4, 5]);
    // 1200 and 3600 are expected; the bounds are more than five standard deviations away.
    for (const times of first.values()) expect(Math.abs(times - 1200)).toBeLessThan(160);
    for (const times of offered.values()) expect(Math.abs(times - 3600)).toBeLessThan(200);
  });

  it("are none for a server larger than every host, whatever the allocation ratio", () => {
    const hosts = someHosts({ cpuAllocationRatio: 16 });
    expect(decide(hosts, {}, request({ flavor: flavor("nine", 9, 1024, 1) })).order).toEqual([]);
    expect(decide(hosts, {}, request({ flavor: flavor("eight", 8, 1024, 1) })).order).toEqual([0]);
  });
});

describe("the filters", () => {
  it("run one after another, each on what the one before has left, and stop when nothing is left", () => {
    const hosts = someHosts({}, {}, { hypervisorType: "Xen" }, {});
    hosts.serviceUp[0] = 0;
    const xen = flavor("xen", 1, 1024, 1, { extraSpecs: new Map([["capabilities:hypervisor_type", "Xen"]]) });
    const filters = ["ComputeFilter", "ComputeCapabilitiesFilter", "ImagePropertiesFilter"];
    const scheduler = schedulerOf(hosts, { filters });
    expect(scheduler.select(request({ flavor: xen }), 9, 0)).toBe(1);
    expect([scheduler.candidates, [...scheduler.leftAfter], scheduler.ordered[0]]).toEqual([4, [3, 1, 1], 2]);
    hosts.serviceUp[2] = 0;
    expect(scheduler.select(request({ flavor: xen }), 9, 0)).toBe(0);
    expect([scheduler.candidates, [...scheduler.leftAfter]]).toEqual([4, [2, 0, 0]]);
  });

  it("that raise fail the whole request, and are named", () => {
    const hosts = someHosts({ hypervisorType: "Xen" }, {});
    const bad = flavor("bad", 1, 1024, 1, { extraSpecs: new Map([["capabilities:hypervisor_type", ">= 4"]]) });
    const scheduler = schedulerOf(hosts, { filters: ["ComputeFilter", "ComputeCapabilitiesFilter"] });
    const failure = expect.objectContaining({ stage: "filter", component: "ComputeCapabilitiesFilter", type: "ValueError" });
    expect(() => scheduler.select(request({ flavor: bad }), 1, 0)).toThrow(failure);
    // The next request is none the worse for it.
    expect(scheduler.select(request(), 1, 0)).toBe(2);
  });

  it("and weighers are called by their names; an unknown one is named back", () => {
    expect(() => schedulerOf(someHosts({}), { filters: ["RamFilter"] })).toThrow(/unknown filter "RamFilter"; there are ComputeFilter, /);
    expect(() => schedulerOf(someHosts({}), { weighers: ["NoWeigher"] })).toThrow(/unknown weigher "NoWeigher"; there are RAMWeigher, /);
  });
});

describe("the presets", () => {
  const choiceOf = (name: string, server = 0) => {
    const hosts = withFreeRam(20, 40, 10);
    const scheduler = new FilterScheduler(hosts, presets.get(name)!, new RandomStreams("1", 0).stream("scheduler.choice"), 1000);
    scheduler.select(request({ server }), 0, 0);
    return scheduler.ordered[0];
  };

  it("spread, pack, take the first, the fullest or the emptiest host", () => {
    expect(["nova-default", "nova-pack", "first-fit", "best-fit", "worst-fit"].map((name) => choiceOf(name))).toEqual([1, 2, 0, 2, 1]);
  });

  it("draw any host with equal chances", () => {
    expect(presets.get("random")!.hostSubsetSize).toBe(ALL_HOSTS);
    const counts = [0, 0, 0];
    for (let server = 0; server < 3000; server++) counts[choiceOf("random", server)!]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(3000 * (2 / 9)));
  });

  it("name what exists, have Nova's default filters, and differ from each other", () => {
    const filters = [
      "ComputeFilter",
      "ComputeCapabilitiesFilter",
      "ImagePropertiesFilter",
      "ServerGroupAntiAffinityFilter",
      "ServerGroupAffinityFilter",
    ];
    const optionsKnown = new Set(weighers.map((weigher) => weigher.multiplier.name));
    for (const [name, preset] of presets) {
      expect(preset.name).toBe(name);
      expect(preset.meaning).toMatch(/\.$/);
      expect(preset.source).not.toBe("");
      expect(preset.enabledFilters).toEqual(filters);
      for (const weigher of preset.weighers) expect(weighers.map((known) => known.name)).toContain(weigher);
      for (const option of preset.options.keys()) expect(optionsKnown).toContain(option);
    }
    const told = [...presets.values()].map(({ weighers, options, hostSubsetSize, startAt = null }) =>
      JSON.stringify([weighers, [...options], hostSubsetSize, startAt]),
    );
    expect(new Set(told).size).toBe(presets.size);
  });
});
