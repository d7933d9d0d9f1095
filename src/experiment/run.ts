// One run: one scenario, one policy, one replication, from the first event to the last. What it returns is a value: nothing of it changes
// any more.
import type { EventListName } from "../kernel/event-list/event-list.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import { type BuiltRun, buildRun, buildWorkload, type Workload } from "../scenario/build.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { Tally } from "../statistics/tally.ts";
import { TimeWeighted } from "../statistics/time-weighted.ts";
import { Fullest } from "./fullest.ts";
import { type CpuTimes, cpuTimes } from "./guest-metrics.ts";
import { HostsNeeded } from "./hosts-needed.ts";
import { remoteTime } from "./memory-metrics.ts";
import { metricsOf } from "./metrics.ts";
import { NoValidHostTally } from "./no-valid-host.ts";
import { hostTimeLost } from "./operations-metrics.ts";
import { checkItself } from "./self-checks/self-checks.ts";

export interface RunOptions {
  readonly scenario: Scenario;
  readonly policy: PolicySpec;
  readonly replication: number;
  readonly eventList?: EventListName;
  /** The requests of this replication, when they have been built already for another policy. */
  readonly workload?: Workload;
  /** Called before the first event, e.g. to observe the simulation. */
  readonly prepare?: (built: BuiltRun) => void;
  /** The run looks at what must always hold, again and again, and throws a SimulationBug where it does not. */
  readonly check?: boolean;
  /** Asked after each slice: true = the simulation was stopped inside it, for the caller to take what has gathered, and is to go on. */
  readonly paused?: () => boolean;
}

export interface RunResult {
  readonly built: BuiltRun;
  readonly policy: PolicySpec;
  readonly replication: number;
  readonly fingerprint: string;
  readonly events: number;
  /** Values by metric name, in the order of `metrics`. */
  readonly values: ReadonlyMap<string, number>;
  readonly noValidHost: NoValidHostTally;
  readonly fullest: Fullest;
}

/** What is watched during a run, from the end of the warm-up on. */
export interface Watch {
  readonly from: Micros;
  readonly until: Micros;
  readonly liveServers: TimeWeighted;
  readonly hostsInUse: TimeWeighted;
  /** Lower bounds on the hosts in use at once. */
  readonly hostsNeeded: HostsNeeded;
  readonly claimedVcpuMilli: TimeWeighted;
  readonly claimedRamMb: TimeWeighted;
  /** vCPUs claimed by servers on the move on their other host. */
  readonly heldTwiceVcpuMilli: TimeWeighted;
  readonly bootSeconds: Tally;
  /** Boot times in seconds of the servers that were asked for after the warm-up. */
  readonly boots: number[];
  energyJoules: number;
  /** Refused claims up to the end of the warm-up. */
  claimsRefusedBefore: number;
  /** Failures of components, time in which hosts did not work, and evacuations by outcome, likewise. */
  failuresBefore: number;
  hostTimeLostBefore: Micros;
  evacuationsBefore: ReadonlyMap<string, number>;
  /** Likewise, of the hosts whose guests share CPUs. */
  cpuBefore: CpuTimes;
  /** Likewise, CPU time lost to remote memory, and guests killed for want of memory. */
  remoteBefore: number;
  oomKillsBefore: number;
}

