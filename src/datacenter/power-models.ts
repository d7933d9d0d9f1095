// The power models of the literature, by name: watts as a function of utilisation between the idle and the full watts of a machine. None of
// the formulas fits modern servers well (a straight line misses by 2 to 13 % of full power), because idle lies far below the line through
// the loads: deep sleep states. So the measured curve, piecewise linear, is the default, and a formula is a choice.
//
// u = utilisation, cut to 0..1; each formula gives the share of the range from idle to full watts.
import { exp, pow } from "../kernel/elementary.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";
import { type PowerModel, wattsAt } from "./power.ts";

export interface PowerModelKind {
  /** As a scenario writes it. */
  readonly name: string;
  readonly formula: string;
  readonly source: string;
  /** The one option of the formula; null when there is none. */
  readonly option: Parameter | null;
  /** @param curve watts at equally spaced loads, at least at idle and full: what a formula does not use of it, it ignores */
  readonly of: (curve: ArrayLike<number>, option: number) => PowerModel;
}

const m3sa = "OpenDC power models, as in M3SA (arXiv 2603.29778)";

/** A formula over the range from idle to full watts. */
function formula(
  name: string,
  text: string,
  source: string,
  option: Parameter | null,
  share: (u: number, option: number) => number,
): PowerModelKind {
  return {
    name,
    formula: text,
    source,
    option,
    of(curve, value) {
      const idle = curve[0]!;
      const range = curve[curve.length - 1]! - idle;
      return (utilisation) => idle + range * share(cut(utilisation), value);
    },
  };
}

const averaged = ["mse", "sqrt", "asymptotic", "asymptotic-dvfs"] as const;

const formulas: readonly PowerModelKind[] = [
  {
    name: "piecewise",
    formula: "linear between the measured loads",
    source: "SPECpower_ssj2008 tables, see host-types.ts",
    option: null,
    of: (curve) => (utilisation) => wattsAt(curve, utilisation),
  },
  formula("linear", "u", "Fan, Weber and Barroso, ISCA 2007", null, (u) => u),
  formula("square", "u^2", m3sa, null, (u) => u * u),
  formula("cubic", "u^3", m3sa, null, (u) => u * u * u),
  formula("sqrt", "square root of u", m3sa, null, (u) => Math.sqrt(u)),
  formula(
    "fan",
    "2u - u^r",
    "Fan, Weber and Barroso, Power provisioning for a warehouse-sized computer, ISCA 2007",
    parameter({
      name: "power.fan.r",
      value: 1.4,
      unit: "1",
      meaning: "Exponent calibrated to the machine; published servers want 0.81 to 1.67.",
      source: "Fan, Weber and Barroso, ISCA 2007",
      evidence: "from memory",
    }),
    (u, r) => 2 * u - pow(u, r),
  ),
  formula(
    "mse",
    "2u - u^r",
    m3sa,
    parameter({
      name: "power.mse.r",
      value: 10,
      unit: "1",
      meaning: "Exponent calibrated for the least mean squared error.",
      source: "FootPrinter: the value for the SURF Lisa cluster",
      evidence: "verified",
    }),
    (u, r) => 2 * u - pow(u, r),
  ),
  {
    name: "two-segment",
    formula: "idle watts at u = 0, else the least-squares line through the measured loads above idle, never below idle",
    source: "the step from deep sleep states to the first busy core",
    option: null,
    of(curve) {
      const [k0, k1] = lineAboveIdle(curve);
      const idle = curve[0]!;
      return (utilisation) => {
        const u = cut(utilisation);
        return u === 0 ? idle : Math.max(idle, k0 + k1 * u);
      };
    },
  },
  formula(
    "asymptotic",
    "(1 + u - exp(-u / a)) / 2",
    m3sa,
    parameter({
      name: "power.asymptotic.a",
      value: 0.3,
      unit: "1",
      meaning: "Utilisation at which the steep part of the curve has bent.",
      source: "FootPrinter: the value for the SURF Lisa cluster",
      evidence: "verified",
    }),
    (u, a) => (1 + u - exp(-u / a)) / 2,
  ),
  formula(
    "asymptotic-dvfs",
    "(1 + u^3 - exp(-u^3 / a)) / 2",
    m3sa,
    parameter({
      name: "power.asymptotic-dvfs.a",
      value: 0.3,
      unit: "1",
      meaning: "Cube of the utilisation at which the steep part of the curve has bent.",
      source: "FootPrinter: the value for the SURF Lisa cluster",
      evidence: "verified",
    }),
    (u, a) => (1 + u * u * u - exp((-u * u * u) / a)) / 2,
  ),
];

