// The storage devices that scenarios can name, as sets of parameters: what datasheets and measurements tell about each.
import type { Evidence, Parameter } from "../../kernel/parameter.ts";
import { parameter } from "../../kernel/parameter.ts";
import type { DeviceModel } from "./device.ts";
import { disk } from "./disk.ts";
import { flash } from "./flash.ts";

export interface StorageDevice {
  /** As a scenario writes it: `nvme-pm983`. */
  readonly key: string;
  readonly medium: "disk" | "flash";
  readonly parameters: readonly Parameter[];
  readonly model: DeviceModel;
}

type Given = readonly [value: number, source: string, evidence: Evidence];
type Column = readonly [name: string, unit: string, meaning: string];

const diskColumns = {
  capacityBytes: ["capacity", "B", "Bytes of the drive."],
  rotationsPerMinute: ["rotations_per_minute", "1/min", "Turns of the platters; the wait for a sector is uniform over one turn."],
  commandMs: ["command", "ms", "Overhead of one command."],
  shortestSeekMs: ["shortest_seek", "ms", "Seek to a neighbouring track."],
  readSeekMs: ["read_seek", "ms", "Average seek of a read."],
  readSeekMaxMs: ["read_seek_max", "ms", "Seek of a read over the full stroke."],
  writeSeekMs: ["write_seek", "ms", "Average seek of a write."],
  writeSeekMaxMs: ["write_seek_max", "ms", "Seek of a write over the full stroke."],
  outerBytesPerSecond: ["outer_bandwidth", "B/s", "Transfer rate of the outermost tracks."],
  innerBytesPerSecond: ["inner_bandwidth", "B/s", "Transfer rate of the innermost tracks."],
  queueDepth: ["queue_depth", "1", "I/Os among which the drive chooses the one that it reaches first."],
  choiceExponent: [
    "choice_exponent",
    "1",
    "Fluid model: with q I/Os to choose from, getting to the next takes q to this power times less.",
  ],
} as const satisfies Record<string, Column>;

const flashColumns = {
  capacityBytes: ["capacity", "B", "Bytes of the drive."],
  readIops: ["read_iops", "1/s", "Random reads of 4 KiB in a second."],
  writeIops: ["write_iops", "1/s", "Random writes of 4 KiB in a second, sustained."],
  readLatencyMicros: ["read_latency", "us", "Latency of a read of 4 KiB at queue depth 1."],
  writeLatencyMicros: ["write_latency", "us", "Latency of a write of 4 KiB at queue depth 1."],
  readBytesPerSecond: ["read_bandwidth", "B/s", "Sequential reads."],
  writeBytesPerSecond: ["write_bandwidth", "B/s", "Sequential writes."],
  queueDepth: ["queue_depth", "1", "I/Os that the drive holds at once."],
} as const satisfies Record<string, Column>;

function declare<K extends string>(key: string, columns: Record<K, Column>, row: Record<K, Given>) {
  const names = Object.keys(columns) as K[];
  const parameters = names.map((name) => {
    const [as, unit, meaning] = columns[name];
    const [value, source, evidence] = row[name];
    return parameter({ name: `devices.${key}.${as}`, value, unit, meaning, source, evidence });
  });
  const figures = Object.fromEntries(names.map((name) => [name, row[name][0]])) as Record<K, number>;
  return { parameters, figures };
}

function diskDrive(key: string, row: Record<keyof typeof diskColumns, Given>): StorageDevice {
  const { parameters, figures } = declare(key, diskColumns, row);
  return { key, medium: "disk", parameters, model: disk({ key, ...figures }) };
}

function flashDrive(key: string, row: Record<keyof typeof flashColumns, Given>): StorageDevice {
  const { parameters, figures } = declare(key, flashColumns, row);
  return { key, medium: "flash", parameters, model: flash({ key, ...figures }) };
}

