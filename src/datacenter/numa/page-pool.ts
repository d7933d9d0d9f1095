// Memory pages of one size on a host's NUMA cell. Ordinary 4 KiB pages may be overcommitted; huge pages are there or they are not.
// @source nova/objects/numa.py (NUMAPagesTopology, NUMACell.can_fit_pagesize)

export interface PagePool {
  readonly sizeKb: number;
  /** Numbers of pages. */
  readonly total: number;
  readonly used: number;
  /** Kept for the host itself. */
  readonly reserved: number;
}

/** The smallest page size in KiB, or null when the cell reports no pages. */
export function smallestPageKb(pools: readonly PagePool[]): number | null {
  return pools.reduce<number | null>((least, { sizeKb }) => (least === null || sizeKb < least ? sizeKb : least), null);
}

/**
 * Do `memoryMb` fit in whole pages of `sizeKb`? "free" looks at what is left, "total" at what there is, for pages that may be overcommitted.
 * A size that the cell does not have fits nothing.
 */
export function fitsInPages(pools: readonly PagePool[], sizeKb: number, memoryMb: number, counting: "free" | "total"): boolean {
  const pool = pools.find((pool) => pool.sizeKb === sizeKb);
  if (pool === undefined) return false;
  const pages = counting === "free" ? pool.total - pool.used - pool.reserved : pool.total;
  const memoryKb = memoryMb * 1024;
  return memoryKb <= pages * sizeKb && memoryKb % sizeKb === 0;
}
