// From raw values to an order of pools: normalised, multiplied, added up and sorted, or drawn.
// @source cinder/scheduler/base_weight.py (normalize, get_weighed_objects), cinder/scheduler/weights/stochastic.py
import type { Surroundings } from "./filter.ts";
import type { PoolState } from "./pool-state.ts";
import type { VolumeRequestSpec } from "./volume-request-spec.ts";
import type { Weigher } from "./weigher.ts";

export interface WeighedPool {
  readonly pool: PoolState;
  readonly weight: number;
}

/** What the weigher says of each pool, infinities settled. */
export function rawWeights(
  weigher: Weigher,
  pools: readonly PoolState[],
  request: VolumeRequestSpec,
  around: Surroundings,
): readonly number[] {
  const values = pools.map(weigher.weigh(request, around));
  return weigher.settle?.(values) ?? values;
}

/** The pools from best to worst; of equal weights the earlier one comes first. */
export function orderedPools(
  weighers: readonly Weigher[],
  pools: readonly PoolState[],
  request: VolumeRequestSpec,
  around: Surroundings,
): readonly WeighedPool[] {
  const weighed = summed(weighers, pools, around, (weigher) => normalized(rawWeights(weigher, pools, request, around)));
  return weighed.sort((a, b) => b.weight - a.weight);
}

/** The pools as they came, turned so that the one drawn is first: the chance of each is its share of the weights, which are not normalised. */
export function drawnPools(
  weighers: readonly Weigher[],
  pools: readonly PoolState[],
  request: VolumeRequestSpec,
  around: Surroundings,
  uniform: number,
): readonly WeighedPool[] {
  const weighed = summed(weighers, pools, around, (weigher) => rawWeights(weigher, pools, request, around));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  const winner = weighed.findIndex(({ weight }) => {
    reached += weight;
    return reached > uniform * total;
  });
  const first = Math.max(winner, 0); // none is reached where weights are negative, or all 0
  return [...weighed.slice(first), ...weighed.slice(0, first)];
}

function summed(
  weighers: readonly Weigher[],
  pools: readonly PoolState[],
  around: Surroundings,
  valuesOf: (weigher: Weigher) => readonly number[],
): WeighedPool[] {
  const weights = new Float64Array(pools.length);
  if (pools.length > 0)
    for (const weigher of weighers) {
      const multiplier = weigher.multiplier === null ? 1 : around.config.number(weigher.multiplier);
      for (const [i, value] of valuesOf(weigher).entries()) weights[i]! += multiplier * value;
    }
  return pools.map((pool, i) => ({ pool, weight: weights[i]! }));
}

/** From 0, the smallest, to 1, the largest; all 0 where they are equal. */
function normalized(values: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (least === most ? 0 : (value - least) / (most - least)));
}
