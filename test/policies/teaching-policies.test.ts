// The textbook rules beside Nova's, each on fleets so small that the choice can be computed by hand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Flavor } from "../../src/datacenter/flavor.ts";
import { hostTypes } from "../../src/datacenter/host-types.ts";
import type { HostDescription, HostId, Hosts } from "../../src/datacenter/hosts.ts";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { NovaConfig } from "../../src/policies/nova/config.ts";
import { FilterScheduler } from "../../src/policies/nova/filter-scheduler.ts";
import { type FlavorShare, mixOf } from "../../src/policies/nova/flavor-mix.ts";
import { HostRecords } from "../../src/policies/nova/host-records.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import type { RequestSpec } from "../../src/policies/nova/request-spec.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { someHosts } from "../datacenter/some-hosts.ts";
import { build, flavor, hostGroup, requestTable, tinyScenario } from "../workflows/tiny-scenario.ts";

const noGroups = new ServerGroups(() => null, 0);

function request(of: Flavor, mix?: readonly FlavorShare[]): RequestSpec {
  return { server: 0, flavor: of, image: null, group: -1, groups: noGroups, ...(mix === undefined ? {} : { mix }) };
}

function schedulerOf(policy: string, hosts: Hosts, candidates = 1000): FilterScheduler {
  return new FilterScheduler(hosts, presets.get(policy)!, new RandomStreams("1", 0).stream("scheduler.choice"), candidates);
}

/** Places servers one after another, each claiming its host; the row of the host for each, -1 where none fits. */
function place(policy: string, hosts: Hosts, servers: readonly Flavor[], mix?: readonly FlavorShare[]): readonly number[] {
  const scheduler = schedulerOf(policy, hosts);
  return servers.map((server) => {
    if (scheduler.select(request(server, mix), 0, 0) === 0) return -1;
    const host = scheduler.ordered[0]!;
    expect(hosts.claim(host as HostId, server)).toBe(true);
    return host;
  });
}

/** `count` hosts of so many vCPUs and plenty of everything else. */
const bins = (count: number, vcpus: number) =>
  someHosts(...new Array<Partial<HostDescription>>(count).fill({ vcpuMilli: vcpus * 1000, ramMb: 1e6, diskGb: 1000 }));
const item = (vcpus: number) => flavor(`size-${vcpus}`, vcpus, 1, 0);
const times = (n: number, size: number) => new Array<number>(n).fill(size);
const decreasing = (sizes: readonly number[]) => [...sizes].sort((a, b) => b - a);

function hostsUsed(policy: string, capacity: number, sizes: readonly number[]): number {
  const hosts = bins(sizes.length, capacity);
  place(policy, hosts, sizes.map(item));
  return hosts.inUse;
}

describe("next fit and round robin", () => {
  it("next fit stays on a host while servers fit, and never goes back before the end of the line", () => {
    // Hosts of 4: the 3 leaves a gap of 1 on host 0 that the later 1 does not fill, although it would fit.
    expect(place("next-fit", bins(3, 4), [3, 2, 1, 1, 4, 1].map(item))).toEqual([0, 1, 1, 1, 2, 0]);
    expect(place("first-fit", bins(3, 4), [3, 2, 1, 1, 4, 1].map(item))).toEqual([0, 1, 0, 1, 2, 1]);
  });

  it("round robin gives the hosts their turns, passing over those without room", () => {
    expect(place("round-robin", bins(3, 4), [1, 1, 1, 3, 1, 1].map(item))).toEqual([0, 1, 2, 0, 1, 2]);
    expect(place("round-robin", bins(3, 4), [4, 1, 1, 1, 1].map(item))).toEqual([0, 1, 2, 1, 2]);
    expect(place("round-robin", bins(2, 1), [1, 1, 1].map(item))).toEqual([0, 1, -1]);
  });

  it("the candidate limit counts from the place where looking begins", () => {
    const scheduler = schedulerOf("round-robin", bins(5, 4), 2);
    const offered = [0, 1, 2, 3].map(() => {
      const count = scheduler.select(request(item(1)), 1, 0);
      return [...scheduler.ordered.subarray(0, count)];
    });
    expect(offered).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
    scheduler.select(request(item(1)), 1, 0);
    expect([scheduler.candidates, ...scheduler.ordered.subarray(0, 2)]).toEqual([2, 4, 0]);
  });

  it("servers of one request take their turns, too", () => {
    const scheduler = schedulerOf("round-robin", bins(3, 4));
    let left = scheduler.offered(request(item(1)));
    const firsts = [0, 1, 2, 3].map((index) => {
      left = scheduler.sort(left, request(item(1)), index);
      return left[0];
    });
    expect(firsts).toEqual([0, 1, 2, 0]);
  });

  it("next fit takes fewer than twice the hosts needed, and on a comb of large and tiny servers nearly that", () => {
    // Halves and slivers in turn: every host takes one half and one sliver, where the halves alone would fill half as many.
    const comb = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 20 : 1));
    expect(hostsUsed("next-fit", 40, comb)).toBe(20);
    expect(hostsUsed("first-fit", 40, comb)).toBe(11);
  });
});

