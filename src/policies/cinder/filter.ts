// A filter says which pools may take a volume at all. One filter is one file; registration is its line in filters/index.ts.
import type { CinderConfig } from "./config.ts";
import type { Evaluator } from "./evaluator/evaluator.ts";
import type { PoolState } from "./pool-state.ts";
import type { VolumeRequestSpec } from "./volume-request-spec.ts";

/** What a decision may look at besides the pool and the request. */
export interface Surroundings {
  readonly config: CinderConfig;
  readonly evaluator: Evaluator;
  readonly volumes: VolumeRecords;
  /** Host of the server with this uuid; null where Nova knows none. */
  readonly hostOfServer: (uuid: string) => string | null;
  /** A uniform number in [0, 1) for the pool in this place of the list. */
  readonly chance: (place: number) => number;
}

/** Cinder's database, as far as a scheduler asks it. */
export interface VolumeRecords {
  /** Is the volume with this id in the pool? */
  readonly isOn: (id: string, pool: PoolState) => boolean;
  /** How many volumes have this `host@backend#pool`. */
  readonly countOn: (host: string) => number;
}

export interface Filter {
  /** Cinder's own class name. */
  readonly name: string;
  readonly source: string;
  /** What it keeps out, in a sentence. */
  readonly meaning: string;
  /**
   * Looks at the request once and returns the test of a pool.
   * @throws PythonError, as the test does, where Cinder would raise: the request fails
   */
  readonly passes: (request: VolumeRequestSpec, around: Surroundings) => (pool: PoolState) => boolean;
}

export function defineFilter<const F extends Filter>(filter: F): Filter {
  return filter;
}
