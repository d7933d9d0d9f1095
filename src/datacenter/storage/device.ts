// What a storage device is to the models above it: how many I/Os it serves side by side, how long each holds a channel and when it is
// acknowledged. A disk has one channel (its arm); flash has many. A write to flash is acknowledged from a protected buffer long before its
// channel is free again, which is how a drive can answer in 50 us and yet sustain far fewer writes than reads.
//
// The same numbers are read in two ways. Request level (`device-queues.ts`): every I/O is an event, for studies of latency. Fluid: an average
// I/O of a mix costs so many channel-seconds, so a device is a capacity in I/O/s, for long runs. A test holds the two together.

import { pow } from "../../kernel/elementary.ts";

export interface Io {
  readonly write: boolean;
  readonly bytes: number;
  /** Begins where the last I/O of its stream ended: no seek, no garbage to collect. */
  readonly sequential: boolean;
}

/** A mix of I/Os of one size. */
export interface IoMix {
  /** Shares of 0 to 1. */
  readonly writeShare: number;
  readonly sequentialShare: number;
  readonly bytes: number;
}

export interface DeviceModel {
  readonly key: string;
  readonly capacityBytes: number;
  /** I/Os served side by side. */
  readonly channels: number;
  /** I/Os that the device looks at when it chooses the next. */
  readonly queueDepth: number;
  /** Whether it matters where an I/O lies and what the device did before. Then the device serves the nearest I/O first. */
  readonly hasArm: boolean;
  /**
   * Time in microseconds to get from `from` to `to` (places of the device, 0..1 of its bytes) and wait for the sector that passes under the
   * head at `angle` (0..1 of a turn), when the arm sets out at `now`. 0 without an arm.
   */
  positioningMicros(write: boolean, from: number, to: number, angle: number, now: number): number;
  /** Microseconds (with fractions) for which the I/O holds its channel once positioned, `place` being where it lies. */
  holdMicros(io: Io, place: number): number;
  /** Microseconds after which it is acknowledged, likewise. */
  acknowledgeMicros(io: Io, place: number): number;
  /** First two moments of the time that an I/O of the mix holds its channel, positioning from a random place included; in seconds. */
  holdMoments(mix: IoMix): Moments;
  /** Mean time until an I/O of the mix is acknowledged by an idle device, in seconds. */
  idleLatencySeconds(mix: IoMix): number;
  /** Mean time that an I/O of the mix holds its channel while the device has so many to choose from: an arm takes short ways. Seconds. */
  busySeconds(mix: IoMix, queueDepth: number): number;
}

export interface Moments {
  readonly mean: number;
  /** Mean of the square. */
  readonly square: number;
}

/** Most I/Os of the mix that the device serves in a second while `queueDepth` of them are always there. */
export function iopsOf(device: DeviceModel, mix: IoMix, queueDepth = device.queueDepth): number {
  requireMix(mix);
  if (!(queueDepth >= 1)) throw new RangeError(`device ${device.key}: a queue depth of ${queueDepth}; expected at least 1`);
  return Math.min(device.channels / device.busySeconds(mix, queueDepth), queueDepth / device.idleLatencySeconds(mix));
}

/** Bytes per second at that rate of I/Os. */
export function bytesPerSecondOf(device: DeviceModel, mix: IoMix, queueDepth = device.queueDepth): number {
  return iopsOf(device, mix, queueDepth) * mix.bytes;
}

/**
 * Mean latency in seconds when I/Os come at random at `iops`: that of an idle device and the wait for a channel, Infinity from saturation on.
 * Exact for one channel (Pollaczek and Khinchine), close for several (Allen and Cunneen's correction of Sakasegawa's form).
 */
export function latencySecondsOf(device: DeviceModel, mix: IoMix, iops: number): number {
  requireMix(mix);
  if (!(iops >= 0)) throw new RangeError(`device ${device.key}: ${iops} I/Os per second; expected 0 or more`);
  const { mean, square } = device.holdMoments(mix);
  const load = (iops * mean) / device.channels;
  if (load >= 1) return Number.POSITIVE_INFINITY;
  const variability = square / (mean * mean) / 2; // (1 + cv^2) / 2
  const wait = load === 0 ? 0 : (pow(load, Math.sqrt(2 * (device.channels + 1)) - 1) * mean * variability) / (device.channels * (1 - load));
  return device.idleLatencySeconds(mix) + wait;
}

export function requireMix({ writeShare, sequentialShare, bytes }: IoMix): void {
  if (!(writeShare >= 0 && writeShare <= 1)) throw new RangeError(`a mix of I/Os with a share of ${writeShare} writes: expected 0 to 1`);
  if (!(sequentialShare >= 0 && sequentialShare <= 1)) {
    throw new RangeError(`a mix of I/Os of which ${sequentialShare} are sequential: expected a share of 0 to 1`);
  }
  if (!(bytes >= 1 && bytes < Number.POSITIVE_INFINITY)) throw new RangeError(`a mix of I/Os of ${bytes} bytes: expected at least 1`);
}

/** The average over the four kinds of I/O in a mix. */
export function overMix(mix: IoMix, of: (io: Io) => number): number {
  requireMix(mix);
  const { writeShare: w, sequentialShare: s, bytes } = mix;
  let sum = 0;
  for (const [write, sequential, share] of [
    [false, false, (1 - w) * (1 - s)],
    [false, true, (1 - w) * s],
    [true, false, w * (1 - s)],
    [true, true, w * s],
  ] as const) {
    if (share > 0) sum += share * of({ write, sequential, bytes });
  }
  return sum;
}
