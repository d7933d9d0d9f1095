import { describe, expect, it } from "vitest";
import { exponential } from "../../src/kernel/distribution.ts";
import type { RandomStreams } from "../../src/kernel/random.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { microsFromSeconds, SECOND } from "../../src/kernel/time.ts";
import { type StationId, type StationOptions, Stations } from "../../src/queueing/station.ts";
import { holdToClosedForms } from "./replications.ts";

/** A station whose services all last 10 us, and the log of who began when. */
function tenMicrosEach(options: StationOptions) {
  const simulation = new Simulation();
  const log: string[] = [];
  const done = simulation.kind("done", () => stations.leave(station));
  const stations = new Stations(simulation, (job) => {
    log.push(`${job}@${simulation.now}`);
    simulation.schedule(10, done, job);
  });
  const station = stations.add("desk", options);
  return { simulation, stations, station, log };
}

describe("a station", () => {
  it("serves in order of arrival, as many at a time as it has workers", () => {
    const { simulation, stations, station, log } = tenMicrosEach({ workers: 2 });
    for (const job of [5, 3, 4, 1]) stations.arrive(station, job);
    expect(stations.inStation(station)).toBe(4);
    simulation.run();
    expect(log).toEqual(["5@0", "3@0", "4@10", "1@10"]);
    expect(stations.statistics(station)).toMatchObject({
      arrivals: 4,
      departures: 4,
      lost: 0,
      mostWaiting: 2,
      meanWaitMicros: 5,
      utilisation: 1,
    });
  });

  it("takes the most urgent first and lets equals keep their order, but never interrupts", () => {
    const { simulation, stations, station, log } = tenMicrosEach({ workers: 1, discipline: "priority" });
    const priorities = [9, 2, 1, 2, 0, 1, 3, -1];
    for (const [job, priority] of priorities.entries()) stations.arrive(station, job, priority);
    simulation.run();
    expect(log.map((entry) => entry.split("@")[0])).toEqual(["0", "7", "4", "2", "5", "1", "3", "6"]);
  });

  it("loses what comes while it is full, and takes again when a job has left", () => {
    const { simulation, stations, station, log } = tenMicrosEach({ workers: 1, capacity: 2 });
    expect([1, 2, 3].map((job) => stations.arrive(station, job))).toEqual([true, true, false]);
    simulation.run(10);
    expect(stations.arrive(station, 4)).toBe(true);
    simulation.run();
    expect(log).toEqual(["1@0", "2@10", "4@20"]);
    expect(stations.statistics(station)).toMatchObject({ arrivals: 3, departures: 3, lost: 1 });
  });

  it("keeps the line of one station apart from that of another, whatever the job numbers", () => {
    const simulation = new Simulation();
    const begun: string[] = [];
    const stations = new Stations(simulation, (job, station) => begun.push(`${job} at ${station}`));
    const [a, b] = ["a", "b"].map((name) => stations.add(name, { workers: 1 })) as [StationId, StationId];
    for (const job of [1, 100_000, 3_000]) stations.arrive(a, job);
    for (const job of [2, 200_000]) stations.arrive(b, job);
    for (const station of [b, a, a, b, a]) stations.leave(station);
    expect(begun).toEqual(["1 at 0", "2 at 1", "200000 at 1", "100000 at 0", "3000 at 0"]);
    expect([a, b].map((station) => stations.inStation(station))).toEqual([0, 0]);
  });

  it("forgets the warm-up but not the jobs that are present: only the time after it counts", () => {
    const { simulation, stations, station } = tenMicrosEach({ workers: 1 });
    for (const job of [1, 2, 3]) stations.arrive(station, job);
    simulation.run(5);
    stations.resetStatistics();
    expect(stations.statistics(station)).toMatchObject({ arrivals: 0, departures: 0, meanInStation: 0, meanWaitMicros: 0, mostWaiting: 2 });
    simulation.run(35);
    // After 5 us: job 2 waits 5 more, job 3 waits 15 more; service goes on until 30 us, then 5 us of idleness.
    expect(stations.statistics(station)).toMatchObject({
      arrivals: 0,
      departures: 3,
      meanWaitMicros: 10,
      meanWaiting: 20 / 30,
      utilisation: 25 / 30,
    });
    expect(stations.checkLittle(station)).toBe(0);
  });

  it("keeps Little's law exactly after a hundred days of a million jobs", () => {
    const simulation = new Simulation();
    const stations = new Stations(simulation, (job) => simulation.schedule(SECOND + (job & 1), done, job));
    const station = stations.add("desk", { workers: 2 });
    const done = simulation.kind("done", () => stations.leave(station));
    const come = simulation.kind("come", (job, left) => {
      stations.arrive(station, job);
      if (left > 0) simulation.schedule(8_640_001, come, job ^ 1, left - 1);
    });
    simulation.schedule(0, come, 0, 1_000_000);
    simulation.run();
    expect(stations.checkLittle(station)).toBe(0);
    expect(stations.statistics(station)).toMatchObject({ departures: 1_000_001, meanWaitMicros: 0, meanWaiting: 0 });
  });

  it("refuses what makes no sense", () => {
    const stations = new Stations(new Simulation(), () => {});
    expect(() => stations.add("api", { workers: 0 })).toThrow(/station "api": 0 workers/);
    expect(() => stations.add("api", { workers: 1, capacity: 0 })).toThrow(/station "api": a capacity of 0 jobs/);
    expect(() => stations.leave(stations.add("api", { workers: 1 }))).toThrow(/station "api": a job leaves, but no worker is busy/);
  });
});

