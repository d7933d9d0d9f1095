// What one I/O of a mix costs a back end that has nothing else to do: the time until the client has its answer, and the moments of the time for
// which it holds devices. Fluid counterparts of the plans that back ends state I/O by I/O.
//
// Assumes that a message between client and back end takes what one of Ceph takes, and that mirrors answer at the same time.
import type { StorageBackend } from "./backend.ts";
import { cephParameters as ceph } from "./ceph-parameters.ts";
import { CephPool } from "./ceph-pool.ts";
import type { DeviceModel, IoMix, Moments } from "./device.ts";
import { harmonic } from "./io-plan.ts";
import type { LocalBackend } from "./local-backend.ts";
import type { NfsBackend } from "./nfs-backend.ts";
import { deviceIosPerIo } from "./raid.ts";

export interface IdleIo {
  /** Mean latency of an I/O on an idle back end, messages included. */
  readonly seconds: number;
  /** I/Os of devices that one I/O asks for, and how long each holds a channel of its device. */
  readonly deviceIos: number;
  readonly hold: Moments;
  /** How many each device serves side by side, and the devices over which they are spread. */
  readonly channels: number;
  readonly devices: number;
}

/** @param bandwidthBytesPerSecond what the slower end of the client's way carries */
export function idleIoOf(backend: StorageBackend, mix: IoMix, bandwidthBytesPerSecond = Number.POSITIVE_INFINITY): IdleIo {
  const way = 2 * ceph.messageSeconds.value + mix.bytes / bandwidthBytesPerSecond;
  return backend instanceof CephPool ? cephIo(backend, mix, way) : arrayIo(backend as LocalBackend | NfsBackend, mix, way);
}

const only = (mix: IoMix, write: boolean): IoMix => ({ ...mix, writeShare: write ? 1 : 0 });
const idle = (device: DeviceModel, mix: IoMix, write: boolean) => device.idleLatencySeconds(only(mix, write));

function arrayIo({ array }: LocalBackend | NfsBackend, mix: IoMix, way: number): IdleIo {
  const { level, members, device, missing } = array;
  const ios = deviceIosPerIo(level, members.length, mix.writeShare, missing);
  if (ios === null) return { seconds: Number.POSITIVE_INFINITY, deviceIos: 1, hold: { mean: 1, square: 1 }, channels: 1, devices: 1 };
  const w = mix.writeShare;
  // A small write of RAID 5 or 6 reads before it writes.
  const readsFirst = level === "raid5" || level === "raid6";
  const write = idle(device, mix, true) + (readsFirst ? idle(device, mix, false) : 0);
  const seconds = way + (1 - w) * idle(device, mix, false) + w * write;
  const deviceIos = ios.reads + ios.writes;
  const deviceMix = { ...mix, writeShare: ios.writes / deviceIos };
  return { seconds, deviceIos, hold: device.holdMoments(deviceMix), channels: device.channels, devices: members.length - missing };
}

function cephIo(pool: CephPool, mix: IoMix, way: number): IdleIo {
  const { device } = pool.osds[0]!;
  const up = pool.osds.filter((_, osd) => pool.up[osd] === 1).length;
  const w = mix.writeShare;
  const replicas = pool.size - 1;
  const read = ceph.readWorkSeconds.value + idle(device, mix, false);
  const one = ceph.writeWorkSeconds.value + idle(device, mix, true);
  // The replicas are written side by side: the longest of them counts.
  const later = replicas === 0 ? 0 : 2 * ceph.messageSeconds.value + one + (harmonic(replicas) - 1) * ceph.writeJitterSeconds.value;
  const deviceIos = 1 - w + w * pool.size;
  const deviceMix = { ...mix, writeShare: (w * pool.size) / deviceIos };
  return {
    seconds: way + (1 - w) * read + w * (one + later),
    deviceIos,
    hold: device.holdMoments(deviceMix),
    channels: device.channels,
    devices: Math.max(1, up),
  };
}

/** Device-seconds of the whole back end that an I/O costs: it sustains one of them in a second. Infinity where it does no I/O. */
export function costOf(backend: StorageBackend, mix: IoMix): number {
  return 1 / backend.iops(mix);
}
