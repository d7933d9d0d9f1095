// How long Nova lets a guest stand still at the end of a live migration, and how long the whole may take. The downtime is not there from the
// start: it grows in steps, so that a guest of 8 GiB may stand still for 50 ms only in the first ten minutes.
// @source nova/virt/libvirt/migration.py (downtime_steps, update_downtime), nova/virt/libvirt/driver.py (_live_migration_data_gb)

export interface DowntimeStep {
  /** Since the copying began. */
  readonly seconds: number;
  readonly downtimeMs: number;
}

/** `live_migration_downtime`, `live_migration_downtime_steps` and `live_migration_downtime_delay`. */
export interface DowntimeOptions {
  readonly downtimeMs: number;
  readonly downtimeSteps: number;
  readonly downtimeDelaySeconds: number;
}

const GIB_IN_MIB = 1024;
const LEAST_GIB = 2;

/** GiB that Nova reckons with: memory, and each disk that is copied too; none counts for less than 2. */
export function dataGb(ramMb: number, copiedDisksGb: readonly number[] = []): number {
  return copiedDisksGb.reduce((sum, disk) => sum + Math.max(LEAST_GIB, disk), Math.max(LEAST_GIB, ramMb / GIB_IN_MIB));
}

/** @throws RangeError for options that Nova refuses */
export function downtimeRamp({ downtimeMs, downtimeSteps, downtimeDelaySeconds }: DowntimeOptions, gb: number): readonly DowntimeStep[] {
  const atLeast = (option: string, value: number, least: number) => {
    if (!(value >= least)) throw new RangeError(`${option} is ${value}: expected ${least} or more`);
  };
  atLeast("live_migration_downtime", downtimeMs, 100);
  atLeast("live_migration_downtime_steps", downtimeSteps, 3);
  atLeast("live_migration_downtime_delay", downtimeDelaySeconds, 3);
  atLeast("data of a live migration in GiB", gb, LEAST_GIB);
  const delay = Math.floor(downtimeDelaySeconds * gb);
  const base = downtimeMs / downtimeSteps;
  const offset = (downtimeMs - base) / downtimeSteps;
  return Array.from({ length: Math.floor(downtimeSteps) + 1 }, (_, i) => ({
    seconds: delay * i,
    downtimeMs: Math.floor(base + offset * i),
  }));
}

/** The downtime allowed some seconds after the copying began. */
export function downtimeMaxSeconds(ramp: readonly DowntimeStep[], elapsedSeconds: number): number {
  let allowed = ramp[0]!;
  for (const step of ramp) if (step.seconds <= elapsedSeconds) allowed = step;
  return allowed.downtimeMs / 1000;
}

/** Whole seconds after which the timeout action is taken; Infinity where the option is 0. */
export function completionTimeoutSeconds(secondsPerGb: number, gb: number): number {
  if (!(secondsPerGb >= 0)) throw new RangeError(`live_migration_completion_timeout is ${secondsPerGb}: expected 0 (never) or more`);
  return secondsPerGb === 0 ? Number.POSITIVE_INFINITY : Math.floor(secondsPerGb * gb);
}
