import { describe, expect, it } from "vitest";
import type { HostCell } from "../../src/datacenter/numa/host-cell.ts";
import { accountFor, releaseFrom } from "../../src/policies/nova/numa/account.ts";
import { type NumaConstraints, numaConstraints } from "../../src/policies/nova/numa/constraints.ts";
import { fitToHost } from "../../src/policies/nova/numa/fit-to-host.ts";
import type { InstanceTopology } from "../../src/policies/nova/numa/instance-topology.ts";
import { passesNumaTopologyFilter } from "../../src/policies/nova/numa/numa-filter.ts";

type Texts = Readonly<Record<string, string>>;

const texts = (record: Texts) => new Map(Object.entries(record));

const constraints = (vcpus: number, ramMb: number, specs: Texts, image: Texts = {}): NumaConstraints =>
  numaConstraints({ vcpuMilli: vcpus * 1000, ramMb, extraSpecs: texts(specs) }, texts(image));

const refusal = (vcpus: number, ramMb: number, specs: Texts, image: Texts = {}): string => {
  const answer = constraints(vcpus, ramMb, specs, image);
  return answer.outcome === "error" ? answer.error : answer.outcome;
};

function topology(vcpus: number, ramMb: number, specs: Texts, image: Texts = {}): InstanceTopology {
  const answer = constraints(vcpus, ramMb, specs, image);
  if (answer.outcome !== "topology") throw new Error(`no topology but ${answer.outcome}`);
  return answer.topology;
}

/** `cores` cores of two threads from CPU `from` on, one set for shared and dedicated CPUs, 8 GiB in pages of 4 KiB. */
function hostCell(id: number, from: number, cores: number, more: Partial<HostCell> = {}): HostCell {
  const cpus = Array.from({ length: 2 * cores }, (_, i) => from + i);
  return {
    id,
    cpuset: cpus,
    pcpuset: cpus,
    memoryMb: 8192,
    memoryUsedMb: 0,
    sharedVcpusUsed: 0,
    pinnedCpus: [],
    siblings: Array.from({ length: cores }, (_, core) => [from + 2 * core, from + 2 * core + 1]),
    pages: [{ sizeKb: 4, total: 2_097_152, used: 0, reserved: 0 }],
    socket: null,
    ...more,
  };
}

const pinned = (topology: InstanceTopology | null) => topology?.cells.map(({ pinning }) => [...(pinning ?? [])]) ?? null;
const ids = (topology: InstanceTopology | null) => topology?.cells.map(({ id }) => id) ?? null;
const onHost = (asked: InstanceTopology, host: readonly HostCell[]) => fitToHost(asked, host, null, "spread");

