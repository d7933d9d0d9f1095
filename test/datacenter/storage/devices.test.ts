import { describe, expect, it } from "vitest";
import type { IoMix } from "../../../src/datacenter/storage/device.ts";
import { bytesPerSecondOf, iopsOf, latencySecondsOf } from "../../../src/datacenter/storage/device.ts";
import { DeviceQueues } from "../../../src/datacenter/storage/device-queues.ts";
import { storageDevices } from "../../../src/datacenter/storage/devices.ts";
import { disk, seekCurve, seekMs } from "../../../src/datacenter/storage/disk.ts";
import { flash, writeAmplification } from "../../../src/datacenter/storage/flash.ts";
import { exponential } from "../../../src/kernel/distribution.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { Simulation } from "../../../src/kernel/simulation.ts";
import { SECOND } from "../../../src/kernel/time.ts";
import { closedLoop, reads4k, writes4k } from "./closed-loop.ts";

const modelOf = (key: string) => storageDevices.get(key)!.model;
const sequentialReads: IoMix = { writeShare: 0, sequentialShare: 1, bytes: 131_072 };
const thirdWrites: IoMix = { writeShare: 0.3, sequentialShare: 0, bytes: 4096 };
const ofAllKinds: IoMix = { writeShare: 0.3, sequentialShare: 0.5, bytes: 16_384 };

