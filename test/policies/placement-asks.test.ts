// Where every host is one provider, a scan over columns must offer exactly what Placement's own rules offer, in the same order.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HostDescription, Hosts } from "../../src/datacenter/hosts.ts";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { FilterScheduler } from "../../src/policies/nova/filter-scheduler.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { PlacementAsks } from "../../src/policies/nova/request/placement-asks.ts";
import { fallbackQuery, placementQuery } from "../../src/policies/nova/request/placement-query.ts";
import { refusedByPlacement } from "../../src/policies/nova/request/refused-query.ts";
import { runRequestFilters } from "../../src/policies/nova/request/request-filters.ts";
import { defaultRequestOptions, type RequestOptions } from "../../src/policies/nova/request/request-options.ts";
import { RequestRefused, type SchedulingRequest } from "../../src/policies/nova/request/scheduling-request.ts";
import { allocationCandidates } from "../../src/policies/placement/allocation-candidates.ts";
import type { CandidatesRequest } from "../../src/policies/placement/candidates-request.ts";
import type { ResourceProvider } from "../../src/policies/placement/resource-provider.ts";
import { describeHost } from "../datacenter/some-hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";

const traits = ["CUSTOM_A", "CUSTOM_B", "HW_CPU_HYPERTHREADING", "COMPUTE_STATUS_DISABLED"];
const subset = <T>(of: readonly T[]) => fc.subarray([...of]);

const host = fc.record({
  vcpus: fc.constantFrom(0, 3, 8, 8),
  ramMb: fc.constantFrom(1024, 4096, 8192),
  diskGb: fc.constantFrom(0, 100, 100),
  ratio: fc.constantFrom(0.5, 1, 1, 1.5, 16),
  reserved: fc.integer({ min: 0, max: 2 }),
  pcpus: fc.constantFrom(0, 2, 6),
  fpgas: fc.integer({ min: 0, max: 3 }),
  traits: fc
    .tuple(subset(traits.slice(0, 3)), subset(traits.slice(3)), fc.nat(4))
    .map(([some, disabled, die]) => (die === 0 ? [...some, ...disabled] : some)),
  used: fc.record({
    vcpus: fc.integer({ min: 0, max: 8 }),
    ramMb: fc.constantFrom(0, 512, 2048),
    diskGb: fc.constantFrom(0, 5),
    pcpus: fc.integer({ min: 0, max: 4 }),
    fpgas: fc.integer({ min: 0, max: 2 }),
  }),
});

const aggregate = fc.record({
  hosts: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 6 }),
  metadata: subset<readonly [string, string]>([
    ["availability_zone", "zone-a"],
    ["filter_tenant_id", "project-1"],
    ["filter_tenant_id2", "project-2"],
    ["trait:CUSTOM_A", "required"],
    ["trait:CUSTOM_B", "required"],
  ]),
});

const spec = (key: string, ...values: readonly string[]) => fc.constantFrom(...values).map((value) => [key, value] as const);
const extraSpecs = fc
  .array(
    fc.oneof(
      spec("resources:VCPU", "0", "1", "3"),
      spec("resources:MEMORY_MB", "0", "600"),
      spec("resources:DISK_GB", "0", "7"),
      spec("resources:CUSTOM_FPGA", "1", "2"),
      spec("resources1:CUSTOM_FPGA", "1", "2"),
      spec("resources2:CUSTOM_FPGA", "1"),
      spec("resources2:PCPU", "1", "2"),
      spec("trait:CUSTOM_A", "required", "forbidden"),
      spec("trait1:CUSTOM_B", "required", "forbidden"),
      spec("trait2:CUSTOM_A", "required"),
      spec("group_policy", "none", "isolate"),
      spec("hw:cpu_policy", "dedicated", "dedicated", "dedicated", "shared"),
      spec("hw:cpu_thread_policy", "require", "isolate", "prefer"),
      spec("hw:emulator_threads_policy", "isolate"),
    ),
    { maxLength: 4 },
  )
  .map((entries) => new Map(entries));
const dedicated = fc.constant(new Map([["hw:cpu_policy", "dedicated"]]));

const asked = fc.record({
  vcpus: fc.integer({ min: 1, max: 4 }),
  ramMb: fc.constantFrom(512, 2048),
  diskGb: fc.constantFrom(0, 4, 20),
  swapMb: fc.constantFrom(0, 0, 700),
  extraSpecs: fc.oneof(extraSpecs, dedicated),
  imageTraits: fc.constantFrom<readonly string[]>([], [], [], ["trait:CUSTOM_A"], ["trait:CUSTOM_B"]),
  zone: fc.constantFrom(null, null, "zone-a", "zone-z", "nova"),
  project: fc.constantFrom("project-1", "project-2", "project-3"),
  forced: fc.constantFrom<readonly string[]>([], [], [], [], [], ["host-1"], ["host-99"]),
  hint: fc.constantFrom<readonly string[]>([], [], ["group"], ["query"]),
});