describe("bin packing through the scheduler gives the textbook's counts", () => {
  it.each([
    ["first-fit", 12, [...times(6, 2), ...times(6, 3), ...times(6, 7)], 9],
    ["first-fit", 12, decreasing([...times(6, 2), ...times(6, 3), ...times(6, 7)]), 6],
    ["first-fit", 16, decreasing([9, 9, 9, 9, 9, 7, 5, 2]), 5],
    ["first-fit", 100, [...times(3, 51), ...times(3, 27), ...times(3, 26), ...times(6, 23)], 6],
    ["first-fit", 100, decreasing([...times(6, 51), ...times(6, 27), ...times(6, 26), ...times(12, 23)]), 11],
    ["best-fit", 10, [5, 7, 3, 5], 2],
    ["first-fit", 10, [5, 7, 3, 5], 3],
    ["l2-norm", 10, [5, 7, 3, 5], 2],
    ["next-fit", 10, [5, 7, 3, 5], 3],
  ] as const)("%s on hosts of %i: %j", (policy, capacity, sizes, expected) => {
    expect(hostsUsed(policy, capacity, sizes)).toBe(expected);
  });

  it("worst fit puts the 3 beside the 5 on the emptier host, where the other 5 should have gone", () => {
    expect(place("worst-fit", bins(2, 10), [5, 7, 3, 5].map(item))).toEqual([0, 1, 0, -1]);
    expect(place("best-fit", bins(2, 10), [5, 7, 3, 5].map(item))).toEqual([0, 1, 1, 0]);
  });
});

describe("dot product", () => {
  it("sends a server that wants RAM where RAM is what is left", () => {
    // Room as shares: host 0 has 6/8 vCPUs and 4/16 GiB, host 1 has 2/8 and 12/16.
    const hosts = someHosts({}, {});
    hosts.usedVcpuMilli.set([2000, 6000]);
    hosts.usedRamMb.set([12_288, 4096]);
    // Shares 1/8 and 4/16: 1/8 x 6/8 + 1/4 x 1/4 = 0.156 against 1/8 x 2/8 + 1/4 x 3/4 = 0.219.
    expect(place("dot-product", hosts, [flavor("ram", 1, 4096, 0)])).toEqual([1]);
    // Shares 2/8 and 1/16: 1/4 x 3/4 + 1/16 x 1/4 = 0.203 against 1/4 x 1/4 + 1/16 x 1/2 = 0.094.
    expect(place("dot-product", hosts, [flavor("cpu", 2, 1024, 0)])).toEqual([0]);
  });
});

describe("L2 norm", () => {
  it("takes the host on which the leftovers are shortest, not the one that is fullest on average", () => {
    // After the server: host 0 leaves 0 vCPUs and 8/16 of RAM (0 + 0.25), host 1 leaves 2/8 and 4.5/16 (0.0625 + 0.0791). Disks are all taken.
    const hosts = someHosts({}, {});
    hosts.usedVcpuMilli.set([7000, 5000]);
    hosts.usedRamMb.set([7168, 10_752]);
    hosts.usedDiskGb.set([100, 100]);
    expect(place("l2-norm", hosts, [flavor("m", 1, 1024, 0)])).toEqual([1]);
    hosts.release(1 as HostId, flavor("m", 1, 1024, 0));
    expect(place("best-fit", hosts, [flavor("m", 1, 1024, 0)])).toEqual([0]);
  });
});

