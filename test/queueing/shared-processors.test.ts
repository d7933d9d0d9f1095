// Processors shared by their jobs: the closed forms of processor sharing, which know only the mean of the work, and the shares themselves.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, type Distribution, discrete, exponential, hyperexponential } from "../../src/kernel/distribution.ts";
import { RadixWheel } from "../../src/kernel/event-list/radix-wheel.ts";
import type { RandomStreams } from "../../src/kernel/random.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { microsFromSeconds, SECOND } from "../../src/kernel/time.ts";
import { SharedProcessors } from "../../src/queueing/shared-processors.ts";
import { Occupancy } from "./occupancy.ts";
import { type ClosedForm, holdToClosedForms } from "./replications.ts";

const SLOTS = 1 << 14;

/** Jobs of one core each; `work` in core-seconds. Means of the number present and of the seconds to the end, also of short and long jobs. */
function runSharing(streams: RandomStreams, cores: number, rate: number, work: Distribution, duration: number): Record<string, number> {
  const simulation = new Simulation();
  const gaps = streams.stream("arrivals");
  const works = streams.stream("work");
  const gap = exponential(1 / rate);
  const cameAt = new Float64Array(SLOTS);
  const size = new Float64Array(SLOTS);
  const occupancy = new Occupancy();
  const spent = { short: 0, long: 0 };
  const count = { short: 0, long: 0 };
  const processors = new SharedProcessors(simulation, [cores], (job) => {
    const kind = size[job]! < 1 ? "short" : "long";
    spent[kind] += simulation.now - cameAt[job]!;
    count[kind]++;
    occupancy.change(simulation.now, -1);
  });
  let jobs = 0;
  const come = simulation.kind("come", () => {
    const job = jobs++ & (SLOTS - 1);
    cameAt[job] = simulation.now;
    size[job] = works.sample(work, 0, jobs);
    occupancy.change(simulation.now, 1);
    processors.begin(job, 0, 1, microsFromSeconds(size[job]!));
    simulation.schedule(microsFromSeconds(gaps.sample(gap, 0, jobs)), come, 0);
  });
  simulation.schedule(0, come, 0);
  simulation.run(microsFromSeconds(duration / 10));
  occupancy.reset(simulation.now);
  spent.short = spent.long = count.short = count.long = 0;
  simulation.run(simulation.now + microsFromSeconds(duration));
  return {
    L: occupancy.mean,
    T: (spent.short + spent.long) / (count.short + count.long) / SECOND,
    "T of short": spent.short / count.short / SECOND,
    "T of long": spent.long / count.long / SECOND,
    idle: occupancy.average((present) => (present === 0 ? 1 : 0)),
    varN: occupancy.variance,
  };
}

function sharing(
  law: string,
  work: Distribution,
  cores: number,
  rate: number,
  exact: Record<string, number>,
  duration: number,
): ClosedForm {
  return {
    name: `${cores === 1 ? "one core" : `${cores} cores`} shared by ${law} jobs, ${rate} erlang`,
    model: (streams) => runSharing(streams, cores, rate, work, duration),
    exact,
    precision: 0.03,
  };
}

describe("processor sharing", () => {
  const manyShortFewLong = hyperexponential([0.9, 0.1], [0.5, 5.5]);
  const shortOrLong = discrete([0.5, 4], [6, 1]);
  // One core: N is geometric, and a job of work x takes x / (1 - load). More cores: N is as in M/M/c.
  const half = { L: 1, T: 2, idle: 0.5 };
  const fourCores = { L: 4.528302, T: 1.509434 };
  holdToClosedForms([
    sharing("exponential", exponential(1), 1, 0.5, { ...half, varN: 2 }, 80_000),
    sharing("constant", constant(1), 1, 0.5, half, 20_000),
    sharing("hyperexponential", manyShortFewLong, 1, 0.5, half, 60_000),
    sharing("short and long", shortOrLong, 1, 0.5, { ...half, "T of short": 1, "T of long": 8 }, 40_000),
    sharing("exponential", exponential(1), 1, 0.8, { L: 4, T: 5, idle: 0.2 }, 70_000),
    sharing("exponential", exponential(1), 4, 3, fourCores, 5_000),
    sharing("constant", constant(1), 4, 3, fourCores, 3_000),
    sharing("hyperexponential", manyShortFewLong, 4, 3, fourCores, 12_000),
    sharing("exponential", exponential(1), 16, 12, { L: 12.613722, T: 1.051143 }, 1_000),
  ]);
});

