// Prefers pools in which Cinder has placed little, whatever their size.
import { numberIn } from "../capacity-factors.ts";
import { defineWeigher } from "../weigher.ts";

export const allocatedCapacityWeigher = defineWeigher({
  name: "AllocatedCapacityWeigher",
  source: "cinder/scheduler/weights/capacity.py",
  meaning: "Prefers pools with less allocated capacity.",
  multiplier: "allocated_capacity_weight_multiplier",
  weigh: () => (pool) => numberIn(pool.allocatedCapacityGb),
});
