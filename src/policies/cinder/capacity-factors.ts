// How much of a pool can still be given away. A thin volume counts against what the pool may be over-subscribed to, whatever is physically free;
// a thick one against what is free.
// @source cinder/scheduler/sched_utils.py (calculate_capacity_factors, calculate_max_over_subscription_ratio)
import { add, divide, double, float, kindOf, roundToHundredths, subtract } from "../python/arithmetic.ts";
import { equal, isTrue, PythonError, PythonFloat, type PythonValue } from "../python/python-values.ts";

/** Of a driver that cannot tell, or that has no end. */
export function isUnbounded(capacity: PythonValue): boolean {
  return capacity === "infinite" || capacity === "unknown";
}

export interface CapacityFactors {
  readonly totalCapacity: number;
  readonly freeCapacity: PythonValue;
  readonly reservedCapacity: number;
  /** Total without what is reserved. */
  readonly totalReservedAvailableCapacity: number;
  /** Null for a thick volume, which knows no such ratio. */
  readonly maxOverSubscriptionRatio: PythonValue;
  /** The same, times the ratio for a thin volume: what may be given away in all. */
  readonly totalAvailableCapacity: number;
  readonly provisionedCapacity: PythonValue;
  readonly calculatedFreeCapacity: number;
  /** What may still be given away. Negative where more is given away than is allowed. */
  readonly virtualFreeCapacity: number;
  /** Of the total available capacity, in percent. */
  readonly freePercent: number;
  readonly provisionedRatio: number;
  readonly provisionedType: "thin" | "thick";
}

/** What is known of a pool; GB, percent, and a ratio. */
export interface Capacities {
  readonly total: PythonValue;
  readonly free: PythonValue;
  readonly provisioned: PythonValue;
  readonly thinProvisioningSupport: PythonValue;
  readonly maxOverSubscriptionRatio: PythonValue;
  readonly reservedPercentage: PythonValue;
}

/** The factors that decisions ask for, before they are rounded. */
interface Room {
  readonly thin: boolean;
  readonly total: number;
  readonly reserved: number;
  readonly totalAvailable: number;
  readonly calculatedFree: number;
  readonly virtualFree: number;
}

function roomIn(pool: Capacities, thinWanted: boolean): Room {
  const total = float(pool.total);
  const reserved = floor(total * (float(pool.reservedPercentage) / 100));
  const available = total - reserved;
  const thin = thinWanted && isTrue(pool.thinProvisioningSupport);
  const totalAvailable = thin ? available * numberIn(pool.maxOverSubscriptionRatio) : available;
  const calculatedFree = totalAvailable - numberIn(pool.provisioned);
  const free = thin ? calculatedFree : numberIn(pool.free);
  const virtualFree = free < calculatedFree ? free : calculatedFree;
  return { thin, total, reserved, totalAvailable, calculatedFree, virtualFree };
}

/** What may be given away in all, and what still may be; GB, rounded to hundredths. @throws PythonError where a capacity is no number */
export function virtualCapacity(pool: Capacities, thinWanted: boolean): { readonly totalAvailable: number; readonly free: number } {
  const { totalAvailable, virtualFree } = roomIn(pool, thinWanted);
  return { totalAvailable: roundToHundredths(totalAvailable), free: roundToHundredths(virtualFree) };
}

/** Everything in GB, rounded to hundredths. @throws PythonError where a capacity is no number */
export function capacityFactors(pool: Capacities, thinWanted: boolean): CapacityFactors {
  const { thin, total, reserved, totalAvailable, calculatedFree, virtualFree } = roomIn(pool, thinWanted);
  const isNone = totalAvailable === 0;
  return {
    totalCapacity: total,
    freeCapacity: pool.free,
    reservedCapacity: reserved,
    totalReservedAvailableCapacity: roundToHundredths(total - reserved),
    maxOverSubscriptionRatio: thin ? pool.maxOverSubscriptionRatio : null,
    totalAvailableCapacity: roundToHundredths(totalAvailable),
    provisionedCapacity: pool.provisioned,
    calculatedFreeCapacity: roundToHundredths(calculatedFree),
    virtualFreeCapacity: roundToHundredths(virtualFree),
    freePercent: isNone ? 0 : roundToHundredths((virtualFree / totalAvailable) * 100),
    provisionedRatio: isNone ? 0 : roundToHundredths(numberIn(pool.provisioned) / totalAvailable),
    provisionedType: thin ? "thin" : "thick",
  };
}

/** math.floor */
function floor(x: number): number {
  if (Number.isNaN(x)) throw new PythonError("ValueError", "cannot convert float NaN to integer");
  if (!Number.isFinite(x)) throw new PythonError("OverflowError", "cannot convert float infinity to integer");
  return Math.floor(x);
}

/** A number of Python's as a number. @throws PythonError TypeError */
export function numberIn(value: PythonValue): number {
  const number = double(value);
  if (number === null) throw new PythonError("TypeError", `a capacity is a number, not ${kindOf(value)}`);
  return number;
}

/** Cinder's guess where `auto` finds nothing provisioned yet. */
const INITIAL_AUTO_RATIO = 20;

/**
 * The ratio a pool has until its next report. `auto` takes what it has provisioned over what that uses: the thinner its volumes turn out, the
 * more may be given away.
 * @param otherwise Cinder's own option, for a pool that reports none
 * @throws PythonError ValueError for a ratio that is no number, TypeError for capacities that are none
 */
export function maxOverSubscriptionRatio(capabilities: ReadonlyMap<string, PythonValue>, otherwise: PythonValue): PythonValue {
  const reported = (key: string, absent: PythonValue): PythonValue => {
    const value = capabilities.get(key);
    return value === undefined ? absent : value;
  };
  const total = reported("total_capacity_gb", 0);
  const free = reported("free_capacity_gb", 0);
  // No filter asks for the ratio of such pools.
  if (!isTrue(reported("thin_provisioning_support", false)) || isUnbounded(total) || isUnbounded(free)) return new PythonFloat(1);
  const own = reported("max_over_subscription_ratio", null);
  const ratio = isTrue(own) ? own : otherwise;
  if (ratio !== "auto") return new PythonFloat(float(ratio));
  const provisioned = reported("provisioned_capacity_gb", reported("allocated_capacity_gb", 0));
  if (equal(provisioned, 0)) return INITIAL_AUTO_RATIO;
  return add(1, divide(new PythonFloat(float(provisioned)), add(subtract(total, free), 1)));
}
