// What it costs a guest that its memory is not all next to the CPUs it runs on: an access to another NUMA cell takes longer, and the part of
// its work that waits for memory slows down with it. A guest within one cell pays nothing.
//
//     rate = 1 / (1 + memory-bound part x remote part x (remote latency / local latency - 1))
import type { Parameter } from "../../kernel/parameter.ts";
import { parameter } from "../../kernel/parameter.ts";
import { freeDedicatedCpus, freeMemoryMb, type HostCell } from "./host-cell.ts";

export const memoryBoundShare: Parameter = parameter({
  name: "workload.memory_bound",
  value: 0.3,
  unit: "1",
  meaning: "Share of a guest's running time that waits for memory when all of it is local.",
  source: "between programs that fit in the caches and those that stream",
  evidence: "assumed",
});

export const remoteLatencyRatio: Parameter = parameter({
  name: "cloud.cpu_sharing.remote_access.latency",
  value: 1.55,
  unit: "1",
  meaning: "Latency of memory in another NUMA cell over that of the local one.",
  source: "1.4 to 1.7 between two sockets",
  evidence: "from memory",
});

/**
 * Work that the guest does relative to the same CPU time with all memory local, above 0 to 1.
 * @param remoteShare share of its memory accesses that go to another cell, 0 to 1.
 * @throws RangeError for shares outside 0..1 and ratios below 1.
 */
export function remoteAccessRate(
  remoteShare: number,
  memoryBound = memoryBoundShare.value,
  latencyRatio = remoteLatencyRatio.value,
): number {
  if (!(remoteShare >= 0 && remoteShare <= 1)) throw new RangeError(`a remote share of ${remoteShare}; expected 0 to 1`);
  if (!(memoryBound >= 0 && memoryBound <= 1)) throw new RangeError(`a memory-bound share of ${memoryBound}; expected 0 to 1`);
  if (!(latencyRatio >= 1 && latencyRatio < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`a remote latency of ${latencyRatio} times the local one; expected 1 or more`);
  }
  return 1 / (1 + memoryBound * remoteShare * (latencyRatio - 1));
}

/**
 * Share of the accesses that go to another cell, for a guest that runs and keeps its memory so much in each cell, in any unit. Assumes that
 * every CPU uses all of the memory alike, as without a virtual NUMA topology; with one cell for each host cell it is 0.
 */
export function remoteShareOf(cpusByCell: readonly number[], memoryByCell: readonly number[]): number {
  const total = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
  const [cpus, memory] = [total(cpusByCell), total(memoryByCell)];
  const known = (amounts: readonly number[]) => amounts.every((amount) => amount >= 0 && amount < Number.POSITIVE_INFINITY);
  if (!(cpus > 0 && memory > 0 && known(cpusByCell) && known(memoryByCell))) {
    throw new RangeError(`CPUs of [${cpusByCell}] and memory of [${memoryByCell}] by cell; expected amounts of 0 or more, some above 0`);
  }
  const local = cpusByCell.reduce((sum, amount, cell) => sum + (amount / cpus) * ((memoryByCell[cell] ?? 0) / memory), 0);
  return Math.min(1, Math.max(0, 1 - local));
}

/**
 * What the largest guest of one cell may still have of each: free CPUs for pinned vCPUs, and MiB. The two maxima may lie in different cells.
 * What the host has free beyond that is fragmented, as far as guests of one cell are concerned.
 */
export function largestFree(cells: readonly HostCell[]): { readonly dedicatedCpus: number; readonly memoryMb: number } {
  return cells.reduce(
    (most, cell) => ({
      dedicatedCpus: Math.max(most.dedicatedCpus, freeDedicatedCpus(cell).length),
      memoryMb: Math.max(most.memoryMb, freeMemoryMb(cell)),
    }),
    { dedicatedCpus: 0, memoryMb: 0 },
  );
}
