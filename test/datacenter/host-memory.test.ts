// Memory of a host under pressure: merging, balloon, swap, and what happens when none of them will do.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HostMemory, type HostMemoryDescription, type ServerMemory } from "../../src/datacenter/host-memory.ts";
import { defaultMergeRates, mergedAfter, swapSlowdown } from "../../src/datacenter/memory-relief.ts";
import { HOUR, MINUTE, SECOND } from "../../src/kernel/time.ts";

const GIB = 1024;

/** A host of 16 GiB, 1 of them reserved, with servers of these amounts, and the servers killed so far. */
function hostWith(host: Partial<HostMemoryDescription>, servers: readonly ServerMemory[] = []) {
  const killed: number[] = [];
  const memory = new HostMemory([{ ramMb: 16 * GIB, reservedMb: GIB, ...host }], (server) => killed.push(server), {
    balloonMbPerSecond: 512,
    sharable: 0.5,
  });
  for (const [server, one] of servers.entries()) memory.place(server, 0, 0, one);
  return { memory, killed };
}

const two8Gib: ServerMemory[] = [{ ramMb: 8 * GIB }, { ramMb: 8 * GIB }];

describe("the memory of a host", () => {
  it("is used as it is touched, not as it is promised", () => {
    const { memory } = hostWith({}, [{ ramMb: 8 * GIB, overheadMb: 200 }]);
    expect([memory.usedMb(0, 0), memory.freeMb(0, 0)]).toEqual([GIB + 200, 15 * GIB - 200]);
    memory.setTouched(0, SECOND, 3 * GIB);
    expect(memory.residentMb(0, SECOND)).toBe(3 * GIB + 200);
    expect(memory.freeMb(0, SECOND)).toBe(12 * GIB - 200);
    memory.setTouched(0, SECOND, 99 * GIB);
    expect(memory.touchedMb(0)).toBe(8 * GIB);
    memory.remove(0, SECOND);
    expect(memory.freeMb(0, SECOND)).toBe(15 * GIB);
  });

  it("that is promised beyond what there is kills the largest as soon as it is touched and there is no swap", () => {
    const { memory, killed } = hostWith({}, two8Gib);
    memory.setTouched(0, 0, 8 * GIB);
    memory.setTouched(1, MINUTE, 7 * GIB);
    expect([killed, memory.freeMb(0, MINUTE)]).toEqual([[], 0]);
    memory.setTouched(1, 2 * MINUTE, 7 * GIB + 1);
    expect([killed, memory.freeMb(0, 2 * MINUTE)]).toEqual([[0], 8 * GIB - 1]);
    expect(() => memory.hostOf(0)).toThrow(/server 0 is on no host/);
  });

  it("kills as many as it takes, the first by number among equals", () => {
    const { memory, killed } = hostWith({}, [...two8Gib, ...two8Gib]);
    memory.setAllTouched(
      0,
      0,
      [6, 8, 8, 6].map((gib) => gib * GIB),
    );
    expect(killed).toEqual([1, 2]);
    expect(memory.usedMb(0, 0)).toBe(13 * GIB);
  });

  it("takes overheads for what cannot be swapped", () => {
    const { memory, killed } = hostWith({ swapMb: 100 * GIB }, [{ ramMb: GIB, overheadMb: 15 * GIB }]);
    expect(killed).toEqual([]);
    memory.setTouched(0, 0, GIB);
    expect([killed, memory.swappedMb(0, 0)]).toEqual([[], GIB]);
    memory.place(1, 0, 0, { ramMb: GIB, overheadMb: 1 });
    expect(killed).toEqual([0]);
  });

  it("goes to swap where there is some, the same share of every guest", () => {
    const { memory, killed } = hostWith({ swapMb: 2 * GIB }, two8Gib);
    memory.setAllTouched(0, 0, [8 * GIB, 8 * GIB]);
    expect([killed, memory.swappedMb(0, 0), memory.freeMb(0, 0)]).toEqual([[], GIB, 0]);
    expect(memory.pagedShare(0, 0)).toBe(1 / 16);
    expect(memory.slowdown(0, 0, 85e-6, 1)).toBeCloseTo(1 + 850 / 16, 9);
    expect(memory.slowdown(0, 0, 85e-6, 0.001)).toBeCloseTo(1 + 0.85 / 16, 9);
    memory.place(2, 0, 0, { ramMb: 8 * GIB });
    memory.setTouched(2, 0, GIB);
    expect([killed, memory.swappedMb(0, 0)]).toEqual([[], 2 * GIB]);
    memory.setTouched(2, 0, GIB + 1);
    expect(killed).toEqual([0]);
    expect(memory.pagedShare(1, 0)).toBe(0);
  });

  it("is given back by guests at the balloon's rate, down to their floors; until then they wait, or are in swap", () => {
    const floors = [
      { ramMb: 8 * GIB, balloonFloorMb: 6 * GIB },
      { ramMb: 8 * GIB, balloonFloorMb: 7 * GIB },
    ];
    const touched = [8 * GIB, 8 * GIB];
    const { memory, killed } = hostWith({ ballooning: true }, floors);
    memory.setAllTouched(0, 0, touched); // 1 GiB too much: 2 s of ballooning
    expect([memory.balloonedMb(0, 0), memory.waitingMb(0, 0)]).toEqual([0, GIB]);
    expect([memory.balloonedMb(0, SECOND), memory.waitingMb(0, SECOND)]).toEqual([512, 512]);
    expect([memory.balloonedMb(0, 5 * SECOND), memory.waitingMb(0, 5 * SECOND)]).toEqual([GIB, 0]);
    expect(memory.balloonedOf(0, 5 * SECOND)).toBeCloseTo((2 * GIB) / 3, 9);
    expect(memory.violation(0, SECOND)).toBeNull();
    const swapping = hostWith({ ballooning: true, swapMb: GIB }, floors).memory;
    swapping.setAllTouched(0, 0, touched);
    expect([0, SECOND, 2 * SECOND].map((now) => swapping.swappedMb(0, now))).toEqual([GIB, 512, 0]);
    expect(swapping.waitingMb(0, 0)).toBe(0);
    // 3 GiB is all the floors leave to be asked for.
    memory.place(2, 0, 10 * SECOND, { ramMb: 8 * GIB });
    memory.setTouched(2, 10 * SECOND, 2 * GIB);
    expect([killed, memory.balloonedMb(0, 20 * SECOND)]).toEqual([[], 3 * GIB]);
    memory.setTouched(2, 20 * SECOND, 2 * GIB + 1);
    expect(killed).toEqual([1]);
    expect(memory.balloonedMb(0, 20 * SECOND)).toBe(0);
  });

  it("is merged in the background, at first as fast as KSM scans, then as copies are left, so that the balloon deflates", () => {
    const image = { image: 3, balloonFloorMb: 0 };
    const { memory } = hostWith({ merging: true, ballooning: true }, [
      { ramMb: 8 * GIB, ...image },
      { ramMb: 8 * GIB, ...image },
    ]);
    memory.setAllTouched(0, 0, [8 * GIB, 8 * GIB]);
    const perSecond = ((100 * 4) / 1024 / 0.02) * 0.3; // 19.5 MiB/s scanned, 0.3 of it copies
    expect(memory.mergedMb(0, 10 * SECOND)).toBeCloseTo(10 * perSecond, 9);
    expect(memory.balloonedMb(0, 10 * SECOND)).toBeCloseTo(GIB - 10 * perSecond, 9);
    expect(memory.mergedMb(0, 10 * HOUR)).toBeCloseTo(0.5 * 8 * GIB, 6);
    expect(memory.balloonedMb(0, 10 * HOUR)).toBe(0);
    expect(memory.freeMb(0, 10 * HOUR)).toBeCloseTo(0.5 * 8 * GIB - GIB, 6);
    memory.remove(0, 10 * HOUR);
    expect(memory.mergedMb(0, 10 * HOUR)).toBe(0);
  });

  it("adds up at every instant, and kills nobody while there is relief", () => {
    const server = fc.record({
      ramMb: fc.integer({ min: 1, max: 6000 }),
      overheadMb: fc.integer({ min: 0, max: 300 }),
      image: fc.integer({ min: -1, max: 2 }),
      balloonFloorMb: fc.integer({ min: 0, max: 6000 }),
    });
    const change = fc.record({ server: fc.nat(7), touchedMb: fc.integer({ min: 0, max: 6000 }), wait: fc.nat(20 * MINUTE) });
    const host = fc.record({ swapMb: fc.constantFrom(0, 500, 8000), merging: fc.boolean(), ballooning: fc.boolean() });
    fc.assert(
      fc.property(host, fc.array(server, { minLength: 8, maxLength: 8 }), fc.array(change, { maxLength: 40 }), (host, servers, changes) => {
        const { memory, killed } = hostWith(host, servers);
        const gone = new Set<number>();
        let now = 0;
        for (const { server, touchedMb, wait } of changes) {
          for (const one of killed.splice(0)) gone.add(one);
          if (gone.has(server)) memory.place(server, 0, now, servers[server]!);
          gone.delete(server);
          for (const one of killed.splice(0)) gone.add(one);
          if (!gone.has(server)) memory.setTouched(server, now, touchedMb);
          expect(memory.violation(0, now)).toBeNull();
          const used = memory.usedMb(0, now);
          expect(used + memory.freeMb(0, now)).toBeCloseTo(16 * GIB, 6);
          now += wait;
          expect(memory.violation(0, now)).toBeNull();
          expect(memory.usedMb(0, now)).toBeLessThanOrEqual(used + 1e-6);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("is refused clearly where it cannot be", () => {
    expect(() => hostWith({ ramMb: Number.NaN })).toThrow(/host 0: NaN MiB of RAM/);
    expect(() => hostWith({ reservedMb: 17 * GIB })).toThrow(/host 0: 17408 MiB reserved; expected 0 to 16384/);
    const { memory } = hostWith({}, [{ ramMb: GIB }]);
    expect(() => memory.setTouched(0, 0, -1)).toThrow(/server 0: -1 MiB touched/);
    expect(() => memory.setAllTouched(0, 0, [])).toThrow(/server 0: undefined MiB touched/);
    expect(() => memory.place(1, 0, 0, { ramMb: Number.POSITIVE_INFINITY })).toThrow(/server 1: Infinity MiB/);
    expect(() => memory.place(1, 4, 0, { ramMb: 1 })).toThrow(/no host 4 among 1/);
    expect(() => memory.place(0, 0, 0, { ramMb: 1 })).toThrow(/is on host 0 already/);
    memory.setTouched(0, 9, 1);
    expect(() => memory.freeMb(0, 8)).toThrow(/booked up to 9 us/);
    expect(() => new HostMemory([], () => {}, { balloonMbPerSecond: 0 })).toThrow(/balloon of 0 MiB/);
    expect(() => new HostMemory([], () => {}, { sharable: 2 })).toThrow(/sharable part of 2/);
  });
});

describe("the relief of memory", () => {
  it("scans 5,000 pages a second, 19.5 MiB", () => {
    expect(defaultMergeRates().mbPerMicros / 0.3).toBeCloseTo(19.53125 / SECOND, 15);
  });

  it("merges along a line that turns into an exponential without a kink, the same in one step or in many", () => {
    const rates = { mbPerMicros: 2 / SECOND, relaxationMicros: 100 * SECOND };
    // 1000 MiB to be had: 800 at 2 MiB/s in 400 s, the last 200 with a time constant of 100 s.
    expect(mergedAfter(400 * SECOND, 0, 1000, rates)).toBeCloseTo(800, 9);
    expect(mergedAfter(500 * SECOND, 0, 1000, rates)).toBeCloseTo(1000 - 200 * Math.exp(-1), 9);
    const [before, after] = [399, 401].map((seconds) => mergedAfter(seconds * SECOND, 0, 1000, rates));
    expect(after! - before!).toBeCloseTo(4, 1);
    let merged = 0;
    for (let step = 0; step < 700; step++) merged = mergedAfter(SECOND, merged, 1000, rates);
    expect(merged).toBeCloseTo(mergedAfter(700 * SECOND, 0, 1000, rates), 8);
    expect(mergedAfter(HOUR, 500, 300, rates)).toBe(300);
    expect(mergedAfter(HOUR, 0, 300, { ...rates, mbPerMicros: 0 })).toBe(0);
  });

  it("by swap costs much: one access in ten thousand to a disk of 7,200 rpm makes memory 12.6 times as slow", () => {
    expect(swapSlowdown(1e-4, 11.6e-3, 100e-9)).toBeCloseTo(12.6, 9);
    expect(swapSlowdown(1e-4)).toBeCloseTo(1.085, 9);
    expect(swapSlowdown(0)).toBe(1);
    expect(() => swapSlowdown(1.1)).toThrow(/a share of 1.1/);
    expect(() => swapSlowdown(0.5, 0)).toThrow(/latencies of 0 s/);
  });
});
