// Probability distributions of the models. A draw is the inverse of the distribution function at one uniform wherever that inverse can be
// computed accurately: then a draw rises with its uniform, and two policies that share a uniform get comparable values. Parameters and draws
// carry whatever unit the caller uses.
import { exp, log, logGamma, pow } from "./elementary.ts";
import type { UniformSource } from "./random.ts";

export interface Distribution {
  /** The word a scenario uses for it. */
  readonly kind: string;
  sample(source: UniformSource): number;
  /** Infinity for tails too heavy to have one. */
  readonly mean: number;
  readonly variance: number;
  /** Probability that a draw is at most x. */
  cdf(x: number): number;
  /**
   * Of intervals that follow each other with this law, what is left of the one under way at an instant of no meaning to them: the stationary
   * excess, of density (1 - cdf(x)) / mean. Where it is absent there is none, or it is not known.
   */
  sampleExcess?(source: UniformSource): number;
  /** `exponential(mean 5)`: for messages and reports. */
  describe(): string;
}

/** Always the same value. */
export function constant(value: number): Distribution {
  requireFinite("constant", "value", value);
  return {
    kind: "constant",
    mean: value,
    variance: 0,
    sample: () => value,
    cdf: (x) => (x >= value ? 1 : 0),
    sampleExcess: (source) => value * source.next(),
    describe: () => `constant(${value})`,
  };
}

/** Equally likely anywhere from low to high. */
export function uniform(low: number, high: number): Distribution {
  requireFinite("uniform", "low", low);
  requireFinite("uniform", "high", high);
  if (!(low < high)) throw new RangeError(`uniform: low must be below high, but low is ${low} and high is ${high}`);
  const width = high - low;
  return {
    kind: "uniform",
    mean: low + width / 2,
    variance: (width * width) / 12,
    sample: (source) => low + width * source.next(),
    cdf: (x) => clampToUnit((x - low) / width),
    ...(low < 0 ? {} : { sampleExcess: (s: UniformSource) => s.next() * Math.sqrt(low * low + s.next() * (high * high - low * low)) }),
    describe: () => `uniform(${low} to ${high})`,
  };
}

/** Time to the next event of a Poisson process. */
export function exponential(mean: number): Distribution {
  requirePositive("exponential", "mean", mean);
  return {
    kind: "exponential",
    mean,
    variance: mean * mean,
    sample: (source) => -mean * log(1 - source.next()),
    cdf: (x) => (x > 0 ? 1 - exp(-x / mean) : 0),
    sampleExcess: (source) => -mean * log(1 - source.next()), // it has no memory
    describe: () => `exponential(mean ${mean})`,
  };
}

/** One of several exponentials, chosen by weight: the usual model of many short and few long jobs. Takes two uniforms. */
export function hyperexponential(weights: readonly number[], means: readonly number[]): Distribution {
  const shares = normalisedWeights("hyperexponential", weights, means.length, "means");
  for (const [index, mean] of means.entries()) requirePositive("hyperexponential", `means[${index}]`, mean);
  const cumulative = cumulativeShares(shares);
  const over = (moment: (mean: number) => number) => means.reduce((sum, mean, index) => sum + shares[index]! * moment(mean), 0);
  const mean = over((m) => m);
  const byLength = cumulativeShares(means.map((m, index) => (m * shares[index]!) / mean));
  return {
    kind: "hyperexponential",
    mean,
    variance: 2 * over((m) => m * m) - mean * mean,
    sample: (source) => {
      const branch = firstAbove(cumulative, source.next());
      return -means[branch]! * log(1 - source.next());
    },
    cdf: (x) => (x > 0 ? over((m) => 1 - exp(-x / m)) : 0),
    sampleExcess: (source) => -means[firstAbove(byLength, source.next())]! * log(1 - source.next()),
    describe: () => `hyperexponential(${means.map((m, index) => `${shares[index]} of mean ${m}`).join(", ")})`,
  };
}

/** Lifetimes whose hazard falls (shape < 1), stays (1) or rises (> 1) with age. */
export function weibull(shape: number, scale: number): Distribution {
  requirePositive("weibull", "shape", shape);
  requirePositive("weibull", "scale", scale);
  const first = exp(logGamma(1 + 1 / shape));
  const second = exp(logGamma(1 + 2 / shape));
  const longer = gamma(1 + 1 / shape, 1);
  return {
    kind: "weibull",
    mean: scale * first,
    variance: second === Infinity ? Infinity : scale * scale * (second - first * first),
    sample: (source) => scale * pow(-log(1 - source.next()), 1 / shape),
    cdf: (x) => (x > 0 ? 1 - exp(-pow(x / scale, shape)) : 0),
    // The interval under way is a long one, drawn by its length: (x / scale)^shape is then gamma. Any part of it may be left.
    sampleExcess: (source) => source.next() * scale * pow(longer.sample(source), 1 / shape),
    describe: () => `weibull(shape ${shape}, scale ${scale})`,
  };
}