describe("what a flavor and an image ask of NUMA", () => {
  it.each<[what: string, refusal: string, vcpus: number, specs: Texts, image?: Texts]>([
    ["a shared policy alone asks for nothing", "none", 4, { "hw:cpu_policy": "shared" }],
    ["lists of CPUs without nodes are not even read", "none", 4, { "hw:numa_cpus.0": "nonsense" }],
    ["VCPU amounts are not checked against the flavor", "none", 4, { "resources:VCPU": "9" }],
    [
      "isolated emulator threads need one PCPU more",
      "InvalidRequest",
      4,
      { "resources:PCPU": "4", "hw:emulator_threads_policy": "isolate" },
    ],
    ["... and with it all is well", "topology", 4, { "resources:PCPU": "5", "hw:emulator_threads_policy": "isolate" }],
    ["PCPU amounts add up over groups", "topology", 4, { "resources1:PCPU": "3", "resources2:PCPU": "1" }],
    [
      "a trait and a thread policy exclude each other",
      "InvalidRequest",
      2,
      dedicated({ "hw:cpu_thread_policy": "require", "trait:HW_CPU_HYPERTHREADING": "required" }),
    ],
    ["the number of nodes must be written plainly", "InvalidNUMANodesNumber", 4, { "hw:numa_nodes": " 2" }],
    ["no nodes at all cannot be asked for by an image", "InvalidNUMANodesNumber", 4, {}, { hw_numa_nodes: "0" }],
    [
      "flavor and image may not both say how many, not even alike",
      "ImageNUMATopologyForbidden",
      4,
      { "hw:numa_nodes": "2" },
      { hw_numa_nodes: "2" },
    ],
    ["all vCPUs realtime leaves nobody to keep house", "RealtimeMaskNotFoundOrInvalid", 4, dedicated({ "hw:cpu_realtime": "yes" })],
    ["... but for the emulator's own", "topology", 4, dedicated({ "hw:cpu_realtime": "yes", "hw:emulator_threads_policy": "share" })],
    ["realtime needs dedicated CPUs", "RealtimeConfigurationInvalid", 4, { "hw:cpu_realtime": "yes", "hw:cpu_realtime_mask": "^0" }],
    ["mixed needs a mask", "RequiredMixedOrRealtimeCPUMask", 4, { "hw:cpu_policy": "mixed" }],
    ["a range runs upwards", "Invalid", 4, { "hw:numa_nodes": "1", "hw:numa_cpus.0": "3-1", "hw:numa_mem.0": "4096" }],
    [
      "an image cannot choose where the flavor has chosen",
      "MemoryPageSizeForbidden",
      4,
      { "hw:mem_page_size": "small" },
      { hw_mem_page_size: "4" },
    ],
    ["a size with a unit says B, b or bit", "MemoryPageSizeInvalid", 4, { "hw:mem_page_size": "2M" }],
    ["locked memory needs a page size", "LockMemoryForbidden", 4, {}, { hw_locked_memory: "true" }],
    ["an unreadable image comes first", "ValueError", 4, { "hw:cpu_policy": "wrong too" }, { hw_cpu_thread_policy: "some" }],
    ["persistent memory asks for a topology", "topology", 4, { "hw:pmem": "6GB" }],
  ])("%s", (_what, expected, vcpus, specs, image) => {
    expect(refusal(vcpus, 4096, specs, image)).toBe(expected);
  });

  it("vCPUs and memory come in equal consecutive slices", () => {
    const { cells } = topology(6, 3072, { "hw:numa_nodes": "3" });
    expect(cells.map(({ cpuset, memoryMb }) => [cpuset, memoryMb])).toEqual([
      [[0, 1], 1024],
      [[2, 3], 1024],
      [[4, 5], 1024],
    ]);
  });

  it("realtime vCPUs of a mixed server are its dedicated ones", () => {
    const [cell] = topology(4, 1024, { "hw:cpu_policy": "mixed", "hw:cpu_realtime": "on", "hw:cpu_realtime_mask": "^0" }).cells;
    expect([cell!.cpuset, cell!.pcpuset]).toEqual([[0], [1, 2, 3]]);
  });

  it("a flavor that prefers siblings keeps to it when the image requires them", () => {
    const { cells } = topology(2, 1024, dedicated({ "hw:cpu_thread_policy": "prefer" }), { hw_cpu_thread_policy: "require" });
    expect(cells[0]!.threadPolicy).toBe("prefer");
  });

  it.each([
    ["2048", 2048],
    ["2MB", 2048],
    ["2MiB", 2048],
    ["16Mbit", 2048],
    ["1B", 0],
    ["large", -2],
  ])("a page size of %s is %d KiB", (text, kib) => {
    expect(topology(2, 1024, { "hw:mem_page_size": text }).cells[0]!.pageSizeKb).toBe(kib);
  });
});

