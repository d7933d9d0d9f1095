// Devices with a limit on reads, one on writes and one on both.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Simulation } from "../../src/kernel/simulation.ts";
import { SECOND } from "../../src/kernel/time.ts";
import type { DeviceBandwidth, DeviceOperation } from "../../src/queueing/device-shares.ts";
import { SharedDevices } from "../../src/queueing/shared-devices.ts";

type Operation = readonly [operation: DeviceOperation, bytes: number, weight?: number, startSeconds?: number];

/** Seconds at which the operations end on one device; `meanwhile` happens at the given second. */
function ends(
  bandwidth: DeviceBandwidth,
  operations: readonly Operation[],
  meanwhile?: [number, (devices: SharedDevices) => void],
): number[] {
  const simulation = new Simulation();
  const endedAt = operations.map(() => Number.NaN);
  const devices = new SharedDevices(simulation, [bandwidth], (job) => {
    endedAt[job] = simulation.now / SECOND;
  });
  const begin = simulation.kind("begin", (job) => devices.begin(job, 0, operations[job]![0], operations[job]![1], operations[job]![2]));
  for (const [job, [, , , start = 0]] of operations.entries()) simulation.schedule(start * SECOND, begin, job);
  if (meanwhile !== undefined) {
    const happen = simulation.kind("meanwhile", () => meanwhile[1](devices));
    simulation.schedule(meanwhile[0] * SECOND, happen, 0);
  }
  simulation.run();
  return endedAt;
}

const disk: DeviceBandwidth = { read: 100, write: 40, together: 100 };

describe("a device", () => {
  it("reads and writes side by side as far as its three limits go", () => {
    // SimGrid's hand-checked case: 40 B/s of writes leave 60 to the reads.
    const both: Operation[] = [
      ["read", 600],
      ["write", 400],
    ];
    expect(ends(disk, both)).toEqual([10, 10]);
    expect(ends(disk, [["read", 600]])).toEqual([6]);
    expect(ends(disk, [["write", 400]])).toEqual([10]);
    // 25 B/s each until the write is done, then all 50 for the last 200 of the read.
    expect(ends({ ...disk, together: 50 }, both)).toEqual([20, 16]);
  });

  it("serves by weight", () => {
    const threeToOne: Operation[] = [
      ["read", 750, 3],
      ["read", 250, 1],
    ];
    expect(ends(disk, threeToOne)).toEqual([10, 10]);
  });

  it("ends an operation of no bytes at once, and goes on where it was after a stall", () => {
    expect(ends(disk, [["read", 0, 1, 3]])).toEqual([3]);
    const stalled = ends(disk, [["read", 600]], [2, (devices) => devices.setBandwidth(0, { read: 0, write: 0, together: 0 })]);
    expect(stalled).toEqual([Number.NaN]);
    expect(ends(disk, [["read", 600]], [2, (devices) => devices.setBandwidth(0, { read: 50, write: 40, together: 50 })])).toEqual([10]);
  });

  it("does not end what is taken away, and serves the others faster", () => {
    const two: Operation[] = [
      ["read", 600],
      ["read", 600],
    ];
    expect(ends(disk, two, [4, (devices) => devices.remove(1)])).toEqual([8, Number.NaN]);
  });

  it("never serves more than its limits, and leaves no operation without a bottleneck", () => {
    const limit = fc.integer({ min: 1, max: 1000 });
    const operation = fc.record({ write: fc.boolean(), weight: fc.integer({ min: 1, max: 9 }), leaves: fc.nat(6) });
    fc.assert(
      fc.property(limit, limit, limit, fc.array(operation, { minLength: 1, maxLength: 30 }), (read, write, together, operations) => {
        const devices = new SharedDevices(
          new Simulation(),
          [
            { read: 1, write: 1, together: 1 },
            { read, write, together },
          ],
          () => {},
        );
        const present: number[] = [];
        for (const [job, one] of operations.entries()) {
          devices.begin(job, 1, one.write ? "write" : "read", 1000, one.weight);
          present.push(job);
          if (one.leaves < present.length - 1) devices.remove(present.splice(one.leaves, 1)[0]!);
          const levelOf = (of: number) => devices.rateOf(of) / operations[of]!.weight;
          const [reads, writes] = [devices.throughput(1, "read"), devices.throughput(1, "write")];
          const summed = (isWrite: boolean) =>
            present.filter((of) => operations[of]!.write === isWrite).reduce((sum, of) => sum + devices.rateOf(of), 0);
          expect(summed(false)).toBeCloseTo(reads, 6);
          expect(summed(true)).toBeCloseTo(writes, 6);
          expect(reads).toBeLessThanOrEqual(read + 1e-6);
          expect(writes).toBeLessThanOrEqual(write + 1e-6);
          expect(reads + writes).toBeLessThanOrEqual(together + 1e-6);
          const highest = Math.max(...present.map(levelOf));
          for (const of of present) {
            const ownFull = operations[of]!.write ? writes > write - 1e-6 : reads > read - 1e-6;
            const allFull = reads + writes > together - 1e-6 && levelOf(of) > highest - 1e-6;
            expect(ownFull || allFull).toBe(true);
          }
          expect(devices.countOn(1)).toBe(present.length);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("is refused clearly what cannot be", () => {
    const devices = new SharedDevices(new Simulation(), [disk], () => {});
    expect(() => devices.begin(0, 0, "read", -1)).toThrow(/read 0: -1 bytes; expected 0 or more/);
    expect(() => devices.begin(0, 0, "write", 1, 0)).toThrow(/write 0: a weight of 0/);
    expect(() => devices.begin(0, 1, "read", 1)).toThrow(/read 0: no device 1 among 1/);
    expect(() => devices.remove(0)).toThrow(/operation 0 is not under way/);
    devices.begin(0, 0, "read", 1);
    expect(() => devices.begin(0, 0, "read", 1)).toThrow(/is under way already/);
    expect(() => devices.setBandwidth(0, { ...disk, write: Number.NaN })).toThrow(/device 0: a write bandwidth of NaN/);
    expect(() => devices.setBandwidth(2, disk)).toThrow(/no device 2 among 1/);
  });
});
