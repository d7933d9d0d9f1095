// Live migration over a network that always carries the same: closed forms, Nova's ramp and timeouts, and what more of anything does to it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { throttleAfter, unthrottled } from "../../../src/datacenter/migration/auto-converge.ts";
import { dirtyRates } from "../../../src/datacenter/migration/dirty-rates.ts";
import { completionTimeoutSeconds, dataGb, downtimeMaxSeconds, downtimeRamp } from "../../../src/datacenter/migration/downtime-ramp.ts";
import { foretell, foretellWithin } from "../../../src/datacenter/migration/foretell.ts";
import { defaultLiveMigration } from "../../../src/datacenter/migration/live-migration-options.ts";
import { paceWithMisses, postCopy, remoteFaultSeconds } from "../../../src/datacenter/migration/post-copy.ts";
import { closedForm, type WrittenMemory } from "../../../src/datacenter/migration/pre-copy.ts";

const MIB = 1 << 20;
const mib = (bytes: number, dirty: number, writable = Number.POSITIVE_INFINITY): WrittenMemory => ({
  bytes: bytes * MIB,
  dirtyBytesPerSecond: dirty * MIB,
  writableBytes: writable * MIB,
});
const options = { ...defaultLiveMigration, switchSeconds: 0 };
const patient = (downtime: number, timeoutSeconds = Number.POSITIVE_INFINITY) => ({ downtimeMaxSeconds: () => downtime, timeoutSeconds });

describe("pre-copy at a constant bandwidth", () => {
  const cases = [
    { memory: mib(4096, 50), bandwidth: 1000, downtime: 0.3, rounds: 1, down: 0.2048, total: 4.3008 },
    { memory: mib(8192, 300), bandwidth: 1150, downtime: 0.5, rounds: 2, down: 0.484774, total: 9.466551, sent: 10_886.533081 },
    { memory: mib(16_384, 100), bandwidth: 115, downtime: 0.5, rounds: 41, down: 0.462499, total: 1089.183341 },
  ];

  it.each(cases)("takes $rounds rounds and $total s", ({ memory, bandwidth, downtime, rounds, down, total, sent }) => {
    const closed = closedForm(memory, bandwidth * MIB, downtime);
    const stepped = foretellWithin(memory, bandwidth * MIB, patient(downtime), options);
    expect(closed.rounds).toBe(rounds);
    expect(stepped).toMatchObject({ outcome: "completed", rounds });
    for (const { downtimeSeconds, seconds, bytes } of [closed, stepped]) {
      expect(Math.abs(downtimeSeconds - down)).toBeLessThan(5e-7);
      expect(Math.abs(seconds - total)).toBeLessThan(5e-7);
      if (sent !== undefined) expect(Math.abs(bytes / MIB - sent)).toBeLessThan(5e-7);
    }
    expect(Math.abs(stepped.seconds / closed.seconds - 1)).toBeLessThan(1e-9);
    expect(Math.abs(stepped.downtimeSeconds / closed.downtimeSeconds - 1)).toBeLessThan(1e-9);
    expect(Math.abs(stepped.bytes / closed.bytes - 1)).toBeLessThan(1e-9);
  });

  it("is exact to the last digits where the arithmetic is plain", () => {
    const { downtimeSeconds, seconds } = foretellWithin(mib(4096, 50), 1000 * MIB, patient(0.3), options);
    expect(downtimeSeconds).toBeCloseTo(0.2048, 12);
    expect(seconds).toBeCloseTo(4.3008, 12);
  });

  it("agrees with the closed form whenever the guest writes slower than the network carries", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 0.98, noNaN: true }),
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (bytes, ratio, bandwidth, downtime) => {
          const memory = mib(bytes, ratio * bandwidth);
          const closed = closedForm(memory, bandwidth * MIB, downtime);
          const stepped = foretellWithin(memory, bandwidth * MIB, patient(downtime), options);
          // At the very edge of one more round the last bit decides.
          fc.pre(Math.abs(closed.downtimeSeconds / downtime - 1) > 1e-9);
          fc.pre(Math.abs((closed.downtimeSeconds / downtime) * ratio - 1) > 1e-9);
          fc.pre(Math.abs(closed.downtimeSeconds / (ratio * downtime) - 1) > 1e-9);
          expect(stepped.rounds).toBe(closed.rounds);
          expect(Math.abs(stepped.seconds / closed.seconds - 1)).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it("does not converge where the guest writes as fast as the network carries, unless little of its memory is written to", () => {
    expect(foretellWithin(mib(1024, 100), 100 * MIB, patient(0.5), options).outcome).toBe("never");
    expect(foretellWithin(mib(1024, 200, 60), 100 * MIB, patient(0.5), options).outcome).toBe("never");
    expect(foretellWithin(mib(1024, 200, 50), 100 * MIB, patient(0.5), options)).toMatchObject({ outcome: "completed", rounds: 1 });
    expect(() => closedForm(mib(1024, 100), 100 * MIB, 0.5)).toThrow("does not converge");
  });

  it("sends more and takes longer the faster the guest writes, and takes longer the less the network carries", () => {
    const amount = fc.double({ min: 0, max: 2000, noNaN: true });
    const run = (dirty: number, bandwidth: number) =>
      foretellWithin(mib(4096, dirty, 1024), bandwidth * MIB, patient(0.3, 600), { ...options, timeoutAction: "force_complete" });
    fc.assert(
      fc.property(amount, amount, fc.double({ min: 20, max: 5000, noNaN: true }), (a, b, bandwidth) => {
        const slow = run(Math.min(a, b), bandwidth);
        const fast = run(Math.max(a, b), bandwidth);
        // A guest that is forced is stopped at one instant, whatever it writes.
        if (fast.outcome !== "completed") return;
        expect(slow.outcome).toBe("completed");
        expect(slow.seconds).toBeLessThanOrEqual(fast.seconds * (1 + 1e-9));
        expect(slow.bytes).toBeLessThanOrEqual(fast.bytes * (1 + 1e-9));
        expect(slow.rounds).toBeLessThanOrEqual(fast.rounds);
      }),
    );
    fc.assert(
      fc.property(
        amount,
        fc.double({ min: 20, max: 5000, noNaN: true }),
        fc.double({ min: 1, max: 4, noNaN: true }),
        (dirty, low, times) => {
          const narrow = run(dirty, low);
          const wide = run(dirty, low * times);
          // What is left when the time is up depends on where in its round the guest is caught.
          if (narrow.outcome !== "completed") return;
          expect(wide.outcome).toBe("completed");
          expect(wide.seconds).toBeLessThanOrEqual(narrow.seconds * (1 + 1e-9));
        },
      ),
    );
  });
});

