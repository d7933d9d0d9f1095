import { describe, expect, it } from "vitest";
import { capacityFactors, maxOverSubscriptionRatio } from "../../../src/policies/cinder/capacity-factors.ts";
import { weighedCandidates } from "../../../src/policies/cinder/filter-scheduler.ts";
import { capacityFilter } from "../../../src/policies/cinder/filters/capacity-filter.ts";
import { capacityWeigher } from "../../../src/policies/cinder/weighers/capacity-weigher.ts";
import { PythonError, PythonFloat } from "../../../src/policies/python/python-values.ts";
import { around, capabilities, passes, poolOf, request, thick, thin } from "./some-pools.ts";

const ratioOf = (entries: Parameters<typeof capabilities>[0], otherwise: string | number = "20.0") => {
  const ratio = maxOverSubscriptionRatio(capabilities(entries), otherwise);
  return ratio instanceof PythonFloat ? ratio.value : ratio;
};

describe("the over-subscription ratio of a pool", () => {
  it("is 1 where nothing can be over-subscribed, or nobody will ask", () => {
    expect(ratioOf({ ...thick, max_over_subscription_ratio: 5 })).toBe(1);
    expect(ratioOf({ ...thin, free_capacity_gb: "infinite", max_over_subscription_ratio: "auto" })).toBe(1);
    expect(ratioOf({ ...thin, total_capacity_gb: "unknown" })).toBe(1);
  });

  it("is the pool's own, and Cinder's where that is missing or nothing", () => {
    expect(ratioOf({ ...thin, max_over_subscription_ratio: "2.5" })).toBe(2.5);
    for (const nothing of [null, 0, ""]) expect(ratioOf({ ...thin, max_over_subscription_ratio: nothing }, "3")).toBe(3);
  });

  it("follows what the volumes use where it is auto, and begins at 20", () => {
    expect(ratioOf({ ...thin, provisioned_capacity_gb: 82 }, "auto")).toBe(1 + 82 / 41);
    expect(ratioOf(thin, "auto")).toBe(1 + 40 / 41); // what Cinder allocated stands for what is not reported
    expect(ratioOf({ ...thin, provisioned_capacity_gb: 0 }, "auto")).toBe(20);
  });

  it("cannot be made of words, nor of a pool that uses less than nothing", () => {
    expect(() => ratioOf({ ...thin, max_over_subscription_ratio: "much" })).toThrow(PythonError);
    expect(() => ratioOf({ ...thin, free_capacity_gb: 101 }, "auto")).toThrow(PythonError);
  });
});

describe("capacity factors", () => {
  it("of a thin volume do not look at what is free, those of a thick one look at both", () => {
    const pool = poolOf({ ...thin, free_capacity_gb: 1, reserved_percentage: 10, max_over_subscription_ratio: 2 });
    expect(capacityFactors(pool.capacities, true)).toMatchObject({
      totalAvailableCapacity: 180,
      virtualFreeCapacity: 140,
      provisionedType: "thin",
    });
    expect(capacityFactors(pool.capacities, false)).toMatchObject({
      totalAvailableCapacity: 90,
      virtualFreeCapacity: 1,
      provisionedType: "thick",
    });
  });

  it("reserve whole gigabytes, and tell of nothing with zeros", () => {
    const pool = poolOf({ total_capacity_gb: 99, free_capacity_gb: 99, reserved_percentage: 10 });
    expect(capacityFactors(pool.capacities, true).reservedCapacity).toBe(9);
    const none = poolOf({ ...thick, reserved_percentage: 100 });
    expect(capacityFactors(none.capacities, true)).toMatchObject({ totalAvailableCapacity: 0, freePercent: 0, provisionedRatio: 0 });
  });

  it("are negative where more was given away than is allowed", () => {
    expect(capacityFactors(poolOf({ ...thick, provisioned_capacity_gb: 130 }).capacities, true).virtualFreeCapacity).toBe(-30);
  });
});