/** The Weibull law with that mean: its scale is mean / gamma(1 + 1 / shape). */
export function weibullFromMean(shape: number, mean: number): Distribution {
  requirePositive("weibull", "shape", shape);
  requirePositive("weibull", "mean", mean);
  return weibull(shape, mean / exp(logGamma(1 + 1 / shape)));
}

/** A value whose logarithm is normal with mean `mu` and standard deviation `sigma`. */
export function lognormal(mu: number, sigma: number): Distribution {
  requireFinite("lognormal", "mu", mu);
  requirePositive("lognormal", "sigma", sigma);
  const mean = exp(mu + (sigma * sigma) / 2);
  return {
    kind: "lognormal",
    mean,
    variance: (exp(sigma * sigma) - 1) * mean * mean,
    sample: (source) => exp(mu + sigma * normalQuantile(source.next())),
    cdf: (x) => (x > 0 ? normalCdf((log(x) - mu) / sigma) : 0),
    sampleExcess: (source) => source.next() * exp(mu + sigma * sigma + sigma * normalQuantile(source.next())),
    describe: () => `lognormal(mu ${mu}, sigma ${sigma})`,
  };
}

/** The lognormal with that mean and coefficient of variation (standard deviation over mean); a `cv` of 0 is the constant. */
export function lognormalFromMean(mean: number, cv: number): Distribution {
  requirePositive("lognormal", "mean", mean);
  if (cv === 0) return constant(mean);
  requirePositive("lognormal", "cv", cv);
  // log(1 + cv^2), accurate also when cv^2 vanishes beside 1.
  const grown = 1 + cv * cv;
  const sigmaSquared = grown === 1 ? cv * cv : (log(grown) * (cv * cv)) / (grown - 1);
  return {
    ...lognormal(log(mean) - sigmaSquared / 2, Math.sqrt(sigmaSquared)),
    mean,
    variance: cv * cv * mean * mean,
    describe: () => `lognormal(mean ${mean}, cv ${cv})`,
  };
}

/** The lognormal with that median and that standard deviation of the logarithm. */
export function lognormalFromMedian(median: number, sigma: number): Distribution {
  requirePositive("lognormal", "median", median);
  return { ...lognormal(log(median), sigma), describe: () => `lognormal(median ${median}, sigma ${sigma})` };
}

/** The lognormal with that median and mean: sigma is sqrt(2 ln(mean / median)). */
export function lognormalFromMedianAndMean(median: number, mean: number): Distribution {
  requirePositive("lognormal", "median", median);
  if (!(mean > median && mean < Infinity)) {
    throw new RangeError(`lognormal: mean must be above the median ${median} and finite, but it is ${mean}`);
  }
  return lognormalFromMedian(median, Math.sqrt(2 * log(mean / median)));
}

export function normal(mean: number, sd: number): Distribution {
  requireFinite("normal", "mean", mean);
  requirePositive("normal", "sd", sd);
  return {
    kind: "normal",
    mean,
    variance: sd * sd,
    sample: (source) => mean + sd * normalQuantile(source.next()),
    cdf: (x) => normalCdf((x - mean) / sd),
    describe: () => `normal(mean ${mean}, sd ${sd})`,
  };
}

/**
 * Sums of exponentials and what lies between them. By rejection, so a draw takes a varying number of uniforms and is not monotone in them.
 * @source Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000
 */
export function gamma(shape: number, scale: number): Distribution {
  requirePositive("gamma", "shape", shape);
  requirePositive("gamma", "scale", scale);
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  return {
    kind: "gamma",
    mean: shape * scale,
    variance: shape * scale * scale,
    sample: (source) => {
      for (;;) {
        const x = normalQuantile(source.next());
        const root = 1 + c * x;
        const u = source.next();
        if (root <= 0) continue;
        const v = root * root * root;
        if (log(u) >= (x * x) / 2 + d - d * v + d * log(v)) continue;
        return scale * d * v * (shape < 1 ? pow(source.next(), 1 / shape) : 1);
      }
    },
    cdf: (x) => (x > 0 ? regularisedGamma(shape, x / scale).lower : 0),
    sampleExcess: (source) => source.next() * gamma(shape + 1, scale).sample(source),
    describe: () => `gamma(shape ${shape}, scale ${scale})`,
  };
}

