import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bursts, chosen } from "../../src/datacenter/failures/bursts.ts";
import { FaultTree } from "../../src/datacenter/failures/fault-tree.ts";
import { type Component, MachineRoom } from "../../src/datacenter/failures/machine-room.ts";
import { failurePresets } from "../../src/datacenter/failures/presets.ts";
import { availability, type FailureLaw, Renewal, RepairCrews } from "../../src/datacenter/failures/renewal.ts";
import {
  constant,
  exponential,
  lognormalFromMedianAndMean,
  pareto,
  uniform,
  weibull,
  weibullFromMean,
} from "../../src/kernel/distribution.ts";
import { exp, log } from "../../src/kernel/elementary.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { HOUR } from "../../src/kernel/time.ts";
import { holdToClosedForms } from "../queueing/replications.ts";

/** Mean number of components that are down in a machine-repair model of n components and r crews: birth and death. */
function expectedDown(n: number, mtbf: number, mttr: number, crews: number): number {
  let weight = 1;
  let sum = 1;
  let down = 0;
  for (let k = 1; k <= n; k++) {
    weight *= ((n - k + 1) / mtbf) * (mttr / Math.min(k, crews));
    sum += weight;
    down += k * weight;
  }
  return down / sum;
}

/** Time-average of the components down over `hours`. */
function meanDown(streams: RandomStreams, law: FailureLaw, n: number, crews: number, hours: number): number {
  const simulation = new Simulation();
  let down = 0;
  let area = 0;
  let since = 0;
  const change = (by: number) => {
    area += down * (simulation.now - since);
    since = simulation.now;
    down += by;
  };
  new Renewal({
    simulation,
    name: "machine",
    count: n,
    law,
    draws: streams.stream("failure.machine"),
    crews: new RepairCrews(simulation, crews),
    failed: () => change(1),
    repaired: () => change(-1),
  });
  simulation.run(hours * HOUR);
  change(0);
  return area / (hours * HOUR);
}

const machine = (between = exponential(2000 * HOUR)): FailureLaw => ({
  between,
  repair: [{ weight: 1, time: exponential(24 * HOUR), needsCrew: true }],
  startsNew: false,
});

describe("the laws of failures", () => {
  it("have a Weibull scale of MTBF over gamma(1 + 1/k), and its coefficient of variation", () => {
    for (const [k, scale, cv] of [
      [0.7, 0.79, 1.4624],
      [0.8, 0.88261, 1.2605],
    ] as const) {
      const law = weibullFromMean(k, 1);
      expect(law.mean).toBeCloseTo(1, 12);
      // The scale is where 1 - 1/e of the draws lie below.
      expect(law.cdf(scale)).toBeCloseTo(1 - exp(-1), 5);
      expect(Math.sqrt(law.variance) / law.mean).toBeCloseTo(cv, 4);
      expect(law.describe()).toBe(weibull(k, 1 / weibull(k, 1).mean).describe());
    }
  });

  it("give LANL's repairs a sigma of 1.94, from their median and mean", () => {
    const law = lognormalFromMedianAndMean(54, 355);
    expect(law.mean).toBeCloseTo(355, 8);
    expect(law.cdf(54)).toBeCloseTo(0.5, 12);
    expect(Math.sqrt(2 * log(355 / 54))).toBeCloseTo(1.94, 2);
    expect(() => lognormalFromMedianAndMean(5, 5)).toThrow(/mean must be above the median/);
  });

  it("leave, at a random instant, the stationary excess: its mean is (mean^2 + variance) / (2 mean)", () => {
    const stream = new RandomStreams("excess", 0).stream("excess");
    for (const law of [exponential(3), weibull(0.8, 2), constant(4), uniform(1, 5), lognormalFromMedianAndMean(1, 2)]) {
      const n = 200_000;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += stream.sample({ ...law, sample: (source) => law.sampleExcess!(source) }, 1, i);
      const exact = (law.mean * law.mean + law.variance) / (2 * law.mean);
      expect(Math.abs(sum / n / exact - 1)).toBeLessThan(0.03);
    }
    expect(pareto(3, 1).sampleExcess).toBeUndefined();
  });

  it("are refused where they cannot be run", () => {
    const simulation = new Simulation();
    const crews = new RepairCrews(simulation, 1);
    const make = (law: FailureLaw) => () =>
      new Renewal({
        simulation,
        name: "x",
        count: 1,
        law,
        draws: new RandomStreams("1", 0).stream("x"),
        crews,
        failed: () => {},
        repaired: () => {},
      });
    expect(make(machine(pareto(3, 1)))).toThrow(/let the components start new/);
    expect(make({ ...machine(), repair: [] })).toThrow(/weights of the repairs/);
    expect(() => new RepairCrews(simulation, 0)).toThrow(/at least 1/);
    expect(() => new RepairCrews(simulation, Number.NaN)).toThrow(RangeError);
  });

  it("are published ones: every preset has a finite mean, a source and an availability between 0.9 and 1", () => {
    for (const preset of failurePresets) {
      expect([preset.name, preset.between.source.length > 5, preset.repair.source.length > 5]).toEqual([preset.name, true, true]);
      expect(availability(preset.law)).toBeGreaterThan(0.9);
      expect(availability(preset.law)).toBeLessThan(1);
      expect(preset.law.between.sampleExcess).toBeDefined();
    }
    expect(new Set(failurePresets.map(({ name }) => name)).size).toBe(failurePresets.length);
    const dean = failurePresets.find(({ name }) => name === "dean-2008-server")!;
    expect(dean.law.between.mean / HOUR).toBeCloseTo(15_768, 6);
  });
});

