// Create, run, finish: the whole life of every VM of a data centre, with the VMs and tasks for which CloudSim's figures are known. A change
// touches only the host concerned, and the end of every task is known exactly, so none may be late by a single microsecond.
import { BestFitIndex } from "../src/datacenter/best-fit-index.ts";
import { FirstFitIndex } from "../src/datacenter/first-fit-index.ts";
import type { Flavor } from "../src/datacenter/flavor.ts";
import { type HostDescription, type HostId, Hosts } from "../src/datacenter/hosts.ts";
import { Servers } from "../src/datacenter/servers.ts";
import { Simulation } from "../src/kernel/simulation.ts";
import { SECOND } from "../src/kernel/time.ts";
import { SharedProcessors } from "../src/queueing/shared-processors.ts";
import { type Bench, type BenchResult, lessThan, type Size } from "./bench.ts";
import { dataCenterCpuSeconds } from "./cloudsim-figures.ts";
import { isolated } from "./isolation.ts";
import { cpuSecondsOf, peakMemoryMib } from "./measure.ts";

/**
 * `batch`: VMs of one core, all at the start, with at most 900 different task lengths. `fine`: the same with as many lengths as VMs.
 * `churn`: VMs of 1, 2, 4 and 8 cores arrive over 10,000 s and leave when their task ends.
 */
type Workload = "batch" | "fine" | "churn";
type Policy = "ff" | "bf";

interface DataCenterCase {
  readonly workload: Workload;
  readonly hosts: number;
  readonly vms: number;
  readonly policy: Policy;
  readonly target?: string;
}

const ARRIVALS_END = 10_000 * SECOND;
/** VMs of p cores, p = 1, 2, 4, 8: p GiB of RAM, 1000 MB of disk. */
const vmFlavors: readonly Flavor[] = [1, 2, 4, 8].map((cores) => ({
  ...{ name: `${cores} cores`, vcpuMilli: 1000 * cores, ramMb: 1024 * cores, diskGb: 1 },
  ...{ volumeGb: 0, volumeType: null, extraSpecs: new Map() },
}));

/** 16 cores, 64 GiB of RAM, 10,000,000 MB of disk. */
function hostDescription(host: number): HostDescription {
  return {
    ...{ name: `host-${host}`, type: "host", availabilityZone: "nova", rack: 0, hypervisorType: "QEMU" },
    ...{ supportedHypervisors: ["qemu"], architecture: "x86_64" },
    ...{ vcpuMilli: 16_000, ramMb: 65_536, diskGb: 9_765 },
    ...{ reservedVcpuMilli: 0, reservedRamMb: 0, reservedDiskGb: 0 },
    ...{ cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1 },
  };
}

export function measureDataCenter({ workload, hosts: hostCount, vms, policy }: DataCenterCase) {
  const churn = workload === "churn";
  const lengths = workload === "batch" ? 900 : vms;
  const flavorOf = (vm: number) => vmFlavors[churn ? vm & 3 : 0]!;
  const arrivalOf = (vm: number) => (churn ? Math.round((vm * ARRIVALS_END) / vms) : 0);
  const runTimeOf = (vm: number) => (churn ? 300 + ((7919 * vm) % 3300) : 100 + ((7919 * vm) % lengths)) * SECOND;

  const simulation = new Simulation();
  const hosts = new Hosts(Array.from({ length: hostCount }, (_, host) => hostDescription(host)));
  const index = policy === "ff" ? new FirstFitIndex(hosts) : new BestFitIndex(hosts);
  const servers = new Servers(vms, hostCount);
  const placed = simulation.recordKind("placed");
  let [finished, late, failed, live, mostLive] = [0, 0, 0, 0, 0];

  const processors = new SharedProcessors(simulation, new Float64Array(hostCount).fill(16), (vm) => {
    finished++;
    if (simulation.now !== arrivalOf(vm) + runTimeOf(vm)) late++;
    if (!churn) return;
    const host = servers.host[vm]! as HostId;
    hosts.release(host, flavorOf(vm));
    index.update(host);
    servers.remove(vm);
    servers.deletedAt[vm] = simulation.now;
    live--;
  });

  const arrival = simulation.kind("arrival", (vm) => {
    if (vm + 1 < vms) simulation.schedule(arrivalOf(vm + 1) - simulation.now, arrival, vm + 1);
    const flavor = flavorOf(vm);
    const host = index.find(flavor.vcpuMilli, flavor.ramMb, flavor.diskGb) as HostId;
    if (host < 0 || !hosts.claim(host, flavor)) {
      failed++;
      return;
    }
    index.update(host);
    simulation.record(placed, vm, host);
    servers.place(vm, host);
    servers.launchedAt[vm] = simulation.now;
    mostLive = Math.max(mostLive, ++live);
    const cores = flavor.vcpuMilli / 1000;
    processors.begin(vm, host, cores, cores * runTimeOf(vm));
  });

  const cpuSeconds = cpuSecondsOf(() => {
    simulation.schedule(0, arrival, 0);
    simulation.run();
  });
  return {
    ...{ cpuSeconds, peakMemoryMib: peakMemoryMib(), fingerprint: simulation.fingerprint.hash },
    // The fingerprint has counted the placements too.
    counts: {
      events: simulation.fingerprint.count - (vms - failed),
      late,
      failed,
      unfinished: vms - finished,
      mostLive,
      hostsLeftInUse: hosts.inUse,
    },
  };
}

