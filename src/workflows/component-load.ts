// How busy a component was and how long requests waited for it: what a planner reads to find the narrow place of a control plane.
import type { StationId, Stations } from "../queueing/station.ts";

export interface ComponentLoad {
  readonly component: string;
  /** 1, or the number of hosts. */
  readonly pools: number;
  readonly workers: number;
  readonly requests: number;
  /** Mean share of busy workers. */
  readonly utilisation: number;
  readonly meanWaitMillis: number;
  /** Most requests waiting at once, in any pool. */
  readonly mostWaiting: number;
}

/** Sums up `pools` stations of one component that follow each other from `first` on. */
export function componentLoad(component: string, stations: Stations, first: StationId, pools: number): ComponentLoad {
  const each = Array.from({ length: pools }, (_, pool) => stations.statistics((first + pool) as StationId));
  const requests = each.reduce((sum, station) => sum + station.arrivals, 0);
  const waited = each.reduce((sum, station) => sum + station.meanWaitMicros * station.arrivals, 0);
  return {
    component,
    pools,
    workers: each[0]!.workers,
    requests,
    utilisation: each.reduce((sum, station) => sum + station.utilisation, 0) / pools,
    meanWaitMillis: requests === 0 ? 0 : waited / requests / 1000,
    mostWaiting: each.reduce((most, station) => Math.max(most, station.mostWaiting), 0),
  };
}
