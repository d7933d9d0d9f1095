// The options of live migration: Nova's, by its names, and what the model adds to them.
import { type Parameter, parameter } from "../../kernel/parameter.ts";
import { type DowntimeOptions, downtimeRamp } from "./downtime-ramp.ts";

export const timeoutActions = ["abort", "force_complete"] as const;
export type TimeoutAction = (typeof timeoutActions)[number];

export interface LiveMigrationOptions extends DowntimeOptions {
  /** For each GiB; 0 = no timeout. */
  readonly completionTimeoutSeconds: number;
  readonly timeoutAction: TimeoutAction;
  readonly permitPostCopy: boolean;
  readonly permitAutoConverge: boolean;
  /** 0 = as much as the network gives. */
  readonly bandwidthBytesPerSecond: number;
  readonly parallelConnections: number;
  /** Between the last byte and the guest's first instruction on the other host. */
  readonly switchSeconds: number;
  /** Share of its pace that a guest loses while its writes are tracked. */
  readonly trackingSlowdown: number;
}

const conf = "nova/conf/libvirt.py";

function option<T extends number | boolean | string>(name: string, value: T, unit: string, meaning: string): Parameter<T> {
  return parameter<T>({ name: `libvirt.${name}`, value, unit, meaning, source: conf, evidence: "verified" });
}

export const liveMigrationParameters = {
  downtimeMs: option<number>("live_migration_downtime", 500, "ms", "Longest time a guest may stand still, reached in steps."),
  downtimeSteps: option<number>("live_migration_downtime_steps", 10, "1", "Steps in which it is reached."),
  downtimeDelaySeconds: option<number>("live_migration_downtime_delay", 75, "s/GiB", "Time from one step to the next, for each GiB."),
  completionTimeoutSeconds: option<number>(
    "live_migration_completion_timeout",
    800,
    "s/GiB",
    "Time for the copying, for each GiB; 0: any.",
  ),
  timeoutAction: option<string>("live_migration_timeout_action", "abort", "text", "What is done when that time is up."),
  permitPostCopy: option<boolean>("live_migration_permit_post_copy", false, "1", "A migration may be completed by post-copy."),
  permitAutoConverge: option<boolean>(
    "live_migration_permit_auto_converge",
    false,
    "1",
    "A guest may be slowed down so that it converges.",
  ),
  bandwidthBytesPerSecond: parameter({
    name: "libvirt.live_migration_bandwidth",
    value: 0,
    unit: "B/s",
    meaning: "Most that one migration sends; 0: as much as the network gives.",
    source: `${conf}; that libvirt raises QEMU's own 128 MiB/s where Nova says 0 is from memory`,
    evidence: "from memory",
  }),
  parallelConnections: option<number>("live_migration_parallel_connections", 1, "1", "Connections over which one migration sends."),
  switchSeconds: parameter({
    name: "migration.switch_time",
    value: 0.05,
    unit: "s",
    meaning: "Time from the last byte to the guest's first instruction on the other host.",
    source: "QEMU announces a moved guest first after 50 ms; taken for the whole",
    evidence: "assumed",
  }),
  trackingSlowdown: parameter({
    name: "migration.tracking_slowdown",
    value: 0.1,
    unit: "1",
    meaning: "Share of its pace that a guest loses while its writes are tracked.",
    source: "CloudSim degrades a migrating server by 10 per cent; dirty logging costs 5 to 15 per cent",
    evidence: "from memory",
  }),
} as const;

export const defaultLiveMigration: LiveMigrationOptions = {
  downtimeMs: liveMigrationParameters.downtimeMs.value,
  downtimeSteps: liveMigrationParameters.downtimeSteps.value,
  downtimeDelaySeconds: liveMigrationParameters.downtimeDelaySeconds.value,
  completionTimeoutSeconds: liveMigrationParameters.completionTimeoutSeconds.value,
  timeoutAction: "abort",
  permitPostCopy: liveMigrationParameters.permitPostCopy.value,
  permitAutoConverge: liveMigrationParameters.permitAutoConverge.value,
  bandwidthBytesPerSecond: liveMigrationParameters.bandwidthBytesPerSecond.value,
  parallelConnections: liveMigrationParameters.parallelConnections.value,
  switchSeconds: liveMigrationParameters.switchSeconds.value,
  trackingSlowdown: liveMigrationParameters.trackingSlowdown.value,
};

/** @throws RangeError, naming the option */
export function checkOptions(options: LiveMigrationOptions): void {
  const check = (name: string, value: number, holds: boolean, expected: string) => {
    if (!holds) throw new RangeError(`${name} is ${value}: expected ${expected}`);
  };
  const { bandwidthBytesPerSecond, parallelConnections, switchSeconds, trackingSlowdown, completionTimeoutSeconds } = options;
  downtimeRamp(options, 2);
  check("live_migration_completion_timeout", completionTimeoutSeconds, completionTimeoutSeconds >= 0, "0 (never) or more");
  check("live_migration_bandwidth", bandwidthBytesPerSecond, bandwidthBytesPerSecond >= 0, "0 (no limit) or more");
  const connections = Number.isInteger(parallelConnections) && parallelConnections >= 1 && parallelConnections <= MAX_CONNECTIONS;
  check("live_migration_parallel_connections", parallelConnections, connections, `a whole number from 1 to ${MAX_CONNECTIONS}`);
  check("migration.switch_time", switchSeconds, switchSeconds >= 0 && switchSeconds < Number.POSITIVE_INFINITY, "0 or more seconds");
  check("migration.tracking_slowdown", trackingSlowdown, trackingSlowdown >= 0 && trackingSlowdown < 1, "a share from 0 to below 1");
}

export const MAX_CONNECTIONS = 64;
