// Guests of Bitbrains, a hoster of business software: for each one file with CPU, memory, disk and network, every five minutes for a month.
//
// Columns, separated by semicolons: the timestamp is headed [ms] but counts seconds; memory is in KB; throughputs are in KB/s, taken as 1024
// bytes. A sample that is missing is taken as the one before it. CPU use above what was provisioned (turbo) counts as all of it.
//
// @source Grid Workloads Archive, GWA-T-12; Shen, van Beek and Iosup, CCGRID 2015
import type { Micros } from "../../kernel/time.ts";
import { MILLISECOND, MINUTE, SECOND } from "../../kernel/time.ts";
import { TraceCsv } from "../trace-csv.ts";
import { RecordedSeries } from "../utilisation/recorded-series.ts";
import { memoryKb } from "./guest-memory.ts";

const STEP: Micros = 5 * MINUTE;
const BYTES_PER_KB = 1024;
/** Ten years of steps: a gap beyond them is a broken clock. */
const MOST_STEPS = 1_051_200;

const columnNames = {
  timestamp: "Timestamp [ms]",
  cores: "CPU cores",
  cpuProvisioned: "CPU capacity provisioned [MHZ]",
  cpuUsed: "CPU usage [MHZ]",
  memoryProvisioned: "Memory capacity provisioned [KB]",
  memoryUsed: "Memory usage [KB]",
  diskRead: "Disk read throughput [KB/s]",
  diskWrite: "Disk write throughput [KB/s]",
  received: "Network received throughput [KB/s]",
  transmitted: "Network transmitted throughput [KB/s]",
} as const;

/** What guests do in time, every quantity with the same guests and steps. */
export interface GuestDemand {
  readonly vcpus: readonly number[];
  /** Of the first sample. */
  readonly ramMb: readonly number[];
  /** Share of what was provisioned, 0..1. */
  readonly cpu: RecordedSeries;
  readonly memory: RecordedSeries;
  readonly diskReadBytesPerSecond: RecordedSeries;
  readonly diskWriteBytesPerSecond: RecordedSeries;
  readonly receivedBytesPerSecond: RecordedSeries;
  readonly transmittedBytesPerSecond: RecordedSeries;
}

/**
 * @param paths one file per guest
 * @throws InputError with every problem of the first file that has any
 */
export function readBitbrains(paths: readonly string[]): GuestDemand {
  const guests = paths.map(readGuest);
  const series = (of: (guest: Guest) => ArrayLike<number>) => new RecordedSeries(STEP, guests.map(of));
  return {
    vcpus: guests.map((guest) => guest.vcpus),
    ramMb: guests.map((guest) => guest.ramMb),
    cpu: series((guest) => guest.cpu),
    memory: series((guest) => guest.memory),
    diskReadBytesPerSecond: series((guest) => guest.diskRead),
    diskWriteBytesPerSecond: series((guest) => guest.diskWrite),
    receivedBytesPerSecond: series((guest) => guest.received),
    transmittedBytesPerSecond: series((guest) => guest.transmitted),
  };
}

interface Guest {
  readonly vcpus: number;
  readonly ramMb: number;
  readonly cpu: number[];
  readonly memory: number[];
  readonly diskRead: number[];
  readonly diskWrite: number[];
  readonly received: number[];
  readonly transmitted: number[];
}

function readGuest(path: string): Guest {
  const csv = new TraceCsv(path, Object.values(columnNames), ";");
  const column = (name: keyof typeof columnNames) => csv.column(columnNames[name]);
  const timestamp = column("timestamp");
  const [cores, provisioned, used] = [column("cores"), column("cpuProvisioned"), column("cpuUsed")];
  const [memoryProvisioned, memoryUsed] = [column("memoryProvisioned"), column("memoryUsed")];
  const throughputs = [column("diskRead"), column("diskWrite"), column("received"), column("transmitted")] as const;

  const rows = Array.from({ length: csv.count }, (_, row) => row);
  const times = rows.map((row) => csv.number(row, timestamp));
  const memoryKbs = rows.map((row) => memoryKb(csv, row, memoryProvisioned));
  const unit = unitOfTimestamps(csv, timestamp, times);
  const guest: Guest = {
    vcpus: csv.integer(0, cores, 0, 4096),
    ramMb: memoryKbs[0]! / 1024,
    ...{ cpu: [], memory: [], diskRead: [], diskWrite: [], received: [], transmitted: [] },
  };
  const quantities = [guest.cpu, guest.memory, guest.diskRead, guest.diskWrite, guest.received, guest.transmitted];
  for (const row of rows) {
    const step = Math.round(((times[row]! - times[0]!) * unit) / STEP);
    const before = guest.cpu.length;
    if (!(step >= before - 1) || step >= MOST_STEPS) csv.fault(row, timestamp, "expected timestamps that rise by five minutes or so");
    else for (let missed = before; missed < step; missed++) for (const quantity of quantities) quantity.push(quantity[before - 1]!);
    const sample = [
      shareOf(csv.number(row, used), csv.number(row, provisioned)),
      shareOf(csv.number(row, memoryUsed), memoryKbs[row]!),
      ...throughputs.map((throughput) => csv.number(row, throughput) * BYTES_PER_KB),
    ];
    for (const [i, value] of sample.entries()) {
      if (value < 0) csv.fault(row, null, `a quantity of the sample is negative: ${value}`);
      else if (step >= before) quantities[i]!.push(value);
      else if (before > 0) quantities[i]![before - 1] = value; // two samples in one step: the later one stands
    }
  }
  csv.throwFaults();
  return guest;
}

/** A guest that was given nothing uses nothing of it. */
function shareOf(used: number, provisioned: number): number {
  return provisioned === 0 ? 0 : Math.min(1, used / provisioned);
}

/** Microseconds of one unit: samples are five minutes apart, so most timestamps differ by 300 if they count seconds. */
function unitOfTimestamps(csv: TraceCsv, timestamp: number, times: readonly number[]): Micros {
  if (times.length < 2) return SECOND;
  const gaps = times.slice(1).map((time, row) => time - times[row]!);
  const usual = gaps.sort((a, b) => a - b)[gaps.length >> 1]!;
  for (const unit of [SECOND, MILLISECOND]) if (Math.abs(usual * unit - STEP) <= MINUTE) return unit;
  csv.fault(1, timestamp, `expected samples five minutes apart, in seconds or milliseconds; most are ${usual} apart`);
  return SECOND;
}
