import { describe, expect, it } from "vitest";
import { RandomStreams } from "../../src/kernel/random.ts";
import type { Micros } from "../../src/kernel/time.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/kernel/time.ts";
import { arrivals } from "../../src/workload/arrivals.ts";
import type { ArrivalSpec } from "../../src/workload/workload.ts";

const TEN_PER_HOUR = 10 / 3600;
/** 10 (1 + 0.6 sin(2 pi t / 24 h)) per hour: the sine peaks at 6 h. */
const sine: ArrivalSpec = { process: "diurnal", rate: TEN_PER_HOUR, amplitude: 0.6, peak: 6 * HOUR, period: DAY };

function instants(spec: ArrivalSpec, duration: Micros, replication = 0): Micros[] {
  return [...arrivals(spec, new RandomStreams("arrivals", replication), duration)];
}

function countsIn(spec: ArrivalSpec, from: Micros, to: Micros, replications: number): number[] {
  return Array.from({ length: replications }, (_, replication) => instants(spec, to, replication).filter((at) => at >= from).length);
}

/** Counts of a Poisson process: mean and variance both within 3.5 standard errors of the expected count. */
function expectPoisson(counts: readonly number[], expected: number): void {
  const n = counts.length;
  const mean = counts.reduce((sum, count) => sum + count, 0) / n;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (n - 1);
  expect(Math.abs(mean - expected)).toBeLessThan(3.5 * Math.sqrt(expected / n));
  expect(Math.abs(variance / mean - 1)).toBeLessThan(3.5 * Math.sqrt(2 / (n - 1)));
}

describe("Poisson arrivals", () => {
  it("come 240 times a day at 10 per hour, with a variance equal to the mean", () => {
    expectPoisson(countsIn({ process: "poisson", rate: TEN_PER_HOUR }, 0, DAY, 500), 240);
  });

  it("never come at rate 0", () => {
    expect(instants({ process: "poisson", rate: 0 }, DAY)).toEqual([]);
  });
});

describe("diurnal arrivals", () => {
  it("follow the integral of their rate: 82.918312 in the first 6 h and 240 a day", () => {
    expectPoisson(countsIn(sine, 0, 6 * HOUR, 500), 82.918312);
    expectPoisson(countsIn(sine, 0, DAY, 500), 240);
  });

  it("are rarest half a period after the peak: 240 - 3 * 37.0817 in the trough", () => {
    // The mean of the quarter before the trough mirrors that of the quarter before the peak: 60 - 22.918312.
    expectPoisson(countsIn(sine, 12 * HOUR, 18 * HOUR, 500), 60 - 22.918312);
  });

  it("are Poisson arrivals when the amplitude is 0", () => {
    expectPoisson(countsIn({ ...sine, amplitude: 0 }, 3 * HOUR, 9 * HOUR, 300), 60);
  });
});

describe("arrivals without chance", () => {
  it("come at a constant interval from time 0, before the end", () => {
    expect(instants({ process: "constant", interval: 20 * SECOND }, MINUTE)).toEqual([0, 20 * SECOND, 40 * SECOND]);
  });

  it("come all at once, unless the study is over by then", () => {
    expect(instants({ process: "at-once", at: 5, count: 3 }, 6)).toEqual([5, 5, 5]);
    expect(instants({ process: "at-once", at: 5, count: 3 }, 5)).toEqual([]);
  });

  it("refuse an interval that would never end", () => {
    expect(() => instants({ process: "constant", interval: 0 }, MINUTE)).toThrow(/expected more than 0/);
  });
});

describe("any arrivals", () => {
  const specs: ArrivalSpec[] = [
    { process: "poisson", rate: 0.01 },
    sine,
    { process: "constant", interval: 1.5 * SECOND },
    { process: "at-once", at: HOUR, count: 2 },
  ];

  it.each(specs)("ascend in whole microseconds inside the study ($process)", (spec) => {
    const all = instants(spec, DAY);
    expect(all.length).toBeGreaterThan(0);
    expect(all.every(Number.isInteger)).toBe(true);
    expect(all.every((at, index) => at >= (all[index - 1] ?? 0) && at < DAY)).toBe(true);
  });

  it.each(specs)("of a shorter study are the first of a longer one ($process)", (spec) => {
    expect(instants(spec, 5 * HOUR)).toEqual(instants(spec, DAY).filter((at) => at < 5 * HOUR));
  });

  it("differ between replications", () => {
    expect(instants(sine, DAY, 0)).not.toEqual(instants(sine, DAY, 1));
  });
});
