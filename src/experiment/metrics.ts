// The metrics of a run, as rows: name, unit, which direction is better, and how a run says it. The summary, the comparison table and the
// documentation read these rows.
import { outcomes } from "../datacenter/servers.ts";
import { HOUR, SECOND } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { quantile, sortedSample } from "../statistics/quantiles.ts";
import { diskMetrics } from "./disk-metrics.ts";
import { cpuMetrics, migrationMetrics } from "./guest-metrics.ts";
import { linkMetrics } from "./link-metrics.ts";
import { memoryMetrics, remoteAccessMetrics } from "./memory-metrics.ts";
import { objectStoreMetrics } from "./object-store-metrics.ts";
import { operationsMetrics } from "./operations-metrics.ts";
import { powerMetrics } from "./power-metrics.ts";
import { rallyMetrics } from "./rally-metrics.ts";
import { requestMetrics } from "./request-metrics.ts";
import { isCold, resizeMetrics } from "./resize-metrics.ts";
import type { Watch } from "./run.ts";

/** What decides which metrics a scenario has. */
export type MetricScenario = Pick<Scenario, "operations" | "cloud"> &
  Partial<Pick<Scenario, "workload" | "actions" | "objectReads" | "resizes" | "diskIo">>;

export interface Metric {
  readonly name: string;
  readonly unit: string;
  /** `neither`: a fact about the run, not a merit. */
  readonly better: "lower" | "higher" | "neither";
  readonly meaning: string;
  /** NaN where the run has nothing to say, e.g. a boot time when nothing booted. */
  readonly of: (run: BuiltRun, watch: Watch) => number;
}

/** Servers asked for after the warm-up. */
function* asked({ cloud }: BuiltRun, watch: Watch): Generator<number> {
  const { requestedAt, count } = cloud.servers;
  for (let server = 0; server < count; server++) if (requestedAt[server]! >= watch.from) yield server;
}

