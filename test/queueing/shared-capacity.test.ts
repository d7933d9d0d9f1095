// Links shared by flows: the max-min fair rates, and when the last byte arrives.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Simulation } from "../../src/kernel/simulation.ts";
import { SECOND } from "../../src/kernel/time.ts";
import { SharedCapacity } from "../../src/queueing/shared-capacity.ts";

interface Transfer {
  /** In microseconds. */
  readonly start: number;
  readonly bytes: number;
  readonly route: readonly number[];
}

const ENDLESS = 1e15;

/** A network of links with these capacities in bytes per second, and the instants (us) at which transfers 0, 1, 2 ... end; -1 for never. */
function network(capacities: readonly number[], transfers: readonly Transfer[]) {
  const simulation = new Simulation();
  const endedAt = transfers.map(() => -1);
  const shared = new SharedCapacity(simulation, (job) => {
    endedAt[job] = simulation.now;
  });
  for (const capacity of capacities) shared.addLink(capacity);
  const begin = simulation.kind("begin", (job) => shared.start(job, transfers[job]!.bytes, transfers[job]!.route));
  for (const [job, { start }] of transfers.entries()) simulation.schedule(start, begin, job);
  return { simulation, shared, endedAt };
}

function ratesOf(capacities: readonly number[], routes: readonly (readonly number[])[]): number[] {
  const { simulation, shared } = network(
    capacities,
    routes.map((route) => ({ start: 0, bytes: ENDLESS, route })),
  );
  simulation.run(0);
  return routes.map((_, job) => shared.rateOf(job));
}

function endsOf(capacities: readonly number[], transfers: readonly Transfer[]): number[] {
  const { simulation, shared, endedAt } = network(capacities, transfers);
  simulation.run();
  expect(shared.active).toBe(endedAt.filter((at) => at < 0).length);
  return endedAt;
}

