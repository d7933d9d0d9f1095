// How many replicas of each part a region, zone, node or device should hold, before any is placed. Two wishes pull apart: shares by weight, and
// replicas as far from each other as can be ("dispersion"). `overload` says how much more than its weight a device may take for the second.
//
// Numbers are "replicanths": the replicas of one part, on average over the parts. Nothing here is random. Sums run in Swift's order, so that the
// last bits are Swift's.
// @source swift/common/ring/builder.py (2.30): _build_weighted_replicas_by_tier, _build_wanted_replicas_by_tier, _build_replica_plan
import { quotient, type RingDevice, RingError } from "./ring-device.ts";
import type { Tiers } from "./tiers.ts";

/** Below this, what is left is nothing. */
const NOTHING = 1e-10;

/** By tier (rows of `Tiers`). */
export interface ReplicaPlan {
  readonly weighted: Float64Array;
  readonly wanted: Float64Array;
  readonly target: Float64Array;
  /** Replicas of any one part: at least, at most. */
  readonly min: Int32Array;
  readonly max: Int32Array;
  /** The overload with which the replicas would be as far apart as can be. */
  readonly requiredOverload: number;
}

export function weightOfOnePart(devices: readonly RingDevice[], parts: number, replicas: number): number {
  let sum = 0;
  for (const { weight } of devices) sum += weight;
  if (sum === 0)
    throw new RingError("EmptyRingError", "the ring has no device with weight: expected at least one; add one, or set a weight");
  return (parts * replicas) / sum;
}

/** `devices` in the order of their ids. Throws a `RingError` when there are fewer of them with weight than replicas. */
export function replicaPlan(devices: readonly RingDevice[], tiers: Tiers, parts: number, replicas: number, overload: number): ReplicaPlan {
  const weighted = weightedReplicas(devices, tiers, parts, replicas);
  const wanted = wantedReplicas(tiers, replicas, weighted);
  let requiredOverload = 0;
  for (const { id, weight } of devices) {
    const tier = tiers.of(id)[3]!;
    if (weight > 0) requiredOverload = Math.max(requiredOverload, (wanted[tier]! - weighted[tier]!) / weighted[tier]!);
  }
  const target = wanted.slice();
  if (requiredOverload > 0) {
    const granted = Math.min(overload, requiredOverload);
    for (let tier = 0; tier < tiers.count; tier++) {
      target[tier] = ((wanted[tier]! - weighted[tier]!) / requiredOverload) * granted + weighted[tier]!;
    }
    requireSums(tiers, target, replicas);
  }
  const min = Int32Array.from(target, (value) => Math.floor(value + NOTHING));
  const max = Int32Array.from(target, (value) => Math.ceil(value - NOTHING));
  return { weighted, wanted, target, min, max, requiredOverload };
}

/** The most replicas of a part that a tier would hold if each tier were halved, thirded... among those below it, whatever their weights. */
export function maxReplicas(tiers: Tiers, replicas: number, bound: (share: number) => number): Float64Array {
  const most = new Float64Array(tiers.count);
  const walk = (tier: number, count: number) => {
    most[tier] = tiers.depths[tier] === 4 ? Math.min(1, count) : count;
    const below = tiers.children[tier]!;
    for (const child of below) walk(child, bound(count / below.length));
  };
  walk(0, replicas);
  return most;
}

/** Shares by weight. No device takes more than one replica of a part; what it may not take goes to those that have room, by weight. */
function weightedReplicas(devices: readonly RingDevice[], tiers: Tiers, parts: number, replicas: number): Float64Array {
  const onePart = weightOfOnePart(devices, parts, replicas);
  const weighing = devices.filter(({ weight }) => weight > 0);
  const shares = weighing.map(({ weight }) => Math.min(1, (weight * onePart) / parts));
  let room = shares.flatMap((share, i) => (share < 1 ? [i] : []));
  for (;;) {
    const remaining = replicas - sumOf(shares, shares.keys());
    if (remaining < NOTHING) break;
    room = room.filter((i) => shares[i]! < 1);
    const more = quotient(remaining, sumOf(shares, room), `a plan of ${replicas} replicas over ${weighing.length} devices`) + 1;
    for (const i of room) shares[i] = Math.min(1, shares[i]! * more);
  }
  const weighted = new Float64Array(tiers.count);
  for (const [i, { id }] of weighing.entries()) {
    weighted[0]! += shares[i]!;
    for (const tier of tiers.of(id)) weighted[tier]! += shares[i]!;
  }
  requireSums(tiers, weighted, replicas);
  return weighted;
}