describe("Nova's ramp of downtimes", () => {
  it("of 8 GiB begins with 50 ms for ten minutes and reaches 500 ms after 100 of them", () => {
    const ramp = downtimeRamp(defaultLiveMigration, dataGb(8192));
    expect(ramp).toHaveLength(11);
    expect(ramp.map(({ seconds, downtimeMs }) => [seconds, downtimeMs])).toEqual(
      Array.from({ length: 11 }, (_, i) => [600 * i, 50 + 45 * i]),
    );
    expect(downtimeMaxSeconds(ramp, 599.9)).toBe(0.05);
    expect(downtimeMaxSeconds(ramp, 600)).toBe(0.095);
    expect(downtimeMaxSeconds(ramp, 1e9)).toBe(0.5);
    expect(completionTimeoutSeconds(800, dataGb(8192))).toBe(6400);
  });

  it("counts memory and every copied disk as 2 GiB at least", () => {
    expect(dataGb(512)).toBe(2);
    expect(dataGb(8192, [20, 1])).toBe(30);
    expect(dataGb(3 * 512)).toBe(2);
    expect(dataGb(5 * 512)).toBe(2.5);
    expect(downtimeRamp(defaultLiveMigration, 2.5)[1]!.seconds).toBe(187);
  });

  it("makes a guest wait for its downtime: 8 GiB at 300 of 1150 MiB/s goes a round further than with 500 ms from the start", () => {
    const eager = foretellWithin(mib(8192, 300), 1150 * MIB, patient(0.5), options);
    const nova = foretell(mib(8192, 300), 1150 * MIB, 8, options);
    expect(eager.rounds).toBe(2);
    expect(nova.rounds).toBe(4);
    expect(nova.downtimeSeconds).toBeLessThan(0.05);
  });

  it("refuses what Nova refuses", () => {
    expect(() => downtimeRamp({ ...defaultLiveMigration, downtimeMs: 50 }, 2)).toThrow(
      "live_migration_downtime is 50: expected 100 or more",
    );
    expect(() => downtimeRamp({ ...defaultLiveMigration, downtimeSteps: 2 }, 2)).toThrow(RangeError);
    expect(() => downtimeRamp({ ...defaultLiveMigration, downtimeDelaySeconds: Number.NaN }, 2)).toThrow(RangeError);
  });
});

