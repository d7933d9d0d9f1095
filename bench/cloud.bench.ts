// The full control plane: every server is launched and deleted through every call, queue, image download and decision of the workflows. What
// is asked for must come out: each workflow ends in exactly one outcome, and in the end nothing is claimed and nothing is under way.
import type { Flavor } from "../src/datacenter/flavor.ts";
import { constant, exponential, uniform } from "../src/kernel/distribution.ts";
import { HOUR, MINUTE, SECOND } from "../src/kernel/time.ts";
import { presets } from "../src/policies/nova/policy.ts";
import { defaultRequestOptions } from "../src/policies/nova/request/request-options.ts";
import type { StationId } from "../src/queueing/station.ts";
import { type BuiltRun, buildRun, buildWorkload } from "../src/scenario/build.ts";
import type { Scenario } from "../src/scenario/scenario.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { isolated } from "./isolation.ts";
import { cpuSecondsOf, peakMemoryMib } from "./measure.ts";

interface CloudCase {
  readonly servers: number;
  readonly hosts: number;
}

const TARGET_CPU_SECONDS = 30;
/** Six servers a second keep Neutron's eight workers two thirds busy; a mean life of an hour keeps 21,600 alive at a time. */
const ARRIVAL_INTERVAL = SECOND / 6;

const flavors: readonly Flavor[] = [
  { name: "m1.small", vcpuMilli: 1000, ramMb: 2048, diskGb: 20, volumeGb: 0, volumeType: null, extraSpecs: new Map() },
  { name: "m1.medium", vcpuMilli: 2000, ramMb: 4096, diskGb: 40, volumeGb: 0, volumeType: null, extraSpecs: new Map() },
  { name: "d1.medium", vcpuMilli: 2000, ramMb: 4096, diskGb: 40, volumeGb: 100, volumeType: "ssd", extraSpecs: new Map() },
];

function scenarioOf({ servers, hosts }: CloudCase): Scenario {
  const policy = presets.get("nova-default")!;
  return {
    name: "cloud bench",
    question: "How long does the full control plane take to launch and delete many servers?",
    cloud: {
      controlPlane: "modelled",
      hosts: [
        {
          ...{
            type: "dell-r7525",
            count: hosts,
            racks: Math.ceil(hosts / 40),
            hypervisor: "kvm",
            vcpus: null,
            ramMb: 512 * 1024,
            diskGb: 8192,
          },
          ...{ nicBytesPerSecond: 1.25e9, cpuAllocationRatio: 4, ramAllocationRatio: 1, diskAllocationRatio: 1 },
          ...{ reservedHostCpus: 0, reservedHostMemoryMb: 512, reservedHostDiskMb: 0 },
          ...{ name: null, traits: [], resources: new Map(), disabled: false, numa: null, pciPools: [] },
        },
      ],
      aggregates: [],
      fabric: { topology: { leafSpine: { spines: 2, uplinkBytesPerSecond: 5e9 } }, glanceBytesPerSecond: 3.125e9, latencyMicros: 200 },
      storageTiers: [{ name: "ssd", capacityGb: 10_000_000 }],
      images: [
        { name: "ubuntu", bytes: 300e6, properties: new Map() },
        { name: "rocky", bytes: 400e6, properties: new Map() },
      ],
      flavors,
      quota: { instances: -1, cores: -1, ramMb: -1 },
      placement: { randomizeAllocationCandidates: false },
      nova: {
        ...{ maxAttempts: 3, maxPlacementResults: 1000, maxConcurrentBuilds: 10 },
        ...{ instanceBuildTimeout: 0, buildFailureProbability: 0, imageConversionBytesPerSecond: 500_000_000 },
        ...{ requestOptions: defaultRequestOptions, pciAliases: [], updateResourcesInterval: 60_000_000, packHostNumaCells: false },
        disableGroupPolicyCheck: false,
        computeMonitors: [],
      },
      workers: new Map(),
      serviceTimes: new Map(),
      metering: { enabled: false, intervalMicros: 5 * MINUTE, meters: [] },
    },
    workload: {
      kind: "generated",
      arrivals: { process: "constant", interval: ARRIVAL_INTERVAL },
      batch: constant(1),
      maxServers: servers,
      lifetime: exponential(HOUR),
      flavorWeights: [6, 3, 1],
      imageWeights: [3, 1],
      projects: 20,
      cpuUtilisation: uniform(0, 1),
      serverGroup: null,
      zoneWeights: new Map(),
      hints: new Map(),
      multiCreate: false,
    },
    guestTraffic: { incomingBytesPerSecond: 0, outgoingBytesPerSecond: 0 },
    study: { duration: (servers + 1) * ARRIVAL_INTERVAL, warmUp: 0, seed: "1", replications: 1, policies: [policy], confidence: 0.95 },
    data: [],
    values: [],
    written: {},
  };
}

