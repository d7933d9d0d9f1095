// Guests that are always equally busy.
import type { Micros } from "../../kernel/time.ts";
import { requireShare, requireStep, type UtilisationSeries } from "./utilisation-series.ts";

/** @param meanOf share of its vCPUs that each server keeps busy */
export function constantSeries(stepMicros: Micros, meanOf: (server: number) => number): UtilisationSeries {
  return { stepMicros: requireStep(stepMicros), at: (server) => requireShare("the utilisation of server", meanOf(server), server) };
}
