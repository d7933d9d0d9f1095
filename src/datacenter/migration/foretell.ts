// A live migration from its first byte to its end, worked out at once for a network that always carries the same. `LiveCopies` does the same on
// links that others come to and leave; a test holds the two together.
import { type Throttle, throttleAfter, unthrottled } from "./auto-converge.ts";
import { completionTimeoutSeconds, downtimeMaxSeconds, downtimeRamp } from "./downtime-ramp.ts";
import { checkOptions, type LiveMigrationOptions } from "./live-migration-options.ts";
import { deviceBytes, postCopy, postCopyOverhead } from "./post-copy.ts";
import { checkMemory, dirtyAfter, littleEnough, type WrittenMemory } from "./pre-copy.ts";

/** `never`: it neither converges nor has a timeout. */
export type Foretold = {
  readonly outcome: "completed" | "aborted" | "forced" | "post-copy" | "never";
  /** Rounds sent while the guest runs; one that was cut off counts. */
  readonly rounds: number;
  readonly seconds: number;
  readonly downtimeSeconds: number;
  readonly bytes: number;
  /** Share of its CPU time that the guest loses at the end. */
  readonly throttle: number;
};

/** What ends a migration besides convergence, in seconds since it began. */
interface Limits {
  readonly downtimeMaxSeconds: (elapsedSeconds: number) => number;
  readonly timeoutSeconds: number;
}

/** A guest that converges at all does so in far fewer rounds. */
const MAX_ROUNDS = 1_000_000;

/** Under Nova's ramp and timeout. `gb` is what Nova reckons the data to be (`dataGb`). */
export function foretell(memory: WrittenMemory, bandwidthBytesPerSecond: number, gb: number, options: LiveMigrationOptions): Foretold {
  checkOptions(options);
  const ramp = downtimeRamp(options, gb);
  const limits = {
    downtimeMaxSeconds: (elapsed: number) => downtimeMaxSeconds(ramp, elapsed),
    timeoutSeconds: completionTimeoutSeconds(options.completionTimeoutSeconds, gb),
  };
  return foretellWithin(memory, bandwidthBytesPerSecond, limits, options);
}

/** The same under other limits. */
export function foretellWithin(
  memory: WrittenMemory,
  bandwidthBytesPerSecond: number,
  { downtimeMaxSeconds, timeoutSeconds }: Limits,
  options: Pick<
    LiveMigrationOptions,
    "permitAutoConverge" | "permitPostCopy" | "timeoutAction" | "switchSeconds" | "bandwidthBytesPerSecond"
  >,
): Foretold {
  checkMemory(memory);
  if (!(bandwidthBytesPerSecond >= 0)) throw new RangeError(`a bandwidth of ${bandwidthBytesPerSecond} B/s: expected 0 or more`);
  const { permitAutoConverge, permitPostCopy, timeoutAction, switchSeconds } = options;
  const bandwidth = Math.min(bandwidthBytesPerSecond, options.bandwidthBytesPerSecond || Number.POSITIVE_INFINITY);
  let throttle: Throttle = unthrottled;
  let elapsed = 0;
  let sent = 0;
  let toSend = memory.bytes;
  for (let rounds = 1; rounds <= MAX_ROUNDS; rounds++) {
    const seconds = toSend === 0 ? 0 : toSend / bandwidth;
    const rate = memory.dirtyBytesPerSecond * (1 - throttle.share);
    if (elapsed + seconds > timeoutSeconds) {
      const worked = timeoutSeconds - elapsed;
      const carried = bandwidth * worked;
      const soFar = { rounds, bytes: sent + carried, throttle: throttle.share };
      if (timeoutAction === "abort") return { ...soFar, outcome: "aborted", seconds: timeoutSeconds, downtimeSeconds: 0 };
      const left = toSend - carried + dirtyAfter(0, rate, worked, memory);
      if (permitPostCopy) {
        const rest = postCopy(left, bandwidth, switchSeconds);
        const bytes = soFar.bytes + deviceBytes.value + left * (1 + postCopyOverhead.value);
        return { ...soFar, outcome: "post-copy", bytes, seconds: timeoutSeconds + rest.seconds, downtimeSeconds: rest.downtimeSeconds };
      }
      const downtimeSeconds = left / bandwidth + switchSeconds;
      return { ...soFar, outcome: "forced", bytes: soFar.bytes + left, seconds: timeoutSeconds + downtimeSeconds, downtimeSeconds };
    }
    if (seconds === Number.POSITIVE_INFINITY) break;
    elapsed += seconds;
    sent += toSend;
    const dirty = dirtyAfter(0, rate, seconds, memory);
    if (littleEnough(dirty, bandwidth, downtimeMaxSeconds(elapsed))) {
      const downtimeSeconds = (dirty === 0 ? 0 : dirty / bandwidth) + switchSeconds;
      return {
        ...{ outcome: "completed", rounds, downtimeSeconds, throttle: throttle.share },
        ...{ seconds: elapsed + downtimeSeconds, bytes: sent + dirty },
      };
    }
    if (permitAutoConverge) throttle = throttleAfter(throttle, toSend, dirty);
    toSend = dirty;
  }
  const never = Number.POSITIVE_INFINITY;
  return { outcome: "never", rounds: MAX_ROUNDS, seconds: never, downtimeSeconds: 0, bytes: never, throttle: throttle.share };
}
