import { describe, expect, it } from "vitest";
import type { Io } from "../../../src/datacenter/storage/device.ts";
import { iopsOf } from "../../../src/datacenter/storage/device.ts";
import type { DeviceId } from "../../../src/datacenter/storage/device-queues.ts";
import { storageDevices } from "../../../src/datacenter/storage/devices.ts";
import {
  arrayIopsOf,
  deviceIosPerIo,
  effectiveIops,
  meanTimeToDataLoss,
  type RaidLevel,
  raidLevels,
  rebuildSeconds,
  usableBytesOf,
} from "../../../src/datacenter/storage/raid.ts";
import { RaidArray } from "../../../src/datacenter/storage/raid-array.ts";
import { fixedLatency, VolumeIo } from "../../../src/datacenter/storage/volume-io.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { Simulation } from "../../../src/kernel/simulation.ts";
import { SECOND } from "../../../src/kernel/time.ts";
import { reads4k } from "./closed-loop.ts";

const sata = storageDevices.get("ssd-sata")!.model;
const UNIT = 65_536;
const read4k: Io = { write: false, bytes: 4096, sequential: false };
const write4k: Io = { write: true, bytes: 4096, sequential: false };
const arrayOf = (level: RaidLevel, count: number) =>
  new RaidArray({ level, device: sata, members: Array.from({ length: count }, (_, i) => i) });

/** Device I/Os of an array's I/O, by stage: `r0 r3 | w0 w3`. */
const shown = (array: RaidArray, io: Io, start: number) =>
  (array.plan(io, start) ?? []).map((stage) => stage.map((leg) => `${leg.io!.write ? "w" : "r"}${leg.device}`).join(" ")).join(" | ");

/** A closed loop of small random I/Os on an array, request by request. */
function load(array: RaidArray, writeShare: number, depth: number, seconds: number, background?: (io: VolumeIo) => void) {
  const simulation = new Simulation();
  const streams = new RandomStreams("raid", 0);
  const draws = streams.stream("io");
  let [n, done, failures] = [0, 0, 0];
  const next = (job: number) => {
    const io = draws.uniform(0, n) < writeShare ? write4k : read4k;
    const plan = array.plan(io, draws.integer(1, n++, 1_000_000));
    if (plan !== null) volumeIo.start(job, plan);
  };
  const volumeIo: VolumeIo = new VolumeIo(
    simulation,
    { places: streams.stream("places"), jitter: streams.stream("jitter") },
    fixedLatency(simulation, 0),
    (job, ok) => {
      if (job >= depth) return;
      done++;
      if (!ok) failures++;
      next(job);
    },
  );
  for (const _ of array.members) volumeIo.devices.add(array.device);
  background?.(volumeIo);
  for (let job = 0; job < depth; job++) next(job);
  simulation.run(seconds * SECOND);
  return { iops: done / seconds, failures };
}

describe("the mean time to data loss of RAID 5", () => {
  it("is that of the Markov chain", () => {
    expect(meanTimeToDataLoss(2, 1e6, 24) / 20_834_833_333.333).toBeCloseTo(1, 9);
    expect(meanTimeToDataLoss(8, 1e6, 24) / 744_315_476.19).toBeCloseTo(1, 9);
    expect(meanTimeToDataLoss(8, 3e5, 48) / 33_562_500).toBeCloseTo(1, 9);
    expect(() => meanTimeToDataLoss(1, 1e6, 24)).toThrow(/two failures of 1 devices/);
    expect(() => meanTimeToDataLoss(8, 0, 24)).toThrow(/a mean time to failure of 0/);
  });

  it("is what devices that fail and are repaired at random arrive at", () => {
    // Short lives and long repairs, so that losses are many: 4 devices, 100 h and 20 h.
    const [n, life, repair] = [4, 100, 20];
    const draws = new RandomStreams("mttdl", 0).stream("chain");
    let [hours, losses, k, failed] = [0, 0, 0, 0];
    while (losses < 20_000) {
      const fails = (n - failed) / life;
      const rate = fails + (failed > 0 ? 1 / repair : 0);
      hours += 1 / rate; // the mean sojourn; only the path is drawn
      failed = draws.uniform(0, k++) * rate < fails ? failed + 1 : 0;
      if (failed < 2) continue;
      losses++;
      failed = 0;
    }
    expect(Math.abs(hours / losses / meanTimeToDataLoss(n, life, repair) - 1)).toBeLessThan(0.03);
  });
});

