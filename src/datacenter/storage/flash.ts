// A flash drive: many dies that work side by side behind one interface. An I/O holds a channel for a fixed time and for its share of the
// bandwidth; large I/Os are striped over the dies, so they are acknowledged at the speed of the whole drive. Random writes leave garbage to
// collect: they hold their channel longer by the write amplification, and a mix of w writes is slower than reads by 1 / (1 + w (WA - 1)).
//
// Channels and times are derived from what datasheets tell: random I/O/s at 4 KiB, latency at queue depth 1, sequential bandwidth.
import { SECOND } from "../../kernel/time.ts";
import type { DeviceModel, Io, IoMix } from "./device.ts";
import { overMix } from "./device.ts";

export interface FlashFigures {
  readonly key: string;
  readonly capacityBytes: number;
  readonly readIops: number;
  readonly writeIops: number;
  readonly readLatencyMicros: number;
  readonly writeLatencyMicros: number;
  readonly readBytesPerSecond: number;
  readonly writeBytesPerSecond: number;
  readonly queueDepth: number;
}

/** Size of the I/Os for which datasheets tell random figures. */
export const DATASHEET_BYTES = 4096;

/** Times as long a random write holds its channel as a random read does. */
export function writeAmplification({ readIops, writeIops }: FlashFigures): number {
  return readIops / writeIops;
}

export function flash(figures: FlashFigures): DeviceModel {
  const { key } = figures;
  for (const [name, value] of Object.entries(figures)) {
    if (typeof value === "number" && !(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`flash drive ${key}: ${name} is ${value}; expected a finite number above 0`);
    }
  }
  // Little's law: so many reads are under way when the drive answers all it can at its latency.
  const channels = Math.ceil((figures.readIops * figures.readLatencyMicros) / SECOND);
  const way = (iops: number, latencyMicros: number, bytesPerSecond: number, name: string) => {
    const byteMicros = SECOND / bytesPerSecond;
    const ofDatasheet = SECOND / iops;
    const fixed = (ofDatasheet - DATASHEET_BYTES * byteMicros) * channels;
    if (!(fixed >= 0)) {
      throw new RangeError(
        `flash drive ${key}: ${iops} ${name} of ${DATASHEET_BYTES} bytes are more than its ${bytesPerSecond} B/s can carry; ` +
          `expected at most ${Math.floor(bytesPerSecond / DATASHEET_BYTES)}`,
      );
    }
    return { fixed, byteMicros, latencyMicros };
  };
  const read = way(figures.readIops, figures.readLatencyMicros, figures.readBytesPerSecond, "reads");
  const write = way(figures.writeIops, figures.writeLatencyMicros, figures.writeBytesPerSecond, "writes");

  const holdMicros = (io: Io) => {
    const { fixed, byteMicros } = io.write ? write : read;
    return (io.sequential ? 0 : fixed) + io.bytes * byteMicros * channels;
  };
  const acknowledgeMicros = (io: Io) => {
    const { latencyMicros, byteMicros } = io.write ? write : read;
    return Math.max(1, latencyMicros + (io.bytes - DATASHEET_BYTES) * byteMicros);
  };

  return {
    key,
    capacityBytes: figures.capacityBytes,
    channels,
    queueDepth: figures.queueDepth,
    hasArm: false,
    positioningMicros: () => 0,
    holdMicros,
    acknowledgeMicros,
    holdMoments: (mix: IoMix) => ({
      mean: overMix(mix, holdMicros) / SECOND,
      square: overMix(mix, (io) => holdMicros(io) * holdMicros(io)) / (SECOND * SECOND),
    }),
    idleLatencySeconds: (mix) => overMix(mix, acknowledgeMicros) / SECOND,
    busySeconds: (mix) => overMix(mix, holdMicros) / SECOND,
  };
}
