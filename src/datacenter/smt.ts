// What simultaneous multithreading is worth: threads go to idle cores first, and the second thread of a core adds a fraction of what the first
// does. So capacity depends on how many threads want to run: C(m) = min(m, n) + (g - 1) clamp(m - n, 0, n) for n cores of two threads; with
// more threads a core the gain g is reached by all of them together, in equal parts. Work is counted in cores, each running one thread.
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";

export const smtGain: Parameter = parameter({
  name: "cloud.cpu_sharing.smt_gain",
  value: 1.25,
  unit: "1",
  meaning: "Throughput of a core with all its hardware threads busy over that with one; 1 switches multithreading off.",
  source: "dasher.com: up to 30 % with one socket, up to 15 % with two; within the range 1.0 to 1.3",
  evidence: "assumed",
});

/** Work per time of `running` threads on `cores` cores, in cores at full clock; both may be fractions. */
export function smtCapacity(running: number, cores: number, threadsPerCore: number, gain: number): number {
  if (running <= cores || threadsPerCore <= 1) return Math.min(running, cores);
  const siblings = Math.min(running - cores, cores * (threadsPerCore - 1));
  return cores + ((gain - 1) / (threadsPerCore - 1)) * siblings;
}

/** Threads that must be busy to do this much work, the inverse of `smtCapacity`: at most those that the cores gain anything by. */
export function smtBusyThreads(work: number, cores: number, threadsPerCore: number, gain: number): number {
  if (work <= cores || threadsPerCore <= 1 || gain <= 1) return Math.min(work, cores);
  return cores + Math.min((work - cores) * ((threadsPerCore - 1) / (gain - 1)), cores * (threadsPerCore - 1));
}