/** Fleets of up to five hosts with room of all sorts, and up to four flavors. */
const fleets = fc.record({
  hosts: fc.array(
    fc.record({
      vcpus: fc.integer({ min: 1, max: 16 }),
      ramGib: fc.integer({ min: 1, max: 32 }),
      diskGb: fc.integer({ min: 0, max: 40 }),
      ratio: fc.constantFrom(1, 1.5, 4),
      used: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  flavors: fc.array(
    fc.record({ vcpus: fc.integer({ min: 1, max: 8 }), ramGib: fc.integer({ min: 1, max: 12 }), diskGb: fc.integer({ min: 0, max: 12 }) }),
    { minLength: 1, maxLength: 4 },
  ),
  counts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
});

function fleetOf({ hosts: rows, flavors: sizes, counts }: typeof fleets extends fc.Arbitrary<infer Fleet> ? Fleet : never) {
  const hosts = someHosts(
    ...rows.map(({ vcpus, ramGib, diskGb, ratio }) => ({
      ...{ vcpuMilli: vcpus * 1000, ramMb: ramGib * 1024, diskGb, cpuAllocationRatio: ratio },
    })),
  );
  for (const [host, { used }] of rows.entries()) {
    hosts.usedVcpuMilli[host] = 1000 * Math.floor((hosts.capacityVcpuMilli[host]! / 1000) * used[0]);
    hosts.usedRamMb[host] = 1024 * Math.floor((hosts.capacityRamMb[host]! / 1024) * used[1]);
  }
  const flavors = sizes.map(({ vcpus, ramGib, diskGb }, i) => flavor(`m${i}`, vcpus, ramGib * 1024, diskGb));
  const asked = Int32Array.from(flavors.flatMap((_, i) => times(counts[i]!, i)));
  return { hosts, flavors, mix: mixOf(flavors, asked), counts: counts.slice(0, flavors.length) };
}

const raw = (name: string, hosts: Hosts, of: RequestSpec) =>
  weighers.find((weigher) => weigher.name === name)!.weigh(hosts, of, new NovaConfig(new Map()), () => 1)!;

/** The three amounts of a host as they are kept in columns. */
const capacities = (hosts: Hosts, host: number) => [
  hosts.capacityVcpuMilli[host]!,
  hosts.capacityRamMb[host]!,
  hosts.capacityDiskGb[host]!,
];
const used = (hosts: Hosts, host: number) => [hosts.usedVcpuMilli[host]!, hosts.usedRamMb[host]!, hosts.usedDiskGb[host]!];
const wanted = ({ vcpuMilli, ramMb, diskGb }: Flavor) => [vcpuMilli, ramMb, diskGb];

describe("the vector rules are their formulas", () => {
  it("dot product and L2 norm, over shares of the resources that a host has", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { hosts, flavors } = fleetOf(fleet);
        const of = flavors[0]!;
        const dotProduct = raw("DotProductWeigher", hosts, request(of));
        const norm = raw("NormWeigher", hosts, request(of));
        for (let host = 0; host < hosts.count; host++) {
          const has = capacities(hosts, host).flatMap((capacity, i) => (capacity > 0 ? [i] : []));
          const share = (amounts: readonly number[], i: number) => amounts[i]! / capacities(hosts, host)[i]!;
          const free = (i: number) => 1 - share(used(hosts, host), i);
          const sum = (of: (i: number) => number) => has.reduce((total, i) => total + of(i), 0);
          expect(dotProduct(host)).toBeCloseTo(
            sum((i) => share(wanted(of), i) * free(i)),
            8,
          );
          expect(norm(host)).toBeCloseTo(-sum((i) => (free(i) - share(wanted(of), i)) ** 2), 8);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("fragmentation gradient descent", () => {
  /** The definition, word by word: what is free and of no use to a server drawn from the mix, in average hosts as servers need them. */
  function fragmentation(hosts: Hosts, host: number, mix: readonly FlavorShare[]): number {
    const all = Array.from({ length: hosts.count }, (_, other) => other);
    const average = [0, 1, 2].map((i) => all.reduce((sum, other) => sum + capacities(hosts, other)[i]!, 0) / hosts.count);
    const perHost = (amounts: readonly number[]) => amounts.map((amount, i) => (average[i]! > 0 ? amount / average[i]! : 0));
    const needs = [0, 1, 2].map((i) => mix.reduce((sum, { flavor: of, share }) => sum + share * perHost(wanted(of))[i]!, 0));
    const free = perHost(capacities(hosts, host).map((capacity, i) => capacity - used(hosts, host)[i]!));
    const stranded = free.reduce((sum, amount, i) => sum + amount * needs[i]!, 0) / (needs[0]! + needs[1]! + needs[2]!);
    return mix.reduce((sum, { flavor: of, share }) => sum + (hosts.fits(host, of) ? 0 : share * stranded), 0);
  }

  it("weighs a host by the fall of its fragmentation, as placing the server and looking again would tell", () => {
    let fragmented = 0;
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { hosts, flavors, mix } = fleetOf(fleet);
        for (const of of flavors) {
          const value = raw("FragmentationWeigher", hosts, request(of, mix));
          for (let host = 0; host < hosts.count; host++) {
            if (!hosts.fits(host, of)) continue;
            const before = fragmentation(hosts, host, mix);
            const told = value(host);
            hosts.claim(host as HostId, of);
            const after = fragmentation(hosts, host, mix);
            hosts.release(host as HostId, of);
            if (after !== before) fragmented++;
            expect(told).toBeCloseTo(before - after, 8);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(fragmented).toBeGreaterThan(100);
  });

  const small = flavor("small", 1, 2048, 0);
  const large = flavor("large", 4, 8192, 0);
  const mix: readonly FlavorShare[] = [
    { flavor: small, share: 0.75 },
    { flavor: large, share: 0.25 },
  ];

  it("keeps a host that just fits the large flavor for it, and fills the gap that is stranded already", () => {
    const hosts = someHosts({}, {});
    // Host 0 has room for exactly one large server, host 1 for three small ones only.
    hosts.usedVcpuMilli.set([4000, 5000]);
    hosts.usedRamMb.set([8192, 8192]);
    expect(place("fragmentation-gradient", hosts, [small, small, small], mix)).toEqual([1, 1, 1]);
    expect(place("fragmentation-gradient", hosts, [large], mix)).toEqual([0]);
  });

  it("in a run the mix is that of the requests, in the shares in which they ask for flavors", () => {
    const flavors = [small, large, flavor("unwanted", 8, 16_384, 0)];
    expect(mixOf(flavors, Int32Array.of(0, 1, 0, 0))).toEqual(mix);
    const scenario = tinyScenario({
      cloud: { hosts: [hostGroup(2, { vcpus: 8 })], flavors, controlPlane: "instant" },
      study: { policies: [presets.get("fragmentation-gradient")!] },
    });
    const run = build(scenario, requestTable([{ flavor: 1 }, { flavor: 0 }, { flavor: 0 }, { flavor: 0 }]));
    run.cloud.simulation.run(1e6);
    // The large server leaves host 0 room for one more, which a small one would strand; on the empty host 1, three of them strand nothing.
    expect([...run.cloud.servers.host]).toEqual([0, 1, 1, 1]);
  });
});

describe("power-aware best fit", () => {
  it("raises the power least, by the table: an ML110 G4 from idle costs 3.4 W for a tenth of load, a G5 3.3 W", () => {
    // Ten vCPUs each, so that a vCPU is a step of the table.
    const hosts = someHosts(
      ...["hp-ml110-g4", "hp-ml110-g5"].map((key) => ({ vcpuMilli: 10_000, wattsByLoad: hostTypes.get(key)!.wattsByLoad })),
    );
    // Steps of the G4: 3.4 3.2 3.4 3.5 2.5 4 2 4 2 3; of the G5: 3.3 4 4 5 6 5 4 4 4 2.
    const expected = [1, 0, 0, 0, 0, 0];
    expect(place("power-aware", hosts, times(6, 1).map(item))).toEqual(expected);
    // Then the G4's next two steps together cost 4 + 2 = 6 W, those of the G5 4 + 4 = 8 W.
    expect(place("power-aware", hosts, [item(2)])).toEqual([0]);
  });

  it("ties go to the first host in line, however busy, where steps of the curve are equal", () => {
    // 64 vCPUs: between two points of the table every vCPU costs the same, and rounding must not decide.
    const { wattsByLoad } = hostTypes.get("dell-r740-8280")!;
    const hosts = someHosts(...new Array(4).fill({ vcpuMilli: 64_000, ramMb: 1e6, wattsByLoad }));
    hosts.usedVcpuMilli.set([3000, 1000, 2000, 4000]);
    expect(place("power-aware", hosts, [item(1)])).toEqual([0]);
  });

  it("counts a promised vCPU as 1 / ratio of a thread, so that a host is fully busy when all is promised", () => {
    const wattsByLoad = [0, 1, 100];
    const hosts = someHosts(
      { vcpuMilli: 4000, wattsByLoad, cpuAllocationRatio: 4 },
      { vcpuMilli: 16_000, wattsByLoad: wattsByLoad.map((watts) => 2 * watts) },
    );
    // Eight of sixteen vCPUs cost 1 W on host 0 and 2 W on host 1; the next two 99 / 4 W on host 0, and 2 / 4 W on host 1, idle as it is.
    expect(place("power-aware", hosts, [flavor("half", 4, 1, 0), flavor("half", 4, 1, 0), item(2)])).toEqual([0, 0, 1]);
  });
});

describe("hosts as columns and hosts as records", () => {
  it("tell the same capacity, room and watts, so that a rule decides alike on both", () => {
    const columns = someHosts(
      { cpuAllocationRatio: 4, reservedRamMb: 512, wattsByLoad: [50, 100, 200] },
      { vcpuMilli: 16_000, ramMb: 32_768, diskGb: 0 },
    );
    columns.claim(0 as HostId, flavor("m", 2, 2048, 10));
    const plain = { reserved: 0, allocation_ratio: 1, min_unit: 1, max_unit: 1e6, step_size: 1, used: 0 };
    const common = {
      ...{ cell: "cell1", num_instances: 0, num_io_ops: 0, failed_builds: 0, disk_available_least: null, local_gb_used: 0 },
      ...{ hypervisor_type: "QEMU", hypervisor_version: 0, host_ip: null, supported_instances: [], cpu_info: null, stats: {}, metrics: [] },
      ...{ pci_pools: [], instances: [], service: { disabled: false, forced_down: false, seconds_since_heartbeat: 0 } },
      ...{ ram_allocation_ratio: 1, disk_allocation_ratio: 1 },
    };
    const records = new HostRecords(
      [
        {
          ...{ ...common, host: "host-0", node: "host-0", cpu_allocation_ratio: 4, watts_by_load: [50, 100, 200] },
          ...{ vcpus: 8, vcpus_used: 2, memory_mb: 16_384, free_ram_mb: 13_824, local_gb: 100, free_disk_gb: 90 },
          inventory: {
            VCPU: { ...plain, total: 8, allocation_ratio: 4, used: 2 },
            MEMORY_MB: { ...plain, total: 16_384, reserved: 512, used: 2048 },
            DISK_GB: { ...plain, total: 100, used: 10 },
          },
        },
        {
          ...{ ...common, host: "host-1", node: "host-1", cpu_allocation_ratio: 1 },
          ...{ vcpus: 16, vcpus_used: 0, memory_mb: 32_768, free_ram_mb: 32_768, local_gb: 0, free_disk_gb: 0 },
        },
      ],
      [],
    );
    expect(records.averageCapacity).toEqual(columns.averageCapacity);
    for (const host of [0, 1]) {
      expect(records.capacity(host)).toEqual(columns.capacity(host));
      expect(records.room(host)).toEqual(columns.room(host));
      for (const load of [0, 0.3, 1]) expect(records.wattsAt(host, load)).toBe(columns.wattsAt(host, load));
    }
  });
});

describe("in a run", () => {
  it.each([...presets.keys()])("%s places every server that it can, and the same ones twice", (name) => {
    const scenario = tinyScenario({ study: { policies: [presets.get(name)!] } });
    const placed = [0, 1].map(() => {
      const run = build(scenario);
      run.cloud.simulation.run(scenario.study.duration);
      return [...run.cloud.servers.lastHost];
    });
    expect(placed[0]).toEqual(placed[1]);
    expect(placed[0]!.filter((host) => host >= 0).length).toBeGreaterThan(50);
  });
});
