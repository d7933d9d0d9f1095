// What it costs to have one's memory in another NUMA cell, and what room the cells leave.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HostCell } from "../../src/datacenter/numa/host-cell.ts";
import { largestFree, remoteAccessRate, remoteShareOf } from "../../src/datacenter/numa/remote-access.ts";

describe("memory in another NUMA cell", () => {
  it("slows a guest by the part of its time that waits for memory", () => {
    expect(remoteAccessRate(1, 0.3, 1.5)).toBeCloseTo(1 / 1.15, 12);
    expect(remoteAccessRate(0.5, 0.3, 1.5)).toBeCloseTo(1 / 1.075, 12);
    expect([remoteAccessRate(0), remoteAccessRate(1, 0, 1.7), remoteAccessRate(1, 1, 1)]).toEqual([1, 1, 1]);
    expect(remoteAccessRate(1, 1, 2)).toBe(0.5);
  });

  it("is met as often as CPUs and memory lie apart", () => {
    expect(remoteShareOf([4, 0], [8, 0])).toBe(0);
    expect(remoteShareOf([4, 0], [0, 8])).toBe(1);
    expect(remoteShareOf([2, 2], [4, 4])).toBe(0.5);
    expect(remoteShareOf([3, 1], [1, 3])).toBe(1 - 6 / 16);
  });

  it("never makes a guest faster, nor slower than the latencies", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.double({ min: 1, max: 3, noNaN: true }), (remote, bound, ratio) => {
        const rate = remoteAccessRate(remote, bound, ratio);
        expect(rate).toBeLessThanOrEqual(1);
        expect(rate).toBeGreaterThanOrEqual(1 / ratio - 1e-12);
      }),
      { seed: 1 },
    );
  });

  it("is refused clearly where it cannot be", () => {
    expect(() => remoteAccessRate(1.5)).toThrow(/a remote share of 1.5/);
    expect(() => remoteAccessRate(0.5, Number.NaN)).toThrow(/a memory-bound share of NaN/);
    expect(() => remoteAccessRate(0.5, 0.3, 0.9)).toThrow(/a remote latency of 0.9 times/);
    expect(() => remoteShareOf([], [])).toThrow(/CPUs of \[\] and memory of \[\]/);
    expect(() => remoteShareOf([2, -1], [1, 1])).toThrow(/expected amounts of 0 or more/);
  });

  it("is what a guest of one cell avoids, if one cell has the room", () => {
    const cell = (id: number, pinnedCpus: readonly number[], memoryUsedMb: number): HostCell => ({
      ...{ id, cpuset: [], pcpuset: [0, 1, 2, 3].map((cpu) => cpu + 4 * id), memoryMb: 1000, memoryUsedMb, sharedVcpusUsed: 0 },
      ...{ pinnedCpus, siblings: [], pages: [], socket: null },
    });
    expect(largestFree([cell(0, [0, 1, 2], 100), cell(1, [4], 700)])).toEqual({ dedicatedCpus: 3, memoryMb: 900 });
    expect(largestFree([])).toEqual({ dedicatedCpus: 0, memoryMb: 0 });
  });
});
