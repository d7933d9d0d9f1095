// How a host's memory is relieved when its servers have touched more than it has: how fast, and at what cost to the guests. First identical
// pages are merged (KSM), slowly and in the background; then guests are asked for pages (balloon); then pages go to swap; at last the kernel
// kills. These are the rates of the first two and the price of the third; `HostMemory` keeps the books.
//
// Merging: dK/dt = min(scan rate x duplicates, (K_end - K) / tau): the scanner is the limit at first, the pages still to be found later.
//
// @source Linux, Documentation/admin-guide/mm/ksm.rst (pages_to_scan, sleep_millisecs)
import { exp } from "../kernel/elementary.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";
import type { Micros } from "../kernel/time.ts";
import { SECOND } from "../kernel/time.ts";

export const memoryRelief = {
  ksmPagesToScan: parameter({
    name: "cloud.memory_sharing.ksm_pages_to_scan",
    value: 100,
    unit: "1",
    meaning: "4 KiB pages that KSM scans each time it wakes.",
    source: "Linux, admin-guide/mm/ksm.rst: pages_to_scan, a default chosen for demonstration",
    evidence: "verified",
  }),
  ksmSleepMs: parameter({
    name: "cloud.memory_sharing.ksm_sleep",
    value: 20,
    unit: "ms",
    meaning: "Time KSM sleeps between scans.",
    source: "Linux, admin-guide/mm/ksm.rst: sleep_millisecs, a default chosen for demonstration",
    evidence: "verified",
  }),
  ksmDuplicates: parameter({
    name: "cloud.memory_sharing.ksm_duplicates",
    value: 0.3,
    unit: "1",
    meaning: "Share of the scanned pages that turn out to be copies while many are left.",
    source: "as many as identical images share",
    evidence: "assumed",
  }),
  ksmSharable: parameter({
    name: "cloud.memory_sharing.ksm_sharable",
    value: 0.3,
    unit: "1",
    meaning: "Share of a server's touched memory that servers of the same image hold alike.",
    source: "0.2 to 0.5 for identical images",
    evidence: "assumed",
  }),
  ksmRelaxationSeconds: parameter({
    name: "cloud.memory_sharing.ksm_relaxation",
    value: 600,
    unit: "s",
    meaning: "Time constant with which the last pages to be merged are found.",
    source: "some scans over what the guests keep changing",
    evidence: "assumed",
  }),
  balloonMbPerSecond: parameter({
    name: "cloud.memory_sharing.balloon_rate",
    value: 512,
    unit: "MiB/s",
    meaning: "Memory that the guests of a host give back each second when they are asked to.",
    source: "0.5 to 1 GiB/s",
    evidence: "assumed",
  }),
  memoryLatencySeconds: parameter({
    name: "cloud.memory_sharing.memory_latency",
    value: 100e-9,
    unit: "s",
    meaning: "Time of an access to memory.",
    source: "typical of a server's DRAM",
    evidence: "from memory",
  }),
  swapLatencySeconds: parameter({
    name: "cloud.memory_sharing.swap_latency",
    value: 85e-6,
    unit: "s",
    meaning: "Time to read a page back from the swap device.",
    source: "Samsung PM983 data sheet: 4 KiB random read; a disk of 7,200 rpm takes 11.6 ms",
    evidence: "verified",
  }),
  swapAccesses: parameter({
    name: "cloud.memory_sharing.swap_accesses",
    value: 0.001,
    unit: "1",
    meaning: "Accesses to pages in swap relative to their share of the memory: what is swapped out is what is used least.",
    source: "one access in a thousand goes where a uniform one would",
    evidence: "assumed",
  }),
} satisfies Record<string, Parameter>;

/** Rates as `HostMemory` uses them. */
export interface MergeRates {
  /** MiB merged per microsecond while many copies are left. */
  readonly mbPerMicros: number;
  readonly relaxationMicros: Micros;
}

const PAGE_MB = 4 / 1024;

/** What the parameters say: 5,000 pages a second, of which so many are copies. */
export function defaultMergeRates(): MergeRates {
  const { ksmPagesToScan, ksmSleepMs, ksmDuplicates, ksmRelaxationSeconds } = memoryRelief;
  return mergeRates({
    pagesToScan: ksmPagesToScan.value,
    sleepMs: ksmSleepMs.value,
    duplicates: ksmDuplicates.value,
    relaxationSeconds: ksmRelaxationSeconds.value,
  });
}

/** Pages scanned on each waking, of which a share are copies. */
export function mergeRates(ksm: {
  readonly pagesToScan: number;
  readonly sleepMs: number;
  readonly duplicates: number;
  readonly relaxationSeconds: number;
}): MergeRates {
  const scannedMbPerMicros = (ksm.pagesToScan * PAGE_MB) / (ksm.sleepMs * 1000);
  return { mbPerMicros: scannedMbPerMicros * ksm.duplicates, relaxationMicros: ksm.relaxationSeconds * SECOND };
}

/** MiB merged after `elapsed` microseconds, from `merged` on, when `mergeable` are to be had in the end: the exact course. */
export function mergedAfter(elapsed: Micros, merged: number, mergeable: number, { mbPerMicros, relaxationMicros }: MergeRates): number {
  const gap = mergeable - merged;
  if (gap <= 0) return mergeable;
  if (elapsed <= 0 || mbPerMicros <= 0) return merged;
  const relaxingGap = Math.min(gap, mbPerMicros * relaxationMicros);
  const scanning = (gap - relaxingGap) / mbPerMicros;
  if (elapsed <= scanning) return merged + mbPerMicros * elapsed;
  return mergeable - relaxingGap * exp(-(elapsed - scanning) / relaxationMicros);
}

/**
 * How many times longer a guest's memory accesses take when a share `paged` of them, 0 to 1, has to wait for swap: 1 + p t_swap / t_mem.
 * @throws RangeError for a share outside 0..1 or latencies that are not above 0.
 */
export function swapSlowdown(
  paged: number,
  swapLatencySeconds = memoryRelief.swapLatencySeconds.value,
  memoryLatencySeconds = memoryRelief.memoryLatencySeconds.value,
): number {
  if (!(paged >= 0 && paged <= 1)) throw new RangeError(`a share of ${paged} of the accesses waits for swap; expected 0 to 1`);
  if (!(swapLatencySeconds > 0 && memoryLatencySeconds > 0)) {
    throw new RangeError(`latencies of ${swapLatencySeconds} s (swap) and ${memoryLatencySeconds} s (memory); expected more than 0`);
  }
  return 1 + paged * (swapLatencySeconds / memoryLatencySeconds);
}
