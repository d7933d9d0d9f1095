// How long servers live and how many are asked for together in a large public cloud: fits that a scenario names instead of writing numbers.
// Most servers die within the hour while a few stay for weeks, which no single exponential shows; three phases do.
import type { Distribution } from "../kernel/distribution.ts";
import { discrete, hyperexponential } from "../kernel/distribution.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { HOUR } from "../kernel/time.ts";

/** A distribution with the provenance of a parameter. */
export interface NamedDistribution extends Omit<Parameter, "value"> {
  readonly distribution: Distribution;
}

const dataset = "Azure Public Dataset (CC-BY 4.0)";

/** Phases as [share of servers, mean in hours]. */
function phases(rows: readonly (readonly [weight: number, meanHours: number])[]): Distribution {
  return hyperexponential(
    rows.map(([weight]) => weight),
    rows.map(([, meanHours]) => meanHours * HOUR),
  );
}

/** Every whole size of a range is taken as equally likely. */
function sizes(ranges: readonly (readonly [from: number, to: number, probability: number])[]): Distribution {
  const values: number[] = [];
  const weights: number[] = [];
  for (const [from, to, probability] of ranges) {
    for (let size = from; size <= to; size++) {
      values.push(size);
      weights.push(probability / (to - from + 1));
    }
  }
  return discrete(values, weights);
}

export const lifetimeFits: readonly NamedDistribution[] = [
  {
    name: "azure-2017",
    distribution: phases([
      [0.6627, 0.391],
      [0.2793, 8.997],
      [0.058, 307.3],
    ]),
    unit: "us",
    meaning:
      "Lifetime of a server, Azure 2017: three exponential phases. The third (mean 307.3 h) is extrapolated: the figure ends at 200 h, " +
      "where 3.2 % of the servers still live.",
    source: `${dataset}, VM lifetimes of Cortez et al., SOSP 2017, read off the figure (1 point); fit error 0.17 points rms`,
    evidence: "derived",
  },
  {
    name: "azure-2019",
    distribution: phases([
      [0.7145, 0.591],
      [0.1925, 9.306],
      [0.093, 594.9],
    ]),
    unit: "us",
    meaning:
      "Lifetime of a server, Azure 2019: three exponential phases. The third (mean 594.9 h) is extrapolated: the figure ends at 99 h, " +
      "where 7.8 % of the servers still live.",
    source: `${dataset}, VM lifetimes of the 2019 trace, read off the figure (1 point); fit error 0.17 points rms`,
    evidence: "derived",
  },
];

export const batchSizeFits: readonly NamedDistribution[] = [
  {
    name: "azure-2019-deployments",
    distribution: sizes([
      [1, 1, 0.5],
      [2, 2, 0.136],
      [3, 5, 0.164],
      [6, 10, 0.085],
      [11, 20, 0.055],
      [21, 50, 0.04],
      [51, 100, 0.02],
    ]),
    unit: "servers",
    meaning:
      "Servers in one deployment, Azure 2019, uniform within each range read. The largest 2 % exceed 50 servers by an amount the figure " +
      "does not tell; 51 to 100 is assumed, so the mean is a lower estimate.",
    source: `${dataset}, deployment sizes of the 2019 trace, read off the figure`,
    evidence: "derived",
  },
];

/** Lifetimes in microseconds, by the name a scenario writes. */
export const namedLifetimes: ReadonlyMap<string, Distribution> = byName(lifetimeFits);

/** Servers per deployment, by the name a scenario writes. */
export const namedBatchSizes: ReadonlyMap<string, Distribution> = byName(batchSizeFits);

function byName(fits: readonly NamedDistribution[]): ReadonlyMap<string, Distribution> {
  return new Map(fits.map((fit) => [fit.name, fit.distribution]));
}
