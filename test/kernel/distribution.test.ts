import { describe, expect, test } from "vitest";
import {
  constant,
  type Distribution,
  discrete,
  empirical,
  exponential,
  gamma,
  hyperexponential,
  lognormal,
  lognormalFromMean,
  normal,
  normalCdf,
  normalQuantile,
  pareto,
  scaled,
  shifted,
  uniform,
  weibull,
} from "../../src/kernel/distribution.ts";
import { RandomStreams } from "../../src/kernel/random.ts";

const DRAWS = 40_000;
const stream = new RandomStreams("goodness of fit", 0).stream("draws");

/** Mean and variance as published or computed by hand, beside the distribution that must have them. */
const continuous: [Distribution, number, number][] = [
  [uniform(2, 5), 3.5, 0.75],
  [exponential(5), 5, 25],
  [hyperexponential([3, 1], [1, 9]), 3, 33],
  [weibull(0.5, 3), 6, 180],
  [weibull(2, 1), Math.sqrt(Math.PI) / 2, 1 - Math.PI / 4],
  [lognormal(1, 0.5), Math.exp(1.125), (Math.exp(0.25) - 1) * Math.exp(2.25)],
  [lognormalFromMean(80, 0.6), 80, 2304],
  [normal(-3, 2), -3, 4],
  [gamma(0.3, 2), 0.6, 1.2],
  [gamma(1, 4), 4, 16],
  [gamma(7.5, 0.2), 1.5, 0.3],
  [pareto(3, 2), 3, 3],
  [pareto(1.2, 1), 6, Infinity],
  [pareto(0.8, 1), Infinity, Infinity],
  [
    empirical([
      { value: 0, probability: 0 },
      { value: 2, probability: 0.5 },
      { value: 10, probability: 1 },
    ]),
    3.5,
    0.5 * (1 + 36) + 0.5 * (4 / 12 + 64 / 12) - 12.25,
  ],
  [scaled(exponential(5), 3), 15, 225],
  [shifted(gamma(2, 1), 100), 102, 2],
];

const named = continuous.map(([distribution, mean, variance]) => [distribution.describe(), distribution, mean, variance] as const);

function draws(distribution: Distribution): Float64Array {
  return Float64Array.from({ length: DRAWS }, (_, n) => stream.sample(distribution, 11, n));
}

describe("draws follow their distribution function", () => {
  // Kolmogorov and Smirnov: sqrt(n) D exceeds 2.1 with probability 2 exp(-2 * 2.1^2) = 3e-4.
  test.each(named)("%s", (_, distribution) => {
    const sorted = draws(distribution).sort((a, b) => a - b);
    let distance = 0;
    for (const [index, x] of sorted.entries()) {
      const f = distribution.cdf(x);
      distance = Math.max(distance, Math.abs(f - index / DRAWS), Math.abs(f - (index + 1) / DRAWS));
    }
    expect(distance * Math.sqrt(DRAWS)).toBeLessThan(2.1);
  });

  test("discrete values come as often as their weights say (chi-square)", () => {
    const values = [4, 1, 3, 2, 9];
    const weights = [10, 20, 30, 0, 40];
    const counts = new Map(values.map((value) => [value, 0]));
    for (const x of draws(discrete(values, weights))) counts.set(x, counts.get(x)! + 1);
    expect(counts.get(2)).toBe(0);
    let chiSquare = 0;
    for (const [index, value] of values.entries()) {
      const expected = (DRAWS * weights[index]!) / 100;
      if (expected > 0) chiSquare += (counts.get(value)! - expected) ** 2 / expected;
    }
    // Exceeded with probability 1e-4 at 3 degrees of freedom.
    expect(chiSquare).toBeLessThan(21.1);
  });

  test("a step of an empirical distribution is drawn as often as it is high", () => {
    const stepped = empirical([
      { value: 1, probability: 0.2 },
      { value: 3, probability: 0.5 },
      { value: 3, probability: 0.9 },
      { value: 7, probability: 1 },
    ]);
    const sample = draws(stepped);
    const share = (wanted: number) => sample.reduce((count, x) => count + (x === wanted ? 1 : 0), 0) / DRAWS;
    expect(Math.abs(share(1) - 0.2)).toBeLessThan(4.5 * Math.sqrt((0.2 * 0.8) / DRAWS));
    expect(Math.abs(share(3) - 0.4)).toBeLessThan(4.5 * Math.sqrt((0.4 * 0.6) / DRAWS));
    expect([0.9, 1, 2, 3, 5, 7, 8].map((x) => stepped.cdf(x))).toEqual([0, 0.2, 0.35, 0.9, 0.95, 1, 1]);
    expect(stepped.mean).toBeCloseTo(0.2 * 1 + 0.3 * 2 + 0.4 * 3 + 0.1 * 5, 12);
  });
});

