// The metrics of runs in which guests share the memory of their hosts. Merging and balloons go their way between two looks at a host
// (`mem_stats_period`): averages take what was there at the last one.
import type { BuiltRun } from "../scenario/build.ts";
import type { TimeWeighted } from "../statistics/time-weighted.ts";
import type { GuestMemory } from "../workflows/guest-memory.ts";
import type { Metric } from "./metrics.ts";
import type { Watch } from "./run.ts";

const GIB_MB = 1024;

const gib = (name: string, meaning: string, better: Metric["better"], of: (memory: GuestMemory) => TimeWeighted): Metric => ({
  name,
  unit: "GiB",
  better,
  meaning,
  of: ({ cloud: { guestMemory } }, { until }) => (guestMemory === null ? Number.NaN : of(guestMemory).mean(until) / GIB_MB),
});

export const memoryMetrics: readonly Metric[] = [
  gib(
    "memory.used",
    "Memory in use on all hosts, what they keep for themselves included, averaged over time",
    "neither",
    ({ used }) => used,
  ),
  gib("memory.merged", "Memory saved by merging identical pages (KSM), averaged over time", "neither", ({ merged }) => merged),
  gib("memory.ballooned", "Memory that guests have given back (balloon), averaged over time", "lower", ({ ballooned }) => ballooned),
  gib("memory.swapped", "Memory of guests in swap, averaged over time", "lower", ({ swapped }) => swapped),
  {
    name: "memory.slowdown",
    unit: "%",
    better: "lower",
    meaning: "Share of their pace that guests lose to pages in swap, averaged over guests and time",
    of: ({ cloud: { guestMemory } }, { until }) => {
      const guests = guestMemory?.guests.mean(until) ?? 0;
      return guests > 0 ? (100 * guestMemory!.slowed.mean(until)) / guests : 0;
    },
  },
  {
    name: "memory.oom_kills",
    unit: "servers",
    better: "lower",
    meaning: "Guests that the kernel of their host killed because it was out of memory",
    of: ({ oomKills }, { oomKillsBefore }) => (oomKills?.count ?? 0) - oomKillsBefore,
  },
];

/** CPU time of guests that has gone in waiting for the memory of other NUMA cells, in core-microseconds, summed up to now. */
export function remoteTime({ cloud: { guestCpu, servers } }: BuiltRun): number {
  let sum = 0;
  for (let server = 0; guestCpu !== null && server < servers.count; server++) sum += guestCpu.remoteMicrosOf(server);
  return sum;
}

export const remoteAccessMetrics: readonly Metric[] = [
  {
    name: "cpu.remote_access",
    unit: "%",
    better: "lower",
    meaning: "Share of the CPU time that guests were given in which they waited for the memory of other NUMA cells",
    of: (run: BuiltRun, { cpuBefore, remoteBefore }: Watch) => {
      const { guestCpu, hosts, simulation } = run.cloud;
      let used = 0;
      for (let host = 0; guestCpu !== null && host < hosts.count; host++) {
        used += guestCpu.cpu.usedMicros(host, simulation.now) - (cpuBefore.used[host] ?? 0);
      }
      return used > 0 ? (100 * (remoteTime(run) - remoteBefore)) / used : 0;
    },
  },
];
