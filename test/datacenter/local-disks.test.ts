// Disks of servers on their hosts: shared bases, growth, and the file system that is full.
import { describe, expect, it } from "vitest";
import { type LocalDisk, LocalDisks } from "../../src/datacenter/local-disks.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { DAY, SECOND } from "../../src/kernel/time.ts";

const GB = 1e9;
const disk: LocalDisk = { image: 0, baseBytes: 2 * GB, virtualBytes: 20 * GB };

function disksOf(capacityGb: number) {
  const simulation = new Simulation();
  const paused: { server: number; seconds: number }[] = [];
  const disks = new LocalDisks(simulation, [capacityGb * GB], (server) => paused.push({ server, seconds: simulation.now / SECOND }));
  const at = (seconds: number) => simulation.run(seconds * SECOND);
  return { simulation, disks, paused, at };
}

describe("local disks", () => {
  it("share the base of their image, and take their own room as they are written", () => {
    const { disks, at } = disksOf(100);
    for (const server of [0, 1, 2]) expect(disks.place(server, 0, disk)).toBe(true);
    expect(disks.usedBytes(0)).toBe(2 * GB);
    disks.setGrowth(1, GB);
    at(5);
    expect([disks.writtenBytes(1), disks.usedBytes(0)]).toEqual([5 * GB, 7 * GB]);
    at(30); // it has had its size after 20 s
    expect([disks.writtenBytes(1), disks.usedBytes(0)]).toEqual([20 * GB, 22 * GB]);
    disks.remove(1);
    expect(disks.usedBytes(0)).toBe(2 * GB);
  });

  it("pause every server that grows, and no other, at the instant the file system is full", () => {
    const { disks, paused, at } = disksOf(12);
    for (const server of [0, 1, 2]) disks.place(server, 0, disk);
    disks.setGrowth(0, GB);
    disks.setGrowth(2, 0.25 * GB);
    at(100);
    expect(paused).toEqual([
      { server: 2, seconds: 8 },
      { server: 0, seconds: 8 },
    ]);
    expect([0, 1, 2].map((server) => disks.isPaused(server))).toEqual([true, false, true]);
    expect([0, 2].map((server) => disks.writtenBytes(server))).toEqual([8 * GB, 2 * GB]);
    expect(disks.freeBytes(0)).toBe(0);
    // No room, no resuming; whoever begins to write is stopped too.
    expect(disks.resume(0)).toBe(false);
    disks.setGrowth(1, 1);
    expect(paused.at(-1)).toEqual({ server: 1, seconds: 100 });
    disks.remove(2);
    expect([disks.resume(0), disks.resume(1), disks.isPaused(0)]).toEqual([true, true, false]);
    at(200);
    expect(paused.slice(3).map(({ server }) => server)).toEqual([1, 0]);
    expect(paused.at(-1)!.seconds).toBeCloseTo(102, 6);
    expect(disks.freeBytes(0)).toBeLessThan(1);
  });

  it("are not made where there is no room for them, or for the base", () => {
    const { disks } = disksOf(10);
    expect(disks.place(0, 0, { ...disk, preallocated: true })).toBe(false);
    expect(disks.place(0, 0, { ...disk, virtualBytes: 8 * GB, preallocated: true })).toBe(true);
    expect(disks.freeBytes(0)).toBe(0);
    expect(disks.place(1, 0, disk)).toBe(true);
    expect(disks.place(2, 0, { ...disk, image: 1, baseBytes: 1 })).toBe(false);
  });

  it("leave their base behind, until nobody has used it for a day", () => {
    const { disks, simulation } = disksOf(10);
    disks.place(0, 0, disk);
    expect(disks.removeUnusedBases(0)).toBe(0);
    disks.remove(0);
    simulation.run(DAY - 1);
    expect(disks.removeUnusedBases(0)).toBe(0);
    simulation.run(DAY);
    expect([disks.removeUnusedBases(0), disks.usedBytes(0)]).toEqual([2 * GB, 0]);
  });

  it("grow by odd amounts without an end of small steps, and never beyond the file system", () => {
    const { disks, simulation, paused } = disksOf(1);
    for (let server = 0; server < 7; server++) {
      disks.place(server, 0, { image: server % 3, baseBytes: 1234567, virtualBytes: 123456789.5 + server * 1e8 });
      disks.setGrowth(server, 1 / 3 + 1000 * server * server);
    }
    simulation.run(400 * DAY);
    expect(paused.length).toBeGreaterThan(0);
    expect(simulation.fingerprint.count).toBeLessThan(20);
    expect(disks.usedBytes(0)).toBeLessThanOrEqual(1e9);
  });

  it("are refused clearly where they cannot be", () => {
    const { disks } = disksOf(10);
    expect(() => disksOf(Number.NaN)).toThrow(/host 0: a disk of NaN bytes/);
    expect(() => disks.place(0, 0, { ...disk, virtualBytes: -1 })).toThrow(/server 0: a base of 2000000000 and a disk of -1 bytes/);
    expect(() => disks.place(0, 1, disk)).toThrow(/no host 1 among 1/);
    expect(() => disks.setGrowth(0, 1)).toThrow(/server 0 has no local disk/);
    disks.place(0, 0, disk);
    expect(() => disks.place(0, 0, disk)).toThrow(/has a disk on host 0 already/);
    expect(() => disks.setGrowth(0, Number.POSITIVE_INFINITY)).toThrow(/growth of Infinity/);
  });
});
