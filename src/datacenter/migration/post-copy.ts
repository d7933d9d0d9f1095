// Post-copy: the guest is moved first, with its devices only, and its memory comes after it. The migration then always ends; the price is paid
// by the guest, which waits for every page that is not there yet, and is lost if either host or the network between them goes.
// @source Hines et al. (VEE 2009); nova/conf/libvirt.py, live_migration_permit_post_copy
import { parameter } from "../../kernel/parameter.ts";

export const deviceBytes = parameter({
  name: "migration.device_state",
  value: 10 << 20,
  unit: "B",
  meaning: "State of a guest's devices, sent while it stands still.",
  source: "a downtime of 0.1 to 0.3 s at 1 Gbit/s, in which it is sent",
  evidence: "assumed",
});

export const postCopyOverhead = parameter({
  name: "migration.post_copy_overhead",
  value: 0.05,
  unit: "1",
  meaning: "Extra time of the remaining memory, for pages that are asked for one by one.",
  source: "the epsilon of T_total = V_remaining / B (1 + epsilon)",
  evidence: "assumed",
});

export const postCopyPace = parameter({
  name: "migration.post_copy_pace",
  value: 0.65,
  unit: "1",
  meaning: "Pace of a guest while its memory comes after it, as a share of its usual one.",
  source: "0.5 to 0.8 at the beginning",
  evidence: "assumed",
});

const PAGE_BYTES = 4096;

export interface PostCopy {
  readonly downtimeSeconds: number;
  /** From the moment the guest stops until all its memory is there. */
  readonly seconds: number;
}

export function postCopy(remainingBytes: number, bandwidthBytesPerSecond: number, switchSeconds: number): PostCopy {
  const downtimeSeconds = switchSeconds + deviceBytes.value / bandwidthBytesPerSecond;
  return { downtimeSeconds, seconds: downtimeSeconds + (remainingBytes / bandwidthBytesPerSecond) * (1 + postCopyOverhead.value) };
}

/** How long a guest waits for a page that is still on the other host. */
export function remoteFaultSeconds(roundTripSeconds: number, bandwidthBytesPerSecond: number): number {
  return roundTripSeconds + PAGE_BYTES / bandwidthBytesPerSecond;
}

/** Pace of a guest that misses a share of the pages it touches, one touch every `touchSeconds`. */
export function paceWithMisses(missShare: number, roundTripSeconds: number, touchSeconds: number): number {
  return 1 / (1 + (missShare * roundTripSeconds) / touchSeconds);
}
