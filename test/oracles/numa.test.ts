// NUMA, CPU pinning, huge pages and PCI affinity, held against the answers of the real Nova 26.2.2 (Zed).
//
// Everything is compared but what Nova leaves open or breaks on: host CPUs where its answer hangs on the order of Python's hash table
// (pinning_exact is false; how many CPUs, and for which vCPUs, still counts), and which Python error it fails with after a placement
// that it cannot account for (that it fails still counts).
import { describe, expect } from "vitest";
import type { HostCell } from "../../src/datacenter/numa/host-cell.ts";
import type { PciPool } from "../../src/datacenter/pci-pool.ts";
import { accountFor } from "../../src/policies/nova/numa/account.ts";
import { type NumaConstraints, numaConstraints } from "../../src/policies/nova/numa/constraints.ts";
import { type CellOrder, fitToHost } from "../../src/policies/nova/numa/fit-to-host.ts";
import type { InstanceTopology } from "../../src/policies/nova/numa/instance-topology.ts";
import { numaTopologyVerdict } from "../../src/policies/nova/numa/numa-filter.ts";
import type { PciAlias } from "../../src/policies/nova/pci/alias.ts";
import { consumePci, passesPciFilter } from "../../src/policies/nova/pci/consume.ts";
import { pciRequests } from "../../src/policies/nova/pci/requests.ts";
import { holdsForAll } from "./oracle-files.ts";

interface NovaCell {
  readonly id: number;
  readonly cpuset: readonly number[];
  readonly pcpuset: readonly number[];
  readonly memory_mb: number;
  readonly memory_usage: number;
  readonly cpu_usage: number;
  readonly pinned_cpus: readonly number[];
  readonly siblings: readonly (readonly number[])[];
  readonly mempages: readonly { readonly size_kb: number; readonly total: number; readonly used: number; readonly reserved: number }[];
  readonly socket: number | null;
}

interface Ratios {
  readonly cpu_allocation_ratio: number;
  readonly ram_allocation_ratio: number;
}

interface NovaHost extends Ratios {
  readonly node: string;
  readonly numa_cells: readonly NovaCell[] | null;
  readonly pci_pools?: readonly {
    readonly vendor_id: string;
    readonly product_id: string;
    readonly numa_node: number | null;
    readonly count: number;
    readonly tags: Readonly<Record<string, string>>;
  }[];
}

interface NovaCase {
  readonly id: string;
  readonly kind: string;
  readonly input: {
    readonly flavor: { readonly vcpus: number; readonly memory_mb: number; readonly extra_specs: Readonly<Record<string, string>> };
    readonly image_properties: Readonly<Record<string, string>>;
    readonly packing?: boolean;
    readonly numa_cells?: readonly NovaCell[] | null;
    readonly limits?: Ratios | null;
    readonly hosts?: readonly NovaHost[];
    readonly pci_alias?: readonly PciAlias[];
  };
  // biome-ignore lint/suspicious/noExplicitAny: compared whole, never taken apart
  readonly expected: any;
}

const hostCells = (cells: readonly NovaCell[] | null): readonly HostCell[] | null =>
  cells?.map((cell) => ({
    id: cell.id,
    cpuset: cell.cpuset,
    pcpuset: cell.pcpuset,
    memoryMb: cell.memory_mb,
    memoryUsedMb: cell.memory_usage,
    sharedVcpusUsed: cell.cpu_usage,
    pinnedCpus: cell.pinned_cpus,
    siblings: cell.siblings,
    pages: cell.mempages.map(({ size_kb, ...pages }) => ({ sizeKb: size_kb, ...pages })),
    socket: cell.socket,
  })) ?? null;

const pciPools = (pools: NovaHost["pci_pools"]): readonly PciPool[] =>
  (pools ?? []).map(({ vendor_id, product_id, numa_node, count, tags }) => ({
    properties: new Map(Object.entries({ vendor_id, product_id, ...tags })),
    numaNode: numa_node,
    count,
  }));

const limitsOf = (ratios: Ratios) => ({
  cpuAllocationRatio: ratios.cpu_allocation_ratio,
  ramAllocationRatio: ratios.ram_allocation_ratio,
});

const texts = (record: Readonly<Record<string, string>>) => new Map(Object.entries(record));

const constraintsOf = ({ flavor, image_properties }: NovaCase["input"]): NumaConstraints =>
  numaConstraints(
    { vcpuMilli: flavor.vcpus * 1000, ramMb: flavor.memory_mb, extraSpecs: texts(flavor.extra_specs) },
    texts(image_properties),
  );

const orderOf = ({ packing }: NovaCase["input"]): CellOrder => (packing ? "pack" : "spread");

function asNova(topology: InstanceTopology) {
  return {
    emulator_threads_policy: topology.emulatorThreadsPolicy,
    cells: topology.cells.map((cell) => ({
      id: cell.id,
      cpuset: cell.cpuset,
      pcpuset: cell.pcpuset,
      memory_mb: cell.memoryMb,
      pagesize: cell.pageSizeKb,
      cpu_policy: cell.cpuPolicy,
      cpu_thread_policy: cell.threadPolicy,
    })),
  };
}

const cellIds = (placed: InstanceTopology | null) => placed?.cells.map(({ id }) => id) ?? null;

function constraintsAnswer(one: NovaCase): [answer: unknown, expected: unknown] {
  const answer = constraintsOf(one.input);
  const { expected } = one;
  if (answer.outcome === "error") return [{ outcome: "error", error: answer.error }, pick(expected, ["outcome", "error"])];
  const topology = answer.topology === null ? null : asNova(answer.topology);
  return [{ outcome: answer.outcome, topology }, pick(expected, ["outcome", "topology"])];
}

