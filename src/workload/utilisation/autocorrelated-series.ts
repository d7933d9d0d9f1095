// Guests whose utilisation has a given distribution and a given autocorrelation: at each step a server keeps its value with probability rho
// and draws a new one otherwise. Then values k steps apart correlate rho^k whatever the distribution, and every step has exactly that
// distribution: no cutting at 0 and 1 shifts it, as long as it lies between them.
import type { Distribution } from "../../kernel/distribution.ts";
import type { RandomStreams } from "../../kernel/random.ts";
import type { Micros } from "../../kernel/time.ts";
import { RenewedValues } from "./renewed-values.ts";
import { requireStep, type UtilisationSeries } from "./utilisation-series.ts";

export interface AutocorrelatedOptions {
  readonly stepMicros: Micros;
  /** Draws outside 0..1 are cut to the nearest bound. */
  readonly distribution: Distribution;
  /** From one step to the next. */
  readonly autocorrelation: number;
}

/** @throws RangeError when the autocorrelation is not in [0, 1) */
export function autocorrelatedSeries(options: AutocorrelatedOptions, streams: Pick<RandomStreams, "stream">): UtilisationSeries {
  const { stepMicros, distribution, autocorrelation } = options;
  requireStep(stepMicros);
  if (!(autocorrelation >= 0 && autocorrelation < 1)) {
    throw new RangeError(`a lag-1 autocorrelation of ${autocorrelation}: expected 0 or more and less than 1`);
  }
  const draws = streams.stream("server.utilisation");
  const values = new RenewedValues(streams.stream("server.utilisation_renewal"), 1 - autocorrelation, (server, step) =>
    Math.min(1, Math.max(0, draws.sample(distribution, server, step))),
  );
  return { stepMicros, at: (server, step) => values.at(server, step) };
}
