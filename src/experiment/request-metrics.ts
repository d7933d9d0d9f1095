// What became of the requests that users sent to the APIs.
import { SECOND } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import { quantile, sortedSample } from "../statistics/quantiles.ts";
import type { ApiRow } from "../workflows/api/api-requests.ts";
import type { Metric } from "./metrics.ts";
import type { Watch } from "./run.ts";

/** Requests sent after the warm-up. */
function rowsOf({ cloud: { requests } }: BuiltRun, { from }: Watch): readonly ApiRow[] {
  return Array.from({ length: requests.count }, (_, request) => requests.row(request)).filter(({ askedAt }) => askedAt >= from);
}

const counted = (is: (row: ApiRow) => boolean) => (run: BuiltRun, watch: Watch) => rowsOf(run, watch).filter(is).length;

const responseAt = (p: number) => (run: BuiltRun, watch: Watch) => {
  const times = rowsOf(run, watch).flatMap(({ askedAt, answeredAt }) => (answeredAt < 0 ? [] : [(answeredAt - askedAt) / SECOND]));
  return times.length === 0 ? Number.NaN : quantile(sortedSample(times), p);
};

export const requestMetrics: readonly Metric[] = [
  {
    name: "requests.sent",
    unit: "requests",
    better: "neither",
    meaning: "Requests that users sent to the APIs, besides servers",
    of: counted(() => true),
  },
  {
    name: "requests.refused",
    unit: "requests",
    better: "lower",
    meaning: "Requests that an API answered with an error",
    of: counted(({ status }) => status >= 400),
  },
  {
    name: "requests.failed",
    unit: "requests",
    better: "lower",
    meaning: "Requests that an API accepted and that came to nothing",
    of: counted(({ status, outcome }) => status < 400 && outcome !== null),
  },
  {
    name: "requests.under_way",
    unit: "requests",
    better: "neither",
    meaning: "Requests whose work was not over at the end",
    of: counted(({ endedAt }) => endedAt < 0),
  },
  { name: "requests.response.p50", unit: "s", better: "lower", meaning: "Median time from the request to the answer", of: responseAt(0.5) },
  { name: "requests.response.p95", unit: "s", better: "lower", meaning: "95th percentile of that time", of: responseAt(0.95) },
];
