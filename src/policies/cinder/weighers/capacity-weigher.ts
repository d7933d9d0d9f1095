// Prefers pools with much room left to give away, which spreads volumes; a negative multiplier fills one pool after the other.
import { PythonError } from "../../python/python-values.ts";
import { isUnbounded, virtualCapacity } from "../capacity-factors.ts";
import { wantsThin } from "../volume-request-spec.ts";
import { defineWeigher } from "../weigher.ts";

export const capacityWeigher = defineWeigher({
  name: "CapacityWeigher",
  source: "cinder/scheduler/weights/capacity.py",
  meaning: "Prefers pools with more virtual free capacity; those that cannot tell come last.",
  multiplier: "capacity_weight_multiplier",
  weigh: (request, around) => {
    const thinWanted = wantsThin(request);
    const ofUnbounded = around.config.number("capacity_weight_multiplier") > 0 ? -1 : Number.POSITIVE_INFINITY;
    return (pool) => {
      if (isUnbounded(pool.freeCapacityGb) || isUnbounded(pool.totalCapacityGb)) return ofUnbounded;
      return virtualCapacity(pool.capacities, thinWanted).free;
    };
  },
  settle: (values) => {
    if (!values.includes(Number.POSITIVE_INFINITY)) return values;
    const finite = values.filter((value) => value !== Number.POSITIVE_INFINITY);
    if (finite.length === 0) throw new PythonError("ValueError", "no pool reports its capacity");
    // Far beyond the others: a hundred times as far as they lie apart.
    const [most, least] = [Math.max(...finite), Math.min(...finite)];
    const last = most + (most === least ? 10_000 : (most - least) * 100);
    return values.map((value) => (value === Number.POSITIVE_INFINITY ? last : value));
  },
});