describe("CapacityFilter", () => {
  const fits = (entries: Parameters<typeof poolOf>[0], sizeGb: number, extraSpecs = {}) =>
    passes(capacityFilter, poolOf(entries), request({ sizeGb, extraSpecs: new Map(Object.entries(extraSpecs)) }));

  it("wants what is not given away and what is free, of a thick volume", () => {
    expect([fits(thick, 60), fits(thick, 61)]).toEqual([true, false]);
    expect(fits({ ...thick, provisioned_capacity_gb: 95 }, 10)).toBe(false);
    expect(fits({ ...thick, free_capacity_gb: 5 }, 10)).toBe(false);
  });

  it("lets a thin volume into a pool that is physically full, unless its type is thick", () => {
    const full = { ...thin, free_capacity_gb: 0 };
    expect(fits(full, 500)).toBe(true);
    expect(fits(full, 1961)).toBe(false); // 20 x 100 - 40
    expect(fits(full, 500, { "provisioning:type": "thick" })).toBe(false);
    expect(fits(full, 500, { "provisioning:type": "Thick" })).toBe(true); // to the letter
  });

  it("takes what is not known for enough, unless a part of it is reserved", () => {
    expect(fits({ ...thick, free_capacity_gb: "unknown", reserved_percentage: 50 }, 1e6)).toBe(true);
    expect(fits({ ...thick, total_capacity_gb: "infinite" }, 1e6)).toBe(true);
    expect(fits({ ...thick, total_capacity_gb: "infinite", reserved_percentage: 5 }, 1)).toBe(false);
  });

  it("fails where nothing is reported, or nothing is there", () => {
    expect(fits({ ...thick, free_capacity_gb: null }, 1)).toBe(false);
    expect(fits({}, 1)).toBe(false);
    expect(fits({ ...thick, total_capacity_gb: -1 }, 1)).toBe(false);
  });

  it("fails a thin volume where the ratio is below 1, and the whole request where all is reserved", () => {
    expect(fits({ ...thin, max_over_subscription_ratio: "0.5" }, 1)).toBe(false);
    expect(() => fits({ ...thin, reserved_percentage: 100 }, 1)).toThrow(expect.objectContaining({ type: "ZeroDivisionError" }));
    expect(fits({ ...thick, reserved_percentage: 100 }, 1)).toBe(false);
  });

  it("asks nothing of a volume that is there already or has no size, and of one that grows only what it grows by", () => {
    const full = poolOf({ ...thick, free_capacity_gb: 0 });
    expect(passes(capacityFilter, full, request({ volExistsOn: "h1@lvm#p" }))).toBe(true);
    expect(passes(capacityFilter, full, request({ sizeGb: 0 }))).toBe(true);
    expect(passes(capacityFilter, poolOf(thick), request({ sizeGb: 100, newSizeGb: 160 }))).toBe(true);
    expect(passes(capacityFilter, poolOf(thick), request({ sizeGb: 100, newSizeGb: 161 }))).toBe(false);
  });
});

describe("CapacityWeigher", () => {
  const pools = [poolOf(thick, "20.0", "a"), poolOf({ ...thick, free_capacity_gb: "infinite" }, "20.0", "b"), poolOf(thin, "20.0", "c")];
  const order = (multiplier: number, of = pools) => {
    const surroundings = around({ scheduler_default_filters: [], capacity_weight_multiplier: multiplier });
    return weighedCandidates(of, request(), surroundings, () => 0).map(({ pool }) => pool.poolName);
  };

  it("puts pools that cannot tell last, whether it spreads or stacks", () => {
    expect(order(1)).toEqual(["c", "a", "b"]);
    expect(order(-1)).toEqual(["a", "c", "b"]);
  });

  it("keeps the order of report among equals, and fails where it is to stack and nobody can tell", () => {
    expect(order(1, [pools[1]!, pools[1]!])).toEqual(["b", "b"]);
    expect(() => order(-1, [pools[1]!])).toThrow(expect.objectContaining({ type: "ValueError" }));
    expect(order(-1, [])).toEqual([]);
  });

  it("sets the infinite a hundred spreads beyond the largest", () => {
    expect(capacityWeigher.settle!([10, Number.POSITIVE_INFINITY, 30])).toEqual([10, 2030, 30]);
    expect(capacityWeigher.settle!([10, Number.POSITIVE_INFINITY])).toEqual([10, 10_010]);
  });
});