/** Runs until the last server is deleted; `prepare` is given the cloud before the first event. */
export function runCloud(of: CloudCase, prepare: (built: BuiltRun) => void = () => {}) {
  const scenario = scenarioOf(of);
  const workload = buildWorkload(scenario, 0);
  const built = buildRun(scenario, scenario.study.policies[0]!, 0, workload, "wheel");
  const { cloud } = built;
  const engine = built.engine!;
  const { simulation, servers, hosts, notifications } = cloud;
  const ended = new Uint8Array(servers.count);
  for (const name of ["instance.create.end", "instance.create.error"] as const) notifications.on(name, (server) => ended[server]!++);
  prepare(built);
  const cpuSeconds = cpuSecondsOf(() => simulation.run());

  let active = 0;
  let notEndedOnce = 0;
  for (let server = 0; server < servers.count; server++) {
    if (servers.outcomeOf(server) === "ACTIVE") active++;
    if (ended[server] !== 1 || servers.vmStateOf(server) !== "deleted") notEndedOnce++;
  }
  let claimsLeft = hosts.inUse;
  for (const column of [hosts.usedVcpuMilli, hosts.usedRamMb, hosts.usedDiskGb, hosts.ioOps, cloud.busyMilli, cloud.tiers.usedGb]) {
    for (const held of column) if (held !== 0) claimsLeft++;
  }
  let brokenLittle = 0;
  for (let station = 0; station < engine.stations.count; station++) {
    if (engine.stations.checkLittle(station as StationId) !== 0) brokenLittle++;
  }
  return {
    ...{ cpuSeconds, peakMemoryMib: peakMemoryMib(), fingerprint: simulation.fingerprint.hash },
    counts: {
      events: simulation.fingerprint.count - cloud.decisions.count,
      decisions: cloud.decisions.count,
      active,
      failed: servers.count - active,
      notEndedOnce,
      underWay: engine.underWay,
      strandsLeft: engine.strands,
      claimsLeft,
      brokenLittle,
    },
  };
}

export function measureCloud(of: CloudCase) {
  return runCloud(of);
}

async function run(size: Size): Promise<BenchResult[]> {
  const of = size === "large" ? { servers: 100_000, hosts: 1_000 } : { servers: 2_000, hosts: 50 };
  const { cpuSeconds, peakMemoryMib: mib, fingerprint, counts } = await isolated(size, import.meta.url, measureCloud, of);
  const notes = [`${cpuSeconds.toFixed(2)} CPU s`];
  if (size === "large") notes.push(`target ${TARGET_CPU_SECONDS} s`, `peak ${Math.round(mib)} MiB`);
  return [
    {
      workload: `${of.servers} servers launched and deleted on ${of.hosts} hosts`,
      figure: counts.events / cpuSeconds,
      unit: "events/CPU s",
      hash: fingerprint,
      counts,
      notes: notes.join(", "),
    },
  ];
}

export const cloud: Bench = {
  name: "cloud",
  question: "How long does the full control plane take to launch and delete 100,000 servers, and does every one of them end as it should?",
  run,
};
