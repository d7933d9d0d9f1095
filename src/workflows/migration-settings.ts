// What a cloud says of migrations: Nova's options, and what its guests and disks are like.
import { defaultLiveMigration, type LiveMigrationOptions } from "../datacenter/migration/live-migration-options.ts";
import { parameter } from "../kernel/parameter.ts";
import type { Micros } from "../kernel/time.ts";

export interface MigrationSettings {
  readonly live: LiveMigrationOptions;
  /** Key of the dirty rate that guests have unless something else is said of them. */
  readonly dirtyRate: string;
  /** Share of a guest's memory that it has touched; the rest are zero pages, of which only headers are sent. */
  readonly touchedShare: number;
  /** Hosts share the disks of their guests: none are copied. */
  readonly sharedStorage: boolean;
  /** Share of a disk that is allocated, and copied. */
  readonly allocatedDiskShare: number;
  readonly allowResizeToSameHost: boolean;
  /** Hosts that a live migration tries after the first; -1: all. */
  readonly migrateMaxRetries: number;
  /** A resize is confirmed by itself after this time; 0: never. */
  readonly resizeConfirmWindow: Micros;
  /** Share of cold migrations and resizes that fail when the server is started on its new host. */
  readonly resizeFailureProbability: number;
}

export const touchedShare = parameter({
  name: "migration.touched_share",
  value: 0.6,
  unit: "1",
  meaning: "Share of a guest's memory that it has touched.",
  source: "guests leave some of their memory alone; how much is not known",
  evidence: "assumed",
});

export const allocatedDiskShare = parameter({
  name: "migration.allocated_disk_share",
  value: 0.5,
  unit: "1",
  meaning: "Share of a guest's disk that is allocated and has to be copied.",
  source: "disks are thin; how full they are is not known",
  evidence: "assumed",
});

/** What QEMU sends for a page of zeroes: a header and a byte. */
export const zeroPageBytes = parameter({
  name: "migration.zero_page",
  value: 9,
  unit: "B",
  meaning: "Bytes sent for a page that holds nothing but zeroes.",
  source: "QEMU migration/ram.c save_zero_page: eight bytes of header and one of page",
  evidence: "from memory",
});

export const defaultMigrationSettings: MigrationSettings = {
  live: defaultLiveMigration,
  dirtyRate: "web",
  touchedShare: touchedShare.value,
  sharedStorage: false,
  allocatedDiskShare: allocatedDiskShare.value,
  allowResizeToSameHost: false,
  migrateMaxRetries: -1,
  resizeConfirmWindow: 0,
  resizeFailureProbability: 0,
};
