// Guests that follow the hours of their users: a wave of one period, the same for all, around a mean of each server's own, with noise that
// has a memory. What would fall outside 0..1 is cut, so the mean of a server that often is at a bound is nearer to one half than was asked.
import { cosTurns } from "../../kernel/elementary.ts";
import type { Parameter } from "../../kernel/parameter.ts";
import { parameter } from "../../kernel/parameter.ts";
import type { Stream } from "../../kernel/random.ts";
import type { Micros } from "../../kernel/time.ts";
import { DAY } from "../../kernel/time.ts";
import { GaussianNoise } from "./gaussian-noise.ts";
import { requireShare, requireStep, type UtilisationSeries } from "./utilisation-series.ts";

export const noiseAutocorrelation: Parameter = parameter({
  name: "utilisation.noise_autocorrelation",
  value: 0.8,
  unit: "1",
  meaning: "Correlation of a guest's deviation from its daily wave with that five minutes before.",
  source: "no measurement carried over; PlanetLab's machines show 0.08, which is nearly none",
  evidence: "assumed",
});

export const noiseDeviation: Parameter = parameter({
  name: "utilisation.noise_deviation",
  value: 0.0695,
  unit: "1",
  meaning: "Standard deviation of a guest's utilisation around its own mean.",
  source: "PlanetLab, 10 days, 11,746 machine-days: 6.95 points within a machine",
  evidence: "derived",
});

export interface DiurnalOptions {
  readonly stepMicros: Micros;
  readonly meanOf: (server: number) => number;
  /** Of the wave: half the way from its lowest to its highest point. */
  readonly amplitude: number;
  /** An instant at which the wave is highest. */
  readonly peak: Micros;
  /** A day if not given. */
  readonly period?: Micros;
  readonly deviation?: number;
  /** Of the noise, from one step to the next. */
  readonly autocorrelation?: number;
}

/** @throws RangeError when an option is out of its range; for a server whose mean is not a share, when it is asked for */
export function diurnalSeries(options: DiurnalOptions, stream: Stream): UtilisationSeries {
  const { stepMicros, meanOf, amplitude, peak } = options;
  const period = options.period ?? DAY;
  const deviation = options.deviation ?? noiseDeviation.value;
  requireStep(stepMicros);
  requireShare("the amplitude of a diurnal series", amplitude);
  requireShare("the deviation of a diurnal series", deviation);
  if (!(period > 0 && period < Number.POSITIVE_INFINITY))
    throw new RangeError(`a diurnal series of the period ${period} us: expected more than 0`);
  if (!Number.isFinite(peak)) throw new RangeError(`a diurnal series with its peak at ${peak} us: expected a finite instant`);
  const noise = new GaussianNoise(stream, options.autocorrelation ?? noiseAutocorrelation.value);
  // All servers of one step share the wave.
  let waveStep = -1;
  let wave = 0;
  return {
    stepMicros,
    at(server, step) {
      if (step !== waveStep) {
        wave = amplitude * cosTurns((step * stepMicros - peak) / period);
        waveStep = step;
      }
      const mean = requireShare("the mean utilisation of server", meanOf(server), server);
      const noisy = deviation === 0 ? 0 : deviation * noise.at(server, step);
      return Math.min(1, Math.max(0, mean + wave + noisy));
    },
  };
}
