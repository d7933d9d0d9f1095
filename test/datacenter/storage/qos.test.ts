import { describe, expect, it } from "vitest";
import { limitOf, type QosSpec, requireQos, TokenLimits } from "../../../src/datacenter/storage/qos.ts";
import { SECOND } from "../../../src/kernel/time.ts";

/** I/Os of 4 KiB that all come at once; how many have gone by each of the instants. */
function goneBy(spec: QosSpec, write: boolean, seconds: readonly number[], bytes = 4096, sizeGb = 100): readonly number[] {
  const limits = new TokenLimits(spec, sizeGb);
  const goes = Array.from({ length: 40_000 }, () => limits.admit(0, write, bytes));
  return seconds.map((s) => goes.filter((at) => at <= s * SECOND).length);
}

describe("the limits of a volume", () => {
  it("hold its I/Os to their rate, after a tenth of a second's worth", () => {
    expect(goneBy({ total_iops_sec: 500 }, false, [0, 1, 10])).toEqual([51, 551, 5051]);
    expect(goneBy({ read_iops_sec: 500 }, true, [0])).toEqual([40_000]);
    expect(goneBy({ read_iops_sec: 500 }, false, [10])).toEqual([5051]);
  });

  it("let a burst of one second's worth of `_max` through, and with a length hold the burst itself to `_max`", () => {
    expect(goneBy({ total_iops_sec: 100, total_iops_sec_max: 2000 }, false, [0, 10])).toEqual([2001, 3001]);
    // QEMU's example: 100 I/O/s on average, up to 2,000 for 60 seconds: the bucket of 120,000 outlasts this load.
    const long = { total_iops_sec: 100, total_iops_sec_max: 2000, total_iops_sec_max_length: 60 };
    expect(goneBy(long, false, [0, 1, 10])).toEqual([201, 2201, 20_201]);
  });

  it("hold bytes as well as I/Os, and the tighter of the two decides", () => {
    const spec = { total_iops_sec: 1000, total_bytes_sec: 1_000_000 };
    expect(goneBy(spec, false, [10], 100)).toEqual([10_101]);
    expect(goneBy(spec, false, [10], 10_000)).toEqual([1011]);
    expect(new TokenLimits(spec, 1).longRunIops(0.5, 10_000)).toBe(100);
  });

  it("of reads and of writes do not disturb each other, a total counts both", () => {
    const apart = new TokenLimits({ read_iops_sec: 10, write_iops_sec: 1000 }, 1);
    for (let i = 0; i < 5; i++) apart.admit(0, false, 1);
    expect([apart.admit(0, true, 1), apart.admit(0, false, 1)]).toEqual([0, 400_000]);
    const total = new TokenLimits({ total_iops_sec: 10 }, 1);
    for (let i = 0; i < 5; i++) total.admit(0, false, 1);
    expect(total.admit(0, true, 1)).toBe(400_000);
    expect(new TokenLimits({ read_iops_sec: 10, write_iops_sec: 1000 }, 1).longRunIops(0.25, 1)).toBeCloseTo(10 / 0.75, 9);
  });

  it("grow with the volume where they are given by GB, but not below their minimum", () => {
    const spec = { total_iops_sec_per_gb: 3, total_iops_sec_per_gb_min: 100 };
    expect([10, 100].map((gb) => limitOf(spec, "total_iops_sec", gb))).toEqual([100, 300]);
    expect(limitOf({ total_iops_sec: 0 }, "total_iops_sec", 10)).toBeUndefined();
    expect(goneBy(spec, false, [10], 1, 1000)).toEqual([30_301]);
  });

  it("count a large I/O as several where `size_iops_sec` says so", () => {
    expect(goneBy({ total_iops_sec: 100, size_iops_sec: 4096 }, false, [10], 16_384)).toEqual([253]);
  });

  it("pass exactly min(load, rate) in the long run", () => {
    for (const [rate, gap] of [
      [200, 1000],
      [5000, 1000],
    ] as const) {
      const limits = new TokenLimits({ write_iops_sec: rate }, 1);
      let last = 0;
      const n = 50_000;
      for (let i = 0; i < n; i++) last = limits.admit(i * gap, true, 4096);
      const load = SECOND / gap;
      const burst = rate < load ? rate / 10 : 0; // what went at once
      expect(last).toBe(((n - 1 - burst) / Math.min(load, rate)) * SECOND);
    }
  });

  it("do not exist where nothing is limited", () => {
    expect(goneBy({}, true, [0])).toEqual([40_000]);
    expect(new TokenLimits({ total_iops_sec: 0 }, 1).longRunIops(0.5, 4096)).toBe(Number.POSITIVE_INFINITY);
  });

  it("are refused when they contradict each other", () => {
    expect(() => requireQos({ total_iops_sec: 1, read_iops_sec: 1 })).toThrow(
      "QoS total_iops_sec and read_iops_sec exclude each other; leave one of them out",
    );
    expect(() => requireQos({ read_iops_sec: -1 })).toThrow(/QoS read_iops_sec: -1; expected a finite number of 0 or more/);
    expect(() => requireQos({ read_iops_sec: Number.NaN })).toThrow(RangeError);
    expect(() => requireQos({ read_bytes_sec_max: 5 })).toThrow(/QoS read_bytes_sec_max needs read_bytes_sec beside it/);
    expect(() => requireQos({ read_bytes_sec: 10, read_bytes_sec_max: 5 })).toThrow(/5 is below read_bytes_sec, 10/);
    expect(() => requireQos({ read_bytes_sec: 10, read_bytes_sec_max_length: 5 })).toThrow(/needs read_bytes_sec_max beside it/);
    expect(() => new TokenLimits({}, 0)).toThrow(/a volume of 0 GB/);
    expect(() => new TokenLimits({ read_iops_sec_per_gb: 10, read_iops_sec_max: 50 }, 6)).toThrow(/50 is below the 60 of a volume of 6 GB/);
  });
});
