// A guest's cells on a host's cells: the first permutation of host cells, in Nova's order, that holds them all.
//
// Nova remembers which pairs of host and guest cell fit, under ids that change once a guest cell is placed, and does not reset guest cells
// between permutations. So a cell may be taken for placed without having been pinned, keep a pinning of another host cell, or be rejected
// although it fits. That is kept as it is: decisions must be Nova's. It shows only with several guest cells, when the first permutation fails.
// @source nova/virt/hardware.py (numa_fit_instance_to_host)
import { freeDedicatedCpus, freeMemoryMb, type HostCell } from "../../../datacenter/numa/host-cell.ts";
import type { PciPool } from "../../../datacenter/pci-pool.ts";
import { consumePci } from "../pci/consume.ts";
import type { PciRequest } from "../pci/requests.ts";
import { fitCell, type NumaLimits } from "./fit-cell.ts";
import { type InstanceCell, type InstanceTopology, pinsCpus } from "./instance-topology.ts";

/** "spread" looks for the emptiest host cells first, "pack" for the fullest: `[compute] packing_host_numa_cells_allocation_strategy`. */
export type CellOrder = "spread" | "pack";

export interface PciDemand {
  readonly pools: readonly PciPool[];
  readonly requests: readonly PciRequest[];
}

/** The topology as placed, with ids of host cells, page sizes and pinnings; null when it does not fit, or either side has no cells. */
export function fitToHost(
  asked: InstanceTopology | null,
  hostCells: readonly HostCell[] | null,
  limits: NumaLimits | null,
  order: CellOrder,
  pci: PciDemand | null = null,
): InstanceTopology | null {
  if (asked === null || hostCells === null || hostCells.length === 0 || asked.cells.length === 0) return null;
  if (hostCells.length < asked.cells.length) return null;
  const cells = [...asked.cells];
  const known = new Map<string, boolean>();

  const place = (host: HostCell, i: number): boolean => {
    const pair = `${host.id} ${cells[i]!.id}`;
    const before = known.get(pair);
    if (before === false) return false;
    if (before === true) {
      cells[i] = { ...cells[i]!, id: host.id };
      return true;
    }
    const reserve = i === 0 && asked.emulatorThreadsPolicy === "isolate" ? 1 : 0;
    const { fits, cell } = fitCell(host, cells[i]!, limits, reserve);
    cells[i] = cell;
    known.set(pair, fits);
    return fits;
  };
  const candidates = hostCells.length > cells.length ? inOrder(hostCells, cells[0]!, order, pci) : hostCells;
  for (const chosen of permutations(candidates, cells.length)) {
    if (!chosen.every(place)) continue;
    if (pci !== null && pci.requests.length > 0) {
      const near = { hostCells, chosenIds: cells.map(({ id }) => id) };
      if (consumePci(pci.pools, pci.requests, near) === null) continue;
    }
    return { ...asked, cells };
  }
  return null;
}

/** Three stable sorts, one after the other; the last one counts most. */
function inOrder(hostCells: readonly HostCell[], first: InstanceCell, order: CellOrder, pci: PciDemand | null): readonly HostCell[] {
  const ordered = [...hostCells];
  const sortBy = (key: (cell: HostCell) => number, most: "most first" | "least first") => {
    const sign = most === "most first" ? -1 : 1;
    ordered.sort((a, b) => sign * (key(a) - key(b)));
  };
  const spread = order === "spread";
  sortBy(freeMemoryMb, spread ? "most first" : "least first");
  if (pinsCpus(first)) sortBy((cell) => freeDedicatedCpus(cell).length, spread ? "most first" : "least first");
  else sortBy((cell) => cell.sharedVcpusUsed, spread ? "least first" : "most first");
  if (pci !== null) {
    const devices = new Map<number | null, number>();
    for (const { numaNode, count } of pci.pools) devices.set(numaNode, (devices.get(numaNode) ?? 0) + count);
    sortBy(({ id }) => devices.get(id) ?? 0, pci.requests.length > 0 ? "most first" : "least first");
  }
  return ordered;
}

/** All ordered choices of `length` items, in lexicographic order of their positions. */
function* permutations<Item>(items: readonly Item[], length: number): Generator<readonly Item[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const [position, item] of items.entries()) {
    const rest = items.filter((_, other) => other !== position);
    for (const tail of permutations(rest, length - 1)) yield [item, ...tail];
  }
}
