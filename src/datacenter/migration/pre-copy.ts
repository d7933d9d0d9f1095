// Live migration by pre-copy: all touched memory is sent while the guest runs, then what it has written meanwhile, round after round, until the
// rest is little enough to be sent while the guest stands still. Here are the rules of one round, which every form of the model follows, and
// the closed form for a guest that writes slower than the network carries.
//
// Assumes that whether the rest is little enough is looked at when a round ends, and that the next round goes as fast as the last one did, which
// is how QEMU foretells its downtime.
// @source QEMU migration/ram.c, migration/migration.c; models of Clark et al. (NSDI 2005) and Akoush et al. (MASCOTS 2010)
import { log, pow } from "../../kernel/elementary.ts";

/** What a guest's memory does to whoever copies it. */
export interface WrittenMemory {
  /** Bytes that the first round sends: touched memory, and disks where they are copied too. */
  readonly bytes: number;
  /** Bytes a second that the guest makes dirty at its full pace. */
  readonly dirtyBytesPerSecond: number;
  /** The writable working set: most bytes that are ever dirty at once. */
  readonly writableBytes: number;
}

/** @throws RangeError for amounts that no memory has */
export function checkMemory({ bytes, dirtyBytesPerSecond, writableBytes }: WrittenMemory): void {
  const amount = (what: string, x: number) => {
    if (!(x >= 0)) throw new RangeError(`live migration: ${what} ${x}: expected 0 or more`);
  };
  amount("bytes to copy", bytes);
  if (bytes === Number.POSITIVE_INFINITY) throw new RangeError("live migration: bytes to copy Infinity: expected a finite number");
  amount("dirty rate", dirtyBytesPerSecond);
  amount("writable working set", writableBytes);
}

/** Bytes dirty after some more seconds at a dirty rate. */
export function dirtyAfter(dirtyBytes: number, bytesPerSecond: number, seconds: number, { writableBytes }: WrittenMemory): number {
  return Math.min(dirtyBytes + bytesPerSecond * seconds, writableBytes);
}

/** May the guest stand still while the rest is sent? `bandwidth` is that of the last round. */
export function littleEnough(dirtyBytes: number, bandwidthBytesPerSecond: number, downtimeMaxSeconds: number): boolean {
  return dirtyBytes === 0 || dirtyBytes / bandwidthBytesPerSecond <= downtimeMaxSeconds;
}

export interface ClosedForm {
  /** Rounds sent while the guest runs. */
  readonly rounds: number;
  readonly seconds: number;
  readonly downtimeSeconds: number;
  readonly bytes: number;
}

/**
 * Constant bandwidth and downtime, no limit to the working set, dirty rate below the bandwidth: rounds shrink geometrically by their ratio.
 * @throws RangeError where they do not shrink
 */
export function closedForm(
  { bytes, dirtyBytesPerSecond }: WrittenMemory,
  bandwidthBytesPerSecond: number,
  downtimeMaxSeconds: number,
  switchSeconds = 0,
): ClosedForm {
  const ratio = dirtyBytesPerSecond / bandwidthBytesPerSecond;
  if (!(ratio < 1) || !(downtimeMaxSeconds > 0)) {
    throw new RangeError(
      `pre-copy with ${dirtyBytesPerSecond} B/s dirtied, ${bandwidthBytesPerSecond} B/s carried and ${downtimeMaxSeconds} s of downtime does not converge: expected less dirtied than carried, and some downtime`,
    );
  }
  const first = bytes / bandwidthBytesPerSecond;
  // A guest that writes nothing needs one round, and there is nothing left to send after it.
  const wanted = first > downtimeMaxSeconds ? log(downtimeMaxSeconds / first) : 0;
  const rounds = ratio === 0 ? 1 : Math.max(1, Math.ceil(wanted / log(ratio)));
  const last = pow(ratio, rounds);
  const seconds = (first * (1 - last * ratio)) / (1 - ratio);
  return {
    rounds,
    seconds: seconds + switchSeconds,
    downtimeSeconds: first * last + switchSeconds,
    bytes: bandwidthBytesPerSecond * seconds,
  };
}
