// A weigher says how much a pool is preferred. One weigher is one file; registration is its line in weighers/index.ts.
import type { Surroundings } from "./filter.ts";
import type { PoolState } from "./pool-state.ts";
import type { VolumeRequestSpec } from "./volume-request-spec.ts";

export interface Weigher {
  /** Cinder's own class name. */
  readonly name: string;
  readonly source: string;
  /** What it prefers, in a sentence. */
  readonly meaning: string;
  /** The option that holds its multiplier; null: 1, and no option. */
  readonly multiplier: string | null;
  /**
   * Looks at the request once and returns the raw value of a pool, which may be infinite.
   * @throws PythonError, as the value does, where Cinder would raise: the request fails
   */
  readonly weigh: (request: VolumeRequestSpec, around: Surroundings) => (pool: PoolState, place: number) => number;
  /** Puts something finite for infinite values before they are normalised. */
  readonly settle?: (values: readonly number[]) => readonly number[];
}

export function defineWeigher<const W extends Weigher>(weigher: W): Weigher {
  return weigher;
}
