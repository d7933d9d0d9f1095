// Two more ways to choose: a volume that gets another type stays where it is if it can, and the volumes of a group lie on one back end.
// @source cinder/scheduler/filter_scheduler.py (find_retype_backend, _get_weighted_candidates_generic_group, _find_valid_backends)
import { backendPart, hasPool } from "./backend-name.ts";
import { NoValidBackend } from "./filter-scheduler.ts";
import type { PoolState } from "./pool-state.ts";
import type { WeighedPool } from "./weigh-pools.ts";

/** Whether a volume may leave its back end for the sake of its new type. */
export type MigrationPolicy = "never" | "on-demand";

/**
 * The pool for a volume that is in `current` and gets a new type.
 * @param candidates of a request with `volExistsOn: current`
 * @returns the pool, and whether the volume was not there before
 * @throws NoValidBackend
 */
export function retypeBackend(
  candidates: readonly WeighedPool[],
  current: string,
  policy: MigrationPolicy,
): { readonly pool: PoolState; readonly isMove: boolean } {
  if (candidates.length === 0) throw new NoValidBackend("no valid backends for the volume with its new type");
  // Volumes from before there were pools name none: any pool of their back end is where they are.
  const isHere = ({ pool: { backendId } }: WeighedPool) =>
    backendId === current || (!hasPool(current) && backendPart(backendId) === current);
  const here = candidates.find(({ pool }) => pool.backendId === current) ?? candidates.find(isHere);
  if (here !== undefined) return { pool: here.pool, isMove: false };
  if (policy === "never") throw new NoValidBackend("current backend not valid for the volume with its new type, migration not allowed");
  return { pool: candidates[0]!.pool, isMove: true };
}

/**
 * The candidates of the first list whose `host@backend` every other list has too, in the order of the first; one that others name in several
 * pools comes as often, as in Cinder.
 */
export function groupCandidates(lists: readonly (readonly WeighedPool[])[]): readonly WeighedPool[] {
  const [first = [], ...others] = lists;
  return others.reduce((left, other) => {
    const names = other.map(({ pool }) => backendPart(pool.backendId));
    return left.flatMap((one) => names.filter((name) => name === backendPart(one.pool.backendId)).map(() => one));
  }, first);
}