/** As far apart as can be, and by weight within that. */
function wantedReplicas(tiers: Tiers, replicas: number, weighted: Float64Array): Float64Array {
  const { children, deviceCounts } = tiers;
  const even = maxReplicas(tiers, replicas, (share) => share);
  const wanted = new Float64Array(tiers.count);
  const place = (tier: number, count: number) => {
    if (count > deviceCounts[tier]!) {
      throw new RingError(
        "RingValidationError",
        `${count} replicas for the ${deviceCounts[tier]} devices of tier "${tiers.keys[tier]}": expected no more replicas than devices`,
      );
    }
    wanted[tier] = count;
    const below = children[tier]!;
    if (below.length === 0) return;
    const placed = spread(below, count, { least: (t) => Math.floor(even[t]!), most: (t) => Math.ceil(even[t]!) }, weighted, deviceCounts);
    for (const [i, child] of below.entries()) place(child, placed[i]!);
  };
  place(0, replicas);
  requireSums(tiers, wanted, replicas);
  return wanted;
}

interface Bounds {
  readonly least: (tier: number) => number;
  readonly most: (tier: number) => number;
}

/** The replicas of a tier over those below it: by weight, but within the bounds; the upper one falls when devices are too few to hold to it. */
function spread(
  below: readonly number[],
  count: number,
  { least, most }: Bounds,
  weighted: Float64Array,
  deviceCounts: readonly number[],
): readonly number[] {
  const placed = below.map(() => 0);
  const all = below.map((_, i) => i);
  let spreading = all;
  let deviceLimited = false;
  let remaining = count;
  for (;;) {
    let weight = 0;
    for (const i of spreading) weight += weighted[below[i]!]!;
    const perWeight = quotient(remaining, weight, `${count} replicas over ${below.length} tiers`);
    for (const i of spreading) {
      const tier = below[i]!;
      let share = placed[i]! + weighted[tier]! * perWeight;
      if (share < least(tier)) share = least(tier);
      else if (share > most(tier) && !deviceLimited) share = most(tier);
      placed[i] = Math.min(share, deviceCounts[tier]!);
    }
    remaining = count - sumOf(placed, all);
    if (remaining < -NOTHING) spreading = all.filter((i) => placed[i]! > least(below[i]!));
    else if (remaining > NOTHING) {
      spreading = all.filter((i) => placed[i]! < deviceCounts[below[i]!]! && placed[i]! < most(below[i]!));
      if (spreading.length > 0) continue;
      deviceLimited = true;
      spreading = all.filter((i) => placed[i]! < deviceCounts[below[i]!]!);
    } else return placed;
  }
}

function sumOf(values: readonly number[], which: Iterable<number>): number {
  let sum = 0;
  for (const i of which) sum += values[i]!;
  return sum;
}

/** At every depth the replicas add up to those of the ring. */
function requireSums(tiers: Tiers, values: Float64Array, replicas: number): void {
  const sums = [0, 0, 0, 0, 0];
  for (let tier = 0; tier < tiers.count; tier++) sums[tiers.depths[tier]!]! += values[tier]!;
  for (const [depth, sum] of sums.entries()) {
    if (Math.abs(replicas - sum) <= NOTHING) continue;
    throw new RingError("RingValidationError", `${sum} replicas at depth ${depth} of the ring: expected ${replicas}`);
  }
}
