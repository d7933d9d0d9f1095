// Live migrations on links that they share: with nobody else there they do what `foretell` says; with others they take turns with them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foretell } from "../../../src/datacenter/migration/foretell.ts";
import { type CopyEnd, type CopyFigures, LiveCopies } from "../../../src/datacenter/migration/live-copies.ts";
import { defaultLiveMigration, type LiveMigrationOptions } from "../../../src/datacenter/migration/live-migration-options.ts";
import type { WrittenMemory } from "../../../src/datacenter/migration/pre-copy.ts";
import { Simulation } from "../../../src/kernel/simulation.ts";
import { SECOND } from "../../../src/kernel/time.ts";
import { SharedCapacity } from "../../../src/queueing/shared-capacity.ts";

const MIB = 1 << 20;
const memory = (mib: number, dirty: number, writable = 1e6): WrittenMemory => ({
  bytes: mib * MIB,
  dirtyBytesPerSecond: dirty * MIB,
  writableBytes: writable * MIB,
});

/** One link of so many MiB/s, and what becomes of each server's copy on it. */
function link(mibPerSecond: number, options: Partial<LiveMigrationOptions> = {}) {
  const simulation = new Simulation();
  const ends = new Map<number, CopyEnd>();
  const figures = new Map<number, CopyFigures>();
  const switchedAt = new Map<number, number>();
  const paces: string[] = [];
  const share = { cpu: 1 };
  let copies: LiveCopies | null = null;
  const othersDone: number[] = [];
  const network = new SharedCapacity(simulation, (job) => (job < 0 ? copies!.carried(job) : othersDone.push(job)));
  network.addLink(mibPerSecond * MIB);
  copies = new LiveCopies(
    simulation,
    network,
    { ...defaultLiveMigration, ...options },
    {
      cpuShare: () => share.cpu,
      paceSet: (server, cpu, pace) => paces.push(`${server} ${cpu} ${pace.toFixed(2)} @${(simulation.now / SECOND).toFixed(2)}`),
      switched: (server) => switchedAt.set(server, simulation.now / SECOND),
      ended: (server, end, told) => {
        ends.set(server, end);
        figures.set(server, told);
      },
    },
  );
  const begin = (server: number, written: WrittenMemory, gb = 2) => copies.start(server, { memory: written, gb, route: [0] });
  return { simulation, network, copies, ends, figures, switchedAt, paces, share, begin };
}

const forced = { timeoutAction: "force_complete", completionTimeoutSeconds: 5 } as const;