describe("host CPUs for dedicated vCPUs", () => {
  it("come core by core, so the last core may be left half used", () => {
    expect(pinned(onHost(topology(3, 1024, dedicated({})), [hostCell(0, 0, 3)]))).toEqual([
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    ]);
  });

  it("skip a core that is half taken as long as whole ones suffice", () => {
    const host = hostCell(0, 0, 3, { pinnedCpus: [0] });
    expect(pinned(onHost(topology(4, 1024, dedicated({})), [host]))).toEqual([
      [
        [0, 2],
        [1, 3],
        [2, 4],
        [3, 5],
      ],
    ]);
    expect(pinned(onHost(topology(5, 1024, dedicated({})), [host]))).toEqual([
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
      ],
    ]);
  });

  it("are one a core with isolate, and their siblings are gone too", () => {
    const host = [hostCell(0, 0, 3)];
    const placed = onHost(topology(2, 1024, dedicated({ "hw:cpu_thread_policy": "isolate" })), host)!;
    expect(pinned(placed)).toEqual([
      [
        [0, 0],
        [1, 2],
      ],
    ]);
    expect(accountFor(host, placed)).toMatchObject({ outcome: "accounted", cells: [{ pinnedCpus: [0, 1, 2, 3] }] });
  });

  it("cannot be isolated where shared and dedicated CPUs are apart and cores have siblings", () => {
    const isolate = topology(2, 1024, dedicated({ "hw:cpu_thread_policy": "isolate" }));
    expect(onHost(isolate, [hostCell(0, 0, 4, { cpuset: [6, 7], pcpuset: [0, 1, 2, 3, 4, 5] })])).toBeNull();
    const single = { siblings: [[0], [1], [2], [3]], cpuset: [3], pcpuset: [0, 1, 2] };
    expect(pinned(onHost(isolate, [hostCell(0, 0, 2, single)]))).toEqual([
      [
        [0, 0],
        [1, 1],
      ],
    ]);
  });

  it("are siblings or nothing with require", () => {
    const require = topology(2, 1024, dedicated({ "hw:cpu_thread_policy": "require" }));
    expect(onHost(require, [hostCell(0, 0, 2, { pinnedCpus: [0, 2] })])).toBeNull();
    expect(pinned(onHost(require, [hostCell(0, 0, 2, { pinnedCpus: [0] })]))).toEqual([
      [
        [0, 2],
        [1, 3],
      ],
    ]);
  });

  it("are one more on the first cell when emulator threads are isolated", () => {
    const asked = topology(4, 2048, dedicated({ "hw:numa_nodes": "2", "hw:emulator_threads_policy": "isolate" }));
    const placed = onHost(asked, [hostCell(0, 0, 2), hostCell(1, 4, 1)])!;
    expect(placed.cells.map(({ reservedCpus }) => reservedCpus)).toEqual([[2], []]);
    expect(onHost(asked, [hostCell(0, 0, 1), hostCell(1, 4, 1)])).toBeNull();
  });

  it("are never shared between servers, and come back with them", () => {
    const empty = [hostCell(0, 0, 4), hostCell(1, 8, 4)];
    let host: readonly HostCell[] = empty;
    const placed: InstanceTopology[] = [];
    const flavors = [
      topology(2, 512, dedicated({})),
      topology(4, 1024, dedicated({ "hw:numa_nodes": "2" })),
      topology(1, 256, dedicated({})),
    ];
    for (let i = 0; ; i++) {
      const next = onHost(flavors[i % 3]!, host);
      if (next === null) break;
      const after = accountFor(host, next);
      if (after.outcome === "error") throw new Error(after.error);
      host = after.cells;
      placed.push(next);
    }
    const taken = placed.flatMap(({ cells }) => cells.flatMap(({ pinning }) => [...pinning!.values()]));
    expect(taken.length).toBeGreaterThan(12);
    expect(new Set(taken).size).toBe(taken.length);
    expect(host.flatMap(({ pinnedCpus }) => pinnedCpus)).toEqual([...taken].sort((a, b) => a - b));
    for (const server of placed) {
      const after = releaseFrom(host, server);
      if (after.outcome === "error") throw new Error(after.error);
      host = after.cells;
    }
    expect(host).toEqual(empty);
  });
});

