// How steady streams of I/Os share one back end: each wants so many I/Os per second and keeps at most `queueDepth` of them under way, which is what
// a guest with that iodepth does. The devices serve what comes in the order in which it comes.
//
// While they can do all that is wanted, everybody gets it, and waits as in a queue with random arrivals. When they cannot, the queue holds as many
// I/Os as the streams let it: by Little's law a stream that keeps d under way gets d / W per second, W being the latency that all see. So the
// streams are shared max-min fairly, weighted by their queue depths, in the time that the devices have, and the water level is 1 / W. A few
// streams that keep many I/Os under way then leave little to all others, and make them wait: the noisy neighbour.
//
// The wait is that of Allen and Cunneen in the form of Sakasegawa, as for one device, for each of the devices over which I/Os are spread evenly; it is cut off where a
// stream would have more than its queue depth under way, so that it meets the saturated latency without a jump.
//
// @source Little, "A proof for the queuing formula L = lambda W", Operations Research 9 (1961); Sakasegawa (1977) for the wait
import { pow } from "../../kernel/elementary.ts";
import { WaterLevel } from "../../queueing/water-level.ts";

export interface IoStream {
  /** I/Os per second that it wants and that others than the back end let it have. */
  readonly limitIops: number;
  readonly queueDepth: number;
  /** Time of the whole back end that one of its I/Os takes, in seconds; 0: the back end is a capacity only. */
  readonly costSeconds: number;
  /** Latency on an idle back end. */
  readonly idleSeconds: number;
  /** I/Os of devices for one of its own, the moments of the time that they hold them, and how many each device serves side by side. */
  readonly deviceIos: number;
  readonly holdSquare: number;
  readonly holdMean: number;
  readonly channels: number;
  readonly devices: number;
}

export interface IoShares {
  /** I/Os per second by stream. */
  readonly iops: Float64Array;
  /** Of the time of the back end, the share that is used: 0..1. */
  readonly load: number;
  /** Mean wait in the queue of the devices when they are not saturated; Infinity when they are. */
  readonly waitSeconds: number;
  /** No I/O takes longer than this, unless an idle back end takes longer. */
  readonly latencyMaxSeconds: number;
}

export function shareIo(streams: readonly IoStream[]): IoShares {
  const count = streams.length;
  const iops = new Float64Array(count);
  const wanted = new Float64Array(count);
  const weights = new Float64Array(count);
  for (const [i, { limitIops, queueDepth, costSeconds, idleSeconds }] of streams.entries()) {
    iops[i] = Math.min(limitIops, queueDepth / idleSeconds);
    wanted[i] = iops[i]! * costSeconds;
    weights[i] = queueDepth * costSeconds;
  }
  const costly = streams.some(({ costSeconds }) => costSeconds > 0);
  if (!costly) return { iops, load: 0, waitSeconds: 0, latencyMaxSeconds: Number.POSITIVE_INFINITY };
  const level = new WaterLevel().of(wanted, weights, count, 1);
  let [load, most] = [0, 0];
  for (const [i, { queueDepth, costSeconds }] of streams.entries()) {
    if (level < Number.POSITIVE_INFINITY) iops[i] = Math.min(iops[i]!, queueDepth * level);
    load += iops[i]! * costSeconds;
    most = Math.max(most, iops[i]! / queueDepth);
  }
  const saturated = level < Number.POSITIVE_INFINITY;
  return { iops, load, waitSeconds: saturated ? Number.POSITIVE_INFINITY : openWait(streams, iops, load), latencyMaxSeconds: 1 / most };
}

/** Latency of a stream that gets all it wants. */
export function latencyOf({ idleSeconds }: IoStream, { waitSeconds, latencyMaxSeconds }: IoShares): number {
  return Math.max(idleSeconds, Math.min(idleSeconds + waitSeconds, latencyMaxSeconds));
}

/** Mean of the part of that latency that differs from I/O to I/O: the wait, unless the queue is as long as the streams let it be. */
export function spreadOf({ idleSeconds }: IoStream, { waitSeconds, latencyMaxSeconds }: IoShares): number {
  return idleSeconds + waitSeconds < latencyMaxSeconds ? waitSeconds : 0;
}

function openWait(streams: readonly IoStream[], iops: Float64Array, load: number): number {
  let [rate, mean, square, channels, devices] = [0, 0, 0, 1, 1];
  for (const [i, stream] of streams.entries()) {
    const deviceIops = iops[i]! * stream.deviceIos;
    rate += deviceIops;
    mean += deviceIops * stream.holdMean;
    square += deviceIops * stream.holdSquare;
    channels = stream.channels;
    devices = stream.devices;
  }
  if (rate === 0 || load === 0) return 0;
  if (load >= 1) return Number.POSITIVE_INFINITY;
  const variability = (square * rate) / (mean * mean) / 2;
  // As long as a channel is held per I/O when the back end is as busy as this: disks with a choice of I/Os take short ways.
  const hold = (load * channels * devices) / rate;
  return (pow(load, Math.sqrt(2 * (channels + 1)) - 1) * hold * variability) / (channels * (1 - load));
}