describe("a live migration that has the link for itself", () => {
  it("does what is foretold, whatever the guest writes and the options say", () => {
    const sort = fc.record({
      mib: fc.integer({ min: 0, max: 20_000 }),
      dirty: fc.integer({ min: 0, max: 1500 }),
      writable: fc.integer({ min: 0, max: 20_000 }),
      bandwidth: fc.integer({ min: 50, max: 2000 }),
      gb: fc.integer({ min: 2, max: 20 }),
      permitAutoConverge: fc.boolean(),
      permitPostCopy: fc.boolean(),
      timeoutAction: fc.constantFrom("abort" as const, "force_complete" as const),
      completionTimeoutSeconds: fc.constantFrom(1, 7, 800),
      parallelConnections: fc.constantFrom(1, 2, 5),
      limit: fc.constantFrom(0, 97),
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(sort, ({ mib, dirty, writable, bandwidth, gb, limit, ...some }) => {
        const options = { ...defaultLiveMigration, ...some, bandwidthBytesPerSecond: limit * MIB };
        // Rounds that grow make every difference grow, until they meet the working set.
        fc.pre(dirty < Math.min(bandwidth, limit || bandwidth) || writable <= mib);
        const foretold = (by: number) => foretell(memory(mib, dirty, writable), by * bandwidth * MIB, gb, options);
        const told = foretold(1);
        fc.pre(told.rounds <= 100);
        // Where a round ends just when a rule begins to hold, the last microsecond decides.
        for (const near of [foretold(1 - 1e-5), foretold(1 + 1e-5)]) {
          fc.pre(near.outcome === told.outcome && near.rounds === told.rounds && near.throttle === told.throttle);
        }
        const { simulation, network, begin, ends, figures } = link(bandwidth, options);
        begin(0, memory(mib, dirty, writable), gb);
        simulation.run();
        const end = { completed: "completed", aborted: "timed out", forced: "completed", "post-copy": "completed", never: undefined };
        expect(ends.get(0)).toBe(end[told.outcome]);
        if (told.outcome === "never") return;
        seen.add(told.outcome);
        const { rounds, seconds, downtimeSeconds, bytes, throttle, forced: wasForced, postCopy } = figures.get(0)!;
        expect([rounds, throttle, wasForced, postCopy]).toEqual([
          told.rounds,
          told.throttle,
          told.outcome === "forced" || told.outcome === "post-copy",
          told.outcome === "post-copy",
        ]);
        // Time is whole microseconds, round by round, and every round inherits what the one before has lost.
        const slack = 2e-6 * (told.rounds + 2) * (told.rounds + 2);
        expect(Math.abs(seconds - told.seconds)).toBeLessThan(slack);
        expect(Math.abs(downtimeSeconds - told.downtimeSeconds)).toBeLessThan(slack);
        expect(Math.abs(bytes - told.bytes)).toBeLessThan(slack * 2000 * MIB);
        expect(Math.abs(network.carried - bytes)).toBeLessThan(1 + 1e-9 * bytes);
        expect(network.active).toBe(0);
      }),
      { numRuns: 400 },
    );
    expect([...seen].sort((a, b) => (a < b ? -1 : 1))).toEqual(["aborted", "completed", "forced", "post-copy"]);
  });

  it("slows its guest while it copies, stops it for the last round, and lets it go at its pace on the other host", () => {
    const { simulation, begin, paces, switchedAt, figures } = link(100);
    begin(0, memory(1000, 0.4));
    simulation.run();
    expect(paces).toEqual(["0 1 0.90 @0.00", "0 0 0.00 @10.00", "0 1 1.00 @10.09"]);
    expect(switchedAt.get(0)).toBeCloseTo(10.09, 6);
    const { lostSeconds, downtimeSeconds } = figures.get(0)!;
    expect(downtimeSeconds).toBeCloseTo(0.09, 5);
    expect(lostSeconds).toBeCloseTo(1 + downtimeSeconds, 5);
  });

  it("has less to copy of a guest that gets less of the CPU", () => {
    const bytes = [1, 0.5, 0].map((cpu) => {
      const { simulation, begin, figures, share } = link(1000);
      share.cpu = cpu;
      begin(0, memory(10_000, 500));
      simulation.run();
      return figures.get(0)!.bytes / MIB;
    });
    expect(bytes[0]).toBeGreaterThan(bytes[1]!);
    expect(bytes[1]).toBeGreaterThan(bytes[2]!);
    expect(bytes[2]).toBeCloseTo(10_000, 6);
  });

  it("counts what was written before and after the CPU share changed", () => {
    const { simulation, begin, share, copies, figures } = link(100);
    begin(0, memory(1000, 10));
    simulation.run(5 * SECOND);
    copies.cpuShareChanges(0);
    share.cpu = 0;
    simulation.run();
    expect(figures.get(0)!.bytes / MIB).toBeCloseTo(1050, 3);
  });
});

describe("live migrations that share a link", () => {
  it("take twice as long, two side by side, and one alone again once the other has gone", () => {
    const { simulation, begin, figures } = link(100);
    begin(0, memory(1000, 0));
    begin(1, memory(500, 0));
    simulation.run();
    expect(figures.get(1)!.seconds).toBeCloseTo(10.05, 5);
    expect(figures.get(0)!.seconds).toBeCloseTo(15.05, 5);
  });

  it("give way to other traffic in proportion to their connections", () => {
    const { simulation, network, begin } = link(100, { parallelConnections: 3 });
    network.start(7, 1e12, [0]);
    begin(0, memory(1000, 0));
    simulation.run(0);
    expect(network.rateOf(7) / MIB).toBeCloseTo(25, 9);
  });

  it("are held to live_migration_bandwidth, each for itself, one after the other too", () => {
    const { simulation, begin, figures } = link(100, { bandwidthBytesPerSecond: 20 * MIB });
    begin(0, memory(100, 0));
    begin(1, memory(100, 0));
    simulation.run();
    begin(2, memory(100, 0));
    simulation.run();
    for (const server of [0, 1, 2]) expect(figures.get(server)!.seconds).toBeCloseTo(5.05, 5);
  });

  it("converge later where other traffic comes in between", () => {
    const rounds = [0, 1].map((others) => {
      const { simulation, network, begin, figures } = link(100);
      for (let other = 0; other < others; other++) network.start(other, 100_000 * MIB, [0]);
      begin(0, memory(1000, 20));
      simulation.run();
      return figures.get(0)!;
    });
    expect(rounds[1]!.rounds).toBeGreaterThan(rounds[0]!.rounds);
    expect(rounds[1]!.seconds).toBeGreaterThan(2 * rounds[0]!.seconds);
  });
});

describe("a live migration that does not come to its end", () => {
  it("can be aborted until its guest has moved, and gives the link back", () => {
    const { simulation, network, begin, copies, ends, figures, paces, switchedAt } = link(100);
    begin(0, memory(1000, 0));
    simulation.run(4 * SECOND);
    expect(copies.abort(0)).toBe(true);
    simulation.run();
    expect(ends.get(0)).toBe("aborted");
    expect(figures.get(0)).toMatchObject({ bytes: 400 * MIB, seconds: 4, downtimeSeconds: 0 });
    expect(paces.at(-1)).toBe("0 1 1.00 @4.00");
    expect([network.active, switchedAt.size]).toEqual([0, 0]);
    expect(simulation.now).toBe(4 * SECOND);
    expect(() => copies.abort(0)).toThrow("no live migration of it is under way");
  });

  it("waits on a link that carries nothing until its time is up", () => {
    const { simulation, begin, ends, figures } = link(0);
    begin(0, memory(1000, 10));
    simulation.run();
    expect(ends.get(0)).toBe("timed out");
    expect(figures.get(0)).toMatchObject({ seconds: 1600, bytes: 0, rounds: 1 });
  });

  it("stays for ever on a link that carries nothing where there is no timeout, and nothing hangs", () => {
    const { simulation, begin, ends, copies } = link(0, { completionTimeoutSeconds: 0 });
    begin(0, memory(1000, 10));
    simulation.run();
    expect([ends.size, copies.isUnderWay(0)]).toEqual([0, true]);
  });

  it("leaves the guest where it is when a host fails, and loses it when that happens behind the guest", () => {
    for (const which of ["source", "destination"] as const) {
      const before = link(100);
      before.begin(0, memory(1000, 0));
      before.simulation.run(SECOND);
      before.copies.hostFails(0, which);
      expect([before.ends.get(0), before.switchedAt.size, before.network.active]).toEqual([`${which} failed`, 0, 0]);
      const behind = link(100, { ...forced, permitPostCopy: true });
      behind.begin(0, memory(10_000, 0));
      behind.simulation.run(12 * SECOND);
      expect(behind.switchedAt.get(0)).toBeCloseTo(10.15, 5);
      behind.copies.hostFails(0, which);
      expect([behind.ends.get(0), behind.network.active]).toEqual(["lost", 0]);
    }
  });

  it("is completed at the operator's word, once", () => {
    const { simulation, begin, copies, ends, figures } = link(100);
    begin(0, memory(1000, 200));
    simulation.run(4 * SECOND);
    expect(copies.forceComplete(0)).toBe(true);
    expect(copies.forceComplete(0)).toBe(false);
    simulation.run();
    expect(ends.get(0)).toBe("completed");
    // 600 MiB of the round, and 800 that were written.
    expect(figures.get(0)!.downtimeSeconds).toBeCloseTo(14.05, 5);
    expect(figures.get(0)!.forced).toBe(true);
  });

  it("cannot be begun twice, nor with numbers that make no sense", () => {
    const { begin } = link(100);
    begin(0, memory(1000, 0));
    expect(() => begin(0, memory(1000, 0))).toThrow("cannot be copied twice at once");
    expect(() => begin(1, memory(Number.NaN, 0))).toThrow(RangeError);
    expect(() => begin(2, memory(1, 0), 0)).toThrow(RangeError);
    expect(() => link(100, { parallelConnections: 1.5 })).toThrow("live_migration_parallel_connections is 1.5");
  });
});