describe("means and variances", () => {
  test.each(named)("of %s are those of the textbook", (_, distribution, mean, variance) => {
    if (mean === Infinity) expect(distribution.mean).toBe(Infinity);
    else expect(Math.abs(distribution.mean - mean)).toBeLessThan(1e-12 * Math.abs(mean));
    if (variance === Infinity) expect(distribution.variance).toBe(Infinity);
    else expect(Math.abs(distribution.variance - variance)).toBeLessThan(1e-11 * variance);
  });

  test.each(named.filter((row) => row[3] < Infinity))("of the draws of %s agree with them", (_, distribution, mean, variance) => {
    const sample = draws(distribution);
    const average = sample.reduce((sum, x) => sum + x, 0) / DRAWS;
    expect(Math.abs(average - mean)).toBeLessThan(4.5 * Math.sqrt(variance / DRAWS));
    const squares = sample.map((x) => (x - mean) ** 2);
    const spread = squares.reduce((sum, x) => sum + x, 0) / DRAWS;
    const squareDeviation = Math.sqrt(squares.reduce((sum, x) => sum + (x - spread) ** 2, 0) / DRAWS);
    expect(Math.abs(spread - variance)).toBeLessThan(4.5 * (squareDeviation / Math.sqrt(DRAWS)));
  });

  test("of constants and discrete values are exact", () => {
    expect([constant(4).mean, constant(4).variance, stream.sample(constant(4), 0, 0)]).toEqual([4, 0, 4]);
    expect([discrete([1, 3], [1, 1]).mean, discrete([1, 3], [1, 1]).variance]).toEqual([2, 1]);
    expect([0, 1, 2, 3].map((x) => discrete([3, 1], [1, 1]).cdf(x))).toEqual([0, 0.5, 0.5, 1]);
    expect([3.9, 4].map((x) => constant(4).cdf(x))).toEqual([0, 1]);
    expect(lognormalFromMean(7, 0).describe()).toBe("constant(7)");
  });
});

describe("a draw", () => {
  const byInversion = [
    ...continuous.map(([distribution]) => distribution).filter((distribution) => !/gamma|hyper/.test(distribution.describe())),
    discrete([5, 1, 2], [1, 2, 3]),
  ].map((distribution) => [distribution.describe(), distribution] as const);

  test.each(byInversion)("of %s rises with its uniform and has it as its probability", (_, distribution) => {
    let previous = -Infinity;
    for (let cell = 0; cell < 2000; cell++) {
      const u = (cell + 0.5) / 2000;
      const x = distribution.sample({ next: () => u });
      expect(x).toBeGreaterThanOrEqual(previous);
      previous = x;
      if (distribution.kind === "discrete") expect(distribution.cdf(x)).toBeGreaterThanOrEqual(u);
      else expect(Math.abs(distribution.cdf(x) - u)).toBeLessThan(1e-13);
    }
  });

  test.each(byInversion)("of %s is finite at both ends of the uniforms", (_, distribution) => {
    for (const u of [2 ** -53, 1 - 2 ** -53]) expect(Number.isFinite(distribution.sample({ next: () => u }))).toBe(true);
  });

  test.each(named)("of %s is a function of entity and n alone", (_, distribution) => {
    const again = new RandomStreams("goodness of fit", 0).stream("draws");
    const first = Array.from({ length: 50 }, (_unused, n) => stream.sample(distribution, n, 3));
    const second = Array.from({ length: 50 }, (_unused, n) => again.sample(distribution, 49 - n, 3)).reverse();
    expect(second).toEqual(first);
  });
});

