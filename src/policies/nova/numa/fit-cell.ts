// One guest cell on one host cell: pages, then CPUs that are there at all, then CPUs and memory that are left. Dedicated CPUs and the memory
// with them are never overcommitted; shared ones are, up to the allocation ratios, but never against the same server.
// @source nova/virt/hardware.py (_numa_fit_instance_cell)
import { freeDedicatedCpus, freeMemoryMb, type HostCell } from "../../../datacenter/numa/host-cell.ts";
import { fitsInPages, smallestPageKb } from "../../../datacenter/numa/page-pool.ts";
import { anyPages, type InstanceCell, largePages, pinsCpus, smallPages } from "./instance-topology.ts";
import { packOntoCores } from "./pack-cores.ts";

export interface NumaLimits {
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
}

export interface CellFit {
  readonly fits: boolean;
  /** The cell as the attempt leaves it. A chosen page size, and a pinning that limits then made useless, stay also after a failure. */
  readonly cell: InstanceCell;
}

/** `reserve` host CPUs are set aside for emulator threads; without `limits` nothing holds back the overcommitting of shared vCPUs. */
export function fitCell(host: HostCell, asked: InstanceCell, limits: NumaLimits | null, reserve: number): CellFit {
  let cell = asked;
  const not = () => ({ fits: false, cell });

  if (cell.pageSizeKb) {
    const pageSizeKb = firstFittingPage(host, cell.pageSizeKb, cell.memoryMb);
    if (pageSizeKb === null) return not();
    cell = { ...cell, pageSizeKb };
  } else {
    const smallest = smallestPageKb(host.pages);
    // Ordinary memory may be overcommitted against other servers, so used pages do not count.
    const fits = smallest === null ? cell.memoryMb <= host.memoryMb : fitsInPages(host.pages, smallest, cell.memoryMb, "total");
    if (!fits) return not();
  }

  const pins = pinsCpus(cell);
  const shares = cell.cpuPolicy !== "dedicated";
  const dedicated = cell.pcpuset.length + reserve;
  if (pins && dedicated > host.pcpuset.length) return not();
  if (shares && cell.cpuset.length > host.cpuset.length) return not();
  if (pins) {
    if (dedicated > freeDedicatedCpus(host).length || cell.memoryMb > freeMemoryMb(host)) return not();
    const packing = packOntoCores(host, cell.pcpuset, cell.threadPolicy, reserve);
    if (packing === null) return not();
    const pinning = new Map([...(cell.pinning ?? []), ...packing.pinning]);
    cell = { ...cell, id: host.id, pinning, reservedCpus: packing.reservedCpus };
  }
  if (shares && limits !== null) {
    if (host.sharedVcpusUsed + cell.cpuset.length > host.cpuset.length * limits.cpuAllocationRatio) return not();
    if (host.memoryUsedMb + cell.memoryMb > host.memoryMb * limits.ramAllocationRatio) return not();
  }
  return { fits: true, cell: { ...cell, id: host.id } };
}

/** Page size in KiB; null when none fits. Sizes are tried largest first. */
function firstFittingPage({ pages }: HostCell, asked: number, memoryMb: number): number | null {
  const sizes = pages.map(({ sizeKb }) => sizeKb).sort((a, b) => b - a);
  const tried = asked === anyPages ? sizes : asked === largePages ? sizes.slice(0, -1) : asked === smallPages ? sizes.slice(-1) : [asked];
  return tried.find((sizeKb) => fitsInPages(pages, sizeKb, memoryMb, "free")) ?? null;
}
