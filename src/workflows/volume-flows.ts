// The bytes of volumes in the network: for each way that the I/O of a guest takes there is a standing flow, which may be as fast as the back end
// serves it and shares its links with everything else that is sent. What it gets of that is what the guest's I/O gets.
import type { Fabric } from "../datacenter/fabric/fabric.ts";
import type { Traffic } from "../datacenter/fabric/traffic.ts";
import type { StorageBackend } from "../datacenter/storage/backend.ts";
import type { SharedCapacity } from "../queueing/shared-capacity.ts";
import type { DiskStream, DiskWay } from "./disk-stream.ts";

/** Standing flows are numbered downwards from here, below the connections of live migrations. */
const FIRST_JOB = -(2 ** 44);

/** A standing flow begins again after so many seconds at its full speed: its bytes stay well below 2^53. */
const SECONDS_OF_A_FLOW = 1e6;

export class VolumeFlows {
  private readonly transfers: SharedCapacity;
  private readonly traffic: Traffic;
  /** Of what goes over a link, the share that is payload. */
  private readonly goodput: number;
  private readonly running = new Map<number, { readonly way: DiskWay; readonly cap: number }>(); // by job
  private lastJob = FIRST_JOB;

  constructor(transfers: SharedCapacity, fabric: Fabric, traffic: Traffic, goodput: number) {
    this.transfers = transfers;
    this.traffic = traffic;
    this.goodput = goodput;
    fabric.onChange(() => {
      for (const [job, { way }] of this.running) transfers.reroute(job, traffic.wayOrNowhere(way.from, way.to, FIRST_JOB - job));
    });
  }

  onRates(listener: () => void): void {
    this.transfers.onRates(listener);
  }

  /** The ways from a host to a back end and back, and within it. */
  waysOf(backend: StorageBackend, host: number): readonly DiskWay[] {
    const ways = new Map<string, DiskWay>();
    for (const reads of [true, false]) {
      for (const { from, to, bytes } of backend.flows(host, reads ? 1 : 0, reads ? 0 : 1)) {
        const key = `${from} ${to}`;
        const { readShare, writeShare } = ways.get(key) ?? { readShare: 0, writeShare: 0 };
        ways.set(key, { from, to, readShare: readShare + (reads ? bytes : 0), writeShare: writeShare + (reads ? 0 : bytes) });
      }
    }
    return [...ways.values()];
  }

  /** The first of so many numbers of jobs; they are far below 0, where nobody else has any. */
  jobsFor(ways: number): number {
    const first = this.lastJob - 1;
    this.lastJob -= ways;
    return first;
  }

  /** Bytes per second of payload of the slowest link on any of the ways when nobody else is there. */
  slowestOf(ways: readonly DiskWay[]): number {
    let slowest = Number.POSITIVE_INFINITY;
    for (const { from, to } of ways)
      for (const link of this.traffic.wayOrNowhere(from, to, 0)) {
        const bytesPerSecond = this.transfers.capacityOf(link);
        if (bytesPerSecond > 0) slowest = Math.min(slowest, bytesPerSecond * this.goodput);
      }
    return slowest;
  }

  /** From now on the stream's flows may carry what the back end gives it. */
  offer(stream: DiskStream): void {
    const { ways, caps, firstJob, givenIops, writeShare, demand } = stream;
    const bytesPerSecond = givenIops * demand.bytes;
    for (const [i, way] of ways.entries()) {
      const cap = (bytesPerSecond * ((1 - writeShare) * way.readShare + writeShare * way.writeShare)) / this.goodput;
      if (cap === caps[i]) continue;
      if (caps[i]! > 0) this.stopJob(firstJob - i);
      caps[i] = cap;
      if (cap > 0) this.start(firstJob - i, { way, cap });
    }
  }

  stop({ caps, firstJob }: DiskStream): void {
    for (const [i, cap] of caps.entries()) if (cap > 0) this.stopJob(firstJob - i);
    caps.fill(0);
  }

  /** Of what the back end gives the stream, the share that the network carries: that of its slowest flow. */
  carriedShare({ caps, firstJob }: DiskStream): number {
    let share = 1;
    for (const [i, cap] of caps.entries()) if (cap > 0) share = Math.min(share, this.transfers.rateOf(firstJob - i) / cap);
    return share;
  }

  /** A transfer has ended: was it a standing flow? Then it begins again. */
  ended(job: number): boolean {
    const flow = this.running.get(job);
    if (flow === undefined) return false;
    this.start(job, flow);
    return true;
  }

  private start(job: number, flow: { readonly way: DiskWay; readonly cap: number }): void {
    const { way, cap } = flow;
    this.running.set(job, flow);
    const route = this.traffic.wayOrNowhere(way.from, way.to, FIRST_JOB - job);
    this.transfers.start(job, cap * SECONDS_OF_A_FLOW, route, { maxBytesPerSecond: cap });
  }

  private stopJob(job: number): void {
    this.running.delete(job);
    this.transfers.stop(job);
  }
}
