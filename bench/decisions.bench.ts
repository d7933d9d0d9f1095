// How many hosts can Nova's filter scheduler choose in a CPU second? A cloud in its steady state: a decision with the filters and weighers of
// nova-default, the claim of the new server, the start of its build, the end of an older build and the deletion of an older server. Placement offers
// every host with room. Each path decides the same sequence; the hash of its choices, alternates, weights and counts says that they are the same.
import type { Flavor } from "../src/datacenter/flavor.ts";
import { type HostDescription, type HostId, Hosts } from "../src/datacenter/hosts.ts";
import { ServerGroups } from "../src/datacenter/server-groups.ts";
import { Fingerprint } from "../src/kernel/fingerprint.ts";
import { RandomStreams } from "../src/kernel/random.ts";
import type { DecisionPath } from "../src/policies/nova/fast-path/fast-path.ts";
import { FilterScheduler } from "../src/policies/nova/filter-scheduler.ts";
import { presets } from "../src/policies/nova/policy.ts";
import { cpuSecondsOf, median } from "./measure.ts";

type Fleet = "one type" | "four types";

export interface DecisionsCase {
  readonly fleet: Fleet;
  readonly hosts: number;
  readonly path: DecisionPath;
  /** Decisions in each of five rounds. */
  readonly decisions: number;
}

const ALTERNATES = 2;
const ROUNDS = 5;
/** Builds under way at a time. */
const BUILDS = 40;
/** Share of the CPU or RAM that is promised, whichever fills first. */
const FULLNESS = 0.7;

/** vCPUs, GiB of RAM, GB of disk. */
const flavors: readonly Flavor[] = [
  [1, 2, 20],
  [2, 4, 40],
  [4, 8, 80],
  [8, 16, 160],
  [2, 16, 40],
  [8, 8, 40],
].map(([vcpus, ramGib, diskGb]) => ({
  ...{ name: `${vcpus} vCPU, ${ramGib} GiB`, vcpuMilli: 1000 * vcpus!, ramMb: 1024 * ramGib!, diskGb: diskGb! },
  ...{ volumeGb: 0, volumeType: null, extraSpecs: new Map() },
}));

/** Cores, GiB and GB of the host types. */
const types: Record<Fleet, readonly (readonly [cores: number, ramGib: number, diskGb: number])[]> = {
  "one type": [[64, 512, 4000]],
  "four types": [
    [32, 256, 2000],
    [64, 512, 4000],
    [64, 1024, 2000],
    [128, 512, 8000],
  ],
};

function describe(host: number, fleet: Fleet): HostDescription {
  const [cores, ramGib, diskGb] = types[fleet][host % types[fleet].length]!;
  return {
    ...{ name: `host-${host}`, type: `${cores} cores`, rack: 0, hypervisorType: "QEMU", supportedHypervisors: ["kvm"], architecture: "x86_64" },
    ...{ vcpuMilli: 1000 * cores, ramMb: 1024 * ramGib, diskGb, reservedVcpuMilli: 0, reservedRamMb: 8192, reservedDiskGb: 0 },
    ...{ cpuAllocationRatio: 4, ramAllocationRatio: 1, diskAllocationRatio: 1 },
  };
}

const groups = new ServerGroups(null, 0);

export function measureDecisions({ fleet, hosts: count, path, decisions }: DecisionsCase) {
  const hosts = new Hosts(Array.from({ length: count }, (_, host) => describe(host, fleet)));
  const streams = new RandomStreams("1", 0);
  const [drawn, ends] = [streams.stream("flavor"), streams.stream("end")];
  const scheduler = new FilterScheduler(hosts, presets.get("nova-default")!, streams.stream("scheduler.choice"), count, null, path);
  const hostOf: number[] = [];
  const flavorOf: number[] = [];
  for (let host = 0; host < count; host++) {
    for (let draw = 0; ; draw++) {
      const flavor = drawn.integer(host, draw, flavors.length);
      if (!hosts.claim(host as HostId, flavors[flavor]!)) break;
      hostOf.push(host);
      flavorOf.push(flavor);
      const full = Math.max(hosts.usedRamMb[host]! / hosts.capacityRamMb[host]!, hosts.usedVcpuMilli[host]! / hosts.capacityVcpuMilli[host]!);
      if (full > FULLNESS) break;
    }
  }
  const building = new Int32Array(BUILDS).fill(-1);
  const fingerprint = new Fingerprint();
  const weight = new Float64Array(1);
  const weightBits = new Int32Array(weight.buffer);
  let server = 0;
  let refused = 0;
  const round = () => {
    for (let i = 0; i < decisions; i++, server++) {
      const flavor = drawn.integer(server, -1, flavors.length);
      const request = { server, flavor: flavors[flavor]!, image: null, group: -1, groups };
      const found = scheduler.select(request, ALTERNATES, 0);
      weight[0] = scheduler.weight;
      fingerprint.fold(scheduler.candidates, weightBits[0]!, weightBits[1]!);
      for (let k = 0; k < found; k++) fingerprint.fold(scheduler.leftAfter[k]!, k, scheduler.ordered[k]!);
      if (found === 0) {
        refused++;
        continue;
      }
      const host = scheduler.ordered[0]!;
      hosts.claim(host as HostId, flavors[flavor]!);
      hosts.beginBuild(host);
      const slot = server % BUILDS;
      if (building[slot]! >= 0) hosts.endBuild(building[slot]!);
      building[slot] = host;
      const ended = ends.integer(server, 0, hostOf.length);
      hosts.release(hostOf[ended]! as HostId, flavors[flavorOf[ended]!]!);
      hostOf[ended] = host;
      flavorOf[ended] = flavor;
    }
  };
  round(); // the compiler's
  const cpuSeconds = Array.from({ length: ROUNDS }, () => cpuSecondsOf(round));
  return { perCpuSecond: decisions / median(cpuSeconds), hash: fingerprint.hash, refused };
}
