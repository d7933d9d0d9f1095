// A NUMA cell of a host: CPUs and the memory next to them, and what servers hold of both. Cells, PCI devices and sockets are joined by id;
// an id is not a position in a list.
// @source nova/objects/numa.py (NUMACell)
import type { PagePool } from "./page-pool.ts";

export interface HostCell {
  readonly id: number;
  /** Host CPUs for shared vCPUs, ascending. */
  readonly cpuset: readonly number[];
  /** Host CPUs for dedicated vCPUs, ascending. The same as `cpuset` on a host set up the old way, with one set for both. */
  readonly pcpuset: readonly number[];
  readonly memoryMb: number;
  /** May exceed `memoryMb`: memory of servers without dedicated CPUs can be overcommitted. */
  readonly memoryUsedMb: number;
  /** Shared vCPUs placed here. Dedicated ones are in `pinnedCpus`. */
  readonly sharedVcpusUsed: number;
  /** Host CPUs taken by dedicated vCPUs and emulator threads, ascending. */
  readonly pinnedCpus: readonly number[];
  /** One group of host CPUs a core; a group may name CPUs outside `pcpuset`. */
  readonly siblings: readonly (readonly number[])[];
  readonly pages: readonly PagePool[];
  readonly socket: number | null;
}

/** Dedicated CPUs that nobody holds. */
export function freeDedicatedCpus({ pcpuset, pinnedCpus }: HostCell): readonly number[] {
  const pinned = new Set(pinnedCpus);
  return pcpuset.filter((cpu) => !pinned.has(cpu));
}

/** May be negative. */
export const freeMemoryMb = ({ memoryMb, memoryUsedMb }: HostCell): number => memoryMb - memoryUsedMb;

/** The free dedicated CPUs of each core, ascending; empty for a core that is wholly taken. */
export function freeCores(cell: HostCell): readonly (readonly number[])[] {
  const free = new Set(freeDedicatedCpus(cell));
  return cell.siblings.map((core) => ascending(core.filter((cpu) => free.has(cpu))));
}

/** Threads of the widest core, taken or not; 1 without hyperthreading. */
export const threadsPerCore = ({ siblings }: HostCell): number => siblings.reduce((most, core) => Math.max(most, core.length), 1);

/** Are dedicated and shared vCPUs served from one and the same set? */
export function hasOneCpuSet({ cpuset, pcpuset }: HostCell): boolean {
  const shared = new Set(cpuset);
  return shared.size === new Set(pcpuset).size && pcpuset.every((cpu) => shared.has(cpu));
}

export const ascending = (cpus: Iterable<number>): readonly number[] => [...cpus].sort((a, b) => a - b);