const hc310 = "Western Digital Ultrastar DC HC310 manual";
const k4000 = "HGST Ultrastar 7K4000 datasheet";
const c15k600 = "HGST Ultrastar C15K600 datasheet";
const pm983 = "Samsung PM983 3.84 TB datasheet";
const sata = "datasheets of the Samsung PM883 and PM893 class";
const stroke = "the full stroke taken as 1.35 times the average, as in the HC310";

/** What all disks share until somebody tells better. */
const anyDisk = {
  commandMs: [0, "the seek times of datasheets are taken to include the command", "assumed"],
  shortestSeekMs: [0.5, "usual for server drives", "assumed"],
  queueDepth: [32, "SATA native command queuing: 5 bits of tag", "from memory"],
  choiceExponent: [0.23, "fitted to the request-level model of these drives at queue depths from 4 to 32", "derived"],
} as const satisfies Record<string, Given>;

/** By key. */
export const storageDevices: ReadonlyMap<string, StorageDevice> = new Map(
  [
    diskDrive("hdd-7200", {
      ...anyDisk,
      capacityBytes: [6e12, `${hc310}: the 6 TB model`, "from memory"],
      rotationsPerMinute: [7200, hc310, "verified"],
      readSeekMs: [7.4, hc310, "verified"],
      readSeekMaxMs: [10, hc310, "verified"],
      writeSeekMs: [8.2, hc310, "verified"],
      writeSeekMaxMs: [11, hc310, "verified"],
      outerBytesPerSecond: [250e6, hc310, "from memory"],
      innerBytesPerSecond: [180e6, hc310, "from memory"],
    }),
    diskDrive("hdd-7k4000", {
      ...anyDisk,
      capacityBytes: [4e12, k4000, "verified"],
      rotationsPerMinute: [7200, k4000, "verified"],
      readSeekMs: [8.2, k4000, "verified"],
      readSeekMaxMs: [11.1, stroke, "assumed"],
      writeSeekMs: [8.2, k4000, "verified"],
      writeSeekMaxMs: [11.1, stroke, "assumed"],
      outerBytesPerSecond: [170e6, k4000, "from memory"],
      innerBytesPerSecond: [150e6, k4000, "from memory"],
    }),
    diskDrive("hdd-15k", {
      ...anyDisk,
      capacityBytes: [600e9, c15k600, "from memory"],
      rotationsPerMinute: [15_000, c15k600, "verified"],
      shortestSeekMs: [0.2, "in proportion to its average seek", "assumed"],
      readSeekMs: [2.9, c15k600, "verified"],
      readSeekMaxMs: [3.92, stroke, "assumed"],
      writeSeekMs: [3.1, c15k600, "verified"],
      writeSeekMaxMs: [4.19, stroke, "assumed"],
      outerBytesPerSecond: [250e6, c15k600, "from memory"],
      innerBytesPerSecond: [200e6, c15k600, "from memory"],
    }),
    flashDrive("nvme-pm983", {
      capacityBytes: [3.84e12, pm983, "verified"],
      readIops: [540_000, pm983, "verified"],
      writeIops: [50_000, pm983, "verified"],
      readLatencyMicros: [85, pm983, "verified"],
      writeLatencyMicros: [50, pm983, "verified"],
      readBytesPerSecond: [3.2e9, `${pm983} (a second one says 3.0 GB/s)`, "verified"],
      writeBytesPerSecond: [2e9, pm983, "verified"],
      queueDepth: [1024, "one queue of Linux's NVMe driver", "from memory"],
    }),
    flashDrive("ssd-sata", {
      capacityBytes: [1.92e12, sata, "from memory"],
      readIops: [98_000, sata, "from memory"],
      writeIops: [29_000, `${sata}: 28,000 to 30,000`, "from memory"],
      readLatencyMicros: [115, `${sata}: 100 to 130 us`, "from memory"],
      writeLatencyMicros: [45, `${sata}: 30 to 60 us`, "from memory"],
      readBytesPerSecond: [550e6, sata, "from memory"],
      writeBytesPerSecond: [520e6, sata, "from memory"],
      queueDepth: [32, "SATA native command queuing: 5 bits of tag", "from memory"],
    }),
  ].map((device) => [device.key, device]),
);
