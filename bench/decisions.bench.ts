// How many hosts can Nova's filter scheduler choose in a CPU second? A cloud in its steady state: a decision with the filters and weighers of
// nova-default, the claim of the new server, the start of its build, the end of an older build and the deletion of an older server. Placement offers
// every host with room. Each path decides the same sequence; the hash of its choices, alternates, weights and counts says that they are the same.
import type { Flavor } from "../src/datacenter/flavor.ts";
import { type HostDescription, type HostId, Hosts } from "../src/datacenter/hosts.ts";
import { ServerGroups } from "../src/datacenter/server-groups.ts";
import { Fingerprint } from "../src/kernel/fingerprint.ts";
import { RandomStreams, type Stream } from "../src/kernel/random.ts";
import type { DecisionPath } from "../src/policies/nova/fast-path/fast-path.ts";
import { FilterScheduler } from "../src/policies/nova/filter-scheduler.ts";
import { presets } from "../src/policies/nova/policy.ts";
import { type Bench, type BenchResult, moreThan, type Size } from "./bench.ts";
import { isolated } from "./isolation.ts";
import { cpuSecondsOf, median } from "./measure.ts";

type Fleet = "one type" | "four types";

interface DecisionsCase {
  readonly fleet: Fleet;
  readonly hosts: number;
  readonly path: DecisionPath;
  /** Decisions in each of five rounds, after one for the compiler. */
  readonly decisions: number;
  /** Decisions in the hash: no more than the slowest path takes. */
  readonly hashed: number;
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
    [32, 256, 4000],
    [64, 512, 4000],
    [64, 1024, 8000],
    [128, 512, 8000],
  ],
};

function describe(host: number, fleet: Fleet): HostDescription {
  const [cores, ramGib, diskGb] = types[fleet][host % types[fleet].length]!;
  return {
    ...{
      name: `host-${host}`,
      type: `${cores} cores`,
      rack: 0,
      hypervisorType: "QEMU",
      supportedHypervisors: ["kvm"],
      architecture: "x86_64",
    },
    ...{ vcpuMilli: 1000 * cores, ramMb: 1024 * ramGib, diskGb, reservedVcpuMilli: 0, reservedRamMb: 8192, reservedDiskGb: 0 },
    ...{ cpuAllocationRatio: 4, ramAllocationRatio: 1, diskAllocationRatio: 1 },
  };
}

const groups = new ServerGroups(() => null, 0);

/**
 * A cloud as the scheduler would have left it after a long time, for less: servers come to the host with the most room by fixed shares, which a
 * tournament tree finds, until the cloud is full; then half as many go, anywhere, and come again.
 */
class Population {
  readonly hostOf: number[] = [];
  readonly flavorOf: number[] = [];
  private readonly hosts: Hosts;
  private readonly room: Float64Array;
  private readonly leaves: number;
  private readonly most: readonly [vcpuMilli: number, ramMb: number, diskGb: number];

  constructor(hosts: Hosts, drawn: Stream, ends: Stream) {
    this.hosts = hosts;
    this.leaves = 1;
    while (this.leaves < hosts.count) this.leaves *= 2;
    this.room = new Float64Array(2 * this.leaves).fill(-1);
    const largest = (column: Float64Array) => column.reduce((most, x) => Math.max(most, x), 0);
    this.most = [largest(hosts.capacityVcpuMilli), largest(hosts.capacityRamMb), largest(hosts.capacityDiskGb)];
    for (let host = 0; host < hosts.count; host++) this.update(host, true);
    const sum = (column: Float64Array) => column.reduce((total, x) => total + x, 0);
    const enough = FULLNESS * sum(hosts.capacityRamMb);
    let ramMb = 0;
    let server = 0;
    for (; ramMb < enough; server++) ramMb += this.place(server, drawn.integer(server, -2, flavors.length));
    for (let left = server >> 1; left > 0; left--, server++) {
      const gone = ends.integer(server, -2, this.hostOf.length);
      this.end(gone);
      this.place(gone, this.flavorOf[gone]!);
    }
  }