/** Power-law tail above a minimum; no mean up to shape 1 and no variance up to shape 2. */
export function pareto(shape: number, minimum: number): Distribution {
  requirePositive("pareto", "shape", shape);
  requirePositive("pareto", "minimum", minimum);
  return {
    kind: "pareto",
    mean: shape > 1 ? (shape * minimum) / (shape - 1) : Infinity,
    variance: shape > 2 ? (shape * minimum * minimum) / ((shape - 1) * (shape - 1) * (shape - 2)) : Infinity,
    sample: (source) => minimum * pow(1 - source.next(), -1 / shape),
    cdf: (x) => (x > minimum ? 1 - pow(minimum / x, shape) : 0),
    describe: () => `pareto(shape ${shape}, minimum ${minimum})`,
  };
}

/** A point of a measured distribution function: `probability` of the values are at most `value`. */
export interface CdfPoint {
  readonly value: number;
  readonly probability: number;
}

/**
 * The piecewise linear distribution function through the points, which ascend in both coordinates and end at probability 1. The first
 * probability is an atom at the first value, and so is every step between points of equal value.
 */
export function empirical(points: readonly CdfPoint[]): Distribution {
  if (points.length === 0) throw new RangeError("empirical: at least one point is needed");
  for (const [index, point] of points.entries()) {
    requireFinite("empirical", `points[${index}].value`, point.value);
    const before = points[index - 1];
    if (!(point.probability >= (before?.probability ?? 0) && point.probability <= 1 && point.value >= (before?.value ?? point.value))) {
      const shown = `(${point.value}, ${point.probability})`;
      throw new RangeError(`empirical: points[${index}] ${shown} must not lie below the point before it, and probabilities lie in 0 to 1`);
    }
  }
  if (points.at(-1)!.probability !== 1) {
    throw new RangeError(`empirical: the last probability must be 1, but it is ${points.at(-1)!.probability}`);
  }
  const values = Float64Array.from(points, (point) => point.value);
  const cumulative = Float64Array.from(points, (point) => point.probability);
  const valueAt = (u: number) => {
    const index = firstAbove(cumulative, u);
    if (index === 0) return values[0]!;
    const below = cumulative[index - 1]!;
    return values[index - 1]! + ((values[index]! - values[index - 1]!) * (u - below)) / (cumulative[index]! - below);
  };
  /** Sum over the linear pieces, the first atom being a piece without width. */
  const overPieces = (moment: (low: number, high: number) => number) =>
    values.reduce((sum, high, i) => sum + (cumulative[i]! - (cumulative[i - 1] ?? 0)) * moment(values[i - 1] ?? high, high), 0);
  const mean = overPieces((low, high) => (low + high) / 2);
  return {
    kind: "empirical",
    mean,
    variance: overPieces((low, high) => ((low + high) / 2 - mean) * ((low + high) / 2 - mean) + ((high - low) * (high - low)) / 12),
    sample: (source) => valueAt(source.next()),
    cdf: (x) => {
      const next = firstAbove(values, x);
      if (next === 0) return 0;
      const low = cumulative[next - 1]!;
      if (next === values.length) return low;
      return low + ((cumulative[next]! - low) * (x - values[next - 1]!)) / (values[next]! - values[next - 1]!);
    },
    describe: () => `empirical(${points.length} points from ${values[0]} to ${values.at(-1)})`,
  };
}

/** One of some values, each as likely as its weight among all weights. */
export function discrete(values: readonly number[], weights: readonly number[]): Distribution {
  for (const [index, value] of values.entries()) requireFinite("discrete", `values[${index}]`, value);
  const shares = normalisedWeights("discrete", weights, values.length, "values");
  const rows = values.map((value, index) => ({ value, share: shares[index]!, index }));
  const ascending = rows.filter((row) => row.share > 0).sort((a, b) => a.value - b.value || a.index - b.index);
  const cumulative = cumulativeShares(ascending.map((row) => row.share));
  const sorted = Float64Array.from(ascending, (row) => row.value);
  const mean = ascending.reduce((sum, row) => sum + row.share * row.value, 0);
  return {
    kind: "discrete",
    mean,
    variance: ascending.reduce((sum, row) => sum + row.share * (row.value - mean) * (row.value - mean), 0),
    sample: (source) => sorted[firstAbove(cumulative, source.next())]!,
    cdf: (x) => cumulative[firstAbove(sorted, x) - 1] ?? 0,
    describe: () => `discrete(${rows.map((row) => `${row.value}: ${row.share}`).join(", ")})`,
  };
}

/** Every draw of a distribution times a positive factor. */
export function scaled(distribution: Distribution, factor: number): Distribution {
  requirePositive("scaled", "factor", factor);
  const excess = distribution.sampleExcess?.bind(distribution);
  return {
    kind: distribution.kind,
    mean: distribution.mean * factor,
    variance: distribution.variance * factor * factor,
    sample: (source) => distribution.sample(source) * factor,
    cdf: (x) => distribution.cdf(x / factor),
    ...(excess === undefined ? {} : { sampleExcess: (source: UniformSource) => excess(source) * factor }),
    describe: () => `${factor} * ${distribution.describe()}`,
  };
}

