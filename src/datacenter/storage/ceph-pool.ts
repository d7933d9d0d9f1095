// A replicated pool of Ceph for RBD: objects belong to placement groups, a group has a copy on each of `size` OSDs of different hosts. Reads ask
// the primary. Writes go to the primary, from it to the replicas side by side, and are acknowledged when all have committed:
// L_w = L_net + L_primary + max over replicas of (L_net + L_replica).
//
// The pool knows who holds what (`acting`), who is up and in, and how full each OSD is; time passes in `ceph-recovery.ts`. Assumes that data are
// spread evenly over the groups, so that an OSD holds its groups' share of them.
import type { IoRefusal, StorageBackend, VolumeRequest } from "./backend.ts";
import { requireRates } from "./backend.ts";
import { cephParameters as ceph } from "./ceph-parameters.ts";
import { chooseOsds, placementGroups } from "./crush.ts";
import type { DeviceModel, Io, IoMix } from "./device.ts";
import { iopsOf, requireMix } from "./device.ts";
import type { IoPlan, Leg, Transfer } from "./io-plan.ts";
import { mergeTransfers, message } from "./io-plan.ts";
import { requestBytes } from "./local-backend.ts";

export interface OsdDescription {
  /** Its place in the network. */
  readonly host: number;
  readonly device: DeviceModel;
  /** Number of the device among those of the whole storage. */
  readonly deviceNumber: number;
  /** CRUSH weight; by default the capacity in TiB. */
  readonly weight?: number;
}

export interface CephDescription {
  readonly name: string;
  readonly osds: readonly OsdDescription[];
  readonly size?: number;
  readonly minSize?: number;
  readonly placementGroups?: number;
}

/** Objects into which RBD cuts an image. */
const OBJECT_BYTES = 4 * 1024 * 1024;
const TIB = 2 ** 40;

export class CephPool implements StorageBackend {
  readonly kind = "ceph";
  readonly name: string;
  readonly osds: readonly OsdDescription[];
  readonly size: number;
  readonly minSize: number;
  readonly groups: number;
  /** By group and copy: the OSD that holds it. Copy 0 is the primary while it is up. */
  readonly acting: Int32Array;
  /** By OSD: it answers; the others know if not; it is to hold data; its data are gone. */
  readonly up: Uint8Array;
  readonly knownDown: Uint8Array;
  readonly in: Uint8Array;
  readonly destroyed: Uint8Array;
  private readonly hosts: number[];
  private readonly weights: number[];
  private readonly copiesOn: Int32Array;
  private storedBytes = 0;

  constructor(description: CephDescription) {
    const { name, osds, size = ceph.size.value, minSize = Math.min(size, ceph.minSize.value) } = description;
    const hosts = new Set(osds.map(({ host }) => host)).size;
    if (!(Number.isInteger(size) && size >= 1 && size <= hosts)) {
      throw new RangeError(
        `Ceph pool ${name}: ${size} copies on ${hosts} hosts; expected 1 to as many copies as there are hosts with OSDs`,
      );
    }
    if (!(minSize >= 1 && minSize <= size)) throw new RangeError(`Ceph pool ${name}: min_size ${minSize}; expected 1 to ${size}, its size`);
    const groups = description.placementGroups ?? placementGroups(osds.length, size, ceph.groupsPerOsd.value);
    if (!(Number.isInteger(groups) && groups >= 1 && groups <= 2 ** 20)) {
      throw new RangeError(`Ceph pool ${name}: ${groups} placement groups; expected a whole number from 1 to ${2 ** 20}`);
    }
    this.name = name;
    this.osds = osds;
    this.size = size;
    this.minSize = minSize;
    this.groups = groups;
    this.hosts = osds.map(({ host }) => host);
    this.weights = osds.map(({ weight, device }, osd) => {
      const given = weight ?? device.capacityBytes / TIB;
      if (!(given > 0 && given < Number.POSITIVE_INFINITY))
        throw new RangeError(`Ceph pool ${name}: OSD ${osd} has a weight of ${given}; expected above 0`);
      return given;
    });
    this.up = new Uint8Array(osds.length).fill(1);
    this.in = new Uint8Array(osds.length).fill(1);
    this.knownDown = new Uint8Array(osds.length);
    this.destroyed = new Uint8Array(osds.length);
    this.copiesOn = new Int32Array(osds.length);
    this.acting = new Int32Array(groups * size);
    for (let group = 0; group < groups; group++) {
      for (const [copy, osd] of this.wanted(group).entries()) {
        this.acting[group * size + copy] = osd;
        this.copiesOn[osd]!++;
      }
    }
  }