  private place(server: number, flavor: number): number {
    for (;;) {
      if (this.room[1]! < 0) throw new RangeError("the hosts are too small for so many servers");
      let node = 1;
      while (node < this.leaves) node = this.room[2 * node + 1]! > this.room[2 * node]! ? 2 * node + 1 : 2 * node;
      const host = node - this.leaves;
      const fits = this.hosts.claim(host as HostId, flavors[flavor]!);
      this.update(host, fits);
      if (!fits) continue; // out of the running until a server leaves it
      this.hostOf[server] = host;
      this.flavorOf[server] = flavor;
      return flavors[flavor]!.ramMb;
    }
  }

  private end(server: number): void {
    const host = this.hostOf[server]!;
    this.hosts.release(host as HostId, flavors[this.flavorOf[server]!]!);
    this.update(host, true);
  }

  private update(host: number, open: boolean): void {
    const { room, hosts } = this;
    const [vcpuMilli, ramMb, diskGb] = this.most;
    let node = this.leaves + host;
    const free =
      (hosts.capacityVcpuMilli[host]! - hosts.usedVcpuMilli[host]!) / vcpuMilli +
      (hosts.capacityRamMb[host]! - hosts.usedRamMb[host]!) / ramMb +
      (hosts.capacityDiskGb[host]! - hosts.usedDiskGb[host]!) / diskGb;
    room[node] = open ? free : -1;
    for (node >>= 1; node >= 1; node >>= 1) room[node] = Math.max(room[2 * node]!, room[2 * node + 1]!);
  }
}

export function measureDecisions({ fleet, hosts: count, path, decisions, hashed }: DecisionsCase) {
  const hosts = new Hosts(Array.from({ length: count }, (_, host) => describe(host, fleet)));
  const streams = new RandomStreams("1", 0);
  const [drawn, ends] = [streams.stream("flavor"), streams.stream("end")];
  const scheduler = new FilterScheduler(hosts, presets.get("nova-default")!, streams.stream("scheduler.choice"), count, { path });
  const { hostOf, flavorOf } = new Population(hosts, drawn, ends);
  const building = new Int32Array(BUILDS).fill(-1);
  const fingerprint = new Fingerprint();
  const weight = new Float64Array(1);
  const weightBits = new Int32Array(weight.buffer);
  let server = 0;
  let refused = 0;
  let hash = "";
  const round = () => {
    for (let i = 0; i < decisions; i++, server++) {
      const flavor = drawn.integer(server, -1, flavors.length);
      const request = { server, flavor: flavors[flavor]!, image: null, group: -1, groups };
      const found = scheduler.select(request, ALTERNATES, 0);
      if (server === hashed) hash = fingerprint.hash;
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
  if (hash === "") hash = fingerprint.hash;
  return { perCpuSecond: decisions / median(cpuSeconds), hash, refused };
}

/** Decisions in a round, by path. */
const large = new Map<number, Record<DecisionPath, number>>([
  [1_000, { plain: 2_000, columnar: 5_000, tree: 20_000, trees: 20_000, measured: 20_000 }],
  [10_000, { plain: 100, columnar: 500, tree: 20_000, trees: 20_000, measured: 20_000 }],
  [100_000, { plain: 5, columnar: 50, tree: 10_000, trees: 10_000, measured: 10_000 }],
]);
const small = new Map<number, Record<DecisionPath, number>>([
  [40, { plain: 100, columnar: 100, tree: 100, trees: 100, measured: 100 }],
  [600, { plain: 50, columnar: 50, tree: 50, trees: 50, measured: 50 }],
]);

async function run(size: Size): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const [hosts, decisionsOf] of size === "large" ? large : small) {
    for (const fleet of Object.keys(types) as Fleet[]) {
      let plain = 0;
      for (const path of ["plain", "columnar", "tree", "trees", "measured"] as const) {
        const argument = { fleet, hosts, path, decisions: decisionsOf[path], hashed: (1 + ROUNDS) * decisionsOf.plain };
        const { perCpuSecond, hash, refused } = await isolated(size, import.meta.url, measureDecisions, argument);
        if (path === "plain") plain = perCpuSecond;
        results.push({
          workload: `${hosts} hosts of ${fleet}, ${path}`,
          figure: perCpuSecond,
          unit: "decisions/CPU s",
          references: path === "plain" ? [] : [moreThan("plain", plain, perCpuSecond)],
          hash,
          counts: { refused },
        });
      }
    }
  }
  return results;
}

export const decisions: Bench = {
  name: "decisions",
  question: "How many hosts does the filter scheduler choose in a CPU second, and does it choose the same hosts on every path?",
  run,
};
