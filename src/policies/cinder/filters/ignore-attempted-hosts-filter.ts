// Keeps a volume that could not be made in one pool from being sent there again. Filters are chosen by class name, so that the name `RetryFilter`
// of its entry point chooses nothing.
import { defineFilter } from "../filter.ts";

export const ignoreAttemptedHostsFilter = defineFilter({
  name: "IgnoreAttemptedHostsFilter",
  source: "cinder/scheduler/filters/ignore_attempted_hosts_filter.py",
  meaning: "The pool must not have been tried for this volume.",
  passes: ({ retry }) => {
    const tried = new Set(retry?.backends ?? retry?.hosts);
    return (pool) => !tried.has(pool.backendId);
  },
});
