// Networks of stations: a Jackson network, the tandem of a control plane, and clients in a closed loop. In equilibrium each station of an open
// network behaves as if its arrivals were a Poisson stream of their own.
import { describe, expect } from "vitest";
import { exponential } from "../../src/kernel/distribution.ts";
import type { RandomStreams } from "../../src/kernel/random.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { microsFromSeconds, SECOND } from "../../src/kernel/time.ts";
import { type StationId, type StationStatistics, Stations } from "../../src/queueing/station.ts";
import { type ClosedForm, holdToClosedForms } from "./replications.ts";

interface Node {
  readonly workers: number;
  /** Mean seconds of one service, which is exponential. */
  readonly service: number;
  /** Where a served job goes: probabilities by node; with the rest it is done. */
  readonly next: readonly number[];
}

interface Network {
  readonly nodes: readonly Node[];
  /** Open: jobs per second that come to the first node. Closed: clients, who think for `think` seconds between two jobs. */
  readonly source: { readonly rate: number } | { readonly clients: number; readonly think: number };
}

const SLOTS = 1 << 14;
const DONE = -1;

interface NetworkSeen {
  readonly stations: readonly StationStatistics[];
  /** Jobs done per second, and mean seconds that one took from node to node. */
  readonly throughput: number;
  readonly time: number;
}

function runNetwork(streams: RandomStreams, { nodes, source }: Network, duration: number): NetworkSeen {
  const simulation = new Simulation();
  const sources = streams.stream("source");
  const services = streams.stream("service");
  const routing = streams.stream("routing");
  const laws = nodes.map((node) => exponential(node.service));
  const pause = exponential("rate" in source ? 1 / source.rate : source.think);
  const cameAt = new Float64Array(SLOTS);
  let come = 0;
  let draws = 0;
  let steps = 0;
  let spent = 0;
  let finished = 0;
  const stations = new Stations(simulation, (job, station) => {
    simulation.schedule(microsFromSeconds(services.sample(laws[station]!, 0, draws++)), served, job, station);
  });
  const ids = nodes.map((node, index) => stations.add(`node ${index}`, { workers: node.workers }));
  const next = (node: Node): number => {
    let u = routing.uniform(0, steps++);
    for (const [index, probability] of node.next.entries()) if ((u -= probability) < 0) return index;
    return DONE;
  };
  const served = simulation.kind("served", (job, station) => {
    stations.leave(station as StationId);
    const to = next(nodes[station]!);
    if (to !== DONE) {
      stations.arrive(ids[to]!, job);
      return;
    }
    spent += simulation.now - cameAt[job]!;
    finished++;
    if ("clients" in source) wait(ask, job);
  });
  const enter = (job: number) => {
    cameAt[job] = simulation.now;
    stations.arrive(ids[0]!, job);
  };
  const wait = (kind: typeof ask, job: number) => simulation.schedule(microsFromSeconds(sources.sample(pause, 0, come++)), kind, job);
  const ask = simulation.kind("ask", enter);
  const arrival = simulation.kind("arrival", () => {
    enter(come & (SLOTS - 1));
    wait(arrival, 0);
  });
  if ("clients" in source) for (let client = 0; client < source.clients; client++) wait(ask, client);
  else wait(arrival, 0);
  const expectLittle = () => {
    for (const id of ids) expect(stations.checkLittle(id)).toBe(0);
  };
  simulation.run(microsFromSeconds(duration / 10));
  expectLittle();
  stations.resetStatistics();
  expectLittle();
  spent = finished = 0;
  simulation.run(simulation.now + microsFromSeconds(duration));
  expectLittle();
  return { stations: ids.map((id) => stations.statistics(id)), throughput: finished / duration, time: spent / finished / SECOND };
}

/** Mean jobs in the network and at each node, and mean seconds from entry to exit. */
function openNetwork(name: string, network: Network, exact: Record<string, number>, duration: number): ClosedForm {
  return {
    name,
    model: (streams) => {
      const { stations, time } = runNetwork(streams, network, duration);
      const total = stations.reduce((sum, station) => sum + station.meanInStation, 0);
      const byNode = stations.flatMap((station, index): [string, number][] => [
        [`L${index}`, station.meanInStation],
        [`W${index}`, (station.meanInStation * duration) / station.arrivals],
        [`rate${index}`, station.arrivals / duration],
        [`use${index}`, station.utilisation],
      ]);
      return { ...Object.fromEntries(byNode), L: total, W: time };
    },
    exact,
    precision: 0.02,
  };
}

/** X is the throughput and R the response time: clients = X (R + think). */
function closedLoop(
  clients: number,
  workers: number,
  think: number,
  service: number,
  exact: { readonly X: number; readonly R: number },
  duration: number,
): ClosedForm {
  return {
    name: `${clients} clients who think for ${think} s, ${workers} workers of ${service} s: M/M/${workers}//${clients}`,
    model: (streams) => {
      const seen = runNetwork(streams, { nodes: [{ workers, service, next: [] }], source: { clients, think } }, duration);
      return { X: seen.throughput, R: seen.time, L: seen.stations[0]!.meanInStation };
    },
    exact: { ...exact, L: exact.X * exact.R },
    precision: 0.02,
  };
}

/** Mean seconds at a station of an open network with `rate` jobs per second, by Erlang's C formula. */
function sojourn(rate: number, workers: number, service: number): number {
  const load = rate * service;
  let blocking = 1;
  for (let k = 1; k <= workers; k++) blocking = (load * blocking) / (k + load * blocking);
  const waits = blocking / (1 - (load / workers) * (1 - blocking));
  return service + (waits * service) / (workers - load);
}

describe("stations that pass jobs on", () => {
  const jackson: Network = {
    nodes: [
      { workers: 1, service: 1 / 4, next: [0, 0.6, 0.3] },
      { workers: 2, service: 1 / 1.5, next: [0.2] },
      { workers: 1, service: 1 / 2, next: [0, 0.5] },
    ],
    source: { rate: 2 },
  };
  const jacksonRates = { rate0: 2.352941, rate1: 1.764706, rate2: 0.705882 };
  const jacksonUse = { use0: 0.588235, use1: 0.588235, use2: 0.352941 };
  const api = { workers: 4, service: 0.05, next: [0, 1] };
  const conductor = { workers: 4, service: 0.03, next: [0, 0, 1] };
  const scheduler = { workers: 1, service: 0.06, next: [] };
  const controlPlane: Network = { nodes: [api, conductor, scheduler], source: { rate: 12 } };
  const stages = [api, conductor, scheduler].map(({ workers, service }) => sojourn(12, workers, service));
  holdToClosedForms([
    openNetwork(
      "three nodes with feedback: each is an M/M/c of its own (Jackson)",
      jackson,
      { ...jacksonRates, ...jacksonUse, L0: 1.428571, L1: 1.798942, L2: 0.545455, L: 3.772968, W: 1.886484 },
      10_000,
    ),
    openNetwork(
      "12 requests/s through API, conductor and scheduler: the stages' times add up",
      controlPlane,
      { W0: stages[0]!, W1: stages[1]!, W2: 0.214286, W: 0.294341 },
      3_500,
    ),
    closedLoop(5, 1, 1, 0.5, { X: 1.926606, R: 1.595238 }, 2_000),
    closedLoop(20, 4, 1, 2, { X: 2, R: 9 }, 2_000),
    closedLoop(50, 8, 2, 1, { X: 8, R: 4.25 }, 2_000),
  ]);
});