const ofSize: Record<Size, readonly DataCenterCase[]> = {
  small: [
    { workload: "batch", hosts: 100, vms: 1_000, policy: "ff" },
    { workload: "fine", hosts: 100, vms: 1_000, policy: "ff" },
    { workload: "churn", hosts: 100, vms: 1_000, policy: "ff" },
    { workload: "churn", hosts: 100, vms: 1_000, policy: "bf" },
    { workload: "churn", hosts: 1_000, vms: 10_000, policy: "ff" },
  ],
  large: [
    { workload: "batch", hosts: 100, vms: 1_000, policy: "ff" },
    { workload: "batch", hosts: 1_000, vms: 10_000, policy: "ff" },
    { workload: "fine", hosts: 100, vms: 1_000, policy: "ff" },
    { workload: "fine", hosts: 1_000, vms: 10_000, policy: "ff" },
    { workload: "churn", hosts: 100, vms: 1_000, policy: "ff" },
    { workload: "churn", hosts: 100, vms: 1_000, policy: "bf" },
    { workload: "churn", hosts: 300, vms: 3_000, policy: "ff" },
    { workload: "churn", hosts: 300, vms: 3_000, policy: "bf" },
    { workload: "churn", hosts: 1_000, vms: 10_000, policy: "ff", target: "0.3 s" },
    { workload: "churn", hosts: 1_000, vms: 10_000, policy: "bf" },
    { workload: "churn", hosts: 10_000, vms: 100_000, policy: "ff", target: "4 s" },
    { workload: "churn", hosts: 10_000, vms: 100_000, policy: "bf" },
    { workload: "churn", hosts: 100_000, vms: 1_000_000, policy: "ff", target: "60 s and 1.5 GB" },
    { workload: "churn", hosts: 100_000, vms: 1_000_000, policy: "bf" },
  ],
};

async function run(size: Size): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const one of ofSize[size]) {
    const name = `${one.workload} ${one.hosts}/${one.vms} ${one.policy}`;
    const { cpuSeconds, peakMemoryMib: mib, fingerprint, counts } = await isolated(size, import.meta.url, measureDataCenter, one);
    const notes = [`${Math.round(one.vms / cpuSeconds)} VMs/CPU s`];
    // In a process that has run other things before, the peak says nothing about this one.
    if (size === "large") notes.push(`peak ${Math.round(mib)} MiB`);
    if (one.target !== undefined) notes.push(`target ${one.target}`);
    results.push({
      workload: name,
      figure: cpuSeconds,
      unit: "CPU s",
      references: Object.entries(dataCenterCpuSeconds[name] ?? {}).map(([simulator, figure]) => lessThan(simulator, figure, cpuSeconds)),
      hash: fingerprint,
      counts,
      notes: notes.join(", "),
    });
  }
  return results;
}

export const datacenter: Bench = {
  name: "datacenter",
  question: "How long does a data centre of n hosts and m VMs take from start to end, and does every task end on time?",
  run,
};