describe("a machine-repair shop", () => {
  it("has .303530, .239997 and .237154 machines down with 1, 2 and all crews (closed form)", () => {
    expect(expectedDown(20, 2000, 24, 1)).toBeCloseTo(0.30353, 6);
    expect(expectedDown(20, 2000, 24, 2)).toBeCloseTo(0.239997, 6);
    expect(expectedDown(20, 2000, 24, Number.POSITIVE_INFINITY)).toBeCloseTo(0.237154, 6);
  });

  holdToClosedForms([
    ...[1, 2, Number.POSITIVE_INFINITY].map((crews) => ({
      name: `of 20 machines with ${crews} crews is as often down`,
      model: (streams: RandomStreams) => ({ down: meanDown(streams, machine(), 20, crews, 80_000) }),
      exact: { down: expectedDown(20, 2000, 24, crews) },
      precision: 0.05,
    })),
    {
      name: "is as available as MTBF / (MTBF + MTTR) also where failures are not exponential",
      model: (streams) => {
        const law = { ...machine(weibullFromMean(0.8, 400 * HOUR)), repair: [{ weight: 1, time: constant(40 * HOUR), needsCrew: false }] };
        // All machines work at the start, and a long run forgets it.
        return { up: 1 - meanDown(streams, law, 20, 1, 60_000) / 20 };
      },
      exact: { up: 400 / 440 },
      precision: 0.01,
    },
  ]);
});