describe("guest cells on host cells", () => {
  const oneOf = (specs: Texts) => topology(2, 1024, { "hw:numa_nodes": "1", ...specs });

  it("go where most memory is free when spreading, least when packing; shared CPUs in use weigh more", () => {
    const fuller = hostCell(7, 0, 2, { memoryUsedMb: 4096 });
    const busier = hostCell(3, 4, 2, { memoryUsedMb: 4096, sharedVcpusUsed: 2 });
    const emptier = hostCell(5, 8, 2);
    const where = (order: "spread" | "pack") => ids(fitToHost(oneOf({}), [fuller, busier, emptier], null, order));
    expect([where("spread"), where("pack")]).toEqual([[5], [3]]);
  });

  it("keep away from PCI devices unless the server wants some", () => {
    const pools = [{ properties: new Map([["vendor_id", "10de"]]), numaNode: 0, count: 1 }];
    const host = [hostCell(0, 0, 2), hostCell(1, 4, 2, { memoryUsedMb: 4096 })];
    const requests = [{ count: 1, specs: [new Map([["vendor_id", "10de"]])], numaPolicy: "preferred" as const }];
    expect(ids(fitToHost(oneOf({}), host, null, "spread", { pools, requests: [] }))).toEqual([1]);
    expect(ids(fitToHost(oneOf({}), host.toReversed(), null, "spread", { pools, requests }))).toEqual([0]);
  });

  it("overcommit shared CPUs and memory up to the ratios, dedicated ones never", () => {
    const full = [hostCell(0, 0, 1, { sharedVcpusUsed: 2, memoryUsedMb: 8192 })];
    const limits = (cpuAllocationRatio: number, ramAllocationRatio: number) => ({ cpuAllocationRatio, ramAllocationRatio });
    expect(fitToHost(oneOf({}), full, limits(2, 1.125), "spread")).not.toBeNull();
    expect(fitToHost(oneOf({}), full, limits(1.9, 1.125), "spread")).toBeNull();
    expect(fitToHost(oneOf({}), full, limits(2, 1.1), "spread")).toBeNull();
    expect(fitToHost(oneOf({}), [hostCell(0, 0, 1)], limits(0.9, 1), "spread")).toBeNull();
    expect(fitToHost(oneOf(dedicated({})), full, limits(2, 1.125), "spread")).toBeNull();
    expect(fitToHost(topology(3, 1024, { "hw:numa_nodes": "1" }), [hostCell(0, 0, 1)], limits(16, 1), "spread")).toBeNull();
  });

  it("find no place for a mixed server with a cell that has no dedicated vCPU", () => {
    const mixed = (mask: string) => topology(4, 1024, { "hw:numa_nodes": "2", "hw:cpu_policy": "mixed", "hw:cpu_dedicated_mask": mask });
    const host = [hostCell(0, 0, 4), hostCell(1, 8, 4)];
    expect(onHost(mixed("0"), host)).toBeNull();
    expect(ids(onHost(mixed("0,2"), host))).toEqual([0, 1]);
  });

  it("take the largest pages that fit, and then only those", () => {
    const pages = (large: number) => [
      { sizeKb: 4, total: 1_000_000, used: 0, reserved: 0 },
      { sizeKb: 2048, total: 1024, used: 0, reserved: 0 },
      { sizeKb: 1_048_576, total: large, used: 0, reserved: 0 },
    ];
    const large = (ramMb: number) => topology(2, ramMb, { "hw:mem_page_size": "large" });
    const size = (asked: InstanceTopology, host: readonly HostCell[]) => onHost(asked, host)?.cells.map(({ pageSizeKb }) => pageSizeKb);
    expect(size(large(1024), [hostCell(0, 0, 2, { pages: pages(1) })])).toEqual([1_048_576]);
    expect(size(large(1023 * 2), [hostCell(0, 0, 2, { pages: pages(2) })])).toEqual([2048]);
    expect(size(large(1023), [hostCell(0, 0, 2, { pages: pages(2) })])).toBeUndefined();
    // The first cell has 1 GiB pages but too few CPUs; the second, with 2 MiB pages only, is asked for 1 GiB pages.
    const tooFewCpus = hostCell(0, 0, 0, { pages: pages(1) });
    expect(size(large(1024), [tooFewCpus, hostCell(1, 0, 2, { pages: pages(0), memoryUsedMb: 1 })])).toBeUndefined();
  });

  it("use up pages and memory alike, dedicated or shared", () => {
    const host = [hostCell(0, 0, 2)];
    for (const specs of [{}, dedicated({})]) {
      const after = accountFor(host, onHost(oneOf(specs), host)!);
      expect(after).toMatchObject({ cells: [{ memoryUsedMb: 1024, pages: [{ used: 262_144 }] }] });
    }
    const without = [hostCell(0, 0, 2, { pages: [] })];
    expect(accountFor(without, onHost(oneOf({}), without)!)).toEqual({ outcome: "error", error: "IndexError" });
  });
});

describe("NUMATopologyFilter", () => {
  const noSiblings = [hostCell(0, 0, 2, { siblings: [[0], [1], [2], [3]] })];
  const limits = { cpuAllocationRatio: 1, ramAllocationRatio: 1 };
  const passes = (specs: Texts, image: Texts, host: readonly HostCell[] | null) => {
    const { topology } = constraints(2, 1024, specs, image) as { topology: InstanceTopology | null };
    return passesNumaTopologyFilter({ extraSpecs: texts(specs), imageProperties: texts(image), topology }, host, limits, "spread");
  };

  it("lets servers without wishes go anywhere, others only where cells are reported", () => {
    expect(passes({}, {}, null)).toBe(true);
    expect(passes({ "hw:numa_nodes": "1" }, {}, null)).toBe(false);
    expect(passes({ "hw:numa_nodes": "1" }, {}, noSiblings)).toBe(true);
  });

  it("hears the image require siblings even where the flavor has overruled it", () => {
    const prefer = dedicated({ "hw:cpu_thread_policy": "prefer" });
    expect(passes(prefer, {}, noSiblings)).toBe(true);
    expect(passes(prefer, { hw_cpu_thread_policy: "require" }, noSiblings)).toBe(false);
    expect(passes(prefer, { hw_cpu_thread_policy: "require" }, [hostCell(0, 0, 2)])).toBe(true);
  });
});

function dedicated(more: Texts): Texts {
  return { "hw:cpu_policy": "dedicated", ...more };
}