describe("max-min fair rates", () => {
  it.each([
    { name: "two links in a row", capacities: [10, 10], routes: [[0], [1], [0, 1]], rates: [5, 5, 5] },
    { name: "three links of unequal width", capacities: [10, 4, 6], routes: [[0, 1], [0, 2], [0], [1], [2]], rates: [2, 3, 5, 2, 3] },
    {
      name: "a leaf whose uplink carries a third of its four hosts",
      capacities: [25, 25, 25, 25, 100 / 3],
      routes: [
        [0, 4],
        [1, 4],
        [2, 4],
        [3, 4],
        [0, 1],
      ],
      rates: [25 / 3, 25 / 3, 25 / 3, 25 / 3, 50 / 3],
    },
  ])("on $name are $rates", ({ capacities, routes, rates }) => {
    for (const [job, rate] of ratesOf(capacities, routes).entries()) expect(Math.abs(rate - rates[job]!)).toBeLessThan(1e-9);
  });

  const topology = fc.integer({ min: 1, max: 8 }).chain((links) =>
    fc.record({
      capacities: fc.array(
        fc.oneof({ weight: 9, arbitrary: fc.double({ min: 0.5, max: 100, noNaN: true }) }, { weight: 1, arbitrary: fc.constant(0) }),
        {
          minLength: links,
          maxLength: links,
        },
      ),
      routes: fc.array(fc.uniqueArray(fc.nat(links - 1), { minLength: 1 }), { minLength: 1, maxLength: 20 }),
    }),
  );

  it("overload no link, and every flow crosses a full one on which nobody is faster", () => {
    fc.assert(
      fc.property(topology, ({ capacities, routes }) => {
        const { simulation, shared } = network(
          capacities,
          routes.map((route) => ({ start: 0, bytes: ENDLESS, route })),
        );
        simulation.run(0);
        const rates = routes.map((_, job) => shared.rateOf(job));
        const full = (link: number) => shared.load(link) >= capacities[link]! - 1e-9;
        const fastest = (link: number) => Math.max(...rates.filter((_, job) => routes[job]!.includes(link)));
        for (const [link, capacity] of capacities.entries()) expect(shared.load(link)).toBeLessThanOrEqual(capacity + 1e-9);
        for (const [job, route] of routes.entries()) {
          expect(route.some((link) => full(link) && rates[job]! >= fastest(link) - 1e-9)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it("do not depend on the order in which flows start", () => {
    fc.assert(
      fc.property(topology, ({ capacities, routes }) => {
        const forwards = ratesOf(capacities, routes);
        const backwards = ratesOf(capacities, [...routes].reverse()).reverse();
        for (const [job, rate] of forwards.entries()) expect(backwards[job]).toBeCloseTo(rate, 9);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it("are solved once for all that starts at one instant", () => {
    const routes = [[0], [1], [0, 1], [1], [0]];
    const { simulation } = network(
      [10, 10],
      routes.map((route, job) => ({ start: 7, bytes: 1000 * (job + 1), route })),
    );
    let solutions = 0;
    simulation.observe((_, kind) => {
      if (simulation.nameOf(kind) === "share capacity") solutions++;
    });
    simulation.run(7);
    expect(solutions).toBe(1);
  });
});

describe("a transfer", () => {
  it("takes its bytes over the narrowest link of its way", () => {
    expect(endsOf([100, 20, 50], [{ start: 3, bytes: 1000, route: [0, 1, 2] }])).toEqual([3 + 50 * SECOND]);
  });

  it("slows down while another shares a link, and has it back afterwards", () => {
    // 100 B/s. Alone for 4 s: 400 B. Two for 6 s: 300 B each, which ends the second. Alone again for the last 300 B: 3 s.
    const transfers = [
      { start: 0, bytes: 1000, route: [0] },
      { start: 4 * SECOND, bytes: 300, route: [0] },
    ];
    expect(endsOf([100], transfers)).toEqual([13 * SECOND, 10 * SECOND]);
  });

  it("gains from the end of one that it never meets", () => {
    // Links of 10 and 10 B/s: the long flow over both shares each with one. The flow on link 0 ends at 20 s; link 1 still holds the long one at
    // 5 B/s, until the flow there ends at 40 s; then the last 100 B go at 10 B/s.
    const transfers = [
      { start: 0, bytes: 300, route: [0, 1] },
      { start: 0, bytes: 100, route: [0] },
      { start: 0, bytes: 200, route: [1] },
    ];
    expect(endsOf([10, 10], transfers)).toEqual([50 * SECOND, 20 * SECOND, 40 * SECOND]);
  });

  it("ends together with its equals", () => {
    const equal = { start: 11, bytes: 1_000_000_007, route: [0] };
    const ended = endsOf([1_250_000_000], [equal, equal, equal]);
    expect(new Set(ended)).toEqual(new Set([11 + Math.ceil((3 * 1_000_000_007) / 1250)]));
  });

  it("stalls on a link without capacity and leaves the others alone", () => {
    const transfers = [
      { start: 0, bytes: 100, route: [0, 1] },
      { start: 0, bytes: 100, route: [0] },
    ];
    expect(endsOf([10, 0], transfers)).toEqual([-1, 10 * SECOND]);
  });

  it("of nothing, or over nothing that constrains it, ends at once", () => {
    const transfers = [
      { start: 5, bytes: 0, route: [0] },
      { start: 5, bytes: 100, route: [] },
      { start: 5, bytes: 100, route: [1] },
    ];
    expect(endsOf([10, Number.POSITIVE_INFINITY], transfers)).toEqual([5, 5, 5]);
  });

  it("may be followed by another that starts at its end", () => {
    const simulation = new Simulation();
    const ended: string[] = [];
    const shared = new SharedCapacity(simulation, (job) => {
      ended.push(`${job}@${simulation.now}`);
      if (job < 3) shared.start(job + 1, 100, [0]);
    });
    shared.addLink(100);
    shared.start(0, 100, [0]);
    simulation.run();
    expect(ended).toEqual([0, 1, 2, 3].map((job) => `${job}@${(job + 1) * SECOND}`));
  });

  it("loses no byte: what was carried is what the rates carry, and in the end all there was", () => {
    const transfer = fc.record({
      start: fc.integer({ min: 0, max: 20 * SECOND }),
      bytes: fc.integer({ min: 0, max: 1_000_000_000 }),
      route: fc.uniqueArray(fc.nat(4), { minLength: 1 }),
    });
    const capacity = fc.integer({ min: 1_000_000, max: 3_000_000_000 });
    fc.assert(
      fc.property(
        fc.array(capacity, { minLength: 5, maxLength: 5 }),
        fc.array(transfer, { minLength: 1, maxLength: 15 }),
        (capacities, transfers) => {
          const { simulation, shared, endedAt } = network(capacities, transfers);
          const all = transfers.reduce((sum, { bytes }) => sum + bytes, 0);
          let byRates = 0;
          while (simulation.peek() < Number.POSITIVE_INFINITY) {
            const before = simulation.now;
            const rate = transfers.reduce((sum, _, job) => sum + shared.rateOf(job), 0);
            simulation.run(simulation.peek());
            byRates += (rate * (simulation.now - before)) / SECOND;
            // A transfer ends on the whole microsecond next to its last byte.
            const roundingBytes = transfers.length * Math.max(...capacities) * 2e-6 + 1;
            expect(Math.abs(shared.carried - byRates)).toBeLessThanOrEqual(roundingBytes);
          }
          expect(endedAt.every((at, job) => at >= transfers[job]!.start)).toBe(true);
          expect(shared.active).toBe(0);
          expect(shared.carried).toBeCloseTo(all, 3);
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });

  it("needs an amount and links that exist", () => {
    const shared = new SharedCapacity(new Simulation(), () => {});
    shared.addLink(10);
    expect(() => shared.addLink(-1)).toThrow(/a link of -1 B\/s/);
    expect(() => shared.start(4, -5, [0])).toThrow(/transfer of job 4: -5 bytes/);
    expect(() => shared.start(4, 5, [0, 1])).toThrow(/transfer of job 4: no link 1 among 1/);
  });

  it("is one at a time for a job, and an end, a stop or another way needs one under way", () => {
    const shared = new SharedCapacity(new Simulation(), () => {});
    shared.addLink(10);
    shared.start(4, 5, [0]);
    expect(() => shared.start(4, 5, [0])).toThrow(/transfer of job 4: it has one already/);
    expect(() => shared.stop(3)).toThrow(/job 3 cannot be stopped: it has no transfer under way/);
    expect(() => shared.reroute(1000, [0])).toThrow(/job 1000 cannot be rerouted/);
    expect(() => shared.reroute(4, [1])).toThrow(/transfer of job 4: no link 1 among 1/);
    expect(() => shared.start(5, 5, [0], { latencyMicros: -1 })).toThrow(/transfer of job 5: a latency of -1 us/);
    expect(() => shared.start(5, 5, [0], { weight: 0, latencyMicros: 3 })).toThrow(/transfer of job 5: a weight of 0/);
    expect(() => shared.start(5, 5, [0], { maxBytesPerSecond: Number.NaN })).toThrow(/transfer of job 5: a cap of NaN B/);
    expect(shared.active).toBe(1);
  });
});

describe("what a transfer may be told", () => {
  /** Links of 100 B/s, the ends of jobs as they come, and a way to do something at a second. */
  function oneOrMoreLinks(...capacities: readonly number[]) {
    const simulation = new Simulation();
    const ends: string[] = [];
    const shared = new SharedCapacity(simulation, (job) => ends.push(`${job} at ${simulation.now / SECOND} s`));
    for (const capacity of capacities) shared.addLink(capacity);
    const todo: (() => void)[] = [];
    const act = simulation.kind("act", (entity) => todo[entity]!());
    const at = (seconds: number, does: () => void) => simulation.schedule(seconds * SECOND, act, todo.push(does) - 1);
    return { simulation, shared, ends, at };
  }

  it("is a weight and a cap", () => {
    const { simulation, shared, ends } = oneOrMoreLinks(100);
    shared.start(0, 600, [0], { weight: 3 });
    shared.start(1, 200, [0], { weight: 1 });
    shared.start(2, 200, [0], { maxBytesPerSecond: 20 });
    simulation.run();
    expect(ends).toEqual(["0 at 10 s", "1 at 10 s", "2 at 10 s"]);
  });

  it("is a latency, which delays it and takes no share of anything", () => {
    const { simulation, shared, ends, at } = oneOrMoreLinks(100);
    shared.start(0, 1000, [0], { latencyMicros: SECOND });
    at(5, () => shared.start(1, 1000, [0], { latencyMicros: SECOND }));
    simulation.run(0.5 * SECOND);
    expect([shared.active, shared.rateOf(0), shared.bytesLeft(0), shared.isRunning(0)]).toEqual([1, 0, 1000, true]);
    simulation.run();
    expect(ends).toEqual(["0 at 16 s", "1 at 21 s"]);
  });

  it("is to stop or to go another way, also before its first byte", () => {
    const { simulation, shared, ends, at } = oneOrMoreLinks(100, 50);
    shared.start(0, 1000, [0]);
    shared.start(1, 1000, [0], { latencyMicros: 4 * SECOND });
    shared.start(2, 1000, [0], { latencyMicros: 4 * SECOND });
    at(2, () => {
      expect(shared.stop(1)).toBe(1000);
      shared.reroute(2, [1]);
      shared.start(1, 100, [1]);
    });
    at(6, () => shared.reroute(0, [1]));
    at(8, () => expect(shared.stop(0)).toBe(350));
    simulation.run();
    // Job 0: 600 B by 6 s on the wide link, then 2 s at half of the narrow one. Job 2: 50 B/s from 4 to 6 s, half of that to 8 s, then all.
    expect(ends).toEqual(["1 at 4 s", "2 at 25 s"]);
    expect([shared.bytesOn(0), shared.bytesOn(1), shared.carried]).toEqual([600, 1150, 1750]);
  });

  it("is that its link has another capacity, none, or some again", () => {
    const { simulation, shared, ends, at } = oneOrMoreLinks(100);
    shared.start(0, 1000, [0]);
    at(5, () => shared.setCapacity(0, 0));
    at(7, () => expect([shared.rateOf(0), shared.load(0), shared.bytesLeft(0)]).toEqual([0, 0, 500]));
    at(100, () => shared.setCapacity(0, 50));
    simulation.run();
    expect(ends).toEqual(["0 at 110 s"]);
    expect(shared.capacityOf(0)).toBe(50);
  });

  it("is that a link gives all of itself to each", () => {
    const { simulation, shared, ends } = oneOrMoreLinks();
    shared.addLink(100, { fatPipe: true });
    for (const job of [0, 1]) shared.start(job, 1000, [0]);
    simulation.run();
    expect(ends).toEqual(["0 at 10 s", "1 at 10 s"]);
  });

  it("is to stop at the very instant of its end, by one that ends with it: then it has nothing left, and its end is not told", () => {
    const simulation = new Simulation();
    const ended: number[] = [];
    const shared = new SharedCapacity(simulation, (job) => {
      ended.push(job);
      if (job === 0) expect(shared.stop(1)).toBe(0);
    });
    shared.addLink(100);
    for (const job of [0, 1, 2]) shared.start(job, 100, [0]);
    simulation.run();
    expect([ended, shared.active]).toEqual([[0, 2], 0]);
  });

  it("ends on the same microsecond after a year as on the first day", () => {
    const endOf = (startsAt: number) => {
      const { simulation, shared } = oneOrMoreLinks(1_250_000_000);
      simulation.run(startsAt);
      shared.start(0, 1_000_000_007, [0], { maxBytesPerSecond: 1_000_000_000 });
      shared.start(1, 1_000_000_007, [0]);
      simulation.run();
      return simulation.now - startsAt;
    };
    expect(endOf(365 * 86_400 * SECOND)).toBe(endOf(0));
  });
});

describe("a transfer that is stopped", () => {
  it("gives its share to the others and says what it had still to carry", () => {
    const { simulation, shared, endedAt } = network(
      [100],
      [
        { start: 0, bytes: 1000, route: [0] },
        { start: 0, bytes: 1000, route: [0] },
      ],
    );
    simulation.run(4 * SECOND);
    expect(shared.stop(0)).toBe(800);
    simulation.run();
    expect(endedAt).toEqual([-1, 12 * SECOND]);
    expect(shared.carried).toBe(1200);
  });

  it("cannot be stopped twice, or before it has begun", () => {
    const { simulation, shared } = network([100], [{ start: 0, bytes: 1000, route: [0] }]);
    expect(() => shared.stop(0)).toThrow("job 0 cannot be stopped: it has no transfer under way");
    simulation.run(SECOND);
    shared.stop(0);
    expect(() => shared.stop(0)).toThrow(RangeError);
    simulation.run();
    expect(shared.active).toBe(0);
  });
});
