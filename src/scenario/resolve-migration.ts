// The settings of migrations as the rest of Orrery works with them.
import { defaultLiveMigration } from "../datacenter/migration/live-migration-options.ts";
import { MILLISECOND, SECOND } from "../kernel/time.ts";
import type { MigrationSettings } from "../workflows/migration-settings.ts";
import type { ReadScenario } from "./schema.ts";

export function migrationOf({ migration: read }: ReadScenario["cloud"]): Partial<MigrationSettings> {
  return {
    live: {
      ...defaultLiveMigration,
      bandwidthBytesPerSecond: read.live_migration_bandwidth,
      downtimeMs: read.live_migration_downtime / MILLISECOND,
      downtimeSteps: read.live_migration_downtime_steps,
      downtimeDelaySeconds: read.live_migration_downtime_delay / SECOND,
      completionTimeoutSeconds: read.live_migration_completion_timeout / SECOND,
      timeoutAction: read.live_migration_timeout_action === "force_complete" ? "force_complete" : "abort",
      permitPostCopy: read.live_migration_permit_post_copy,
      permitAutoConverge: read.live_migration_permit_auto_converge,
      switchSeconds: read.switch_time / SECOND,
      trackingSlowdown: read.tracking_slowdown,
      parallelConnections: read.live_migration_parallel_connections,
    },
    dirtyRate: read.dirty_rate,
    touchedShare: read.touched_share,
    resizeConfirmWindow: read.resize_confirm_window,
    allowResizeToSameHost: read.allow_resize_to_same_host,
    resizeFailureProbability: read.resize_failure_probability,
    sharedStorage: read.shared_storage,
    allocatedDiskShare: read.allocated_disk_share,
  };
}
