// The NUMA cells of a host as bought and configured: sockets, cells, cores and threads, huge pages set aside at boot, and which CPUs are for
// shared and which for dedicated vCPUs.
//
// Assumes Linux' usual numbering: first one thread of every core, cell after cell, then the next thread of every core. So on a host with 32
// cores CPUs 0 and 32 are siblings. Assumes that all cells are alike.
// @source nova/virt/libvirt/driver.py (_get_host_numa_topology)
import { ascending, type HostCell } from "./host-cell.ts";

export interface CellLayout {
  readonly sockets: number;
  readonly cellsPerSocket: number;
  readonly coresPerCell: number;
  readonly threadsPerCore: number;
  readonly memoryMbPerCell: number;
  /** Set aside in every cell, out of its memory. */
  readonly hugePages: readonly { readonly sizeKb: number; readonly perCell: number }[];
  /** `[compute] cpu_shared_set`, null when not set. */
  readonly sharedCpus: readonly number[] | null;
  /** `[compute] cpu_dedicated_set`, null when not set. */
  readonly dedicatedCpus: readonly number[] | null;
}

const ordinaryPageKb = 4;

/** The host's cells, in order of their ids 0, 1, ..., with nothing used. Fails when the huge pages need more memory than a cell has. */
export function layOutCells(layout: CellLayout): readonly HostCell[] {
  const count = layout.sockets * layout.cellsPerSocket;
  const cores = count * layout.coresPerCell;
  const hugeKb = layout.hugePages.reduce((sum, { sizeKb, perCell }) => sum + sizeKb * perCell, 0);
  const ordinaryKb = layout.memoryMbPerCell * 1024 - hugeKb;
  if (ordinaryKb < 0) throw new RangeError(`huge pages of ${hugeKb} KiB do not fit in a cell of ${layout.memoryMbPerCell} MiB`);

  return Array.from({ length: count }, (_, id): HostCell => {
    const siblings = Array.from({ length: layout.coresPerCell }, (_, core) =>
      Array.from({ length: layout.threadsPerCore }, (_, thread) => id * layout.coresPerCell + core + thread * cores),
    );
    const cpus = ascending(siblings.flat());
    const { shared, dedicated } = setsOf(layout, cpus);
    const usable = new Set([...shared, ...dedicated]);
    return {
      id,
      cpuset: shared,
      pcpuset: dedicated,
      memoryMb: layout.memoryMbPerCell,
      memoryUsedMb: 0,
      sharedVcpusUsed: 0,
      pinnedCpus: [],
      siblings: siblings.map((core) => core.filter((cpu) => usable.has(cpu))).filter((core) => core.length > 0),
      pages: [
        { sizeKb: ordinaryPageKb, total: Math.floor(ordinaryKb / ordinaryPageKb), used: 0, reserved: 0 },
        ...layout.hugePages.map(({ sizeKb, perCell }) => ({ sizeKb, total: perCell, used: 0, reserved: 0 })),
      ],
      socket: Math.floor(id / layout.cellsPerSocket),
    };
  });
}

/** Without a dedicated set, dedicated vCPUs are served from the shared one, as before Nova knew the difference. */
function setsOf({ sharedCpus, dedicatedCpus }: CellLayout, cpus: readonly number[]) {
  const within = (set: readonly number[]) => cpus.filter((cpu) => set.includes(cpu));
  if (dedicatedCpus === null) {
    const all = sharedCpus === null ? cpus : within(sharedCpus);
    return { shared: all, dedicated: all };
  }
  return { shared: within(sharedCpus ?? []), dedicated: within(dedicatedCpus) };
}
