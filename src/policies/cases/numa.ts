// The kinds of NUMA cases: which topology flavor and image ask for ("numa-constraints"), how it fits one host ("numa-fit"), which hosts the
// NUMATopologyFilter lets pass ("numa-filter"), and which it does with the PciPassthroughFilter before it ("pci-numa").
import type { HostCell } from "../../datacenter/numa/host-cell.ts";
import type { PciPool } from "../../datacenter/pci-pool.ts";
import { accountFor } from "../nova/numa/account.ts";
import { type NumaConstraints, numaConstraints } from "../nova/numa/constraints.ts";
import { type CellOrder, fitToHost } from "../nova/numa/fit-to-host.ts";
import type { InstanceTopology } from "../nova/numa/instance-topology.ts";
import { numaTopologyVerdict } from "../nova/numa/numa-filter.ts";
import type { PciAlias } from "../nova/pci/alias.ts";
import { consumePci, passesPciFilter } from "../nova/pci/consume.ts";
import { pciRequests } from "../nova/pci/requests.ts";

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

type NumaKind = "numa-constraints" | "numa-fit" | "numa-filter" | "pci-numa";

export interface NumaCase {
  readonly kind: NumaKind;
  readonly input: {
    readonly flavor: { readonly vcpus: number; readonly memory_mb: number; readonly extra_specs: Readonly<Record<string, string>> };
    readonly image_properties: Readonly<Record<string, string>>;
    readonly packing?: boolean;
    readonly numa_cells?: readonly NovaCell[] | null;
    readonly limits?: Ratios | null;
    readonly hosts?: readonly NovaHost[];
    readonly pci_alias?: readonly PciAlias[];
  };
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

const constraintsOf = ({ flavor, image_properties }: NumaCase["input"]): NumaConstraints =>
  numaConstraints(
    { vcpuMilli: flavor.vcpus * 1000, ramMb: flavor.memory_mb, extraSpecs: texts(flavor.extra_specs) },
    texts(image_properties),
  );

const orderOf = ({ packing }: NumaCase["input"]): CellOrder => (packing ? "pack" : "spread");

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

/** `stage`: the image could not be read, flavor and image contradict each other, or the devices asked for are not known. */
export function answerNuma(one: NumaCase): object {
  const constraints = constraintsOf(one.input);
  if (constraints.outcome === "error") return { outcome: "error", error: constraints.error, stage: constraints.stage };
  const topology = constraints.topology === null ? null : asNova(constraints.topology);
  if (one.kind === "numa-constraints") return { outcome: constraints.outcome, topology };
  const told = one.kind === "numa-fit" ? fitAnswer(one, constraints.topology) : filterAnswer(one, constraints.topology);
  return { ...told, ...("error" in told ? {} : { requested: topology }) };
}

function fitAnswer({ input }: NumaCase, topology: InstanceTopology | null): object {
  const host = hostCells(input.numa_cells ?? null);
  const placed = fitToHost(topology, host, input.limits ? limitsOf(input.limits) : null, orderOf(input));
  if (placed === null) return { outcome: "does_not_fit" };
  return {
    outcome: "fits",
    cell_ids: cellIds(placed),
    cells: placed.cells.map((cell) => ({
      id: cell.id,
      pagesize: cell.pageSizeKb || null, // 0 asks for nothing
      pinned_vcpus: [...(cell.pinning?.keys() ?? [])].sort((a, b) => a - b),
      n_reserved: cell.reservedCpus.length,
      cpu_pinning: Object.fromEntries(cell.pinning ?? []),
      cpuset_reserved: cell.reservedCpus,
    })),
    usage_after: usageAfter(host!, placed),
  };
}

/** The host's cells with the server on them; or what Nova fails with where it cannot account for a placement of its own. */
function usageAfter(host: readonly HostCell[], placed: InstanceTopology): object {
  const accounted = accountFor(host, placed);
  if (accounted.outcome === "error") return { error: accounted.error };
  return accounted.cells.map((cell) => ({
    id: cell.id,
    cpu_usage: cell.sharedVcpusUsed,
    memory_usage: cell.memoryUsedMb,
    pinned_cpus: cell.pinnedCpus,
    pages_used: Object.fromEntries(cell.pages.map(({ sizeKb, used }) => [sizeKb, used])),
  }));
}

function filterAnswer({ kind, input }: NumaCase, topology: InstanceTopology | null): object {
  const extraSpecs = texts(input.flavor.extra_specs);
  const imageProperties = texts(input.image_properties);
  const pci = pciRequests(extraSpecs, imageProperties, input.pci_alias ?? []);
  if (pci.outcome === "error") return { outcome: "error", error: pci.error, stage: "pci" };
  const { requests } = pci;
  const request = { extraSpecs, imageProperties, topology };
  const hosts = (input.hosts ?? []).map((host) => {
    const cells = hostCells(host.numa_cells);
    const pools = pciPools(host.pci_pools);
    const verdict = numaTopologyVerdict(request, cells, limitsOf(host), orderOf(input), { pools, requests });
    return { node: host.node, cells, pools, verdict, hasDevices: passesPciFilter(pools, requests) };
  });
  const names = (some: typeof hosts) => some.map(({ node }) => node);
  const passed = hosts.filter(({ verdict, hasDevices }) => verdict.passes && hasDevices);
  const answer = {
    outcome: "filtered",
    passed: names(passed),
    cell_ids: Object.fromEntries(passed.map(({ node, verdict }) => [node, cellIds(verdict.placed)])),
  };
  if (kind !== "pci-numa") return answer;
  const poolsAfter = ({ cells, pools, verdict }: (typeof hosts)[number]) => {
    const near = verdict.placed === null ? null : { hostCells: cells!, chosenIds: cellIds(verdict.placed)! };
    const left = consumePci(pools, requests, near);
    if (left === null) return { error: "PciDeviceRequestFailed" };
    return left.map(({ properties, numaNode, count }) => ({ count, numa_node: numaNode, ...Object.fromEntries(properties) }));
  };
  return {
    ...answer,
    pci_requests: requests.map(({ count, specs, numaPolicy }) => ({
      count,
      spec: specs.map((spec) => Object.fromEntries(spec)),
      numa_policy: numaPolicy,
    })),
    pci_filter_passed: names(hosts.filter(({ hasDevices }) => hasDevices)),
    numa_filter_alone_passed: names(hosts.filter(({ verdict }) => verdict.passes)),
    pools_after: Object.fromEntries(passed.map((host) => [host.node, poolsAfter(host)])),
  };
}

const cellIds = (placed: InstanceTopology | null) => placed?.cells.map(({ id }) => id) ?? null;