describe("what hangs on what", () => {
  it("is down while anything above is, by counts of causes, in whatever order they end", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 60 }), (picks) => {
        const told = new Map<number, boolean>();
        const tree = new FaultTree([-1, 0, 0, 1, 1, 2, 3, 3, 4, 5], (component, down) => {
          expect(told.get(component) ?? false).toBe(!down);
          told.set(component, down);
        });
        const causes: number[] = [];
        for (const [i, pick] of picks.entries()) {
          if (i % 3 === 2) tree.repair(causes.splice(pick % causes.length, 1)[0]!);
          else {
            tree.fail(pick);
            causes.push(pick);
          }
          expect(tree.check()).toEqual([]);
          for (let c = 0; c < tree.count; c++) expect(told.get(c) ?? false).toBe(tree.isDown(c));
        }
        for (const cause of causes) tree.repair(cause);
        for (let c = 0; c < tree.count; c++) expect(tree.isDown(c)).toBe(false);
      }),
    );
  });

  it("refuses to repair what has not failed, and trees that are none", () => {
    const tree = new FaultTree([-1, 0]);
    tree.fail(0);
    expect(() => tree.repair(1)).toThrow(/has not failed by itself/);
    expect(() => new FaultTree([0])).toThrow(/lower number/);
  });

  it("is a machine room: a PDU takes its racks down, a switch cuts its rack off, too many broken disks take their host", () => {
    const powered = new Map<number, boolean>();
    const reached = new Map<number, boolean>();
    const room = new MachineRoom(
      { rackOf: [0, 0, 1, 2], racksPerPdu: 2, disksPerHost: 3, disksTolerated: 1, hostName: (host) => `compute-${host + 1}` },
      { powered: (host, up) => powered.set(host, up), reached: (host, up) => reached.set(host, up) },
    );
    expect([room.racks, room.pdus, room.count("disk")]).toEqual([3, 2, 12]);
    const pdu: Component = { kind: "pdu", index: 0 };
    room.fail(pdu);
    room.fail({ kind: "rack", index: 1 });
    expect([0, 1, 2, 3].map((host) => room.hostPowered(host))).toEqual([false, false, false, true]);
    room.repair(pdu);
    expect([0, 1, 2, 3].map((host) => room.hostPowered(host))).toEqual([true, true, false, true]);
    room.fail({ kind: "switch", index: 0 });
    expect([0, 1, 2, 3].map((host) => room.hostReachable(host))).toEqual([false, false, true, true]);
    room.fail({ kind: "disk", index: 9 });
    expect(room.hostPowered(3)).toBe(true);
    room.fail({ kind: "disk", index: 11 });
    expect([room.hostPowered(3), room.nameOf({ kind: "disk", index: 11 })]).toEqual([false, "compute-4/disk-3"]);
    room.repair({ kind: "disk", index: 9 });
    expect(room.hostPowered(3)).toBe(true);
    expect(room.check()).toEqual([]);
    expect(() => room.fail({ kind: "rack", index: 3 })).toThrow(/there is no rack 4: there are 3/);
  });

  it("can be nothing at all", () => {
    const none = { powered: () => {}, reached: () => {} };
    const plan = { rackOf: [], racksPerPdu: 1, disksPerHost: 1, disksTolerated: 0, hostName: String };
    const room = new MachineRoom(plan, none);
    room.fail({ kind: "power", index: 0 });
    expect([room.racks, room.hosts, room.check()]).toEqual([0, 0, []]);
    expect(() => new MachineRoom({ ...plan, racksPerPdu: 0 }, none)).toThrow(/cannot carry 0 racks/);
  });
});

describe("bursts", () => {
  it("strike as many different hosts as their law says, of one rack where they stay within one", () => {
    const simulation = new Simulation();
    const racks = [[0, 1, 2, 3], [4, 5], []];
    const shocks: (readonly number[])[] = [];
    let down = 0;
    new Bursts({
      simulation,
      law: { between: exponential(10 * HOUR), size: constant(3), repair: constant(HOUR), within: "rack" },
      draws: new RandomStreams("1", 0).stream("failure.bursts"),
      racks,
      struck: (_shock, hosts) => shocks.push(hosts),
      failed: () => down++,
      repaired: () => down--,
    });
    simulation.run(1000 * HOUR);
    expect(shocks.length).toBeGreaterThan(60);
    for (const hosts of shocks) {
      const rack = racks.find((of) => of.includes(hosts[0]!))!;
      expect(hosts.every((host) => rack.includes(host))).toBe(true);
      expect([new Set(hosts).size, hosts.length]).toEqual([hosts.length, Math.min(3, rack.length)]);
    }
    expect(down).toBeGreaterThanOrEqual(0);
  });

  it("choose by draws of each candidate, so that one more changes only whom it displaces", () => {
    const draw = (x: number) => ((x * 7919) % 101) / 101;
    const few = chosen([1, 2, 3, 4, 5], 2, draw);
    const more = chosen([1, 2, 3, 4, 5, 6], 2, draw);
    expect(more.filter((x) => !few.includes(x)).every((x) => x === 6)).toBe(true);
  });
});
