// Devices of a ring fail and are rebuilt; how long data last and how often a quorum answers is held against closed forms.
import { describe, expect, it } from "vitest";
import {
  hoursToDataLoss,
  meanHoursToDataLoss,
  measuredAvailability,
  quorumAvailability,
} from "../../../src/datacenter/object-store/durability.ts";
import { quorumSize } from "../../../src/datacenter/object-store/quorum.ts";
import { Ring } from "../../../src/datacenter/object-store/ring/ring.ts";
import { RingBuilder } from "../../../src/datacenter/object-store/ring/ring-builder.ts";
import { meanTimeToDataLoss } from "../../../src/datacenter/storage/raid.ts";
import { exponential } from "../../../src/kernel/distribution.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { meanInterval } from "../../../src/statistics/interval.ts";

function ringOf(devices: number, replicas: number, partPower: number) {
  const builder = new RingBuilder({ partPower, replicas, minPartHours: 1 });
  for (let id = 0; id < devices; id++) builder.addDevice({ id, region: 1, zone: 1, ip: `10.0.0.${id}`, device: "sdb", weight: 100 });
  builder.rebalance(1, 0);
  return builder.ring();
}

function lossInterval(ring: Ring, lifetime: number, repair: number, runs: number) {
  const law = { lifetime: exponential(lifetime), repair: exponential(repair) };
  const hours = Array.from({ length: runs }, (_, run) => hoursToDataLoss(ring, 1, law, new RandomStreams("durability", run)));
  return meanInterval(hours, 0.99);
}

/** Every pair of eight devices has a part. */
function scattered(): Ring {
  const devices = ringOf(8, 2, 6).devices;
  const pairs = devices.flatMap(({ id }) => devices.filter((other) => other.id > id).map((other) => [id, other.id] as const));
  const table = [0, 1].map((replica) => Array.from({ length: 64 }, (_, part) => pairs[part % pairs.length]![replica]!));
  return new Ring(6, devices, table);
}

describe("durability", () => {
  it("in closed form is that of the Markov chain", () => {
    expect(meanHoursToDataLoss(2, 1, 1e6, 24)).toBeCloseTo(20_834_833_333.333, 2);
    expect(meanHoursToDataLoss(8, 1, 1e6, 24)).toBeCloseTo(744_315_476.19, 1);
    expect(meanHoursToDataLoss(8, 1, 3e5, 48)).toBeCloseTo(33_562_500, 3);
    expect(meanHoursToDataLoss(5, 1, 1000, 7)).toBeCloseTo(meanTimeToDataLoss(5, 1000, 7), 6);
    expect(() => meanHoursToDataLoss(2, 2, 1, 1)).toThrow("2 failures tolerated by 2 devices");
  });

  it("two replicas on two devices last as long as a mirror", () => {
    const { low, high } = lossInterval(ringOf(2, 2, 4), 1e6, 24e3, 500);
    const closed = meanHoursToDataLoss(2, 1, 1e6, 24e3);
    expect([low <= closed, closed <= high]).toEqual([true, true]);
  });

  it("where every pair of devices shares a part, any two failures at once lose something, as in a RAID 5", () => {
    const { low, high, mean, halfWidth } = lossInterval(scattered(), 3e5, 48, 300);
    expect([low <= 33_562_500, 33_562_500 <= high]).toEqual([true, true]);
    expect(halfWidth / mean).toBeLessThan(0.2);
  });

  it("a new ring of equal devices is four mirrors instead, and lasts about six times as long", () => {
    const ring = ringOf(8, 2, 10);
    const pairs = new Set(Array.from({ length: ring.parts }, (_, part) => [...ring.primaries(part)].sort((a, b) => a - b).join()));
    expect(pairs.size).toBe(4);
    const { low, high } = lossInterval(ring, 1000, 10, 300);
    const closed = meanHoursToDataLoss(2, 1, 1000, 10) / 4;
    expect([low <= closed, closed <= high]).toEqual([true, true]);
    expect(closed / meanHoursToDataLoss(8, 1, 1000, 10)).toBeCloseTo(6.27, 2);
  });

  it("a third replica has to fail as well", () => {
    const { low, high } = lossInterval(ringOf(3, 3, 4), 1000, 50, 500);
    const closed = meanHoursToDataLoss(3, 2, 1000, 50);
    expect([low <= closed, closed <= high]).toEqual([true, true]);
    expect(closed).toBeGreaterThan(10 * meanHoursToDataLoss(3, 1, 1000, 50));
  });
});

describe("availability of three replicas on nodes that are up 99 % of the time", () => {
  const ring = ringOf(6, 3, 6);
  const law = { lifetime: exponential(990), repair: exponential(10) };
  const measured = (needed: number) =>
    meanInterval(
      Array.from({ length: 40 }, (_, run) => measuredAvailability(ring, needed, law, new RandomStreams("availability", run), 200_000)),
      0.99,
    );

  it("a quorum of two takes writes 99.9702 % of the time", () => {
    const closed = quorumAvailability(3, quorumSize(3), 0.99);
    expect(closed).toBeCloseTo(0.999702, 9);
    expect(quorumAvailability(3, 2, 0.999)).toBeCloseTo(0.999997, 6);
    const { low, high, halfWidth } = measured(2);
    expect([low <= closed, closed <= high]).toEqual([true, true]);
    expect(halfWidth).toBeLessThan(5e-5);
  });

  it("one of them answers a read 99.9999 % of the time", () => {
    const closed = quorumAvailability(3, 1, 0.99);
    expect(closed).toBeCloseTo(1 - 0.01 ** 3, 12);
    const { low, high } = measured(1);
    expect([low <= closed, closed <= high]).toEqual([true, true]);
  });

  it("a write waits for the second of three: 5/6 of a mean time where times are exponential, 11/6 for all three", () => {
    const stream = new RandomStreams("quorum", 0).stream("swift.put");
    const waits = (which: number) =>
      meanInterval(
        Array.from({ length: 20_000 }, (_, write) => {
          return [0, 1, 2].map((node) => stream.sample(exponential(1), write, node)).sort((a, b) => a - b)[which]!;
        }),
        0.99,
      );
    const [second, third] = [waits(1), waits(2)];
    expect([second.low <= 5 / 6, 5 / 6 <= second.high, third.low <= 11 / 6, 11 / 6 <= third.high]).toEqual([true, true, true, true]);
  });
});