  /** Raw capacity over copies, less what must stay free: raw / size x nearfull ratio. */
  get usableBytes(): number {
    const raw = this.osds.reduce((sum, { device }, osd) => sum + (this.in[osd] === 1 ? device.capacityBytes : 0), 0);
    return Math.floor((raw / this.size) * ceph.nearFullRatio.value);
  }

  /** Bytes of volumes, each counted once. */
  get stored(): number {
    return this.storedBytes;
  }

  /** The OSDs that should hold a group as the weights are now, the primary first. */
  wanted(group: number): readonly number[] {
    return chooseOsds(
      group,
      this.size,
      this.hosts,
      this.weights.map((weight, osd) => (this.in[osd] === 1 ? weight : 0)),
    );
  }

  /** Copies of groups that an OSD holds. */
  copiesOf(osd: number): number {
    return this.copiesOn[osd]!;
  }

  get bytesPerGroup(): number {
    return this.storedBytes / this.groups;
  }

  usedShare(osd: number): number {
    return (this.copiesOn[osd]! * this.bytesPerGroup) / this.osds[osd]!.device.capacityBytes;
  }

  /** How full an OSD is, as Ceph's health checks put it. */
  fullness(osd: number): "ok" | "nearfull" | "backfillfull" | "full" {
    const share = this.usedShare(osd);
    if (share >= ceph.fullRatio.value) return "full";
    if (share >= ceph.backfillFullRatio.value) return "backfillfull";
    return share >= ceph.nearFullRatio.value ? "nearfull" : "ok";
  }

  /** One full OSD stops the writes of the whole pool. */
  get isFull(): boolean {
    return this.osds.some((_, osd) => this.in[osd] === 1 && this.fullness(osd) === "full");
  }

  /** Volumes take new room (or give some back: below 0). `ENOSPC` where an OSD is full; nothing is written then. */
  store(bytes: number): "written" | "ENOSPC" {
    if (!Number.isFinite(bytes)) throw new RangeError(`Ceph pool ${this.name}: ${bytes} bytes to store; expected a finite number`);
    if (bytes > 0 && this.isFull) return "ENOSPC";
    this.storedBytes = Math.max(0, this.storedBytes + bytes);
    return "written";
  }

