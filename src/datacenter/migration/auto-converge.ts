// Auto-converge: where the guest writes more than half of what is sent, for the second time, QEMU takes CPU time from it, and a tenth more each
// time that happens again. A guest that runs slower writes less.
// @source QEMU migration/ram.c (migration_trigger_throttle), migration/options.c
import { parameter } from "../../kernel/parameter.ts";

export const throttleTrigger = parameter({
  name: "qemu.throttle_trigger_threshold",
  value: 0.5,
  unit: "1",
  meaning: "Share of the bytes sent in a round that must be dirty at its end for the guest to be throttled.",
  source: "QEMU migration/options.c, 50 per cent",
  evidence: "verified",
});

export const throttleInitial = parameter({
  name: "qemu.cpu_throttle_initial",
  value: 0.2,
  unit: "1",
  meaning: "Share of its CPU time that a guest loses when it is throttled first.",
  source: "QEMU migration/options.c, 20 per cent",
  evidence: "verified",
});

export const throttleIncrement = parameter({
  name: "qemu.cpu_throttle_increment",
  value: 0.1,
  unit: "1",
  meaning: "What it loses more each time after that.",
  source: "QEMU migration/options.c, 10 per cent",
  evidence: "verified",
});

export const throttleMax = parameter({
  name: "qemu.max_cpu_throttle",
  value: 0.99,
  unit: "1",
  meaning: "The most it loses.",
  source: "QEMU migration/options.c, 99 per cent",
  evidence: "verified",
});

const TIMES_OVER = 2;

export interface Throttle {
  /** Share of its CPU time that the guest loses. */
  readonly share: number;
  /** Rounds above the threshold since the share was raised. */
  readonly over: number;
}

export const unthrottled: Throttle = { share: 0, over: 0 };

/** The throttle for the next round. */
export function throttleAfter({ share, over }: Throttle, sentBytes: number, dirtyBytes: number): Throttle {
  if (!(dirtyBytes > throttleTrigger.value * sentBytes)) return { share, over };
  if (over + 1 < TIMES_OVER) return { share, over: over + 1 };
  return { share: raised(share), over: 0 };
}

/** In whole per cent, as QEMU counts. */
function raised(share: number): number {
  if (share === 0) return throttleInitial.value;
  return Math.min(throttleMax.value, Math.round(100 * (share + throttleIncrement.value)) / 100);
}
