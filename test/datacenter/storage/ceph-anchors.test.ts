import { describe, expect, it } from "vitest";
import { anchors, measureAnchor } from "../../../bench/storage.bench.ts";

describe("the Ceph model beside a measured cluster", () => {
  it("meets queue depth 1 and its 99th percentile, to which it is calibrated, and predicts the rest within 25 %", () => {
    for (const anchor of anchors) {
      const { modelled, p99Ms } = measureAnchor(anchor, anchor.depth === 1 ? 10 : 1);
      const calibrated = anchor.depth === 1 || anchor.workload === "ceph sequential write";
      const off = modelled / anchor.measured - 1;
      expect([anchor.workload, Math.abs(off) < (calibrated ? 0.02 : 0.25) || off]).toEqual([anchor.workload, true]);
      if (anchor.depth === 1) expect(Math.abs(p99Ms / anchor.measuredP99Ms! - 1)).toBeLessThan(0.03);
    }
  });
});