  /** The group of an offset of a volume: RBD cuts images into objects, which are spread by their hash. */
  groupOf(volume: number, offsetBytes: number): number {
    let hash = Math.imul(volume + 1, 0x9e3779b1) ^ Math.imul(Math.floor(offsetBytes / OBJECT_BYTES) + 1, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    return ((hash ^ (hash >>> 15)) >>> 0) % this.groups;
  }

  /** The OSDs of a group that hold its data and are up. */
  holders(group: number): readonly number[] {
    const holding: number[] = [];
    for (let copy = 0; copy < this.size; copy++) {
      const osd = this.acting[group * this.size + copy]!;
      if (this.up[osd] === 1 && this.destroyed[osd] === 0) holding.push(osd);
    }
    return holding;
  }

  isLost(group: number): boolean {
    for (let copy = 0; copy < this.size; copy++) if (this.destroyed[this.acting[group * this.size + copy]!] === 0) return false;
    return true;
  }

  /** A copy of a group is on another OSD from now on. */
  move(group: number, copy: number, to: number): void {
    const at = group * this.size + copy;
    this.copiesOn[this.acting[at]!]!--;
    this.acting[at] = to;
    this.copiesOn[to]!++;
  }

  plan({ client, volume, offsetBytes, io }: VolumeRequest): IoPlan | IoRefusal {
    const group = this.groupOf(volume, offsetBytes);
    if (this.isLost(group)) return "data lost";
    if (io.write && this.isFull) return "ENOSPC";
    const holders = this.holders(group);
    if (holders.length < this.minSize || this.awaitsNews(group)) return "stalled";
    const [primary, ...replicas] = holders as [number, ...number[]];
    const small = requestBytes.value;
    const host = this.hosts[primary]!;
    const ask: Transfer = { from: client, to: host, bytes: io.write ? small + io.bytes : small };
    if (!io.write) return [[this.leg(ask, primary, io, { from: host, to: client, bytes: small + io.bytes })]];
    const copies = replicas.map((osd) =>
      this.leg({ from: host, to: this.hosts[osd]!, bytes: small + io.bytes }, osd, io, { from: this.hosts[osd]!, to: host, bytes: small }),
    );
    return [[this.leg(ask, primary, io, null)], copies, [message(host, client, small)]];
  }

  flows(client: number, readBytesPerSecond: number, writeBytesPerSecond: number): readonly Transfer[] {
    requireRates(readBytesPerSecond, writeBytesPerSecond);
    const transfers: Transfer[] = [];
    const [read, write] = [readBytesPerSecond / this.groups, writeBytesPerSecond / this.groups];
    for (let group = 0; group < this.groups; group++) {
      const [primary, ...replicas] = this.holders(group);
      if (primary === undefined) continue;
      const host = this.hosts[primary]!;
      transfers.push({ from: host, to: client, bytes: read }, { from: client, to: host, bytes: write });
      for (const osd of replicas) transfers.push({ from: host, to: this.hosts[osd]!, bytes: write });
    }
    return mergeTransfers(transfers);
  }

  /**
   * I/Os per second of all OSDs that are up: a read costs its primary one read, a write costs each copy one write. Assumes an even load, and that
   * a write takes an OSD the longer of its small-write time and its bytes' time.
   */
  iops(mix: IoMix): number {
    requireMix(mix);
    let osds = 0;
    for (let osd = 0; osd < this.osds.length; osd++) osds += this.up[osd]! & this.in[osd]!;
    if (osds === 0) return 0;
    const { device } = this.osds[0]!;
    const flash = !device.hasArm;
    const writeIops = flash ? ceph.osdWriteIopsFlash.value : ceph.osdWriteIopsDisk.value;
    const bandwidth = flash ? ceph.osdWriteBytesPerSecondFlash.value : ceph.osdWriteBytesPerSecondDisk.value;
    const small = (1 - mix.sequentialShare) / writeIops;
    const write = Math.max(small, mix.bytes / bandwidth);
    const read = 1 / iopsOf(device, { ...mix, writeShare: 0 });
    return osds / ((1 - mix.writeShare) * read + mix.writeShare * this.size * write);
  }

  /** An OSD of the group is silent and the others do not know yet: what is asked of it hangs. */
  private awaitsNews(group: number): boolean {
    for (let copy = 0; copy < this.size; copy++) {
      const osd = this.acting[group * this.size + copy]!;
      if (this.up[osd] === 0 && this.knownDown[osd] === 0) return true;
    }
    return false;
  }

  private leg(transfer: Transfer, osd: number, io: Io, reply: Transfer | null): Leg {
    const [work, jitter] = io.write ? [ceph.writeWorkSeconds, ceph.writeJitterSeconds] : [ceph.readWorkSeconds, ceph.readJitterSeconds];
    const { deviceNumber } = this.osds[osd]!;
    return { transfer, workSeconds: work.value, jitterSeconds: jitter.value, device: deviceNumber, io, reply };
  }
}
