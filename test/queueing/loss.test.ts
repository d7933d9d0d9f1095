// Systems without a line: what finds no room is lost (Erlang's B formula), or there is room for all (M/G/infinity). Both know only the mean of
// the service time, so every law must give the same.
import { describe } from "vitest";
import { constant, type Distribution, exponential, hyperexponential, lognormalFromMean } from "../../src/kernel/distribution.ts";
import { runOneStation } from "./one-station.ts";
import { type ClosedForm, holdToClosedForms } from "./replications.ts";

function erlangB(law: string, service: Distribution, servers: number, load: number, duration: number): ClosedForm {
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = (load * blocked) / (k + load * blocked);
  return {
    name: `${servers} servers, ${load} erlang of ${law} jobs, no line: Erlang's B formula`,
    model: (streams) => {
      const rate = load / service.mean;
      const seen = runOneStation(streams, { rate, service, station: { workers: servers, capacity: servers }, duration });
      return { ...seen, occupancy: 0 };
    },
    exact: { blocked, utilisation: (load * (1 - blocked)) / servers },
    precision: 0.03,
  };
}

/** N is Poisson. */
function roomForAll(law: string, service: Distribution, exact: Record<string, number>, duration: number): ClosedForm {
  return {
    name: `10 ${law} jobs an hour that last 5 hours, room for all: N is Poisson with mean 50`,
    model: (streams) => {
      const { occupancy, L, Lq } = runOneStation(streams, { rate: 10, service, station: { workers: 10_000 }, duration });
      return { L, Lq, mean: occupancy.mean, variance: occupancy.variance, above60: occupancy.average((jobs) => (jobs > 60 ? 1 : 0)) };
    },
    exact,
    precision: 0.03,
  };
}

const manyShortFewLong = hyperexponential([0.9, 0.1], [0.5, 5.5]);

describe("a station without a line", () => {
  holdToClosedForms([
    erlangB("exponential", exponential(1), 10, 7, 4_000),
    erlangB("lognormal", lognormalFromMean(1, 2), 10, 7, 6_000),
    erlangB("exponential", exponential(1), 64, 64, 800),
    erlangB("hyperexponential", manyShortFewLong, 64, 64, 1_500),
    erlangB("exponential", exponential(1), 100, 90, 2_400),
    erlangB("constant", constant(1), 100, 90, 1_500),
    roomForAll("lognormal", lognormalFromMean(5, 1), { L: 50, mean: 50, variance: 50 }, 4_000),
    roomForAll("constant", constant(5), { L: 50, mean: 50, variance: 50, above60: 0.07216 }, 20_000),
  ]);
});
