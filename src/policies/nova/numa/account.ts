// What a placed server takes from the host's cells, and gives back. Dedicated vCPUs take host CPUs, shared ones only add to a count, and both
// take memory and pages. With isolated threads the siblings of every pinned CPU are taken too.
// @source nova/virt/hardware.py (numa_usage_from_instance_numa), nova/objects/numa.py (NUMACell.pin_cpus, unpin_cpus)
import { ascending, type HostCell } from "../../../datacenter/numa/host-cell.ts";
import { type PagePool, smallestPageKb } from "../../../datacenter/numa/page-pool.ts";
import { type InstanceCell, type InstanceTopology, pinsCpus } from "./instance-topology.ts";

/**
 * Nova's own failures here: a host cell without pages (IndexError), and what follows from a guest cell that was never pinned
 * (AttributeError), or pinned on another host cell (CPUPinningUnknown, CPUPinningInvalid and their counterparts).
 */
export type AccountingError =
  | "AttributeError"
  | "CPUPinningInvalid"
  | "CPUPinningUnknown"
  | "CPUUnpinningInvalid"
  | "CPUUnpinningUnknown"
  | "IndexError";

export type Accounted =
  | { readonly outcome: "accounted"; readonly cells: readonly HostCell[] }
  | { readonly outcome: "error"; readonly error: AccountingError };

/** The host's cells with the server on them. */
export const accountFor = (hostCells: readonly HostCell[], placed: InstanceTopology): Accounted => account(hostCells, placed, 1);

/** The host's cells without the server. */
export const releaseFrom = (hostCells: readonly HostCell[], placed: InstanceTopology): Accounted => account(hostCells, placed, -1);

function account(hostCells: readonly HostCell[], placed: InstanceTopology, sign: 1 | -1): Accounted {
  const cells: HostCell[] = [];
  for (const hostCell of hostCells) {
    let cell = hostCell;
    for (const guest of placed.cells) {
      if (guest.id !== cell.id) continue;
      const after = accountCell(cell, guest, sign);
      if (typeof after === "string") return { outcome: "error", error: after };
      cell = after;
    }
    cells.push({ ...cell, memoryUsedMb: Math.max(0, cell.memoryUsedMb), sharedVcpusUsed: Math.max(0, cell.sharedVcpusUsed) });
  }
  return { outcome: "accounted", cells };
}

function accountCell(host: HostCell, guest: InstanceCell, sign: 1 | -1): HostCell | AccountingError {
  const sizeKb = guest.pageSizeKb || smallestPageKb(host.pages);
  if (sizeKb === null) return "IndexError";
  const taken: HostCell = {
    ...host,
    pages: host.pages.map((pool) => (pool.sizeKb === sizeKb ? usePages(pool, guest.memoryMb * sign) : pool)),
    memoryUsedMb: host.memoryUsedMb + sign * guest.memoryMb,
    sharedVcpusUsed: host.sharedVcpusUsed + sign * guest.cpuset.length,
  };
  if (!pinsCpus(guest)) return taken;
  if (guest.pinning === null) return "AttributeError";
  const cpus = new Set([...guest.pinning.values(), ...guest.reservedCpus]);
  const siblings = host.siblings.filter((core) => core.some((cpu) => cpus.has(cpu))).flat();
  const pinnedCpus = pin(taken, guest.threadPolicy === "isolate" ? new Set(siblings) : cpus, sign);
  return typeof pinnedCpus === "string" ? pinnedCpus : { ...taken, pinnedCpus };
}

const usePages = (pool: PagePool, memoryMb: number): PagePool => ({
  ...pool,
  used: Math.max(0, Math.trunc(pool.used + (memoryMb * 1024) / pool.sizeKb)),
});

function pin({ pcpuset, pinnedCpus }: HostCell, cpus: ReadonlySet<number>, sign: 1 | -1): readonly number[] | AccountingError {
  const all = new Set(pcpuset);
  const pinned = new Set(pinnedCpus);
  const unknown = [...cpus].some((cpu) => !all.has(cpu));
  if (sign > 0) {
    if (unknown) return "CPUPinningUnknown";
    if ([...cpus].some((cpu) => pinned.has(cpu))) return "CPUPinningInvalid";
    return ascending([...pinned, ...cpus]);
  }
  if (unknown) return "CPUUnpinningUnknown";
  if ([...cpus].some((cpu) => !pinned.has(cpu))) return "CPUUnpinningInvalid";
  return ascending([...pinned].filter((cpu) => !cpus.has(cpu)));
}
