// Keeps out pools without room. What cannot be known is taken for enough: the driver will say so if it is not, and another pool is tried.
import { float } from "../../python/arithmetic.ts";
import { isTrue, PythonError } from "../../python/python-values.ts";
import { isUnbounded, numberIn, virtualCapacity } from "../capacity-factors.ts";
import { defineFilter } from "../filter.ts";
import type { PoolState } from "../pool-state.ts";
import { wantsThin } from "../volume-request-spec.ts";

export const capacityFilter = defineFilter({
  name: "CapacityFilter",
  source: "cinder/scheduler/filters/capacity_filter.py",
  meaning: "The pool must have room for the volume, as far as its report tells.",
  passes: (request) => {
    const { sizeGb, newSizeGb, volExistsOn } = request;
    const grows = newSizeGb !== undefined && newSizeGb !== 0;
    const wantedGb = grows ? Math.trunc(newSizeGb) - Math.trunc(sizeGb) : sizeGb;
    const thinWanted = wantsThin(request);
    return (pool) => pool.backendId === volExistsOn || wantedGb === 0 || hasRoom(pool, wantedGb, thinWanted);
  },
});

function hasRoom(pool: PoolState, wantedGb: number, thinWanted: boolean): boolean {
  if (pool.freeCapacityGb === null) return false;
  const reserved = float(pool.reservedPercentage);
  if (isUnbounded(pool.freeCapacityGb)) return true;
  // Of a total that is not known, no part can be reserved.
  if (isUnbounded(pool.totalCapacityGb)) return reserved === 0;
  if (float(pool.totalCapacityGb) <= 0) return false;
  const thin = thinWanted && isTrue(pool.thinProvisioningSupport);
  const capacity = virtualCapacity(pool.capacities, thinWanted);
  if (thin) {
    const ratio = numberIn(pool.maxOverSubscriptionRatio);
    if (!(ratio >= 1)) return false;
    // The ratio is in the divisor already: it is the room below that decides. A pool that is reserved as a whole divides by zero.
    if (capacity.totalAvailable === 0) throw new PythonError("ZeroDivisionError", "nothing is available at all");
    if ((numberIn(pool.provisionedCapacityGb) + wantedGb) / capacity.totalAvailable > ratio) return false;
  }
  return capacity.free >= wantedGb;
}
