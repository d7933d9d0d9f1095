// NFS: volumes are files on one server. Every byte passes the server's network link and its array, so all clients share both.
//
// @source cinder/volume/drivers/nfs.py (volumes as sparse or preallocated files on a share)
import type { IoRefusal, StorageBackend, VolumeRequest } from "./backend.ts";
import { requireRates } from "./backend.ts";
import type { IoMix } from "./device.ts";
import type { IoPlan, Transfer } from "./io-plan.ts";
import { mergeTransfers } from "./io-plan.ts";
import { overNetwork, unitOf } from "./local-backend.ts";
import { arrayIopsOf } from "./raid.ts";
import type { RaidArray } from "./raid-array.ts";

export class NfsBackend implements StorageBackend {
  readonly kind = "nfs";
  readonly name: string;
  /** The place of the server in the network. */
  readonly server: number;
  readonly array: RaidArray;
  private up = true;

  constructor(name: string, server: number, array: RaidArray) {
    this.name = name;
    this.server = server;
    this.array = array;
  }

  get usableBytes(): number {
    return this.array.usableBytes;
  }

  /** The server stops or starts answering; I/Os of hard mounts hang meanwhile. */
  setUp(up: boolean): void {
    this.up = up;
  }

  plan(request: VolumeRequest): IoPlan | IoRefusal {
    if (!this.up) return "stalled";
    const { client, io } = request;
    const plan = this.array.plan(io, unitOf(request));
    return plan === null ? "data lost" : overNetwork(client, this.server, io.write, io.bytes, plan);
  }

  flows(client: number, readBytesPerSecond: number, writeBytesPerSecond: number): readonly Transfer[] {
    requireRates(readBytesPerSecond, writeBytesPerSecond);
    return mergeTransfers([
      { from: this.server, to: client, bytes: readBytesPerSecond },
      { from: client, to: this.server, bytes: writeBytesPerSecond },
    ]);
  }

  iops(mix: IoMix): number {
    const { array } = this;
    return !this.up || array.lost ? 0 : arrayIopsOf(array.level, array.members.length, array.device, mix, array.missing);
  }
}
