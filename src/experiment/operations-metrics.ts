// The metrics of runs in which something fails or operators act: how long servers were not there, and what became of them. An outage that goes on
// at the end of the run counts with what has passed of it.
import { SECOND } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import { quantile, sortedSample } from "../statistics/quantiles.ts";
import type { Operations } from "../workflows/operations/operations.ts";
import type { Metric } from "./metrics.ts";
import type { Watch } from "./run.ts";

/** Time in which hosts did not work, summed up to now. */
export function hostTimeLost({ outages }: Operations, hosts: number): number {
  let lost = 0;
  for (let host = 0; host < hosts; host++) lost += outages.lostBy(host);
  return lost;
}

const only = (of: (operations: Operations, run: BuiltRun, watch: Watch) => number) => (run: BuiltRun, watch: Watch) =>
  run.operations === null ? Number.NaN : of(run.operations, run, watch);

const outageQuantile = (p: number) =>
  only(({ outages }) => {
    const lengths = outages.guests.allLengths();
    return lengths.length === 0 ? Number.NaN : quantile(sortedSample(lengths), p) / SECOND;
  });

function evacuated({ evacuations }: Operations, watch: Watch, wanted: (outcome: string) => boolean): number {
  let count = 0;
  for (const [outcome, times] of evacuations.counts) if (wanted(outcome)) count += times - (watch.evacuationsBefore.get(outcome) ?? 0);
  return count;
}

/** Time from the launch of each server, or the end of the warm-up, to its deletion or the end, summed. */
function serverTime({ cloud: { servers } }: BuiltRun, { from, until }: Watch): number {
  let sum = 0;
  for (let server = 0; server < servers.count; server++) {
    const launched = servers.launchedAt[server]!;
    if (launched < 0) continue;
    const end = servers.deletedAt[server]! < 0 ? until : servers.deletedAt[server]!;
    sum += Math.max(0, end - Math.max(from, launched));
  }
  return sum;
}

export const operationsMetrics: readonly Metric[] = [
  {
    name: "failures",
    unit: "failures",
    better: "neither",
    meaning: "Failures of components, those of the timeline left out",
    of: only((operations, _run, watch) => operations.failures - watch.failuresBefore),
  },
  {
    name: "hosts.availability",
    unit: "%",
    better: "higher",
    meaning: "Share of the hosts' time in which they were up and could be reached",
    of: only((operations, { cloud }, watch) => {
      const { count } = cloud.hosts;
      const lost = hostTimeLost(operations, count) - watch.hostTimeLostBefore;
      return 100 * (1 - lost / (count * (watch.until - watch.from)));
    }),
  },
  {
    name: "servers.affected",
    unit: "servers",
    better: "lower",
    meaning: "Servers whose guest was not there for some time",
    of: only(({ outages }) => outages.guests.count.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)),
  },
  {
    name: "servers.availability",
    unit: "%",
    better: "higher",
    meaning: "Share of the time from launch to deletion in which guests were there, over all servers",
    of: only(({ outages }, run, watch) => {
      let lost = 0;
      for (let server = 0; server < run.cloud.servers.count; server++) lost += outages.guests.lostBy(server);
      return 100 * (1 - lost / serverTime(run, watch));
    }),
  },
  {
    name: "outage.mean",
    unit: "s",
    better: "lower",
    meaning: "Mean length of the outages of guests",
    of: only(({ outages }) => {
      const lengths = outages.guests.allLengths();
      return lengths.length === 0 ? Number.NaN : lengths.reduce((sum, length) => sum + length, 0) / lengths.length / SECOND;
    }),
  },
  { name: "outage.p50", unit: "s", better: "lower", meaning: "Median length of the outages of guests", of: outageQuantile(0.5) },
  { name: "outage.p95", unit: "s", better: "lower", meaning: "95th percentile of the outages of guests", of: outageQuantile(0.95) },
  { name: "outage.max", unit: "s", better: "lower", meaning: "Longest outage of a guest", of: outageQuantile(1) },
  {
    name: "servers.evacuated",
    unit: "servers",
    better: "neither",
    meaning: "Evacuations that brought a server to another host",
    of: only((operations, _run, watch) => evacuated(operations, watch, (outcome) => outcome === "DONE")),
  },
  {
    name: "evacuations.no_valid_host",
    unit: "servers",
    better: "lower",
    meaning: "Evacuations for which no host was found (NoValidHost)",
    of: only((operations, _run, watch) => evacuated(operations, watch, (outcome) => outcome === "NoValidHost")),
  },
  {
    name: "evacuations.failed",
    unit: "servers",
    better: "lower",
    meaning: "Evacuations that Nova refused, or that failed otherwise",
    of: only((operations, _run, watch) => evacuated(operations, watch, (outcome) => outcome !== "DONE" && outcome !== "NoValidHost")),
  },
  {
    name: "servers.lost_in_build",
    unit: "servers",
    better: "lower",
    meaning: "Servers whose build stopped with their host (ComputeServiceUnavailable)",
    of: (run, watch) => {
      const { servers } = run.cloud;
      let count = 0;
      for (let server = 0; server < servers.count; server++) {
        if (servers.requestedAt[server]! >= watch.from && servers.outcomeOf(server) === "ComputeServiceUnavailable") count++;
      }
      return count;
    },
  },
  {
    name: "crews.waiting",
    unit: "failures",
    better: "lower",
    meaning: "Failures that wait for a repair crew, averaged over the whole run",
    of: only((operations) => operations.crews.meanWaiting),
  },
];
