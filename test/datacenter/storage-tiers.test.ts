import { describe, expect, it } from "vitest";
import { StorageTiers } from "../../src/datacenter/storage-tiers.ts";

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
