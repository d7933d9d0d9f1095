// The I/O of one running guest to its volume: what it wants, what holds it back, and the flows that its bytes are in the network.
import type { IdleIo } from "../datacenter/storage/idle-io.ts";
import type { IoStream } from "../datacenter/storage/io-sharing.ts";
import type { TokenLimits } from "../datacenter/storage/qos.ts";
import type { VolumeId } from "../datacenter/storage-tiers.ts";
import type { Micros } from "../kernel/time.ts";

/** What the guests of a flavor do with their volumes. */
export interface DiskDemand {
  /** At most; a pattern says which share of it at which time. */
  readonly readIops: number;
  readonly writeIops: number;
  readonly bytes: number;
  readonly sequentialShare: number;
  /** I/Os that a guest keeps under way at most. */
  readonly queueDepth: number;
  /** Of the bytes written, the share that goes where nothing was written before. */
  readonly newShare: number;
  /** Null: always all of it. */
  readonly pattern: { readonly stepMicros: Micros; at(server: number, step: number): number } | null;
}

/** A way that a share of what a guest reads or writes takes. */
export interface DiskWay {
  readonly from: number;
  readonly to: number;
  readonly readShare: number;
  readonly writeShare: number;
}

export interface DiskStream {
  readonly server: number;
  readonly flavor: number;
  readonly volume: VolumeId;
  readonly tier: number;
  readonly demand: DiskDemand;
  readonly writeShare: number;
  readonly limits: TokenLimits | null;
  readonly costSeconds: number;
  readonly idle: IdleIo | null;
  /** Its first job in the network; one for each way. */
  readonly firstJob: number;
  readonly ways: readonly DiskWay[];
  /** By way: bytes per second that its flow may have; 0: there is none. */
  readonly caps: number[];
  /** I/Os per second: wanted, left by QoS, given by the back end, and done, which the network may make less. */
  wantedIops: number;
  limitIops: number;
  givenIops: number;
  iops: number;
  latencySeconds: number;
  waitSeconds: number;
  /** Likewise, as long as nothing but the back end holds it back. */
  backendSeconds: number;
  backendWaitSeconds: number;
  /** Part of a byte that is yet to be written where nothing was before. */
  newBytes: number;
}

export function ioStreamOf({ limitIops, demand, costSeconds, idle }: DiskStream): IoStream {
  return {
    limitIops,
    queueDepth: demand.queueDepth,
    costSeconds,
    idleSeconds: idle?.seconds ?? 0,
    deviceIos: idle?.deviceIos ?? 0,
    holdMean: idle?.hold.mean ?? 0,
    holdSquare: idle?.hold.square ?? 0,
    channels: idle?.channels ?? 1,
    devices: idle?.devices ?? 1,
  };
}
