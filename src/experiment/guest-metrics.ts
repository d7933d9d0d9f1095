// The metrics of runs in which guests share the CPUs of their hosts, and of servers that move.
import { SECOND } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import type { Metric } from "./metrics.ts";
import type { Watch } from "./run.ts";

/** CPU time of hosts up to now, in core-microseconds: what guests were given, and what they wanted and did not get. */
export interface CpuTimes {
  readonly used: Float64Array;
  readonly stolen: Float64Array;
}

export function cpuTimes({ cloud: { guestCpu, hosts, simulation } }: BuiltRun): CpuTimes {
  const by = (of: (host: number) => number) => Float64Array.from({ length: guestCpu === null ? 0 : hosts.count }, (_, host) => of(host));
  return {
    used: by((host) => guestCpu!.cpu.usedMicros(host, simulation.now)),
    stolen: by((host) => guestCpu!.cpu.stolenMicros(host, simulation.now)),
  };
}

/** Since the warm-up, by host. */
function since(run: BuiltRun, { cpuBefore }: Watch): CpuTimes {
  const now = cpuTimes(run);
  return {
    used: now.used.map((x, host) => x - (cpuBefore.used[host] ?? 0)),
    stolen: now.stolen.map((x, host) => x - (cpuBefore.stolen[host] ?? 0)),
  };
}

const total = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0);
const share = (stolen: number, used: number) => (used + stolen > 0 ? (100 * stolen) / (used + stolen) : 0);

export const cpuMetrics: readonly Metric[] = [
  {
    name: "cpu.used",
    unit: "cores",
    better: "neither",
    meaning: "CPU time that guests were given, in cores of all hosts together, averaged over time",
    of: (run, watch) => total(since(run, watch).used) / (watch.until - watch.from),
  },
  {
    name: "cpu.steal",
    unit: "%",
    better: "lower",
    meaning: "Share of the CPU time that guests wanted and did not get (steal)",
    of: (run, watch) => {
      const { used, stolen } = since(run, watch);
      return share(total(stolen), total(used));
    },
  },
  {
    name: "cpu.steal.worst_host",
    unit: "%",
    better: "lower",
    meaning: "The same on the host where it is largest",
    of: (run, watch) => {
      const { used, stolen } = since(run, watch);
      return stolen.reduce((worst, x, host) => Math.max(worst, share(x, used[host]!)), 0);
    },
  },
];

/** Live migrations accepted after the warm-up that have ended. */
function* ended({ cloud: { moving } }: BuiltRun, { from }: Watch) {
  for (let migration = 0; migration < moving.migrations.count; migration++) {
    const row = moving.migrations.row(migration);
    if (row.type === "live-migration" && row.createdAt >= from && row.endedAt >= 0) yield row;
  }
}

export const migrationMetrics: readonly Metric[] = [
  {
    name: "migrations.completed",
    unit: "migrations",
    better: "neither",
    meaning: "Live migrations that brought their server to another host",
    of: (run, watch) => [...ended(run, watch)].filter(({ status }) => status === "completed").length,
  },
  {
    name: "migrations.failed",
    unit: "migrations",
    better: "lower",
    meaning: "Live migrations that ended otherwise",
    of: (run, watch) => [...ended(run, watch)].filter(({ status }) => status !== "completed").length,
  },
  {
    name: "migration.mean",
    unit: "s",
    better: "lower",
    meaning: "Time from the request of a live migration to its completion, waiting for its turn included",
    of: (run, watch) => {
      const times = [...ended(run, watch)]
        .filter(({ status }) => status === "completed")
        .map((row) => (row.endedAt - row.createdAt) / SECOND);
      return times.length === 0 ? Number.NaN : times.reduce((sum, x) => sum + x, 0) / times.length;
    },
  },
  {
    name: "migration.downtime.max",
    unit: "s",
    better: "lower",
    meaning: "Longest time that a guest stood still for its live migration",
    of: (run, watch) => {
      const times = [...ended(run, watch)].flatMap(({ copy }) => (copy === null ? [] : [copy.downtimeSeconds]));
      return times.length === 0 ? Number.NaN : Math.max(...times);
    },
  },
];
