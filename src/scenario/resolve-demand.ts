// The pattern of the guests' use of CPU as the rest of Orrery works with it: the files it names are absolute paths.
import type { CpuPattern } from "../workload/cpu-pattern.ts";
import type { DataFile } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";

/** Null: constant. */
export function cpuPatternOf(workload: ReadScenario["workload"], data: readonly DataFile[]): CpuPattern | null {
  const pattern = "trace" in workload ? workload.trace.cpu_pattern : workload.cpu_pattern;
  if (typeof pattern === "string") return null;
  const pathOf = (name: string) => data.find((file) => file.name === name.trim())!.path;
  if ("diurnal" in pattern) {
    const { step, ...rest } = pattern.diurnal;
    return { kind: "diurnal", stepMicros: step, ...rest };
  }
  if ("bursty" in pattern) {
    const { step, on, off, on_utilisation, off_utilisation } = pattern.bursty;
    return {
      kind: "bursty",
      stepMicros: step,
      onMicros: on,
      offMicros: off,
      onUtilisation: on_utilisation,
      offUtilisation: off_utilisation,
    };
  }
  if ("autocorrelated" in pattern) {
    const { step, autocorrelation } = pattern.autocorrelated;
    return { kind: "autocorrelated", stepMicros: step, autocorrelation };
  }
  if ("planetlab" in pattern) return { kind: "planetlab", path: pathOf(pattern.planetlab.path) };
  return { kind: "bitbrains", paths: pattern.bitbrains.paths.map(pathOf) };
}
