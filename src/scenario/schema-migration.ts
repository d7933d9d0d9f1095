// How servers migrate: Nova's own options, and what their memory and disks are like.
import { dirtyRates } from "../datacenter/migration/dirty-rates.ts";
import { liveMigrationParameters as nova, timeoutActions } from "../datacenter/migration/live-migration-options.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { allocatedDiskShare, touchedShare } from "../workflows/migration-settings.ts";
import { type Default, defaulted, optionalSection } from "./grammar.ts";
import { MAX_DURATION } from "./schema-requests.ts";
import { count, flag, quantity, word } from "./value-kinds.ts";

/** The default of a parameter, written as a user would. */
function from<T extends number | boolean | string>({ source, evidence, value }: Parameter<T>, written: unknown = value): Default {
  return { default: written, source, evidence };
}

const OWN_CHOICE = { source: "a choice of Orrery", evidence: "assumed" } as const;
const share = quantity("ratio", { most: 1 });
const milliseconds = quantity("time", { least: 100_000, most: 3_600_000_000 });

/** A key of the cloud. */
export function migrationSchema() {
  return optionalSection("How servers migrate", {
    live_migration_bandwidth: defaulted(
      quantity("bandwidth", { most: 1e13 }),
      nova.bandwidthBytesPerSecond.meaning,
      from(nova.bandwidthBytesPerSecond, "0 MB/s"),
    ),
    live_migration_downtime: defaulted(milliseconds, nova.downtimeMs.meaning, from(nova.downtimeMs, `${nova.downtimeMs.value} ms`)),
    live_migration_downtime_steps: defaulted(count("steps", 3, 1000), nova.downtimeSteps.meaning, from(nova.downtimeSteps)),
    live_migration_downtime_delay: defaulted(
      quantity("time", { least: 3_000_000, most: 3_600_000_000 }),
      nova.downtimeDelaySeconds.meaning,
      from(nova.downtimeDelaySeconds, `${nova.downtimeDelaySeconds.value} s`),
    ),
    live_migration_completion_timeout: defaulted(
      quantity("time", { most: 1e12 }),
      nova.completionTimeoutSeconds.meaning,
      from(nova.completionTimeoutSeconds, `${nova.completionTimeoutSeconds.value} s`),
    ),
    live_migration_timeout_action: defaulted(word("action", timeoutActions), nova.timeoutAction.meaning, from(nova.timeoutAction)),
    live_migration_permit_post_copy: defaulted(flag, nova.permitPostCopy.meaning, from(nova.permitPostCopy)),
    live_migration_permit_auto_converge: defaulted(flag, nova.permitAutoConverge.meaning, from(nova.permitAutoConverge)),
    live_migration_parallel_connections: defaulted(
      count("connections", 1, 64),
      nova.parallelConnections.meaning,
      from(nova.parallelConnections),
    ),
    max_concurrent_live_migrations: defaulted(count("migrations", 0, 1000), "Live migrations from one host at a time; 0: any number", {
      default: 1,
      source: "nova/conf/compute.py, max_concurrent_live_migrations",
      evidence: "verified",
    }),
    switch_time: defaulted(
      quantity("time", { most: 60_000_000 }),
      nova.switchSeconds.meaning,
      from(nova.switchSeconds, `${nova.switchSeconds.value} s`),
    ),
    tracking_slowdown: defaulted(quantity("ratio", { most: 0.99 }), nova.trackingSlowdown.meaning, from(nova.trackingSlowdown)),
    dirty_rate: defaulted(word("dirty rate", [...dirtyRates.keys()]), "How guests write to their memory", {
      default: "web",
      ...OWN_CHOICE,
    }),
    touched_share: defaulted(share, touchedShare.meaning, from(touchedShare)),
    resize_confirm_window: defaulted(
      quantity("time", { most: MAX_DURATION }),
      "A cold migration or resize is confirmed by itself after this time; 0: never",
      { default: "0 s", source: "nova/conf/compute.py, resize_confirm_window", evidence: "verified" },
    ),
    allow_resize_to_same_host: defaulted(flag, "Whether a resize may stay on its host", {
      default: false,
      source: "nova/conf/compute.py, allow_resize_to_same_host",
      evidence: "verified",
    }),
    resize_failure_probability: defaulted(share, "Share of cold migrations and resizes whose server does not start on its new host", {
      default: 0,
      ...OWN_CHOICE,
    }),
    shared_storage: defaulted(flag, "Whether hosts share the disks of their guests, so that none are copied", {
      default: false,
      ...OWN_CHOICE,
    }),
    allocated_disk_share: defaulted(share, allocatedDiskShare.meaning, from(allocatedDiskShare)),
  });
}