function fitAnswer(one: NovaCase): [answer: unknown, expected: unknown] {
  const { input, expected } = one;
  const constraints = constraintsOf(input);
  if (constraints.outcome === "error") return [constraints, expected];
  const requested = constraints.topology === null ? null : asNova(constraints.topology);
  const host = hostCells(input.numa_cells ?? null);
  const placed = fitToHost(constraints.topology, host, input.limits ? limitsOf(input.limits) : null, orderOf(input));
  if (placed === null) return [{ outcome: "does_not_fit", requested }, pick(expected, ["outcome", "requested"])];
  const exact = expected.pinning_exact === true;
  const cells = placed.cells.map((cell) => ({
    id: cell.id,
    pagesize: cell.pageSizeKb || null, // 0 asks for nothing
    pinned_vcpus: [...(cell.pinning?.keys() ?? [])].sort((a, b) => a - b),
    n_reserved: cell.reservedCpus.length,
    ...(exact ? { cpu_pinning: Object.fromEntries(cell.pinning ?? []), cpuset_reserved: cell.reservedCpus } : {}),
  }));
  const answer = {
    outcome: "fits",
    requested,
    cell_ids: cellIds(placed),
    cells,
    ...(exact ? { usage_after: usageAfter(host!, placed) } : {}),
  };
  const usage = "error" in (expected.usage_after ?? {}) ? "cannot account" : expected.usage_after;
  const wanted = {
    ...pick(expected, ["outcome", "requested", "cell_ids"]),
    cells: expected.cells.map((cell: { pagesize: number | null }) => ({ ...cell, pagesize: cell.pagesize || null })),
    ...(exact ? { usage_after: usage } : {}),
  };
  return [answer, wanted];
}

function usageAfter(host: readonly HostCell[], placed: InstanceTopology): unknown {
  const accounted = accountFor(host, placed);
  if (accounted.outcome === "error") return "cannot account";
  return accounted.cells.map((cell) => ({
    id: cell.id,
    cpu_usage: cell.sharedVcpusUsed,
    memory_usage: cell.memoryUsedMb,
    pinned_cpus: cell.pinnedCpus,
    pages_used: Object.fromEntries(cell.pages.map(({ sizeKb, used }) => [sizeKb, used])),
  }));
}

function filterAnswer(one: NovaCase): [answer: unknown, expected: unknown] {
  const { input, expected } = one;
  const constraints = constraintsOf(input);
  if (constraints.outcome === "error") return [pick(constraints, ["outcome", "error"]), pick(expected, ["outcome", "error"])];
  const withPci = one.kind === "pci-numa";
  const specs = texts(input.flavor.extra_specs);
  const imageProperties = texts(input.image_properties);
  const pci = pciRequests(specs, imageProperties, input.pci_alias ?? []);
  if (pci.outcome === "error") return [pick(pci, ["outcome", "error"]), pick(expected, ["outcome", "error"])];

  const { requests } = pci;
  const request = { extraSpecs: specs, imageProperties, topology: constraints.topology };
  const hosts = input.hosts!.map((host) => {
    const cells = hostCells(host.numa_cells);
    const pools = pciPools(host.pci_pools);
    const verdict = numaTopologyVerdict(request, cells, limitsOf(host), orderOf(input), { pools, requests });
    return { node: host.node, cells, pools, verdict, hasDevices: passesPciFilter(pools, requests) };
  });
  const names = (some: typeof hosts) => some.map(({ node }) => node);
  const passed = hosts.filter(({ verdict, hasDevices }) => verdict.passes && hasDevices);
  const answer = {
    outcome: "filtered",
    requested: constraints.topology === null ? null : asNova(constraints.topology),
    passed: names(passed),
    cell_ids: Object.fromEntries(passed.map(({ node, verdict }) => [node, cellIds(verdict.placed)])),
  };
  if (!withPci) return [answer, pick(expected, Object.keys(answer))];
  const withDevices = {
    ...answer,
    pci_requests: requests.map(({ count, specs, numaPolicy }) => ({
      count,
      spec: specs.map((spec) => Object.fromEntries(spec)),
      numa_policy: numaPolicy,
    })),
    pci_filter_passed: names(hosts.filter(({ hasDevices }) => hasDevices)),
    numa_filter_alone_passed: names(hosts.filter(({ verdict }) => verdict.passes)),
    pools_after: Object.fromEntries(
      passed.map(({ node, cells, pools, verdict }) => {
        const near = verdict.placed === null ? null : { hostCells: cells!, chosenIds: cellIds(verdict.placed)! };
        const left = consumePci(pools, requests, near);
        return [node, left?.map(({ properties, numaNode, count }) => ({ count, numa_node: numaNode, ...Object.fromEntries(properties) }))];
      }),
    ),
  };
  return [withDevices, pick(expected, Object.keys(withDevices))];
}

const pick = (from: object, keys: readonly string[]) => Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));

/** How many cases there are beside this file, and how one is answered. */
const kinds: Readonly<Record<string, readonly [count: number, answerTo: (one: NovaCase) => [answer: unknown, expected: unknown]]>> = {
  "numa-constraints": [50, constraintsAnswer],
  "numa-fit": [50, fitAnswer],
  "numa-filter": [30, filterAnswer],
  "pci-numa": [30, filterAnswer],
};

describe("NUMA and PCI affinity as Nova decides", () => {
  for (const [kind, [count, answerTo]] of Object.entries(kinds)) {
    describe(kind, () => {
      holdsForAll<NovaCase>("numa.jsonl.gz", [kind], count, (one) => {
        const [answer, expected] = answerTo(one);
        expect(answer).toEqual(expected);
      });
    });
  }
});
