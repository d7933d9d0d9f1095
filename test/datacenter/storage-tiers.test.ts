import { describe, expect, it } from "vitest";
import { StorageTiers, type VolumeId } from "../../src/datacenter/storage-tiers.ts";

describe("storage tiers", () => {
  it("are found by the volume type that selects them", () => {
    const tiers = new StorageTiers([
      { name: "ssd", capacityGb: 1 },
      { name: "hdd", capacityGb: 1 },
    ]);
    expect(["hdd", "ssd", "tape"].map((name) => tiers.indexOf(name))).toEqual([1, 0, -1]);
  });

  it("are filled to the last gigabyte, refuse what is more, and have room again after a delete", () => {
    const tiers = new StorageTiers([
      { name: "ssd", capacityGb: 100 },
      { name: "hdd", capacityGb: 100 },
    ]);
    expect([tiers.create(0, 60), tiers.create(0, 41), tiers.create(0, 40), tiers.create(0, 1), tiers.create(0, 0)]).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect([...tiers.usedGb]).toEqual([100, 0]);
    tiers.delete(0, 60);
    expect(tiers.create(0, 60)).toBe(true);
  });

  it("refuse to give back what was never taken", () => {
    const tiers = new StorageTiers([{ name: "ssd", capacityGb: 100 }]);
    tiers.create(0, 10);
    expect(() => tiers.delete(0, 11)).toThrow("tier ssd cannot give back 11 GB: only 10 GB are taken");
  });
});

const GIB = 2 ** 30;

function thinTier(capacityGb: number, maxOverSubscriptionRatio = 2) {
  const events: unknown[] = [];
  const tiers = new StorageTiers(
    [{ name: "thin", capacityGb, thin: { maxOverSubscriptionRatio, nearFullRatio: 0.9 }, qos: { total_iops_sec_per_gb: 10 } }],
    (...event) => events.push(event),
  );
  return { tiers, events };
}

describe("a thin tier", () => {
  it("promises up to its ratio, gives room as volumes are written, and pauses who finds none", () => {
    const { tiers, events } = thinTier(100);
    const [a, b, c] = [tiers.createVolume(0, 150), tiers.createVolume(0, 50), tiers.createVolume(0, 1)] as VolumeId[];
    expect([a, b, c, tiers.usedGb[0]]).toEqual([0, 1, -1, 200]);
    expect([tiers.writeNew(a!, 95 * GIB), tiers.writeNew(b!, 10 * GIB)]).toEqual(["written", "ENOSPC"]);
    expect([tiers.isPaused(a!), tiers.isPaused(b!)]).toEqual([false, true]);
    tiers.deleteVolume(a!);
    expect([tiers.isPaused(b!), tiers.usedGb[0], tiers.poolOf(0)!.freeBytes]).toEqual([false, 50, 100 * GIB]);
    expect(events).toEqual([
      ["near full", 0, -1],
      ["full", 0, -1],
      ["volume paused", 0, 1],
      ["volume resumed", 0, 1],
      ["room again", 0, -1],
    ]);
    expect(tiers.check()).toBeNull();
  });

  it("gives each volume limits by its size", () => {
    const { tiers } = thinTier(100);
    const volume = tiers.createVolume(0, 20) as VolumeId;
    expect(tiers.limitsOf(volume)!.longRunIops(0.5, 4096)).toBe(200);
    expect(tiers.tierOf(volume)).toBe(0);
  });

  it("does not take volumes that are not followed one by one", () => {
    expect(() => thinTier(100).tiers.create(0, 1)).toThrow("tier thin is thin: its volumes are followed one by one, by createVolume");
  });
});

describe("volumes of a thick tier", () => {
  it("may be followed one by one too, and are never short of room", () => {
    const tiers = new StorageTiers([{ name: "ssd", capacityGb: 100 }]);
    const volume = tiers.createVolume(0, 100) as VolumeId;
    expect([tiers.createVolume(0, 1), tiers.usedGb[0], tiers.writeNew(volume, 1e15), tiers.limitsOf(volume)]).toEqual([
      -1,
      100,
      "written",
      null,
    ]);
    tiers.deleteVolume(volume);
    expect([tiers.usedGb[0], tiers.create(0, 100), tiers.check()]).toEqual([0, true, null]);
    expect(() => tiers.deleteVolume(volume)).toThrow("no volume 0");
    expect(() => tiers.createVolume(3, 1)).toThrow("no storage tier 3: there are 1");
  });

  it("with limits that contradict each other are refused when the tier is made", () => {
    const qos = { total_iops_sec: 1, write_iops_sec: 1 };
    expect(() => new StorageTiers([{ name: "ssd", capacityGb: 1, qos }])).toThrow(/exclude each other/);
  });
});
