// Cinder's filter scheduler: which pools may take a volume, in which order, and what choosing one leaves behind. Pure, but for the pools'
// own account of what was sent to them.
// @source cinder/scheduler/filter_scheduler.py, cinder/scheduler/host_manager.py, cinder/scheduler/base_filter.py
import { PythonError } from "../python/python-values.ts";
import { backendPart, hasPool } from "./backend-name.ts";
import { type CinderConfig, STOCHASTIC_HANDLER } from "./config.ts";
import type { Filter, Surroundings } from "./filter.ts";
import { cinderFilters } from "./filters/index.ts";
import type { PoolState } from "./pool-state.ts";
import type { Retry, VolumeRequestSpec } from "./volume-request-spec.ts";
import { drawnPools, orderedPools, type WeighedPool } from "./weigh-pools.ts";
import type { Weigher } from "./weigher.ts";
import { cinderWeighers } from "./weighers/index.ts";

/** No pool can take the volume, or enough were tried. */
export class NoValidBackend extends PythonError {
  constructor(reason: string) {
    super("NoValidBackend", reason);
  }
}

/** The filters and weighers of a configuration. @throws PythonError SchedulerHostFilterNotFound, SchedulerHostWeigherNotFound */
export function enabledPolicies(config: CinderConfig): { readonly filters: readonly Filter[]; readonly weighers: readonly Weigher[] } {
  return {
    filters: byName(config.list("scheduler_default_filters"), cinderFilters, "SchedulerHostFilterNotFound"),
    weighers: byName(config.list("scheduler_default_weighers"), cinderWeighers, "SchedulerHostWeigherNotFound"),
  };
}

function byName<P extends { readonly name: string }>(names: readonly string[], all: readonly P[], error: string): readonly P[] {
  const unknown = names.filter((name) => !all.some((policy) => policy.name === name));
  const known = all.map(({ name }) => name).join(", ");
  if (unknown.length > 0) throw new PythonError(error, `there is no ${unknown.join(", ")}: there are ${known}`);
  return names.map((name) => all.find((policy) => policy.name === name)!);
}

/** The pools that pass every filter, in their order. Every filter runs, also on what is left of nothing. */
export function filterPools(
  filters: readonly Filter[],
  pools: readonly PoolState[],
  request: VolumeRequestSpec,
  around: Surroundings,
): readonly PoolState[] {
  return filters.reduce((left, filter) => (left.length === 0 ? left : left.filter(filter.passes(request, around))), pools);
}

/**
 * What the next attempt at a volume knows of the earlier ones.
 * @returns null where no volume is tried twice
 * @throws NoValidBackend once more would be tried than is allowed
 */
export function nextAttempt(retry: Retry | null | undefined, config: CinderConfig): Retry | null {
  const most = config.number("scheduler_max_attempts");
  if (most === 1) return null;
  const next = retry ? { ...retry, numAttempts: retry.numAttempts + 1 } : { numAttempts: 1, backends: [], hosts: [] };
  if (next.numAttempts > most) throw new NoValidBackend(`exceeded max scheduling attempts ${most}`);
  return next;
}

/**
 * Gives the volume's room back to the pool that was tried last, which did not make it.
 * @param retry as `nextAttempt` returned it
 */
export function giveBack(pools: readonly PoolState[], retry: Retry | null, sizeGb: number): void {
  const last = retry?.backends?.at(-1);
  if (last !== undefined) for (const pool of pools) if (pool.backendId === last) pool.release(sizeGb);
}

/**
 * The pools that can take a volume, the best first.
 * @param uniform in [0, 1), for the stochastic handler
 * @throws PythonError where a filter or a weigher raises: the request fails
 */
export function weighedCandidates(
  pools: readonly PoolState[],
  request: VolumeRequestSpec,
  around: Surroundings,
  uniform: () => number,
): readonly WeighedPool[] {
  const { filters, weighers } = enabledPolicies(around.config);
  const passed = filterPools(filters, pools, request, around);
  const weighed =
    around.config.text("scheduler_weight_handler") === STOCHASTIC_HANDLER
      ? drawnPools(weighers, passed, request, around, uniform())
      : orderedPools(weighers, passed, request, around);
  const { resourceBackend } = request;
  if (resourceBackend === undefined || resourceBackend === null || resourceBackend === "") return weighed;
  const isBound = ({ pool: { backendId } }: WeighedPool) =>
    (hasPool(resourceBackend) ? backendId : backendPart(backendId)) === resourceBackend;
  return weighed.filter(isBound);
}

/** The retry information of a volume that was sent to a pool. */
export function tried(retry: Retry | null, pool: PoolState): Retry | null {
  if (retry === null) return null;
  const { backends, hosts, numAttempts } = retry;
  return {
    numAttempts,
    ...(backends === undefined ? {} : { backends: [...backends, pool.backendId] }),
    ...(hosts === undefined ? {} : { hosts: [...hosts, pool.backendId] }),
  };
}