describe("the formulas of RAID", () => {
  it("give capacity and effective I/O/s: n I / (r + w p)", () => {
    expect(raidLevels.map((level) => usableBytesOf(level, 4, 1e12) / 1e12)).toEqual([4, 1, 3, 2, 2]);
    expect(raidLevels.map((level) => effectiveIops(level, 8, 100, 0))).toEqual([800, 800, 800, 800, 800]);
    const levels = ["raid0", "raid5", "raid6", "raid10"] as const;
    expect(levels.map((level) => effectiveIops(level, 8, 100, 1))).toEqual([800, 200, 800 / 6, 400]);
    expect(effectiveIops("raid5", 8, 100, 0.5)).toBe(320);
    expect(effectiveIops("raid1", 2, 100, 1)).toBe(100);
    for (const level of raidLevels) {
      for (const w of [0, 0.3, 1]) {
        const { reads, writes } = deviceIosPerIo(level, 8, w)!;
        expect(800 / (reads + writes)).toBeCloseTo(effectiveIops(level, 8, 100, w), 9);
      }
    }
    expect(rebuildSeconds(6e12)).toBe(80_000);
  });

  it("refuse arrays that cannot be", () => {
    for (const [level, count] of [
      ["raid5", 2],
      ["raid6", 3],
      ["raid10", 5],
      ["raid1", 1],
      ["raid0", 0],
      ["raid5", Number.NaN],
    ] as const) {
      expect(() => usableBytesOf(level, count, 1)).toThrow(new RegExp(`${level} of ${count} devices: expected`));
    }
    expect(() => rebuildSeconds(1, 0)).toThrow(/never ends/);
  });
});

describe("an I/O of an array", () => {
  it("becomes one read of a member, and as many device I/Os as the penalty says when it writes", () => {
    expect([0, 1, 2, 3].map((unit) => shown(arrayOf("raid0", 4), read4k, unit))).toEqual(["r0", "r1", "r2", "r3"]);
    expect(shown(arrayOf("raid1", 2), write4k, 0)).toBe("w0 w1");
    expect([0, 1].map((unit) => shown(arrayOf("raid1", 2), read4k, unit))).toEqual(["r0", "r1"]);
    expect(shown(arrayOf("raid5", 4), write4k, 0)).toBe("r0 r3 | w0 w3");
    expect(shown(arrayOf("raid6", 5), write4k, 0)).toBe("r0 r3 r4 | w0 w3 w4");
    expect(shown(arrayOf("raid10", 4), write4k, 1)).toBe("w2 w3");
  });

  it("rotates data and parity over the members", () => {
    const array = arrayOf("raid5", 4);
    const parityOf = (stripe: number) =>
      shown(array, write4k, stripe * 3)
        .split(" ")
        .at(-1);
    expect([0, 1, 2, 3, 4].map(parityOf)).toEqual(["w3", "w0", "w1", "w2", "w3"]);
  });

  it("spans units when it is large, and needs no reading when it writes whole stripes", () => {
    const array = arrayOf("raid5", 4);
    expect(shown(array, { ...read4k, bytes: 2 * UNIT }, 0)).toBe("r0 r1");
    expect(shown(array, { ...write4k, bytes: 3 * UNIT }, 0)).toBe("w0 w1 w2 w3");
    expect(shown(array, { ...write4k, bytes: 3 * UNIT }, 1)).toContain("|");
  });
});