/** Runs to the end at once. */
export function runOnce(options: RunOptions): RunResult {
  const steps = runInSteps(options, 1);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs in `slices` of simulated time and yields the share that is over, so that a caller can show progress or be interrupted in between. */
export function* runInSteps(options: RunOptions, slices: number): Generator<number, RunResult> {
  const { scenario, policy, replication } = options;
  const workload = options.workload ?? buildWorkload(scenario, replication);
  const built = buildRun(scenario, policy, replication, workload, options.eventList ?? "wheel");
  const { simulation } = built.cloud;
  const { duration, warmUp } = scenario.study;
  const watch = startWatch(built, warmUp, duration);
  const noValidHost = new NoValidHostTally(built.cloud);
  const fullest = new Fullest(built.cloud);
  options.prepare?.(built);
  const look = options.check === true ? checkItself(built) : null;
  for (let slice = 1; slice <= slices; slice++) {
    do {
      simulation.run(slice === slices ? duration : Math.floor((duration / slices) * slice));
      yield slice / slices;
    } while (options.paused?.() === true);
  }
  look?.();
  built.cloud.guestDisks?.book();
  watch.energyJoules = built.cloud.power.totalJoules(simulation.now);
  const values = new Map(metricsOf(scenario).map((metric) => [metric.name, metric.of(built, watch)]));
  const { hash: fingerprint, count: events } = simulation.fingerprint;
  return { built, policy, replication, fingerprint, events, values, noValidHost, fullest };
}

function startWatch(built: BuiltRun, from: Micros, until: Micros): Watch {
  const { cloud, engine, operations } = built;
  const { simulation, hosts, servers, power } = cloud;
  const watch: Watch = {
    from,
    until,
    liveServers: new TimeWeighted(),
    hostsInUse: new TimeWeighted(),
    hostsNeeded: new HostsNeeded(hosts, cloud.flavors),
    claimedVcpuMilli: new TimeWeighted(),
    claimedRamMb: new TimeWeighted(),
    heldTwiceVcpuMilli: new TimeWeighted(),
    bootSeconds: new Tally(),
    boots: [],
    energyJoules: 0,
    claimsRefusedBefore: 0,
    failuresBefore: 0,
    hostTimeLostBefore: 0,
    evacuationsBefore: new Map(),
    cpuBefore: { used: new Float64Array(), stolen: new Float64Array() },
    remoteBefore: 0,
    oomKillsBefore: 0,
  };
  let live = 0;
  let vcpuMilli = 0;
  let ramMb = 0;
  cloud.claimListeners.push((server, sign) => {
    const flavor = cloud.flavorOf(server);
    if (sign > 0) watch.hostsNeeded.claim(servers.flavor[server]!);
    else watch.hostsNeeded.release(servers.flavor[server]!);
    vcpuMilli += sign * flavor.vcpuMilli;
    ramMb += sign * flavor.ramMb;
    live += sign;
    watch.liveServers.set(simulation.now, live);
    watch.claimedVcpuMilli.set(simulation.now, vcpuMilli);
    watch.claimedRamMb.set(simulation.now, ramMb);
    watch.hostsInUse.set(simulation.now, hosts.inUse);
  });
  // A server on the move is one server with two claims.
  cloud.moving.claims.listeners.push((flavor, sign) => {
    if (sign > 0) watch.hostsNeeded.claim(flavor);
    else watch.hostsNeeded.release(flavor);
    vcpuMilli += sign * cloud.flavors[flavor]!.vcpuMilli;
    ramMb += sign * cloud.flavors[flavor]!.ramMb;
    watch.claimedVcpuMilli.set(simulation.now, vcpuMilli);
    watch.claimedRamMb.set(simulation.now, ramMb);
    watch.hostsInUse.set(simulation.now, hosts.inUse);
  });
  cloud.moving.claims.heldListeners.push(() => watch.heldTwiceVcpuMilli.set(simulation.now, cloud.moving.claims.heldVcpuMilli));
  cloud.notifications.on("instance.create.end", (server) => {
    if (servers.requestedAt[server]! < from) return;
    const seconds = (servers.launchedAt[server]! - servers.requestedAt[server]!) / SECOND;
    watch.bootSeconds.add(seconds);
    watch.boots.push(seconds);
  });
  if (from > 0) {
    const endOfWarmUp = simulation.kind("end of warm-up", () => {
      for (const average of [watch.liveServers, watch.hostsInUse, watch.claimedVcpuMilli, watch.claimedRamMb, watch.heldTwiceVcpuMilli])
        average.reset(simulation.now);
      watch.hostsNeeded.reset();
      power.reset(simulation.now);
      built.electricity?.facility.reset(simulation.now);
      built.electricity?.peaks.reset(simulation.now);
      cloud.guestDisks?.reset();
      watch.claimsRefusedBefore = cloud.scheduling.claimsRefused;
      engine?.resetStatistics();
      operations?.outages.guests.reset();
      watch.failuresBefore = operations?.failures ?? 0;
      watch.hostTimeLostBefore = operations === null ? 0 : hostTimeLost(operations, hosts.count);
      watch.evacuationsBefore = new Map(operations?.evacuations.counts);
      watch.cpuBefore = cpuTimes(built);
      watch.remoteBefore = remoteTime(built);
      cloud.guestMemory?.reset();
      watch.oomKillsBefore = built.oomKills?.count ?? 0;
    });
    simulation.schedule(from, endOfWarmUp, 0);
  }
  return watch;
}
