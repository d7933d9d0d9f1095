// What a ring promises, whatever the seed: shares by weight, replicas far apart, few moves, stable handoffs. (That tables are Swift's own to the
// last entry is tested with the oracles.)
import { describe, expect, it } from "vitest";
import { erasureCodeQuorum, quorumSize } from "../../../src/datacenter/object-store/quorum.ts";
import { hashPath, Ring } from "../../../src/datacenter/object-store/ring/ring.ts";
import { RingBuilder, type RingBuilderOptions } from "../../../src/datacenter/object-store/ring/ring-builder.ts";

const HOUR = 3600;

function builderOf(weights: readonly number[], options: Partial<RingBuilderOptions> = {}, zones = 4): RingBuilder {
  const builder = new RingBuilder({ partPower: 8, replicas: 3, minPartHours: 1, ...options });
  for (const [id, weight] of weights.entries()) {
    builder.addDevice({ id, region: 1, zone: id % zones, ip: `10.0.0.${id}`, device: "sdb", weight });
  }
  return builder;
}
const equal = (count: number) => new Array<number>(count).fill(100);

describe("a new ring", () => {
  it("gives each device its share by weight, within one part", () => {
    const weights = [100, 100, 100, 100, 200, 200, 200, 200];
    const builder = builderOf(weights);
    builder.rebalance(1, 0);
    for (const [id, weight] of weights.entries()) expect(Math.abs(builder.partsOn(id) - (weight / 1200) * 768)).toBeLessThanOrEqual(1);
  });

  it("has every replica of a part in another zone where there are as many zones", () => {
    const builder = builderOf(equal(12), {}, 3);
    builder.rebalance(1, 0);
    const ring = builder.ring();
    expect(builder.dispersion).toBe(0);
    for (let part = 0; part < ring.parts; part++) expect(new Set(ring.primaries(part).map((id) => id % 3)).size).toBe(3);
  });

  it("prefers weight to dispersion unless an overload allows for it", () => {
    const weights = [100, 100, 100, 400]; // one node too large for its zone
    const [strict, lenient] = [builderOf(weights, { replicas: 2 }, 2), builderOf(weights, { replicas: 2, overload: 10 }, 2)];
    strict.rebalance(1, 0);
    lenient.rebalance(1, 0);
    expect(strict.dispersion).toBeGreaterThan(0);
    expect(lenient.dispersion).toBe(0);
    expect(strict.dispersionReport().worstTier).toBe("r1z1");
  });

  it("with two and a half replicas gives half of the parts a third", () => {
    const builder = builderOf(equal(8), { replicas: 2.5 });
    builder.rebalance(1, 0);
    const ring = builder.ring();
    expect([ring.replicas, ring.replicasOf(0), ring.replicasOf(127), ring.replicasOf(128)]).toEqual([2.5, 3, 3, 2]);
  });

  it("is the same for the same seed and another for another", () => {
    const table = (seed: number) => {
      const builder = builderOf(equal(8));
      builder.rebalance(seed, 0);
      const ring = builder.ring();
      return Array.from({ length: 256 }, (_, part) => ring.primaries(part).join());
    };
    expect(table(5)).toEqual(table(5));
    expect(table(5)).not.toEqual(table(6));
  });
});

describe("a rebalance", () => {
  it("moves only what a new device is to get", () => {
    const builder = builderOf(equal(8));
    builder.rebalance(1, 0);
    builder.addDevice({ id: 8, region: 1, zone: 0, ip: "10.0.0.8", device: "sdb", weight: 100 });
    const { changed } = builder.rebalance(2, 2 * HOUR);
    expect(builder.partsOn(8)).toBeGreaterThan(50);
    expect(changed).toBeLessThan(2 * builder.partsOn(8));
  });

  it("leaves alone what was moved within min_part_hours, but not what a removed device held", () => {
    const builder = builderOf(equal(8), { minPartHours: 24 });
    builder.rebalance(1, 0);
    builder.setWeight(0, 300);
    expect(builder.rebalance(2, HOUR).changed).toBe(0);
    const held = builder.partsOn(7);
    builder.removeDevice(7);
    const { changed, removed } = builder.rebalance(3, 2 * HOUR);
    expect([changed, removed]).toEqual([held, 1]);
    expect(builder.devices.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(builder.rebalance(4, 30 * HOUR).changed).toBeGreaterThan(0);
  });

  it("moves at most one replica of a part at a time", () => {
    const builder = builderOf(equal(8));
    builder.rebalance(1, 0);
    const before = builder.ring();
    builder.setWeight(0, 1000);
    builder.setWeight(1, 1000);
    builder.rebalance(2, 2 * HOUR);
    const after = builder.ring();
    for (let part = 0; part < 256; part++) {
      expect(after.devicesOf(part).filter((device, replica) => device !== before.devicesOf(part)[replica]).length).toBeLessThanOrEqual(1);
    }
  });

  it("is refused with too few devices, and says why", () => {
    expect(() => builderOf([100, 100, 0]).rebalance(1, 0)).toThrow(
      "3 replicas on 2 devices with weight: expected at least as many devices",
    );
    expect(() => builderOf([0]).plan()).toThrow("the ring has no device with weight");
    expect(() => builderOf([-1])).toThrow("device 0 with a weight of -1: expected a finite number of 0 or more");
    const builder = builderOf(equal(3));
    expect(() => builder.addDevice(builder.devices[0]!)).toThrow("device 0 is in the ring already");
    expect(() => builder.setWeight(9, 1)).toThrow("no device 9 in the ring");
    builder.removeDevice(2);
    expect(() => builder.setWeight(2, 1)).toThrow("device 2 is to be removed");
  });
});

describe("a name's way to devices", () => {
  it("leads from its digest to a part, the same every time, and needs a secret", () => {
    const ring = new Ring(4, [], []);
    expect(ring.partOf(hashPath({ prefix: "", suffix: "sfx" }, "AUTH_test"))).toBe(2);
    expect(() => hashPath({ prefix: "", suffix: "" }, "a")).toThrow("both empty");
    expect(() => hashPath({ prefix: "", suffix: "s" }, "a", null, "o")).toThrow("without a container");
  });

  it("goes on to handoffs: every device once, those in new zones first", () => {
    const builder = builderOf(equal(12), {}, 4);
    builder.rebalance(1, 0);
    const ring = builder.ring();
    for (let part = 0; part < 256; part += 5) {
      const [primaries, handoffs] = [ring.primaries(part), [...ring.handoffs(part)]];
      expect([...primaries, ...handoffs].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, id) => id));
      const zones = new Set(primaries.map((id) => id % 4));
      if (zones.size < 4) expect(zones.has(handoffs[0]! % 4)).toBe(false);
    }
    expect(() => ring.primaries(256)).toThrow("no part 256 in a ring of 256 parts");
  });

  it("quorum: of two replicas one, of three two, of four two", () => {
    expect([1, 2, 3, 4, 5].map(quorumSize)).toEqual([1, 1, 2, 2, 3]);
    expect([erasureCodeQuorum(4, 1, 1), erasureCodeQuorum(10, 1, 2)]).toEqual([5, 22]);
  });
});
