// What a data centre draws for the watts its hosts draw: power supplies, distribution and cooling. PUE is the ratio of the two. A constant
// PUE hides that cooling and supplies have a share that does not fall with the load, so consolidation looks better than it is; the affine
// model keeps that share.
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";

/** Watts of the whole facility by the watts of its hosts and the temperature outside; never fewer than the hosts draw. */
export type FacilityModel = (itWatts: number, outsideCelsius: number) => number;

export const pueDefault: Parameter = parameter({
  name: "facility.pue",
  value: 1.58,
  unit: "1",
  meaning:
    "Power usage effectiveness: watts of the facility for each watt of its hosts. Mean of the industry in 2023 (1.55 to 1.59 since 2020).",
  source: "Uptime Institute Global Data Center Survey 2023, intelligence.uptimeinstitute.com",
  evidence: "verified",
});

export const pueHyperscale: Parameter = parameter({
  name: "facility.pue_hyperscale",
  value: 1.12,
  unit: "1",
  meaning: "Power usage effectiveness of a very large operator.",
  source: "GreenSKU params.yaml (Azure)",
  evidence: "verified",
});

/** The same PUE at every load. */
export function constantPue(pue: number = pueDefault.value): FacilityModel {
  requireAtLeast("a PUE", pue, 1);
  return (itWatts) => itWatts * pue;
}

/** `itWatts (1 + overheadShare) + fixedWatts`: the PUE rises as the load falls. */
export function affineFacility(overheadShare: number, fixedWatts: number): FacilityModel {
  requireAtLeast("the overhead share of a facility", overheadShare, 0);
  requireAtLeast("the fixed watts of a facility", fixedWatts, 0);
  return (itWatts) => itWatts * (1 + overheadShare) + fixedWatts;
}

/** `itWatts + a0 + a1 itWatts + a2 itWatts^2`: losses of supplies and cooling that grow with the square of the load. */
export function quadraticFacility(a0: number, a1: number, a2: number): FacilityModel {
  for (const [i, value] of [a0, a1, a2].entries()) requireAtLeast(`a${i} of a facility`, value, 0);
  return (itWatts) => itWatts + a0 + a1 * itWatts + a2 * itWatts * itWatts;
}

/** PUE by outside temperature, linear between the points, held beyond the first and the last: free cooling ends on a hot day. */
export function weatherPue(points: readonly (readonly [celsius: number, pue: number])[]): FacilityModel {
  if (points.length === 0) throw new RangeError("a table of PUE by temperature has no points: expected at least one");
  for (const [i, [celsius, pue]] of points.entries()) {
    requireAtLeast(`the PUE at ${celsius} C`, pue, 1);
    if (!Number.isFinite(celsius) || (i > 0 && !(celsius > points[i - 1]![0]))) {
      throw new RangeError(`temperature ${i} of a table of PUE is ${celsius} C: expected temperatures that rise`);
    }
  }
  return (itWatts, outsideCelsius) => itWatts * pueAt(points, outsideCelsius);
}

function pueAt(points: readonly (readonly [celsius: number, pue: number])[], celsius: number): number {
  if (Number.isNaN(celsius)) throw new RangeError("cannot tell the PUE: the outside temperature is NaN; give the facility a temperature");
  const after = points.findIndex(([temperature]) => temperature > celsius);
  if (after === 0) return points[0]![1];
  if (after < 0) return points[points.length - 1]![1];
  const [fromCelsius, from] = points[after - 1]!;
  const [toCelsius, to] = points[after]!;
  return from + ((to - from) * (celsius - fromCelsius)) / (toCelsius - fromCelsius);
}

function requireAtLeast(what: string, value: number, least: number): void {
  if (value >= least && value < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`${what} is ${value}: expected a finite number of ${least} or more`);
}