describe("a migration that does not converge", () => {
  const busy = mib(8192, 2000, 4096);

  it("is aborted when its time is up, 6400 s for 8 GiB", () => {
    const aborted = foretell(busy, 1000 * MIB, 8, options);
    expect(aborted).toMatchObject({ outcome: "aborted", seconds: 6400, downtimeSeconds: 0 });
    expect(aborted.bytes / MIB).toBeCloseTo(6_400_000, 6);
  });

  it("is forced by stopping the guest, which then stands still for what is left of the round and what it has written", () => {
    const forced = foretell(busy, 1000 * MIB, 8, { ...options, timeoutAction: "force_complete" });
    expect(forced.outcome).toBe("forced");
    expect(forced.seconds).toBeCloseTo(6400 + forced.downtimeSeconds, 9);
    expect(forced.downtimeSeconds).toBeGreaterThan(4);
    expect(forced.downtimeSeconds).toBeLessThanOrEqual(8.192);
  });

  it("stands still for a fraction of a second with post-copy", () => {
    const moved = foretell(busy, 1000 * MIB, 8, { ...options, timeoutAction: "force_complete", permitPostCopy: true });
    expect(moved.outcome).toBe("post-copy");
    expect(moved.downtimeSeconds).toBeCloseTo(0.01, 9);
    expect(moved.seconds).toBeGreaterThan(6404);
  });

  it("converges with auto-converge: 15 rounds, the guest slowed by 70 per cent", () => {
    const memory = mib(16_384, 400, 16_384);
    const slowed = foretellWithin(memory, 300 * MIB, patient(0.5), { ...options, permitAutoConverge: true });
    expect(slowed).toMatchObject({ outcome: "completed", rounds: 15, throttle: 0.7 });
    expect(Math.abs(slowed.seconds - 487.419206)).toBeLessThan(5e-7);
    expect(Math.abs(slowed.downtimeSeconds - 0.246347)).toBeLessThan(5e-7);
    expect(Math.round(slowed.bytes / MIB)).toBe(146_226);
    expect(foretellWithin(memory, 300 * MIB, patient(0.5), options).outcome).toBe("never");
  });
});

describe("auto-converge", () => {
  it("takes a fifth of the CPU time at the second round that is too dirty, then a tenth more at every second one, up to 99 per cent", () => {
    const shares: number[] = [];
    let throttle = unthrottled;
    for (let round = 0; round < 24; round++) {
      throttle = throttleAfter(throttle, 100, 51);
      shares.push(throttle.share);
    }
    expect(shares.filter((_, i) => i % 2 === 1)).toEqual([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.99, 0.99, 0.99]);
    expect(shares[2]).toBe(0.2);
    expect(throttleAfter(unthrottled, 100, 50)).toEqual(unthrottled);
  });
});

describe("post-copy", () => {
  it("stops the guest for its devices only, then brings the rest", () => {
    const { downtimeSeconds, seconds } = postCopy(1000 * MIB, 100 * MIB, 0.1);
    expect(downtimeSeconds).toBeCloseTo(0.2, 12);
    expect(seconds).toBeCloseTo(0.2 + 10.5, 12);
    expect(remoteFaultSeconds(0.0002, 4096e4)).toBeCloseTo(0.0003, 12);
    expect(paceWithMisses(0, 1, 1)).toBe(1);
    expect(paceWithMisses(0.5, 0.0004, 0.0002)).toBe(0.5);
  });
});

describe("guests by what they do", () => {
  it("write faster and to more of their memory from idle to HPC", () => {
    const rows = [...dirtyRates.values()];
    expect([...dirtyRates.keys()]).toEqual(["idle", "web", "database", "compile", "hpc"]);
    for (const [i, row] of rows.slice(1).entries()) {
      expect(row.bytesPerSecond.value).toBeGreaterThan(rows[i]!.bytesPerSecond.value);
      expect(row.writableShare.value).toBeGreaterThan(rows[i]!.writableShare.value);
    }
  });
});

describe("bad numbers", () => {
  it("are named", () => {
    expect(() => foretell(mib(-1, 1), 1, 2, options)).toThrow("live migration: bytes to copy");
    expect(() => foretell(mib(Number.POSITIVE_INFINITY, 1), 1, 2, options)).toThrow(RangeError);
    expect(() => foretell(mib(1, Number.NaN), 1, 2, options)).toThrow("dirty rate NaN");
    expect(() => foretell(mib(1, 1), Number.NaN, 2, options)).toThrow("a bandwidth of NaN B/s");
    expect(() => foretell(mib(1, 1), 1, 0, options)).toThrow(RangeError);
    expect(() => foretell(mib(1, 1), 1, 2, { ...options, parallelConnections: 0 })).toThrow("live_migration_parallel_connections is 0");
    expect(() => foretell(mib(1, 1), 1, 2, { ...options, trackingSlowdown: 1 })).toThrow(RangeError);
  });

  it("of a network that carries nothing end in the timeout, or never", () => {
    expect(foretell(mib(1, 1), 0, 2, options)).toMatchObject({ outcome: "aborted", seconds: 1600, bytes: 0 });
    expect(foretell(mib(1, 1), 0, 2, { ...options, completionTimeoutSeconds: 0 }).outcome).toBe("never");
    expect(foretell(mib(0, 0), 0, 2, options)).toMatchObject({ outcome: "completed", seconds: 0, bytes: 0 });
  });
});