const options = fc
  .record({
    max_placement_results: fc.constantFrom(1, 2, 3, 1000),
    limit_tenants_to_placement_aggregate: fc.boolean(),
    placement_aggregate_required_for_tenants: fc.nat(3).map((die) => die === 0),
    query_placement_for_availability_zone: fc.boolean(),
    enable_isolated_aggregate_filtering: fc.boolean(),
    disable_fallback_pcpu_query: fc.boolean(),
  })
  .map((given): RequestOptions => ({ ...defaultRequestOptions, ...given }));

type HostCase = typeof host extends fc.Arbitrary<infer T> ? T : never;

function descriptionOf({ vcpus, ramMb, diskGb, ratio, reserved, pcpus, fpgas, traits: held }: HostCase, row: number): HostDescription {
  return describeHost({
    ...{ name: `host-${row}`, vcpuMilli: vcpus * 1000, ramMb, diskGb, cpuAllocationRatio: ratio, ramAllocationRatio: ratio },
    ...{ reservedVcpuMilli: Math.min(reserved, vcpus) * 1000, reservedRamMb: 128 * reserved, traits: held },
    resources: new Map([...(pcpus > 0 ? [["PCPU", pcpus] as const] : []), ...(fpgas > 0 ? [["CUSTOM_FPGA", fpgas] as const] : [])]),
  });
}

/** The same host as Placement would be told of it. */
function providerOf(hosts: Hosts, row: number): ResourceProvider {
  const description = hosts.descriptions[row]!;
  const inventory = (total: number, reserved: number, allocationRatio: number, used: number) => ({
    ...{ total, reserved, minUnit: 1, maxUnit: total, stepSize: 1, allocationRatio, used },
  });
  const { vcpuMilli, ramMb, diskGb, reservedVcpuMilli, reservedRamMb, reservedDiskGb, resources = new Map<string, number>() } = description;
  const listed = [
    [
      "VCPU",
      inventory(vcpuMilli / 1000, reservedVcpuMilli / 1000, description.cpuAllocationRatio, hosts.usedVcpuMilli[row]! / 1000),
    ] as const,
    ["MEMORY_MB", inventory(ramMb, reservedRamMb, description.ramAllocationRatio, hosts.usedRamMb[row]!)] as const,
    ["DISK_GB", inventory(diskGb, reservedDiskGb, description.diskAllocationRatio, hosts.usedDiskGb[row]!)] as const,
    ...[...resources].map(([name, total]) => [name, inventory(total, 0, 1, hosts.furtherResource(name)!.used[row]!)] as const),
  ];
  return {
    name: description.name,
    parent: null,
    traits: new Set(description.traits),
    aggregates: new Set(hosts.aggregates(row).map(({ name }) => name)),
    inventories: new Map(listed.filter(([, { total }]) => total > 0)),
  };
}

const everything = fc.record({
  hosts: fc.array(host, { minLength: 1, maxLength: 8, size: "max" }),
  aggregates: fc.array(aggregate, { maxLength: 3 }),
  asked,
  options,
});
type Everything = typeof everything extends fc.Arbitrary<infer T> ? T : never;

function settle({ hosts: hostCases, aggregates, asked: of }: Everything) {
  const named = aggregates.map(({ hosts: rows, metadata }, i) => ({
    ...{ name: `aggregate-${i}`, metadata: new Map(metadata), hosts: rows.filter((row) => row < hostCases.length) },
  }));
  const hosts = new Hosts(hostCases.map(descriptionOf), named);
  for (const [row, { used }] of hostCases.entries()) {
    // Capacities do not change in a run, so claims never exceed them.
    hosts.usedVcpuMilli[row] = Math.min(1000 * used.vcpus, hosts.capacityVcpuMilli[row]!);
    hosts.usedRamMb[row] = Math.min(used.ramMb, hosts.capacityRamMb[row]!);
    hosts.usedDiskGb[row] = Math.min(used.diskGb, hosts.capacityDiskGb[row]!);
    for (const [name, amount] of [["PCPU", used.pcpus] as const, ["CUSTOM_FPGA", used.fpgas] as const]) {
      const resource = hosts.furtherResource(name);
      if (resource !== null && resource.total[row]! > 0) resource.used[row] = Math.min(amount, resource.total[row]!);
    }
  }
  const request: SchedulingRequest = {
    ...{ projectId: of.project, availabilityZone: of.zone, isBfv: false, destination: null, forceHosts: of.forced, forceNodes: [] },
    ...{ schedulerHints: new Set(of.hint), outsideGroups: [], rootRequired: new Set(), rootForbidden: new Set() },
    ...{ sameSubtree: [], requestedNetworks: null },
    flavor: { vcpus: of.vcpus, memoryMb: of.ramMb, rootGb: of.diskGb, ephemeralGb: 0, swapMb: of.swapMb, extraSpecs: of.extraSpecs },
    image: { diskFormat: "qcow2", properties: new Map(of.imageTraits.map((name) => [name, "required"])) },
  };
  const nodes = hosts.descriptions.map(({ name, traits: held = [] }, row) => ({
    ...{ host: name, node: name, cell: "cell1", uuid: name, traits: new Set(held) },
    aggregates: new Set(hosts.aggregates(row).map((one) => one.name)),
  }));
  return { hosts, request, nodes, records: named.map(({ name, metadata }) => ({ uuid: name, metadata })) };
}