/** Every draw of a distribution plus an offset. */
export function shifted(distribution: Distribution, offset: number): Distribution {
  requireFinite("shifted", "offset", offset);
  return {
    kind: distribution.kind,
    mean: distribution.mean + offset,
    variance: distribution.variance,
    sample: (source) => distribution.sample(source) + offset,
    cdf: (x) => distribution.cdf(x - offset),
    describe: () => `${offset} + ${distribution.describe()}`,
  };
}

/** Probability that a standard normal is at most x, to about 1e-14 relative, in the lower tail too. */
export function normalCdf(x: number): number {
  if (x === 0) return 0.5;
  const { lower, upper } = regularisedGamma(0.5, (x * x) / 2);
  return x < 0 ? upper / 2 : 0.5 + lower / 2;
}

// Coefficients of AS 241, lowest power first: near the centre, on to the 1.4e-11 quantile, and beyond.
const CENTRE_OVER = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
  2509.0809287301227,
];
const CENTRE_UNDER = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854,
];
const MIDDLE_OVER = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
];
const MIDDLE_UNDER = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
  1.0507500716444169e-9,
];
const FAR_OVER = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
  2.7115555687434876e-5, 2.0103343992922881e-7,
];
const FAR_UNDER = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7,
  2.0442631033899397e-15,
];

/**
 * The x that a standard normal stays below with probability p, to about 1e-15; -Infinity at 0, Infinity at 1, NaN outside.
 * @source Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37(3), 1988 (PPND16)
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  const q = p - 0.5;
  const centre = 0.180625 - q * q;
  if (centre >= 0) return (q * polynomial(CENTRE_OVER, centre)) / polynomial(CENTRE_UNDER, centre);
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const magnitude =
    r <= 5
      ? polynomial(MIDDLE_OVER, r - 1.6) / polynomial(MIDDLE_UNDER, r - 1.6)
      : polynomial(FAR_OVER, r - 5) / polynomial(FAR_UNDER, r - 5);
  return q < 0 ? -magnitude : magnitude;
}

/** The polynomial of degree 7 with these coefficients. */
function polynomial(c: readonly number[], x: number): number {
  return c[0]! + x * (c[1]! + x * (c[2]! + x * (c[3]! + x * (c[4]! + x * (c[5]! + x * (c[6]! + x * c[7]!))))));
}

/** The regularised incomplete gamma functions P(a, x) (lower) and Q(a, x) = 1 - P (upper): a series below a + 1, a continued fraction above. */
function regularisedGamma(a: number, x: number): { readonly lower: number; readonly upper: number } {
  if (x === Infinity) return { lower: 1, upper: 0 };
  if (!(x > 0)) return x === 0 ? { lower: 0, upper: 1 } : { lower: Number.NaN, upper: Number.NaN };
  const scale = exp(a * log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return { lower: scale * sum, upper: 1 - scale * sum };
  }
  // Lentz's evaluation of 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...))).
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1, change = 0; Math.abs(change - 1) > 4e-16 && n < 100_000; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    change = c * d;
    fraction *= change;
  }
  return { lower: 1 - scale * fraction, upper: scale * fraction };
}

/** First index whose entry is above x in an ascending array; its length when none is. */
function firstAbove(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Weights divided by their sum. */
function normalisedWeights(kind: string, weights: readonly number[], count: number, counted: string): number[] {
  if (weights.length !== count || count === 0) {
    throw new RangeError(`${kind}: as many weights as ${counted} are needed, at least one, but there are ${weights.length} and ${count}`);
  }
  for (const [index, weight] of weights.entries()) {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(`${kind}: weights[${index}] must be a finite number of at least 0, but it is ${weight}`);
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Infinity)) throw new RangeError(`${kind}: the weights must have a positive finite sum, but it is ${total}`);
  return weights.map((weight) => weight / total);
}

/** Running sums of shares. From the last positive share on they are exactly 1, so that no rounding leaves a gap above. */
function cumulativeShares(shares: readonly number[]): Float64Array {
  const lastPositive = shares.findLastIndex((share) => share > 0);
  let sum = 0;
  return Float64Array.from(shares, (share, index) => (index >= lastPositive ? 1 : Math.min(1, (sum += share))));
}

function clampToUnit(x: number): number {
  return Math.max(0, Math.min(1, x));
}

function requireFinite(kind: string, name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${kind}: ${name} must be a finite number, but it is ${value}`);
}

function requirePositive(kind: string, name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new RangeError(`${kind}: ${name} must be a positive finite number, but it is ${value}`);
}
