// Can the host serve the NUMA topology that the server asks for?
// @source nova/scheduler/filters/numa_topology_filter.py
import type { HostCell } from "../../../datacenter/numa/host-cell.ts";
import type { NumaLimits } from "./fit-cell.ts";
import { type CellOrder, fitToHost, type PciDemand } from "./fit-to-host.ts";
import type { InstanceTopology } from "./instance-topology.ts";

export interface NumaRequest {
  readonly extraSpecs: ReadonlyMap<string, string>;
  readonly imageProperties: ReadonlyMap<string, string>;
  /** From `numaConstraints`; null when none is asked for. */
  readonly topology: InstanceTopology | null;
}

export interface NumaVerdict {
  readonly passes: boolean;
  /** The topology on this host; null when there was nothing to fit, or it did not fit. */
  readonly placed: InstanceTopology | null;
}

/** NUMATopologyFilter for one host; `hostCells` is null when the host reports none. The scheduler always sets limits. */
export function numaTopologyVerdict(
  request: NumaRequest,
  hostCells: readonly HostCell[] | null,
  limits: NumaLimits,
  order: CellOrder,
  pci: PciDemand | null = null,
): NumaVerdict {
  const reports = hostCells !== null && hostCells.length > 0;
  if (reports && needsSiblings(request) && !hostCells.some(({ siblings }) => siblings.some((core) => core.length > 1))) {
    return { passes: false, placed: null };
  }
  if (request.topology === null) return { passes: true, placed: null };
  const placed = fitToHost(request.topology, hostCells, limits, order, pci);
  return { passes: placed !== null, placed };
}

/** NUMATopologyFilter's answer alone. */
export function passesNumaTopologyFilter(
  request: NumaRequest,
  hostCells: readonly HostCell[] | null,
  limits: NumaLimits,
  order: CellOrder,
  pci: PciDemand | null = null,
): boolean {
  return numaTopologyVerdict(request, hostCells, limits, order, pci).passes;
}

/** Read as written in flavor and image, not merged: an image's "require" counts even where the flavor's "prefer" has overruled it. */
export function needsSiblings({ extraSpecs, imageProperties }: NumaRequest): boolean {
  const says = (name: string, value: string) => extraSpecs.get(`hw:${name}`) === value || imageProperties.get(`hw_${name}`) === value;
  return says("cpu_policy", "dedicated") && says("cpu_thread_policy", "require");
}