/** Hosts in the order of Placement's answers, the second behind the first; or the name of Nova's refusal. */
function plainly({ options: switches, ...rest }: Everything): readonly number[] | string {
  const { hosts, request, nodes, records } = settle({ options: switches, ...rest });
  const filtered = runRequestFilters(request, switches, records);
  if (filtered.refusal !== null) return filtered.refusal.error.errorType;
  try {
    const first = placementQuery(filtered.request, switches, nodes);
    const queries: CandidatesRequest[] = [first.query];
    if (first.wantsFallback) queries.push(fallbackQuery(first.request, switches, nodes).query);
    const found = new Set<string>();
    const providers = nodes.map((_, row) => providerOf(hosts, row));
    for (const query of queries) {
      if (refusedByPlacement(query) !== null) continue;
      for (const { allocations } of allocationCandidates(providers, query).allocationRequests)
        for (const name of allocations.keys()) found.add(name);
    }
    return [...found].map((name) => Number(name.slice("host-".length)));
  } catch (error) {
    if (error instanceof RequestRefused) return error.errorType;
    throw error;
  }
}

function scanned(everything: Everything): readonly number[] | string {
  const { hosts, request, nodes, records } = settle(everything);
  const placement = new PlacementAsks(nodes, records, everything.options).of(request);
  if (placement instanceof RequestRefused) return placement.errorType;
  const scheduler = new FilterScheduler(hosts, presets.get("nova-default")!, new RandomStreams("1", 0).stream("choice"), 1000, {
    inventories: hosts,
  });
  const groups = new ServerGroups(() => null, hosts.count);
  return scheduler.offered({ server: 0, flavor: flavor("any", 1, 1, 1), image: null, group: -1, groups, placement });
}

describe("a scan over hosts", () => {
  it("offers what Placement offers, in its order, whatever is asked of whatever hosts", () => {
    const met = { refused: 0, none: 0, some: 0, behind: 0 };
    fc.assert(
      fc.property(everything, (of) => {
        const expected = plainly(of);
        expect(scanned(of)).toEqual(expected);
        if (typeof expected === "string") met.refused++;
        else if (expected.length === 0) met.none++;
        else met.some++;
        if (typeof expected !== "string" && expected.some((row, i) => i > 0 && row < expected[i - 1]!)) met.behind++;
      }),
      { numRuns: 1200, seed: 1 }, // the same requests every time: what is met below is certain,
    );
    // No kind of answer is a rarity.
    for (const count of Object.values(met)) expect(count).toBeGreaterThan(5);
  });

  it("asks twice for dedicated CPUs, and the limit holds for each query: hosts that the first one named count for the second", () => {
    const of = (max_placement_results: number): Everything => ({
      hosts: ([0, 6, 6, 0] as const).map((pcpus) => ({
        ...{ vcpus: 8, ramMb: 8192, diskGb: 100, ratio: 1, reserved: 0, pcpus, fpgas: 0, traits: [] },
        used: { vcpus: 0, ramMb: 0, diskGb: 0, pcpus: 0, fpgas: 0 },
      })),
      aggregates: [],
      asked: {
        ...{
          vcpus: 2,
          ramMb: 512,
          diskGb: 4,
          swapMb: 0,
          extraSpecs: new Map([["hw:cpu_policy", "dedicated"]]),
          imageTraits: [],
          zone: null,
        },
        ...{ project: "project-1", forced: [], hint: [] },
      },
      options: { ...defaultRequestOptions, max_placement_results },
    });
    expect(scanned(of(1000))).toEqual([1, 2, 0, 3]);
    expect(scanned(of(2))).toEqual([1, 2, 0]);
    expect(scanned(of(1))).toEqual([1, 0]);
    expect(plainly(of(2))).toEqual([1, 2, 0]);
  });
});
