// The guests' use of CPU and memory as the rest of Orrery works with them: the files that patterns name are absolute paths.
import { MILLISECOND, SECOND } from "../kernel/time.ts";
import type { CpuPattern, MemoryPattern } from "../workload/cpu-pattern.ts";
import type { CloudSpec, DataFile, MemoryDemandSpec } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";

type ReadDemand = Pick<Exclude<ReadScenario["workload"], { trace: unknown }>, "cpu_pattern" | "memory_pattern">;

/** The keys of the workload that say what guests do, wherever the workload comes from. */
const demandOf = (workload: ReadScenario["workload"]) => ("trace" in workload ? workload.trace : workload);

/** Null: constant. */
export function cpuPatternOf(workload: ReadScenario["workload"], data: readonly DataFile[]): CpuPattern | null {
  const pattern = demandOf(workload).cpu_pattern;
  if (typeof pattern !== "string" && "planetlab" in pattern) return { kind: "planetlab", path: pathIn(data, pattern.planetlab.path) };
  return patternOf(pattern, data);
}

export function memoryDemandOf(workload: ReadScenario["workload"], data: readonly DataFile[]): MemoryDemandSpec {
  const demand = demandOf(workload);
  return {
    utilisation: demand.memory_utilisation.distribution,
    pattern: patternOf(demand.memory_pattern, data),
    memoryBound: demand.memory_bound,
  };
}

/** Where a trace says what guests send and receive. */
export function networkTraceOf(
  workload: ReadScenario["workload"],
  data: readonly DataFile[],
): { readonly networkTrace?: readonly string[] } {
  const { network_pattern: pattern } = demandOf(workload);
  return typeof pattern === "string" ? {} : { networkTrace: pattern.bitbrains.paths.map((name) => pathIn(data, name)) };
}

function patternOf(
  pattern: ReadDemand["memory_pattern"] | Exclude<ReadDemand["cpu_pattern"], { planetlab: unknown }>,
  data: readonly DataFile[],
): MemoryPattern | null {
  if (typeof pattern === "string") return null;
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
  return { kind: "bitbrains", paths: pattern.bitbrains.paths.map((name) => pathIn(data, name)) };
}

const pathIn = (data: readonly DataFile[], name: string) => data.find((file) => file.name === name.trim())!.path;

/** How guests share CPUs and memory; null: each gets what it asks for. */
export function sharingOf({
  cpu_sharing: cpu,
  memory_sharing: memory,
}: ReadScenario["cloud"]): Pick<CloudSpec, "cpuSharing" | "memorySharing"> {
  return {
    cpuSharing:
      cpu === undefined
        ? null
        : {
            weighting: cpu.weighting === "per_vcpu" ? "perVcpu" : "perVm",
            smtGain: cpu.smt_gain,
            ...(cpu.remote_access === undefined ? {} : { remoteLatency: cpu.remote_access.latency }),
          },
    memorySharing:
      memory === undefined
        ? null
        : {
            swapMb: memory.swap,
            swapLatencySeconds: memory.swap_latency / SECOND,
            swapAccesses: memory.swap_accesses,
            merging: memory.ksm
              ? {
                  pagesToScan: memory.ksm_pages_to_scan,
                  sleepMs: memory.ksm_sleep / MILLISECOND,
                  duplicates: memory.ksm_duplicates,
                  relaxationSeconds: memory.ksm_relaxation / SECOND,
                  sharable: memory.ksm_sharable,
                }
              : null,
            balloon: memory.ballooning ? { mbPerSecond: memory.balloon_rate / 2 ** 20, floorShare: memory.balloon_floor } : null,
            lookMicros: memory.mem_stats_period,
          },
  };
}
