// How the guests' use of CPU and memory varies in time, as a scenario says it, and the series that follows from it.

import type { Distribution } from "../kernel/distribution.ts";
import type { RandomStreams } from "../kernel/random.ts";
import type { Micros } from "../kernel/time.ts";
import { readBitbrains } from "./traces/bitbrains.ts";
import { readPlanetLabDay } from "./traces/planetlab.ts";
import { autocorrelatedSeries } from "./utilisation/autocorrelated-series.ts";
import { burstySeries } from "./utilisation/bursty-series.ts";
import { diurnalSeries } from "./utilisation/diurnal-series.ts";
import type { UtilisationSeries } from "./utilisation/utilisation-series.ts";

export type CpuPattern =
  | {
      readonly kind: "diurnal";
      readonly stepMicros: Micros;
      readonly amplitude: number;
      readonly peak: Micros;
      readonly period: Micros;
      readonly deviation: number;
      readonly autocorrelation: number;
    }
  | {
      readonly kind: "bursty";
      readonly stepMicros: Micros;
      readonly onMicros: Micros;
      readonly offMicros: Micros;
      readonly onUtilisation: number;
      readonly offUtilisation: number;
    }
  | { readonly kind: "autocorrelated"; readonly stepMicros: Micros; readonly autocorrelation: number }
  /** Absolute paths. */
  | { readonly kind: "planetlab"; readonly path: string }
  | { readonly kind: "bitbrains"; readonly paths: readonly string[] };

/** Memory has the same patterns, but for PlanetLab, whose machines were only asked for their CPUs. */
export type MemoryPattern = Exclude<CpuPattern, { readonly kind: "planetlab" }>;

/** Its draws have names of their own: how busy a guest is says nothing of its memory. */
export function memorySeries(
  pattern: MemoryPattern,
  distribution: Distribution,
  meanOf: (server: number) => number,
  streams: RandomStreams,
): UtilisationSeries {
  if (pattern.kind === "bitbrains") return readBitbrains(pattern.paths).memory;
  return cpuSeries(pattern, distribution, meanOf, { stream: (name) => streams.stream(`memory.${name}`) });
}

/**
 * @param meanOf mean share of its vCPUs that a server keeps busy
 * @throws InputError for a broken file
 */
export function cpuSeries(
  pattern: CpuPattern,
  distribution: Distribution,
  meanOf: (server: number) => number,
  streams: Pick<RandomStreams, "stream">,
): UtilisationSeries {
  switch (pattern.kind) {
    case "diurnal":
      return diurnalSeries({ ...pattern, meanOf }, streams.stream("server.utilisation_noise"));
    case "bursty": {
      const { stepMicros, onMicros, offMicros, ...shares } = pattern;
      return burstySeries({ stepMicros, meanOnSteps: onMicros / stepMicros, meanOffSteps: offMicros / stepMicros, ...shares }, streams);
    }
    case "autocorrelated":
      return autocorrelatedSeries({ ...pattern, distribution }, streams);
    case "planetlab":
      return readPlanetLabDay(pattern.path).cpu;
    case "bitbrains":
      return readBitbrains(pattern.paths).cpu;
  }
}