/** One processor, with jobs 0, 1, 2 ... of the given demands and endless work. */
function sharesOf(cores: number, demands: readonly number[]): number[] {
  const processors = new SharedProcessors(new Simulation(), [cores], () => {});
  for (const [job, demand] of demands.entries()) processors.begin(job, 0, demand, Number.POSITIVE_INFINITY);
  return demands.map((_, job) => processors.rateOf(job));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("the shares of a processor", () => {
  it("are equal, except that nobody gets more than his demand", () => {
    expect(sharesOf(8, [4, 4, 2, 8])).toEqual([2, 2, 2, 2]);
    expect(sharesOf(8, [1, 4, 2, 8])).toEqual([1, 2.5, 2, 2.5]);
    expect(sharesOf(16, [3.5, 8, 0.5, 8, 2])).toEqual([3.5, 5, 0.5, 5, 2]);
    expect(sharesOf(24, [3.5, 8, 0.5, 8, 2])).toEqual([3.5, 8, 0.5, 8, 2]);
  });

  it.each([
    { cores: 8, vcpus: [4, 4, 2, 8], demands: [4, 4, 2, 8], shares: [1.777778, 1.777778, 0.888889, 3.555556] },
    { cores: 8, vcpus: [4, 4, 2, 8], demands: [1, 4, 2, 8], shares: [1, 2, 1, 4] },
    { cores: 16, vcpus: [4, 8, 2, 8, 4], demands: [3.5, 8, 0.5, 8, 2], shares: [2.7, 5.4, 0.5, 5.4, 2] },
  ])("of servers whose vCPUs are the jobs go by their vCPUs: $shares of $cores cores", ({ cores, vcpus, demands, shares }) => {
    const server = vcpus.flatMap((count, index) => new Array<number>(count).fill(index));
    const rates = sharesOf(
      cores,
      server.map((index) => demands[index]! / vcpus[index]!),
    );
    for (const [index, share] of shares.entries()) expect(sum(rates.filter((_, job) => server[job] === index))).toBeCloseTo(share, 6);
  });

  it("waste no core that is wanted, and deprive no job of what another has more of", () => {
    const demand = fc.integer({ min: 1, max: 80 }).map((tenths) => tenths / 10);
    const history = fc.array(fc.record({ demand, leaves: fc.nat(5) }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 24 }), history, (cores, arrivals) => {
        const processors = new SharedProcessors(new Simulation(), [3, cores], () => {});
        const present: number[] = [];
        for (const [job, { demand, leaves }] of arrivals.entries()) {
          processors.begin(job, 1, demand, Number.POSITIVE_INFINITY);
          present.push(job);
          // Now and then one of those present is taken away.
          if (leaves < present.length) processors.remove(present.splice(leaves, 1)[0]!);
          const rates = present.map((one) => processors.rateOf(one));
          const wanted = sum(present.map((one) => arrivals[one]!.demand));
          expect(sum(rates)).toBeCloseTo(Math.min(cores, wanted), 9);
          const level = Math.max(...rates);
          for (const [index, rate] of rates.entries()) {
            const { demand } = arrivals[present[index]!]!;
            expect(rate).toBeLessThanOrEqual(demand);
            if (rate < demand - 1e-9) expect(rate).toBeCloseTo(level, 9);
          }
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe("the end of a job", () => {
  /** Instants at which jobs of (start, demand, work) end on one processor, in microseconds. */
  function ends(cores: number, jobs: readonly (readonly [number, number, number])[]): number[] {
    const simulation = new Simulation();
    const endedAt = jobs.map(() => -1);
    const processors = new SharedProcessors(simulation, [cores], (job) => {
      endedAt[job] = simulation.now;
    });
    const begin = simulation.kind("begin", (job) => processors.begin(job, 0, jobs[job]![1], jobs[job]![2]));
    for (const [job, [start]] of jobs.entries()) simulation.schedule(start, begin, job);
    simulation.run();
    return endedAt;
  }

  it("is exact to the microsecond while the cores suffice, whatever the demand", () => {
    const job = fc.tuple(
      fc.double({ min: 0.001, max: 4, noNaN: true }),
      fc.integer({ min: 1, max: 10_000_000_000 }),
      fc.integer({ min: 0, max: 10_000_000_000 }),
    );
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 10 }), (jobs) => {
        const ended = ends(
          40,
          jobs.map(([demand, lasts, start]) => [start, demand, demand * lasts]),
        );
        expect(ended).toEqual(jobs.map(([, lasts, start]) => start + lasts));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("comes later by what others took: one core, shared by two and then left to one", () => {
    // 10 us alone, then halves: the second has its 30 core-us at 70 us, the first its remaining 60 of 90 by 70 + 60 - 30 us.
    expect(
      ends(1, [
        [0, 1, 100],
        [10, 1, 30],
      ]),
    ).toEqual([130, 70]);
  });

  it("is the same for equal jobs, and comes at once for no work", () => {
    expect(ends(2, new Array<[number, number, number]>(3).fill([5, 1, 1000]))).toEqual([1505, 1505, 1505]);
    expect(ends(2, [[7, 1, 0]])).toEqual([7]);
  });

  it("conserves work: a processor that is never idle ends with the sum of its work", () => {
    const work = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(fc.array(work, { minLength: 3, maxLength: 30 }), (works) => {
        const ended = ends(
          3,
          works.map((one) => [0, 3, one]),
        );
        // Each end is rounded up to a whole microsecond, on which the processor idles.
        const all = sum(works) / 3;
        expect(Math.max(...ended)).toBeGreaterThanOrEqual(Math.ceil(all - 0.01));
        expect(Math.max(...ended)).toBeLessThanOrEqual(all + works.length);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("never comes without cores, and a job taken away does not end", () => {
    expect(ends(0, [[0, 1, 100]])).toEqual([-1]);
    const simulation = new Simulation();
    const ended: number[] = [];
    const processors = new SharedProcessors(simulation, [1], (job) => ended.push(job));
    processors.begin(1, 0, 1, 100);
    processors.begin(2000, 0, 1, 100);
    simulation.run(50);
    processors.remove(1);
    expect([1, 2000].map((job) => processors.rateOf(job))).toEqual([0, 1]);
    simulation.run();
    expect([ended, simulation.now]).toEqual([[2000], 125]);
  });

  it("costs the event list one entry a change on a crowded processor, not one a job", () => {
    const list = new RadixWheel();
    const processors = new SharedProcessors(new Simulation(list), [10], () => {});
    for (let job = 0; job < 200; job++) processors.begin(job, 0, 1, 3600 * SECOND);
    for (let job = 0; job < 100; job++) processors.remove(job);
    expect(list.size).toBeLessThanOrEqual(300);
  });

  it("needs a demand and an amount of work", () => {
    const processors = new SharedProcessors(new Simulation(), [1], () => {});
    expect(() => processors.begin(3, 0, 0, 10)).toThrow(/job 3: a demand of 0 cores for 10 core-us/);
    expect(() => processors.begin(3, 0, 1, Number.NaN)).toThrow(/job 3: a demand of 1 cores for NaN core-us/);
  });
});

describe("weights, and processors that change", () => {
  /** What happens at an instant, and the instants at which jobs end. */
  function endsWhen(cores: number, happenings: readonly (readonly [number, (processors: SharedProcessors) => void])[]): number[] {
    const simulation = new Simulation();
    const ends: number[] = [];
    const processors = new SharedProcessors(simulation, [cores], (job) => {
      ends[job] = simulation.now;
    });
    const happen = simulation.kind("happen", (index) => happenings[index]![1](processors));
    for (const [index, [when]] of happenings.entries()) simulation.schedule(when, happen, index);
    simulation.run();
    return ends;
  }

  it("give a job of weight 3 three times what one of weight 1 gets, and never more than its demand", () => {
    const processors = new SharedProcessors(new Simulation(), [4, 2], () => {});
    for (const [job, [demand, weight]] of [
      [4, 3],
      [4, 1],
    ].entries())
      processors.begin(job, 0, demand!, 100, weight);
    expect([0, 1].map((job) => processors.rateOf(job))).toEqual([3, 1]);
    // SimGrid's hand-checked case: priorities 8, 1, 1 on two cores, one core each at most.
    for (const [job, weight] of [8, 1, 1].entries()) processors.begin(2 + job, 1, 1, 100, weight);
    expect([2, 3, 4].map((job) => processors.rateOf(job))).toEqual([1, 0.5, 0.5]);
    expect([processors.countOn(0), processors.countOn(1), processors.busyCores(1)]).toEqual([2, 3, 2]);
    processors.setWeight(1, 3);
    expect(processors.rateOf(0)).toBe(2);
  });

  it("end all at once where the work goes by weight", () => {
    const begin = (job: number, work: number, weight: number) => (processors: SharedProcessors) =>
      processors.begin(job, 0, 1, work, weight);
    const jobs = [
      [0, begin(0, 750, 3)],
      [0, begin(1, 250, 1)],
    ] as const;
    expect(endsWhen(1, jobs)).toEqual([1000, 1000]);
  });

  it("keep what is done when cores go and come back, or when a job is held", () => {
    const begin = [0, (processors: SharedProcessors) => processors.begin(0, 0, 2, 1000)] as const;
    expect(endsWhen(2, [begin])).toEqual([500]);
    expect(endsWhen(2, [begin, [100, (processors) => processors.setCores(0, 1)]])).toEqual([900]);
    expect(
      endsWhen(2, [
        begin,
        [
          100,
          (processors) => {
            processors.setCores(0, 0);
            expect([processors.rateOf(0), processors.remainingOf(0)]).toEqual([0, 800]);
          },
        ],
        [400, (processors) => processors.setCores(0, 2)],
      ]),
    ).toEqual([800]);
    const hold = [
      [200, (processors: SharedProcessors) => processors.setDemand(0, 0)],
      [700, (processors: SharedProcessors) => processors.setDemand(0, 1)],
    ] as const;
    expect(endsWhen(4, [begin, ...hold])).toEqual([1300]);
  });

  it("cannot be nothing, or for jobs that are not there", () => {
    const processors = new SharedProcessors(new Simulation(), [1], () => {});
    expect(() => processors.begin(0, 0, 1, 10, 0)).toThrow(/job 0: a weight of 0; expected one above 0/);
    expect(() => processors.begin(0, 1, 1, 10)).toThrow(/job 0: no processor 1 among 1/);
    expect(() => processors.remove(0)).toThrow(/job 0 is on no processor/);
    processors.begin(0, 0, 1, 10);
    expect(() => processors.begin(0, 0, 1, 10)).toThrow(/job 0 begins, but is on processor 0 already/);
    expect(() => processors.setWeight(0, Number.NaN)).toThrow(/a weight of NaN/);
    expect(() => processors.setDemand(0, -1)).toThrow(/a demand of -1 cores; expected 0 or more/);
    expect(() => processors.setCores(0, Number.NaN)).toThrow(/processor 0: NaN cores/);
    expect(() => processors.setCores(3, 1)).toThrow(/no processor 3 among 1/);
    expect(() => new SharedProcessors(new Simulation(), [-1], () => {})).toThrow(/processor 0: -1 cores/);
  });
});
