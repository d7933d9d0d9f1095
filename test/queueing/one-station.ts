// One station under a Poisson stream of jobs: the textbook queue, in one variant or another. Little's law must hold exactly in every run,
// before the warm-up is forgotten and after.
import { expect } from "vitest";
import { type Distribution, exponential } from "../../src/kernel/distribution.ts";
import type { RandomStreams } from "../../src/kernel/random.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { microsFromSeconds, SECOND } from "../../src/kernel/time.ts";
import { type StationOptions, Stations } from "../../src/queueing/station.ts";
import { Occupancy } from "./occupancy.ts";

export interface OneStation {
  /** Jobs per second. */
  readonly rate: number;
  /** Of one job, in seconds. */
  readonly service: Distribution;
  readonly station: StationOptions;
  /** Seconds observed; a tenth of that is run before, unobserved. */
  readonly duration: number;
  /** Sojourns longer than this many seconds are counted. */
  readonly long?: number;
}

export interface OneStationSeen {
  /** Mean jobs in the station and in line, and mean seconds spent in the station and in line. */
  readonly L: number;
  readonly Lq: number;
  readonly W: number;
  readonly Wq: number;
  /** Share of the sojourns longer than `long`. */
  readonly longShare: number;
  readonly utilisation: number;
  /** Share of the jobs that were lost. */
  readonly blocked: number;
  /** Share of the jobs that had to wait. */
  readonly waited: number;
  readonly occupancy: Occupancy;
}

/** Jobs are numbered round and round: never so many are present at a time. */
const SLOTS = 1 << 16;

export function runOneStation(streams: RandomStreams, model: OneStation): OneStationSeen {
  const simulation = new Simulation();
  const gaps = streams.stream("arrivals");
  const services = streams.stream("services");
  const gap = exponential(1 / model.rate);
  const cameAt = new Float64Array(SLOTS);
  const occupancy = new Occupancy();
  const seen = { sojourns: 0, departures: 0, long: 0, waited: 0 };
  let jobs = 0;
  const stations = new Stations(simulation, (job) => {
    if (simulation.now > cameAt[job]!) seen.waited++;
    simulation.schedule(microsFromSeconds(services.sample(model.service, 0, served++)), done, job);
  });
  let served = 0;
  const station = stations.add("station", model.station);
  const come = simulation.kind("come", () => {
    const job = jobs++ & (SLOTS - 1);
    cameAt[job] = simulation.now;
    simulation.schedule(microsFromSeconds(gaps.sample(gap, 0, jobs)), come, 0);
    if (stations.arrive(station, job)) occupancy.change(simulation.now, 1);
  });
  const done = simulation.kind("done", (job) => {
    const sojourn = simulation.now - cameAt[job]!;
    seen.sojourns += sojourn;
    seen.departures++;
    if (sojourn > (model.long ?? 0) * SECOND) seen.long++;
    occupancy.change(simulation.now, -1);
    stations.leave(station);
  });
  simulation.schedule(microsFromSeconds(gaps.sample(gap, 0, 0)), come, 0);
  simulation.run(microsFromSeconds(model.duration / 10));
  expect(stations.checkLittle(station)).toBe(0);
  stations.resetStatistics();
  occupancy.reset(simulation.now);
  seen.sojourns = seen.departures = seen.long = seen.waited = 0;
  simulation.run(simulation.now + microsFromSeconds(model.duration));
  expect(stations.checkLittle(station)).toBe(0);
  const statistics = stations.statistics(station);
  return {
    L: statistics.meanInStation,
    Lq: statistics.meanWaiting,
    W: seen.sojourns / seen.departures / SECOND,
    Wq: statistics.meanWaitMicros / SECOND,
    longShare: seen.long / seen.departures,
    utilisation: statistics.utilisation,
    blocked: statistics.lost / (statistics.lost + statistics.arrivals),
    waited: seen.waited / statistics.arrivals,
    occupancy,
  };
}
