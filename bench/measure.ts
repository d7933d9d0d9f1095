// What all benches measure with. CPU time, not wall time: the machine may have other work to do. It is that of the whole process, so it
// includes the compiler's and the collector's threads.

/** CPU seconds, user and system, that the process spends on `work`. */
export function cpuSecondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Whether Node was started with --expose-gc; without it, memory cannot be told from garbage. */
export const canCollect = globalThis.gc !== undefined;

/** Collects all garbage, if it can. The second pass takes what the first has only found dead: the buffers behind typed arrays. */
export function collectGarbage(): void {
  globalThis.gc?.();
  globalThis.gc?.();
}

/** Largest memory that the process has had so far. */
export function peakMemoryMib(): number {
  return process.resourceUsage().maxRSS / 1024;
}