describe("an array that lacks a member", () => {
  it("reads what is missing from the mirror, or from all others", () => {
    const mirror = arrayOf("raid1", 2);
    mirror.fail(0);
    expect([0, 1].map((unit) => shown(mirror, read4k, unit))).toEqual(["r1", "r1"]);
    expect(shown(mirror, write4k, 0)).toBe("w1");
    const parity = arrayOf("raid5", 4);
    parity.fail(0);
    expect(shown(parity, read4k, 0)).toBe("r1 r2 r3");
    expect(shown(parity, read4k, 1)).toBe("r1");
    // The block's member is missing: the other data are read instead, and only the parity is written.
    expect(shown(parity, write4k, 0)).toBe("r1 r2 | w3");
  });

  it("loses its data with one failure too many, never before, and refuses I/O from then on", () => {
    const story = (level: RaidLevel, count: number, failures: readonly number[]) => {
      const array = arrayOf(level, count);
      return failures.map((member) => array.fail(member));
    };
    expect(story("raid0", 2, [1])).toEqual([false]);
    expect(story("raid1", 3, [0, 2, 1])).toEqual([true, true, false]);
    expect(story("raid5", 4, [2, 0])).toEqual([true, false]);
    expect(story("raid6", 5, [0, 4, 2])).toEqual([true, true, false]);
    expect(story("raid10", 4, [0, 2])).toEqual([true, true]);
    expect(story("raid10", 4, [0, 1])).toEqual([true, false]);
    const lost = arrayOf("raid0", 2);
    lost.fail(0);
    expect([lost.plan(read4k, 0), lost.lost]).toEqual([null, true]);
    expect(() => lost.replace(0)).toThrow(/its data are lost/);
  });

  it("is not whole before the rebuild is over: a second failure during it loses the data", () => {
    const array = arrayOf("raid5", 4);
    array.fail(1);
    array.replace(1);
    expect([array.stateOf(1), array.missing]).toEqual(["rebuilding", 1]);
    expect(array.fail(2)).toBe(false);
    const healed = arrayOf("raid5", 4);
    healed.fail(1);
    healed.replace(1);
    healed.rebuilt(1);
    expect(healed.fail(2)).toBe(true);
    expect(() => healed.replace(0)).toThrow(/member 0 has not failed/);
    expect(() => healed.fail(7)).toThrow(/no member 7 among 4/);
  });
});

describe("request level and formulas", () => {
  it("agree on reads, writes and mixes of every level, whole or lacking a member", () => {
    for (const level of raidLevels) {
      const count = level === "raid1" ? 2 : 6;
      for (const writeShare of [0, 0.4, 1]) {
        for (const failed of level === "raid0" ? [0] : [0, 1]) {
          const array = arrayOf(level, count);
          if (failed > 0) array.fail(0);
          const expected = arrayIopsOf(level, count, sata, { ...reads4k, writeShare }, failed);
          const { iops } = load(array, writeShare, 400, 0.08);
          const near = Math.abs(iops / expected - 1) < 0.13;
          expect([level, writeShare, failed, near || `${iops} instead of ${expected}`]).toEqual([level, writeShare, failed, true]);
        }
      }
    }
  });

  it("a rebuild takes its share of the devices from the clients", () => {
    const alone = arrayOf("raid5", 4);
    alone.fail(0);
    alone.replace(0);
    const without = load(alone, 0, 400, 0.2).iops;
    const during = load(alone, 0, 400, 0.2, (volumeIo) => {
      // Four chunks of 1 MiB under way at all times: numbers beyond those of the clients.
      for (let job = 400; job < 440; job++) volumeIo.start(job, alone.rebuildPlan(0, 1_048_576));
    }).iops;
    expect(during).toBeLessThan(without * 0.97);
    expect(alone.rebuildPlan(0, 4096).map((stage) => stage.map(({ device }) => device))).toEqual([[1, 2, 3], [0]]);
  });

  it("an I/O whose device fails under it is not acknowledged as good", () => {
    const simulation = new Simulation();
    const streams = new RandomStreams("fail", 0);
    const answers: [number, boolean][] = [];
    const volumeIo = new VolumeIo(
      simulation,
      { places: streams.stream("p"), jitter: streams.stream("j") },
      fixedLatency(simulation, 0),
      (job, ok) => answers.push([job, ok]),
    );
    const array = arrayOf("raid1", 2);
    for (const _ of array.members) volumeIo.devices.add(sata);
    volumeIo.start(1, array.plan(write4k, 0)!);
    volumeIo.devices.fail(1 as DeviceId);
    simulation.run();
    expect(answers).toEqual([[1, false]]);
    expect(iopsOf(sata, reads4k)).toBeGreaterThan(0);
  });
});