/** Models err to different sides, so the mean of several is often nearer than most of them. */
const meanOfFour: PowerModelKind = {
  name: "mean-of-four",
  formula: `mean of ${averaged.join(", ")}`,
  source: `${m3sa}: the Meta-Model of the four`,
  option: null,
  of(curve) {
    const models = averaged.map((name) => {
      const { option, of } = formulas.find((kind) => kind.name === name)!;
      return of(curve, option?.value ?? 0);
    });
    return (utilisation) => models.reduce((sum, model) => sum + model(utilisation), 0) / models.length;
  },
};

const kinds: readonly PowerModelKind[] = [...formulas, meanOfFour];

export const powerModels: ReadonlyMap<string, PowerModelKind> = new Map(kinds.map((kind) => [kind.name, kind]));

/**
 * The model of that name for a machine with this curve.
 * @throws RangeError when there is no such model, the curve has fewer than two points, falls from idle to full or holds something that is
 *   not finite and 0 or more, or the option is not a positive number
 */
export function powerModel(name: string, curve: ArrayLike<number>, option?: number): PowerModel {
  const kind = powerModels.get(name);
  if (kind === undefined) throw new RangeError(`there is no power model "${name}": expected one of ${[...powerModels.keys()].join(", ")}`);
  if (curve.length < 2) throw new RangeError(`a power curve has at least 2 points, idle and full watts, got ${curve.length}`);
  for (let i = 0; i < curve.length; i++) {
    if (!(curve[i]! >= 0 && curve[i]! < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`point ${i} of a power curve is ${curve[i]} W: expected a finite number of 0 or more`);
    }
  }
  if (curve[curve.length - 1]! < curve[0]!) {
    throw new RangeError(`a power curve falls from ${curve[0]} W idle to ${curve[curve.length - 1]} W at full load: is it turned round?`);
  }
  const value = option ?? kind.option?.value ?? 0;
  if (kind.option !== null && !(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `${kind.option.name} of the power model "${name}" is ${value}: expected a positive number, e.g. ${kind.option.value}`,
    );
  }
  return kind.of(curve, value);
}

function cut(utilisation: number): number {
  if (Number.isNaN(utilisation)) throw new RangeError("cannot tell the watts of a host: its utilisation is NaN, expected 0..1");
  return Math.min(1, Math.max(0, utilisation));
}

/** [k0, k1] of the line k0 + k1 u that misses the points above idle by the least squares; of two points in all, the line through them. */
function lineAboveIdle(curve: ArrayLike<number>): readonly [k0: number, k1: number] {
  const last = curve.length - 1;
  if (last === 1) return [curve[0]!, curve[1]! - curve[0]!];
  let meanLoad = 0;
  let meanWatts = 0;
  for (let i = 1; i <= last; i++) {
    meanLoad += i / last / last;
    meanWatts += curve[i]! / last;
  }
  let covariance = 0;
  let variance = 0;
  for (let i = 1; i <= last; i++) {
    covariance += (i / last - meanLoad) * (curve[i]! - meanWatts);
    variance += (i / last - meanLoad) * (i / last - meanLoad);
  }
  const k1 = covariance / variance;
  return [meanWatts - k1 * meanLoad, k1];
}