function countOutcomes(run: BuiltRun, watch: Watch, ...names: (typeof outcomes)[number][]): number {
  const wanted = new Set(names.map((name) => outcomes.indexOf(name)));
  let count = 0;
  for (const server of asked(run, watch)) if (wanted.has(run.cloud.servers.outcome[server]!)) count++;
  return count;
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

const bootQuantile = (p: number) => (_run: BuiltRun, watch: Watch) =>
  watch.boots.length === 0 ? Number.NaN : quantile(sortedSample(watch.boots), p);

const otherFailures = ["MaxRetriesExceeded", "OverQuota", "VolumeNotCreated", "BuildTimeout", "SchedulingError"] as const;

export const metrics: readonly Metric[] = [
  {
    name: "servers.requested",
    unit: "servers",
    better: "neither",
    meaning: "Servers asked for",
    of: (run, watch) => [...asked(run, watch)].length,
  },
  {
    name: "servers.active",
    unit: "servers",
    better: "higher",
    meaning: "Servers that became ACTIVE",
    of: (run, watch) => countOutcomes(run, watch, "ACTIVE"),
  },
  {
    name: "servers.no_valid_host",
    unit: "servers",
    better: "lower",
    meaning: "Servers for which no host was found (NoValidHost)",
    of: (run, watch) => countOutcomes(run, watch, "NoValidHost"),
  },
  {
    name: "servers.failed",
    unit: "servers",
    better: "lower",
    meaning: `Servers that failed otherwise (${otherFailures.join(", ")})`,
    of: (run, watch) => countOutcomes(run, watch, ...otherFailures),
  },
  {
    name: "claims.refused",
    unit: "claims",
    better: "lower",
    meaning: "Claims that Placement refused because others had taken the host since it was chosen",
    of: (run, watch) => run.cloud.scheduling.claimsRefused - watch.claimsRefusedBefore,
  },
  {
    name: "builds.rescheduled",
    unit: "builds",
    better: "lower",
    meaning: "Builds that a host refused or failed, so that another one was tried",
    of: (run, watch) => {
      let builds = 0;
      for (const server of asked(run, watch)) builds += Math.max(0, run.cloud.servers.attempts[server]! - 1);
      return builds;
    },
  },
  {
    name: "boot.mean",
    unit: "s",
    better: "lower",
    meaning: "Time from the request to ACTIVE",
    of: (_run, watch) => (watch.boots.length === 0 ? Number.NaN : watch.bootSeconds.mean),
  },
  { name: "boot.p50", unit: "s", better: "lower", meaning: "Median time from the request to ACTIVE", of: bootQuantile(0.5) },
  {
    name: "boot.p95",
    unit: "s",
    better: "lower",
    meaning: "95th percentile of the time from the request to ACTIVE",
    of: bootQuantile(0.95),
  },
  { name: "boot.max", unit: "s", better: "lower", meaning: "Longest time from the request to ACTIVE", of: bootQuantile(1) },
  {
    name: "servers.live.mean",
    unit: "servers",
    better: "neither",
    meaning: "Servers holding a claim, averaged over time",
    of: (_run, watch) => watch.liveServers.mean(watch.until),
  },
  {
    name: "servers.live.peak",
    unit: "servers",
    better: "neither",
    meaning: "Most servers holding a claim at once",
    of: (_run, watch) => watch.liveServers.max,
  },
  {
    name: "hosts.in_use.mean",
    unit: "hosts",
    better: "lower",
    meaning: "Hosts with at least one claim, averaged over time",
    of: (_run, watch) => watch.hostsInUse.mean(watch.until),
  },
  {
    name: "hosts.in_use.peak",
    unit: "hosts",
    better: "lower",
    meaning: "Most hosts with a claim at once",
    of: (_run, watch) => watch.hostsInUse.max,
  },
  {
    name: "hosts.lower_bound.l1",
    unit: "hosts",
    better: "neither",
    meaning: "Fewest hosts that could hold what was claimed at once, by its sum (Martello and Toth's L1)",
    of: (_run, watch) => watch.hostsNeeded.l1,
  },
  {
    name: "hosts.lower_bound.l2",
    unit: "hosts",
    better: "neither",
    meaning: "Fewest hosts that could hold the servers live at once, by their sizes (Martello and Toth's L2)",
    of: (_run, watch) => watch.hostsNeeded.l2,
  },
  {
    name: "vcpu.claimed",
    unit: "%",
    better: "neither",
    meaning: "Share of the vCPU capacity (with its ratio) that is claimed, averaged over time",
    of: (run, watch) => (100 * watch.claimedVcpuMilli.mean(watch.until)) / total(run.cloud.hosts.capacityVcpuMilli),
  },
  {
    name: "ram.claimed",
    unit: "%",
    better: "neither",
    meaning: "Share of the RAM capacity (with its ratio) that is claimed, averaged over time",
    of: (run, watch) => (100 * watch.claimedRamMb.mean(watch.until)) / total(run.cloud.hosts.capacityRamMb),
  },
  {
    name: "power.mean",
    unit: "kW",
    better: "lower",
    meaning: "Power drawn by all hosts, averaged over time",
    of: (_run, watch) => watch.energyJoules / ((watch.until - watch.from) / SECOND) / 1000,
  },
  {
    name: "energy.per_server_hour",
    unit: "Wh",
    better: "lower",
    meaning: "Energy of all hosts for each hour that a server held a claim",
    of: (_run, watch) => {
      const serverHours = watch.liveServers.integral(watch.until) / HOUR;
      return serverHours === 0 ? Number.NaN : watch.energyJoules / 3600 / serverHours;
    },
  },
  {
    name: "scheduler.wait",
    unit: "ms",
    better: "lower",
    meaning: "Mean time that a request waits for a scheduler worker",
    of: (run) => run.engine?.waitMillis("nova.scheduler") ?? Number.NaN,
  },
];

/** The metrics of a scenario's runs: those of failures only where something can fail, and so on. */
export function metricsOf({ operations, cloud, workload, actions, objectReads, resizes, diskIo }: MetricScenario): readonly Metric[] {
  const drains = operations?.timeline.some(({ steps }) => steps.some(({ action }) => action.verb === "drain")) ?? false;
  const cold = operations?.timeline.some(({ steps }) => steps.some(({ action }) => isCold(action))) ?? false;
  return [
    ...metrics,
    ...((cloud.cpuSharing ?? null) === null ? [] : cpuMetrics),
    ...((cloud.power ?? null) === null ? [] : powerMetrics),
    ...(diskIo === undefined ? [] : diskMetrics(cloud, diskIo)),
    ...(cloud.fabric?.linkMetrics === true ? linkMetrics(cloud) : []),
    ...(cloud.cpuSharing?.remoteLatency === undefined ? [] : remoteAccessMetrics),
    ...((cloud.memorySharing ?? null) === null ? [] : memoryMetrics),
    ...(drains ? migrationMetrics : []),
    ...(cold || resizes !== undefined ? resizeMetrics : []),
    ...(operations === undefined ? [] : operationsMetrics),
    ...(workload?.kind === "rally" ? rallyMetrics : []),
    ...(actions === undefined && objectReads === undefined && !(workload?.kind === "rally" && workload.scenario === "iteration")
      ? []
      : requestMetrics),
    ...(cloud.objectStore === undefined ? [] : objectStoreMetrics),
  ];
}