describe("the normal distribution", () => {
  test("has the tabulated quantiles", () => {
    const table: [number, number][] = [
      [0.5, 0],
      [0.9, 1.2815515655446004],
      [0.975, 1.959963984540054],
      [0.995, 2.5758293035489004],
      [0.999, 3.090232306167813],
      [1e-10, -6.361340902404056],
      [1e-20, -9.262340089798409],
    ];
    for (const [p, z] of table) {
      expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(4e-15 * Math.max(1, Math.abs(z)));
      expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-12);
    }
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(-0.1)]).toEqual([-Infinity, Infinity, Number.NaN]);
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(Number.NaN)]).toEqual([0, 1, Number.NaN]);
  });

  test("is symmetric, and quantile and distribution function undo each other down to the far tail", () => {
    for (let n = 1; n < 2000; n++) {
      const p = n / 2000;
      expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-15);
      expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(p), 12);
    }
    for (let power = 1; power < 300; power++)
      expect(Math.abs(normalCdf(normalQuantile(10 ** -power)) * 10 ** power - 1)).toBeLessThan(1e-11);
  });
});

describe("the distribution function of gamma", () => {
  test("is the closed form of Erlang for whole shapes", () => {
    for (const shape of [1, 2, 5, 30]) {
      for (const x of [0.01, 0.5, 1, 3, 10, 29, 31, 60]) {
        let term = Math.exp(-x);
        let sum = 0;
        for (let k = 0; k < shape; k++) {
          sum += term;
          term *= x / (k + 1);
        }
        expect(Math.abs(gamma(shape, 2).cdf(2 * x) - (1 - sum))).toBeLessThan(1e-13);
      }
    }
  });

  test("is the square of a normal for shape one half", () => {
    for (let x = 0.01; x < 6; x += 0.01) expect(Math.abs(gamma(0.5, 2).cdf(x * x) - (1 - 2 * normalCdf(-x)))).toBeLessThan(1e-14);
  });
});

describe("a parameter that makes no sense", () => {
  test.each<[() => Distribution, string]>([
    [() => constant(Number.NaN), "constant: value must be a finite number, but it is NaN"],
    [() => uniform(3, 3), "uniform: low must be below high"],
    [() => exponential(0), "exponential: mean must be a positive finite number, but it is 0"],
    [() => exponential(Infinity), "exponential: mean must be a positive"],
    [() => hyperexponential([1], [1, 2]), "hyperexponential: as many weights as means"],
    [() => hyperexponential([1, 1], [1, -2]), "hyperexponential: means[1] must be a positive"],
    [() => weibull(-1, 1), "weibull: shape"],
    [() => weibull(1, 0), "weibull: scale"],
    [() => lognormal(0, 0), "lognormal: sigma"],
    [() => lognormalFromMean(-1, 1), "lognormal: mean"],
    [() => lognormalFromMean(1, -1), "lognormal: cv"],
    [() => normal(0, -1), "normal: sd"],
    [() => gamma(0, 1), "gamma: shape"],
    [() => pareto(1, 0), "pareto: minimum"],
    [() => empirical([]), "empirical: at least one point"],
    [() => empirical([{ value: 1, probability: 0.5 }]), "the last probability must be 1, but it is 0.5"],
    [
      () =>
        empirical([
          { value: 2, probability: 0.5 },
          { value: 1, probability: 1 },
        ]),
      "empirical: points[1] (1, 1) must not lie below the point before it",
    ],
    [() => discrete([], []), "discrete: as many weights as values are needed, at least one"],
    [() => discrete([1, 2], [0, 0]), "discrete: the weights must have a positive finite sum"],
    [() => discrete([1, 2], [1, -1]), "discrete: weights[1]"],
    [() => scaled(exponential(1), 0), "scaled: factor"],
    [() => shifted(exponential(1), Number.NaN), "shifted: offset"],
  ])("is refused with its name and value (%#)", (build, message) => {
    expect(build).toThrow(RangeError);
    expect(build).toThrow(message);
  });
});

test("a distribution describes itself with its parameters", () => {
  expect(exponential(5).describe()).toBe("exponential(mean 5)");
  expect(shifted(scaled(weibull(0.7, 2), 3), 1).describe()).toBe("1 + 3 * weibull(shape 0.7, scale 2)");
  expect(hyperexponential([1, 3], [2, 4]).describe()).toBe("hyperexponential(0.25 of mean 2, 0.75 of mean 4)");
});
