// Guests that work in bursts: on for a while, off for a while, both lengths geometric with given means. A chain of two states that switches
// on with probability p and off with q is the same as one that is renewed with probability p + q and then is on with probability p / (p + q);
// said in this way, the state at any step is a pure function of the step.
import type { RandomStreams } from "../../kernel/random.ts";
import type { Micros } from "../../kernel/time.ts";
import { RenewedValues } from "./renewed-values.ts";
import { requireShare, requireStep, type UtilisationSeries } from "./utilisation-series.ts";

export interface BurstyOptions {
  readonly stepMicros: Micros;
  /** Mean length of a burst and of a pause, in steps; 1 or more, and not both below 2. */
  readonly meanOnSteps: number;
  readonly meanOffSteps: number;
  readonly onUtilisation: number;
  readonly offUtilisation: number;
}

/** Of all steps, the share in which a server is on. */
export function shareOn({ meanOnSteps, meanOffSteps }: Pick<BurstyOptions, "meanOnSteps" | "meanOffSteps">): number {
  return meanOnSteps / (meanOnSteps + meanOffSteps);
}

/** @throws RangeError when an option is out of its range */
export function burstySeries(options: BurstyOptions, streams: Pick<RandomStreams, "stream">): UtilisationSeries {
  const { stepMicros, meanOnSteps, meanOffSteps, onUtilisation, offUtilisation } = options;
  requireStep(stepMicros);
  requireShare("the utilisation of a burst", onUtilisation);
  requireShare("the utilisation of a pause", offUtilisation);
  for (const [what, steps] of Object.entries({ burst: meanOnSteps, pause: meanOffSteps })) {
    if (!(steps >= 1 && steps < Number.POSITIVE_INFINITY)) throw new RangeError(`a mean ${what} of ${steps} steps: expected 1 or more`);
  }
  const renewed = 1 / meanOnSteps + 1 / meanOffSteps;
  if (renewed > 1) {
    throw new RangeError(
      `bursts of ${meanOnSteps} and pauses of ${meanOffSteps} steps would have to alternate: make them longer, or the step shorter`,
    );
  }
  const states = streams.stream("server.burst");
  const on = shareOn(options);
  const values = new RenewedValues(streams.stream("server.burst_renewal"), renewed, (server, step) =>
    states.uniform(server, step) < on ? onUtilisation : offUtilisation,
  );
  return { stepMicros, at: (server, step) => values.at(server, step) };
}
