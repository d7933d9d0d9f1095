// One run: one scenario, one policy, one replication, from the first event to the last. What it returns is a value: nothing of it changes
// any more.
import type { EventListName } from "../kernel/event-list/event-list.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import type { Observer, Simulation } from "../kernel/simulation.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import { type BuiltRun, buildRun, buildWorkload, type Workload } from "../scenario/build.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { Tally } from "../statistics/tally.ts";
import { TimeWeighted } from "../statistics/time-weighted.ts";
import { metrics } from "./metrics.ts";

export interface RunOptions {
  readonly scenario: Scenario;
  readonly policy: PolicySpec;
  readonly replication: number;
  readonly eventList?: EventListName;
  /** The requests of this replication, when they have been built already for another policy. */
  readonly workload?: Workload;
  /** Called with the simulation before the run, e.g. to observe it. */
  readonly prepare?: (simulation: Simulation, built: BuiltRun) => void;
  /** Called about a hundred times with the share of simulated time that is over. */
  readonly progress?: (share: number) => void;
}

export interface RunResult {
  readonly built: BuiltRun;
  readonly policy: PolicySpec;
  readonly replication: number;
  readonly fingerprint: string;
  readonly events: number;
  /** Values by metric name, in the order of `metrics`. */
  readonly values: ReadonlyMap<string, number>;
}

/** What is watched during a run, from the end of the warm-up on. */
export interface Watch {
  readonly from: Micros;
  readonly until: Micros;
  readonly liveServers: TimeWeighted;
  readonly hostsInUse: TimeWeighted;
  readonly claimedVcpuMilli: TimeWeighted;
  readonly claimedRamMb: TimeWeighted;
  readonly bootSeconds: Tally;
  /** Boot times in seconds of the servers that were asked for after the warm-up. */
  readonly boots: number[];
  energyJoules: number;
}

export function runOnce(options: RunOptions): RunResult {
  const { scenario, policy, replication } = options;
  const workload = options.workload ?? buildWorkload(scenario, replication);
  const built = buildRun(scenario, policy, replication, workload, options.eventList ?? "wheel");
  const { simulation } = built.cloud;
  const { duration, warmUp } = scenario.study;
  const watch = startWatch(built, warmUp, duration);
  options.prepare?.(simulation, built);
  const steps = options.progress === undefined ? 1 : 100;
  for (let step = 1; step <= steps; step++) {
    simulation.run(Math.floor((duration / steps) * step));
    options.progress?.(step / steps);
  }
  watch.energyJoules = built.cloud.power.totalJoules(simulation.now);
  const values = new Map(metrics.map((metric) => [metric.name, metric.of(built, watch)]));
  return { built, policy, replication, fingerprint: simulation.fingerprint.hash, events: simulation.fingerprint.count, values };
}

function startWatch({ cloud, engine }: BuiltRun, from: Micros, until: Micros): Watch {
  const { simulation, hosts, servers, power } = cloud;
  const watch: Watch = {
    from,
    until,
    liveServers: new TimeWeighted(),
    hostsInUse: new TimeWeighted(),
    claimedVcpuMilli: new TimeWeighted(),
    claimedRamMb: new TimeWeighted(),
    bootSeconds: new Tally(),
    boots: [],
    energyJoules: 0,
  };
  let live = 0;
  let vcpuMilli = 0;
  let ramMb = 0;
  cloud.claimListeners.push((server, sign) => {
    const flavor = cloud.flavorOf(server);
    vcpuMilli += sign * flavor.vcpuMilli;
    ramMb += sign * flavor.ramMb;
    live += sign;
    watch.liveServers.set(simulation.now, live);
    watch.claimedVcpuMilli.set(simulation.now, vcpuMilli);
    watch.claimedRamMb.set(simulation.now, ramMb);
    watch.hostsInUse.set(simulation.now, hosts.inUse);
  });
  cloud.notifications.on("instance.create.end", (server) => {
    if (servers.requestedAt[server]! < from) return;
    const seconds = (servers.launchedAt[server]! - servers.requestedAt[server]!) / SECOND;
    watch.bootSeconds.add(seconds);
    watch.boots.push(seconds);
  });
  if (from > 0) {
    const endOfWarmUp = simulation.kind("end of warm-up", () => {
      for (const average of [watch.liveServers, watch.hostsInUse, watch.claimedVcpuMilli, watch.claimedRamMb]) average.reset(simulation.now);
      power.reset(simulation.now);
      engine?.stations.resetStatistics();
    });
    simulation.schedule(from, endOfWarmUp, 0);
  }
  return watch;
}

export type { Observer };
