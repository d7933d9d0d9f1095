// LVM: volumes on the devices of one host, in a single copy (the array below may be RAID). Thin snapshots share chunks with their origin: the
// first write to a shared chunk reads it and writes a copy before it writes what is new, so it costs about three I/Os instead of one.
//
// Which chunks are shared is not kept one by one: a write meets a shared one with the share of them, by a keyed draw.
//
// @source lvmthin(7); models of Cinder's LVM driver with `lvm_type = thin`
import type { Parameter } from "../../kernel/parameter.ts";
import { parameter } from "../../kernel/parameter.ts";
import type { Stream } from "../../kernel/random.ts";
import type { IoRefusal, StorageBackend, VolumeRequest } from "./backend.ts";
import { requireRates } from "./backend.ts";
import type { IoMix } from "./device.ts";
import type { IoPlan, Transfer } from "./io-plan.ts";
import { mergeTransfers, message } from "./io-plan.ts";
import { arrayIopsOf } from "./raid.ts";
import type { RaidArray } from "./raid-array.ts";

export const thinChunkBytes: Parameter = parameter({
  name: "lvm.thin_chunk",
  value: 65_536,
  unit: "B",
  meaning: "Chunk of a thin pool: what a snapshot shares and a first write copies.",
  source: "lvmthin(7): 64 KiB at least, the default for small pools",
  evidence: "from memory",
});

export const requestBytes: Parameter = parameter({
  name: "storage.request",
  value: 256,
  unit: "B",
  meaning: "A message that carries a request or an acknowledgement and no data.",
  source: "headers of iSCSI, NFS and Ceph are between 48 and some 300 bytes",
  evidence: "assumed",
});

const sectorsPerPlace = 65_536;

export class LocalBackend implements StorageBackend {
  readonly kind = "lvm";
  readonly name: string;
  readonly host: number;
  readonly array: RaidArray;
  private readonly draws: Stream;
  /** Bytes of each volume that a snapshot holds too, and bytes of the volume that are allocated. */
  private readonly shared: number[] = [];
  private readonly allocated: number[] = [];
  private writes = 0;

  constructor(name: string, host: number, array: RaidArray, draws: Stream) {
    this.name = name;
    this.host = host;
    this.array = array;
    this.draws = draws;
  }

  get usableBytes(): number {
    return this.array.usableBytes;
  }

  /** A thin snapshot of a volume of which `allocatedBytes` are in use: all of them are shared from now on. */
  snapshot(volume: number, allocatedBytes: number): void {
    if (!(allocatedBytes >= 0)) throw new RangeError(`volume ${volume}: a snapshot of ${allocatedBytes} bytes; expected 0 or more`);
    this.shared[volume] = allocatedBytes;
    this.allocated[volume] = allocatedBytes;
  }

  /** The last snapshot of the volume is deleted. */
  unshare(volume: number): void {
    this.shared[volume] = 0;
  }

  /** Share of the volume's bytes at which a write must copy first. */
  sharedShare(volume: number): number {
    const allocated = this.allocated[volume] ?? 0;
    return allocated > 0 ? (this.shared[volume] ?? 0) / allocated : 0;
  }

  plan(request: VolumeRequest): IoPlan | IoRefusal {
    const { client, volume, io } = request;
    const unit = unitOf(request);
    const plan = this.array.plan(io, unit);
    if (plan === null) return "data lost";
    const copy = io.write && this.meetsShared(volume, io.bytes) ? this.copyChunk(unit) : [];
    return overNetwork(client, this.host, io.write, io.bytes, [...copy, ...plan]);
  }

  flows(client: number, readBytesPerSecond: number, writeBytesPerSecond: number): readonly Transfer[] {
    requireRates(readBytesPerSecond, writeBytesPerSecond);
    return mergeTransfers([
      { from: this.host, to: client, bytes: readBytesPerSecond },
      { from: client, to: this.host, bytes: writeBytesPerSecond },
    ]);
  }

  iops(mix: IoMix): number {
    const { array } = this;
    return array.lost ? 0 : arrayIopsOf(array.level, array.members.length, array.device, mix, array.missing);
  }

  private meetsShared(volume: number, bytes: number): boolean {
    const share = this.sharedShare(volume);
    if (share === 0) return false;
    const meets = this.draws.uniform(volume, this.writes++) < share;
    if (meets) this.shared[volume] = Math.max(0, this.shared[volume]! - thinChunkBytes.value);
    // A write of whole chunks has nothing to copy.
    return meets && bytes < thinChunkBytes.value;
  }

  private copyChunk(unit: number): IoPlan {
    const bytes = thinChunkBytes.value;
    const read = this.array.plan({ write: false, bytes, sequential: false }, unit) ?? [];
    const write = this.array.plan({ write: true, bytes, sequential: false }, unit + 1) ?? [];
    return [...read, ...write];
  }
}

/** The stripe unit in which an I/O begins. Volumes lie one after the other; which part of the array they take does not matter, only that it spreads. */
export function unitOf({ volume, offsetBytes, io }: VolumeRequest): number {
  if (!(offsetBytes >= 0 && io.bytes >= 1)) {
    throw new RangeError(`volume ${volume}: an I/O of ${io.bytes} bytes at ${offsetBytes}; expected 1 or more at 0 or more`);
  }
  return volume * sectorsPerPlace + Math.floor(offsetBytes / thinChunkBytes.value);
}

/** A plan between the two messages that a client elsewhere needs: data go with the request of a write and with the answer of a read. */
export function overNetwork(client: number, server: number, write: boolean, bytes: number, plan: IoPlan): IoPlan {
  if (client === server) return plan;
  const small = requestBytes.value;
  return [[message(client, server, write ? small + bytes : small)], ...plan, [message(server, client, write ? small : small + bytes)]];
}
