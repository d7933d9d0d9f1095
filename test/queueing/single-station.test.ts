// Stations held to the closed forms of a single queue: M/M/1, M/M/c, M/D/1, M/G/1 and M/M/c/K.
import { describe } from "vitest";
import { constant, exponential, gamma, hyperexponential } from "../../src/kernel/distribution.ts";
import { runOneStation } from "./one-station.ts";
import { type ClosedForm, holdToClosedForms } from "./replications.ts";

const UNIT = exponential(1);

/** N is geometric and sojourns are exponential. */
function singleServer(rate: number, duration: number): ClosedForm {
  const free = 1 - rate;
  return {
    name: `M/M/1 at ${rate}: N is geometric and W exponential`,
    model: (streams) => {
      const seen = runOneStation(streams, { rate, service: UNIT, station: { workers: 1 }, duration, long: 1 / free });
      return { ...seen, occupancy: 0, meanN: seen.occupancy.mean, varN: seen.occupancy.variance };
    },
    exact: {
      L: rate / free,
      meanN: rate / free,
      Lq: (rate * rate) / free,
      W: 1 / free,
      Wq: rate / free,
      utilisation: rate,
      longShare: Math.exp(-1),
      ...(rate <= 0.5 && { varN: rate / (free * free) }),
    },
    precision: 0.03,
  };
}

/** Erlang's C formula by way of his B. */
function manyServers(workers: number, rate: number, duration: number, quantities: readonly string[]): ClosedForm {
  const waits = erlangC(workers, rate);
  const Wq = waits / (workers - rate);
  const exact: Record<string, number> = { waited: waits, Wq, W: Wq + 1, Lq: rate * Wq, L: rate * (Wq + 1), utilisation: rate / workers };
  return {
    name: `M/M/${workers} at ${rate} erlang: Erlang's C formula`,
    model: (streams) => ({ ...runOneStation(streams, { rate, service: UNIT, station: { workers }, duration }), occupancy: 0 }),
    exact: Object.fromEntries(quantities.map((quantity) => [quantity, exact[quantity]!])),
    precision: 0.03,
  };
}

function erlangC(servers: number, load: number): number {
  let blocking = 1;
  for (let k = 1; k <= servers; k++) blocking = (load * blocking) / (k + load * blocking);
  return blocking / (1 - (load / servers) * (1 - blocking));
}

/** The Pollaczek-Khinchine formula: the wait depends on the first two moments of the service time alone. */
function generalService(law: string, service: ReturnType<typeof exponential>, rate: number, duration: number): ClosedForm {
  const Wq = (rate * (service.variance + 1)) / (2 * (1 - rate));
  return {
    name: `M/G/1 at ${rate} with ${law} service: the Pollaczek-Khinchine formula`,
    model: (streams) => ({ ...runOneStation(streams, { rate, service, station: { workers: 1 }, duration }), occupancy: 0 }),
    exact: { Wq, W: Wq + 1, Lq: rate * Wq, L: rate * (Wq + 1) },
    precision: 0.03,
  };
}

/** Balanced means: each branch carries half of the work. */
function hyperexponentialWithCv2(cv2: number) {
  const share = (1 + Math.sqrt((cv2 - 1) / (cv2 + 1))) / 2;
  return hyperexponential([share, 1 - share], [1 / (2 * share), 1 / (2 * (1 - share))]);
}

/** With room for `capacity` jobs, waiting and served; the rest are lost. */
function bounded(workers: number, capacity: number, rate: number, exact: Record<string, number>, duration: number): ClosedForm {
  return {
    name: `M/M/${workers}/${capacity} at ${rate}: the truncated birth-death process`,
    model: (streams) => {
      const seen = runOneStation(streams, { rate, service: UNIT, station: { workers, capacity }, duration });
      return { ...seen, occupancy: 0, p0: seen.occupancy.average((jobs) => (jobs === 0 ? 1 : 0)) };
    },
    exact,
    precision: 0.03,
  };
}

describe("a station, against the closed forms of one queue", () => {
  holdToClosedForms([
    singleServer(0.5, 100_000),
    singleServer(0.8, 150_000),
    manyServers(2, 1.5, 60_000, ["waited", "Wq", "W", "Lq", "L", "utilisation"]),
    manyServers(10, 8, 38_000, ["waited", "Wq", "W", "L", "utilisation"]),
    manyServers(64, 60, 1_200, ["W", "L", "utilisation"]),
    generalService("constant", constant(1), 0.8, 40_000),
    generalService("Erlang-4", gamma(4, 0.25), 0.8, 60_000),
    generalService("hyperexponential (cv2 = 4)", hyperexponentialWithCv2(4), 0.5, 150_000),
    bounded(1, 10, 0.9, { p0: 0.145732, blocked: 0.050814, L: 3.969441, Lq: 3.115173, W: 4.646601, Wq: 3.646601 }, 70_000),
    bounded(2, 5, 1.8, { p0: 0.119457, blocked: 0.141077, L: 2.456965, Lq: 0.910904, W: 1.589177, Wq: 0.589177 }, 10_000),
    bounded(4, 10, 3.6, { p0: 0.018061, blocked: 0.067174, L: 5.061102, Lq: 1.70293, W: 1.5071, Wq: 0.5071 }, 20_000),
  ]);
});