describe("the figures of datasheets", () => {
  it("come out of the disks: I/O/s at queue depth 1, and the latency that belongs to them", () => {
    const expected = [
      ["hdd-7200", 86, 11.6],
      ["hdd-7k4000", 81, 12.4],
      ["hdd-15k", 203, 4.9],
    ] as const;
    for (const [key, iops, latencyMs] of expected) {
      expect([key, Math.round(iopsOf(modelOf(key), reads4k, 1))]).toEqual([key, iops]);
      expect([key, Number((modelOf(key).idleLatencySeconds(reads4k) * 1000).toFixed(1))]).toEqual([key, latencyMs]);
    }
    // Without the transfer it is 1000 / (2.9 + 2.0) = 204, and the table's 86 exactly.
    expect(1 / (modelOf("hdd-7200").holdMoments({ ...reads4k, bytes: 1 }).mean - 1 / 180e6)).toBeCloseTo(1000 / (7.4 + 25 / 6), 3);
    expect(Math.round(iopsOf(modelOf("hdd-15k"), { ...reads4k, bytes: 1 }, 1))).toBe(204);
  });

  it("come out of flash: random I/O/s, latency and bandwidth, reads and writes", () => {
    const expected = [
      ["nvme-pm983", 540_000, 50_000, 85, 50, 3.2e9, 2e9],
      ["ssd-sata", 98_000, 29_000, 115, 45, 550e6, 520e6],
    ] as const;
    for (const [key, reads, writes, readMicros, writeMicros, readRate, writeRate] of expected) {
      const model = modelOf(key);
      expect(iopsOf(model, reads4k, 1024) / reads).toBeCloseTo(1, 9);
      expect(iopsOf(model, writes4k, 1024) / writes).toBeCloseTo(1, 9);
      expect(model.idleLatencySeconds(reads4k)).toBeCloseTo(readMicros / 1e6, 12);
      expect(model.idleLatencySeconds(writes4k)).toBeCloseTo(writeMicros / 1e6, 12);
      expect(bytesPerSecondOf(model, sequentialReads, 1024) / readRate).toBeCloseTo(1, 9);
      expect(bytesPerSecondOf(model, { ...sequentialReads, writeShare: 1 }, 1024) / writeRate).toBeCloseTo(1, 9);
    }
  });

  it("are what the drives do I/O by I/O", () => {
    expect(closedLoop(modelOf("hdd-7200"), reads4k, 1, 200 * SECOND).iops).toBeCloseTo(86, -0.5);
    expect(closedLoop(modelOf("nvme-pm983"), reads4k, 256, SECOND / 4).iops / 540_000).toBeCloseTo(1, 3);
    expect(closedLoop(modelOf("nvme-pm983"), writes4k, 256, SECOND).iops / 50_000).toBeCloseTo(1, 2);
    expect(closedLoop(modelOf("nvme-pm983"), reads4k, 1, SECOND).meanLatencyMicros).toBe(85);
    expect(closedLoop(modelOf("ssd-sata"), reads4k, 32, SECOND).iops / 98_000).toBeCloseTo(1, 3);
  });

  it("carry a source and an evidence, each under a name of its own", () => {
    const names = [...storageDevices.values()].flatMap(({ parameters }) => parameters.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    for (const { parameters } of storageDevices.values()) for (const { source } of parameters) expect(source.length).toBeGreaterThan(2);
  });
});

describe("Little's law", () => {
  it("holds exactly on every device, and queue depth = I/O/s x latency where the depth is constant", () => {
    for (const { model } of storageDevices.values()) {
      for (const depth of [1, 7, 32]) {
        const { little, iops, meanLatencyMicros, meanInFlight } = closedLoop(
          model,
          thirdWrites,
          depth,
          model.hasArm ? 200 * SECOND : SECOND,
        );
        expect(little).toBe(0);
        expect(meanInFlight).toBeCloseTo(depth, 9);
        // Those still under way at the end make the difference.
        expect(Math.abs((iops * meanLatencyMicros) / SECOND / depth - 1)).toBeLessThan(0.005);
      }
    }
  });
});

describe("the fluid model", () => {
  it("agrees with the request-level model on throughput, for every device, mix and queue depth", () => {
    for (const { model, key } of storageDevices.values()) {
      for (const mix of [reads4k, writes4k, thirdWrites, ofAllKinds]) {
        for (const depth of [1, 4, 8, 32]) {
          const measured = closedLoop(model, mix, depth, model.hasArm ? 60 * SECOND : SECOND / 2).iops;
          // Flash: 3 % (queues of random length where channels are nearly enough). Disks: 6 % for the fitted gain of choosing.
          const off = Math.abs(iopsOf(model, mix, depth) / measured - 1);
          expect([key, mix, depth, off < (model.hasArm ? 0.06 : 0.03)]).toEqual([key, mix, depth, true]);
        }
      }
    }
  });

  it("slows a mix with w writes down by 1 / (1 + w (WA - 1))", () => {
    const figures = { key: "x", capacityBytes: 1e12, readIops: 540_000, writeIops: 50_000, readLatencyMicros: 85, writeLatencyMicros: 50 };
    const drive = { ...figures, readBytesPerSecond: 3.2e9, writeBytesPerSecond: 2e9, queueDepth: 1024 };
    expect(writeAmplification(drive)).toBeCloseTo(10.8, 12);
    for (const w of [0, 0.1, 0.3, 0.5, 1]) {
      const mixed = iopsOf(flash(drive), { ...reads4k, writeShare: w }, 1e6);
      expect(mixed / (540_000 / (1 + w * 9.8))).toBeCloseTo(1, 9);
    }
  });

  it("tells the mean latency of I/Os that come at random, exactly for a disk that does not choose (Pollaczek and Khinchine)", () => {
    const model = { ...modelOf("hdd-7200"), queueDepth: 1 };
    for (const load of [0.3, 0.6]) {
      const iops = load / model.holdMoments(reads4k).mean;
      const simulation = new Simulation();
      const streams = new RandomStreams("latency", 0);
      const gaps = streams.stream("gaps");
      const queues = new DeviceQueues(simulation, streams.stream("places"), () => {});
      const device = queues.add(model);
      const law = exponential(SECOND / iops);
      const come = simulation.kind("come", (_, n) => {
        queues.submit(device, 0, { write: false, bytes: 4096, sequential: false });
        simulation.schedule(Math.round(gaps.sample(law, 0, n)), come, 0, n + 1);
      });
      simulation.schedule(0, come, 0);
      simulation.run(4000 * SECOND);
      const measured = queues.statistics(device).meanLatencyMicros / SECOND;
      expect(Math.abs(latencySecondsOf(model, reads4k, iops) / measured - 1)).toBeLessThan(0.02);
    }
    expect(latencySecondsOf(model, reads4k, 0)).toBe(model.idleLatencySeconds(reads4k));
    expect(latencySecondsOf(model, reads4k, 87)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a disk", () => {
  it("has a seek curve with the shortest, average and longest seek of its datasheet, joined without a step", () => {
    const curve = seekCurve(0.5, 7.4, 10);
    expect(seekMs(curve, 0)).toBe(0.5);
    expect(seekMs(curve, 1)).toBeCloseTo(10, 12);
    const n = 20_000;
    let [sum, least] = [0, 0];
    for (let i = 0; i < n; i++) {
      const d = (i + 0.5) / n;
      sum += (2 * (1 - d) * seekMs(curve, d)) / n;
      expect(seekMs(curve, d)).toBeGreaterThanOrEqual(least);
      expect(seekMs(curve, d) - least).toBeLessThan(i === 0 ? 1 : 0.1);
      least = seekMs(curve, d);
    }
    expect(sum).toBeCloseTo(7.4, 4);
    expect(() => seekCurve(0.5, 9.9, 10)).toThrow(/no seek curve from 0.5 ms over an average of 9.9 ms to 10 ms/);
  });

  it("reads on without seeking, faster on the outer tracks than on the inner ones", () => {
    const { iops } = closedLoop(modelOf("hdd-7200"), sequentialReads, 1, 10 * SECOND);
    expect((iops * 131_072) / 250e6).toBeCloseTo(1, 2);
    const model = modelOf("hdd-7200");
    const io = { write: false, sequential: true, bytes: 1_000_000 };
    expect([model.holdMicros(io, 0), model.holdMicros(io, 1)].map(Math.round)).toEqual([4000, 5556]);
  });

  it("gets more done the more it has to choose from, and the order does not depend on anything but the seed", () => {
    const runs = [1, 4, 32].map((depth) => closedLoop(modelOf("hdd-7200"), reads4k, depth));
    expect(runs.map(({ iops }) => Math.round(iops / 10) * 10)).toEqual([90, 120, 190]);
    expect(closedLoop(modelOf("hdd-7200"), reads4k, 32).fingerprint).toBe(runs[2]!.fingerprint);
  });
});

describe("a device that fails", () => {
  it("answers what it holds and what comes with an error, and works again when it is replaced", () => {
    const simulation = new Simulation();
    const answers: boolean[] = [];
    const queues = new DeviceQueues(simulation, new RandomStreams("fails", 0).stream("places"), (_job, _device, ok) => answers.push(ok));
    const device = queues.add(modelOf("hdd-7200"));
    for (let job = 0; job < 3; job++) queues.submit(device, job, { write: false, bytes: 4096, sequential: false });
    queues.fail(device);
    queues.submit(device, 3, { write: true, bytes: 4096, sequential: false });
    simulation.run();
    expect(answers).toEqual([false, false, false, false]);
    queues.replace(device);
    queues.submit(device, 4, { write: true, bytes: 4096, sequential: false });
    simulation.run();
    expect(answers.at(-1)).toBe(true);
    expect([queues.inFlight(device), queues.checkLittle(device)]).toEqual([0, 0]);
  });
});

describe("figures and I/Os that make no sense", () => {
  const drive = { key: "x", capacityBytes: 1e12, readIops: 1000, writeIops: 1000, readLatencyMicros: 10, writeLatencyMicros: 10 };
  const whole = { ...drive, readBytesPerSecond: 1e9, writeBytesPerSecond: 1e9, queueDepth: 32 };

  it("are refused with the name of the figure and what was expected", () => {
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => flash({ ...whole, readIops: value })).toThrow(/flash drive x: readIops is .*; expected a finite number above 0/);
    }
    expect(() => flash({ ...whole, readBytesPerSecond: 1e6 })).toThrow(/1000 reads of 4096 bytes are more than its 1000000 B\/s can carry/);
    const spinning = {
      key: "y",
      capacityBytes: 1e12,
      rotationsPerMinute: 7200,
      commandMs: 0,
      shortestSeekMs: 0.5,
      queueDepth: 32,
      choiceExponent: 0.2,
    };
    const seeks = { readSeekMs: 8, readSeekMaxMs: 11, writeSeekMs: 8, writeSeekMaxMs: 11 };
    const inverted = { outerBytesPerSecond: 1e8, innerBytesPerSecond: 2e8 };
    expect(() => disk({ ...spinning, ...seeks, ...inverted })).toThrow(/outer tracks of 100000000 B\/s and inner ones of 200000000 B\/s/);
    expect(() => disk({ ...spinning, ...seeks, ...inverted, rotationsPerMinute: 0 })).toThrow(/rotationsPerMinute is 0/);
    expect(() => iopsOf(modelOf("ssd-sata"), { ...reads4k, writeShare: 1.5 })).toThrow(/a share of 1.5 writes/);
    expect(() => iopsOf(modelOf("ssd-sata"), { ...reads4k, bytes: 0 })).toThrow(/I\/Os of 0 bytes/);
    expect(() => iopsOf(modelOf("ssd-sata"), reads4k, 0)).toThrow(/a queue depth of 0/);
    expect(() => latencySecondsOf(modelOf("ssd-sata"), reads4k, Number.NaN)).toThrow(RangeError);
    const queues = new DeviceQueues(new Simulation(), new RandomStreams("x", 0).stream("places"), () => {});
    const device = queues.add(modelOf("ssd-sata"));
    expect(() => queues.submit(device, 0, { write: false, bytes: 0, sequential: false })).toThrow(/an I\/O of 0 bytes/);
    expect(() => queues.inFlight(9 as typeof device)).toThrow(/no storage device 9: there are 1/);
  });
});
