// The storage models: how fast single I/Os are simulated, and how near the Ceph model comes to a cluster that was measured: 3 hosts with 2 NVMe
// drives each, size 3, Ceph 19.2.4, krbd (a public KubeVirt and Ceph lab note). Calibrated are queue depth 1 and the sequential write; the rest
// is predicted.

import { cephParameters } from "../src/datacenter/storage/ceph-parameters.ts";
import { CephPool } from "../src/datacenter/storage/ceph-pool.ts";
import type { Io } from "../src/datacenter/storage/device.ts";
import { storageDevices } from "../src/datacenter/storage/devices.ts";
import { type Carrier, fixedLatency, VolumeIo } from "../src/datacenter/storage/volume-io.ts";
import { RandomStreams } from "../src/kernel/random.ts";
import { Simulation } from "../src/kernel/simulation.ts";
import { microsFromSeconds, SECOND } from "../src/kernel/time.ts";
import { SharedCapacity } from "../src/queueing/shared-capacity.ts";
import { quantile, sortedSample } from "../src/statistics/quantiles.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { moreThan } from "./bench.ts";
import { cpuSecondsOf } from "./measure.ts";

export interface Anchor {
  readonly workload: string;
  readonly io: Io;
  readonly depth: number;
  /** I/O/s for small I/Os, bytes per second for sequential ones. */
  readonly measured: number;
  readonly measuredP99Ms?: number;
}

const small = { bytes: 4096, sequential: false };
const large = { bytes: 4 * 1024 * 1024, sequential: true };
export const anchors: readonly Anchor[] = [
  { workload: "ceph 4k read qd1", io: { write: false, ...small }, depth: 1, measured: 1054, measuredP99Ms: 1.35 },
  { workload: "ceph 4k read qd8", io: { write: false, ...small }, depth: 8, measured: 10_057 },
  { workload: "ceph 4k read qd32", io: { write: false, ...small }, depth: 32, measured: 37_107, measuredP99Ms: 1.42 },
  { workload: "ceph 4k write qd1", io: { write: true, ...small }, depth: 1, measured: 636, measuredP99Ms: 2.31 },
  { workload: "ceph 4k write qd8", io: { write: true, ...small }, depth: 8, measured: 6502 },
  { workload: "ceph 4k write qd32", io: { write: true, ...small }, depth: 32, measured: 20_892, measuredP99Ms: 2.74 },
  { workload: "ceph sequential read", io: { write: false, ...large }, depth: 32, measured: 3111e6 },
  { workload: "ceph sequential write", io: { write: true, ...large }, depth: 32, measured: 1168e6 },
];

/** Links of the lab's hosts: taken to be 25 Gbit/s, which its sequential reads just fill. */
const NIC_BYTES_PER_SECOND = 25e9 / 8;
const CLIENT = 3;

/** A network of one link out of and one into each host, shared by what is under way, and the latency of a message. */
function sharedNetwork(simulation: Simulation, hosts: number): Carrier {
  const waiting: ((leg: number) => void)[] = [];
  const latency = fixedLatency(simulation, microsFromSeconds(cephParameters.messageSeconds.value));
  const capacity = new SharedCapacity(simulation, (leg) => waiting[leg]!(leg));
  const links = Array.from({ length: 2 * hosts }, () => capacity.addLink(NIC_BYTES_PER_SECOND));
  return (transfer, leg, arrived) => {
    latency(transfer, leg, () => {
      waiting[leg] = arrived;
      capacity.start(leg, transfer.bytes, transfer.from === transfer.to ? [] : [links[2 * transfer.from]!, links[2 * transfer.to + 1]!]);
    });
  };
}

/** Runs one workload on the model of that cluster, I/O by I/O. */
export function measureAnchor({ io, depth }: Anchor, seconds: number) {
  const simulation = new Simulation();
  const streams = new RandomStreams("ceph anchors", 0);
  const offsets = streams.stream("offsets");
  const device = storageDevices.get("nvme-pm983")!.model;
  const pool = new CephPool({ name: "lab", osds: Array.from({ length: 6 }, (_, i) => ({ host: i >> 1, device, deviceNumber: i })) });
  const latencies: number[] = [];
  const began: number[] = [];
  let n = 0;
  const next = (job: number) => {
    began[job] = simulation.now;
    const plan = pool.plan({ client: CLIENT, volume: 1, offsetBytes: offsets.integer(0, n++, 25_600) * 4_194_304, io });
    if (typeof plan === "string") throw new Error(`the pool answers ${plan}`);
    volumeIo.start(job, plan);
  };
  const volumeIo: VolumeIo = new VolumeIo(
    simulation,
    { places: streams.stream("places"), jitter: streams.stream("jitter") },
    sharedNetwork(simulation, 4),
    (job) => {
      latencies.push(simulation.now - began[job]!);
      next(job);
    },
  );
  for (const _ of pool.osds) volumeIo.devices.add(device);
  const cpuSeconds = cpuSecondsOf(() => {
    for (let job = 0; job < depth; job++) next(job);
    simulation.run(seconds * SECOND);
  });
  const iops = latencies.length / seconds;
  // What the OSDs can write at all is a capacity of the fluid model.
  const most = pool.iops({ writeShare: io.write ? 1 : 0, sequentialShare: io.sequential ? 1 : 0, bytes: io.bytes });
  const sustained = Math.min(iops, most);
  return {
    cpuSeconds,
    ios: latencies.length,
    modelled: io.sequential ? sustained * io.bytes : sustained,
    p99Ms: quantile(sortedSample(latencies), 0.99) / 1000,
    hash: simulation.fingerprint.hash,
  };
}

function run(size: Size): BenchResult[] {
  const seconds = size === "large" ? 10 : 0.5;
  return anchors.map((anchor) => {
    const { modelled, p99Ms, hash, cpuSeconds, ios } = measureAnchor(anchor, seconds);
    const p99 = anchor.measuredP99Ms === undefined ? "" : ` (measured ${anchor.measuredP99Ms} ms)`;
    return {
      workload: anchor.workload,
      figure: modelled,
      unit: anchor.io.sequential ? "B/s" : "I/O/s",
      references: [moreThan("measured", anchor.measured, modelled)],
      hash,
      counts: { ios },
      notes: `p99 ${p99Ms.toFixed(2)} ms${p99}, ${Math.round(ios / cpuSeconds)} I/Os per CPU s`,
    };
  });
}

export const storage: Bench = {
  name: "storage",
  question: "How near does the Ceph model come to a measured cluster, and how many I/Os does it simulate in a second?",
  run,
};