/** Two classes at one worker with exponential services of mean 1; class 0 goes first. Mean seconds in line, by class. */
function runTwoClasses(streams: RandomStreams, rates: readonly number[], duration: number): Record<string, number> {
  const simulation = new Simulation();
  const law = exponential(1);
  const gaps = streams.stream("arrivals");
  const services = streams.stream("services");
  const cameAt = new Float64Array(1 << 16);
  const waited = [0, 0];
  const begun = [0, 0];
  let jobs = 0;
  let served = 0;
  const stations = new Stations(simulation, (job) => {
    waited[job & 1]! += simulation.now - cameAt[job]!;
    begun[job & 1]!++;
    simulation.schedule(microsFromSeconds(services.sample(law, 0, served++)), done, job);
  });
  const station = stations.add("desk", { workers: 1, discipline: "priority" });
  const done = simulation.kind("done", () => stations.leave(station));
  const come = simulation.kind("come", (row, n) => {
    const job = ((jobs++ << 1) | row) & 0xffff;
    cameAt[job] = simulation.now;
    stations.arrive(station, job, row);
    simulation.schedule(microsFromSeconds(gaps.sample(exponential(1 / rates[row]!), row, n)), come, row, n + 1);
  });
  for (const row of rates.keys()) simulation.schedule(0, come, row, 0);
  simulation.run(microsFromSeconds(duration / 10));
  expect(stations.checkLittle(station)).toBe(0);
  stations.resetStatistics();
  waited.fill(0);
  begun.fill(0);
  simulation.run(simulation.now + microsFromSeconds(duration));
  expect(stations.checkLittle(station)).toBe(0);
  const { meanWaitMicros } = stations.statistics(station);
  return { urgent: waited[0]! / begun[0]! / SECOND, patient: waited[1]! / begun[1]! / SECOND, all: meanWaitMicros / SECOND };
}

describe("a station with priorities", () => {
  const rates = [0.3, 0.4] as const;
  const load = rates[0] + rates[1];
  holdToClosedForms([
    {
      name: "without pre-emption, each class waits as Cobham's formula says, and all together as if there were none",
      model: (streams) => runTwoClasses(streams, rates, 60_000),
      exact: { urgent: load / (1 - rates[0]), patient: load / (1 - rates[0]) / (1 - load), all: load / (1 - load) },
      precision: 0.025,
    },
  ]);
});
