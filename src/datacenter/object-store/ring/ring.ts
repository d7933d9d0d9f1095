// A ring as proxies and nodes use it: from a name to a part, from a part to the devices that hold it (primaries), and on to those that stand in
// while a primary cannot be reached (handoffs).
// @source swift/common/ring/ring.py (2.30): get_part_nodes, get_more_nodes; swift/common/utils.py: hash_path
import { type Digest, md5 } from "../../../kernel/md5.ts";
import type { RingDevice } from "./ring-device.ts";

/** `hash_path_prefix` and `hash_path_suffix` of `swift.conf`: secrets of the cluster, so that nobody fills one device by choosing names. */
export interface HashPath {
  readonly prefix: string;
  readonly suffix: string;
}

/** The digest of an account, a container or an object. */
export function hashPath({ prefix, suffix }: HashPath, account: string, container?: string | null, object?: string | null): Digest {
  if (prefix === "" && suffix === "") {
    throw new RangeError("hash_path_prefix and hash_path_suffix are both empty: expected at least one of them in swift.conf");
  }
  const names = [account, container, object].filter((name) => name != null && name !== "");
  if (object && !container) throw new RangeError(`object ${object} of account ${account} without a container: expected one`);
  return md5(`${prefix}/${names.join("/")}${suffix}`);
}

/** Two to the part power, which is at most 32. */
export function partCount(partPower: number): number {
  return partPower === 32 ? 4294967296 : (1 << partPower) >>> 0;
}

/** Throws a RangeError when a ring cannot take the place of another, because it has other parts. */
export function requireSameParts(before: Ring, after: Ring): void {
  if (before.parts === after.parts) return;
  throw new RangeError(`a ring of ${after.parts} parts in place of one of ${before.parts}: expected as many`);
}

export class Ring {
  readonly partPower: number;
  readonly parts: number;
  /** Replicas of a part; a fraction where only some parts have one more. */
  readonly replicas: number;
  private readonly table: readonly Uint16Array[];
  private readonly byId: RingDevice[] = [];
  /** By device: numbers of its region, zone, node, and its own. */
  private readonly domains: (readonly number[])[] = [];
  /** What there is to be seen: regions, zones, nodes and devices that hold parts. */
  private readonly counts: readonly number[];

  /** `table`: by replica and part, the id of a device; the last row may be shorter. It is copied. */
  constructor(partPower: number, devices: readonly RingDevice[], table: readonly ArrayLike<number>[]) {
    this.partPower = partPower;
    this.parts = partCount(partPower);
    this.table = table.map((row) => Uint16Array.from(row));
    const numbers = new Map<string, number>();
    for (const device of devices) {
      const { id, region, zone, ip } = device;
      this.byId[id] = device;
      this.domains[id] = [`${region}`, `${region}|${zone}`, `${region}|${zone}|${ip}`, `device ${id}`].map((key) => {
        const number = numbers.get(key) ?? numbers.size;
        numbers.set(key, number);
        return number;
      });
    }
    let slots = 0;
    const seen = noneSeen();
    for (const row of this.table) {
      slots += row.length;
      for (const id of new Set(row)) this.see(id, seen);
    }
    this.replicas = slots / this.parts;
    this.counts = seen.map(({ size }) => size);
  }

  device(id: number): RingDevice {
    const device = this.byId[id];
    if (device === undefined) throw new RangeError(`the ring's table names device ${id}, which is not among its devices`);
    return device;
  }

  get devices(): readonly RingDevice[] {
    return this.byId.filter((device) => device !== undefined);
  }

  partOf(digest: Digest): number {
    return this.partPower === 0 ? 0 : digest[0] >>> (32 - this.partPower);
  }

  /** Ids of the devices that hold a part, in the order of its replicas. */
  primaries(part: number): readonly number[] {
    return [...new Set(this.devicesOf(part))];
  }

  /** How many replicas this part has. */
  replicasOf(part: number): number {
    return this.devicesOf(part).length;
  }

  /**
   * Ids of the devices to turn to after the primaries, the best first: those in other regions than all before them, then in other zones, then on
   * other nodes, then the rest. The same for the same part every time, so that a reader looks where a writer has left things.
   */
  *handoffs(part: number): Generator<number, void, undefined> {
    const used = noneSeen();
    for (const id of this.primaries(part)) this.see(id, used);
    for (const [depth, seen] of used.entries()) {
      if (seen.size >= this.counts[depth]!) continue;
      for (const other of this.walk(part)) {
        for (const row of this.table) {
          const id = row[other];
          if (id === undefined || seen.has(this.domains[id]![depth]!)) continue;
          this.see(id, used);
          yield id;
        }
        if (seen.size >= this.counts[depth]!) break;
      }
    }
  }

  /** The parts whose devices are tried as handoffs: all round the ring, in steps on a large one. */
  private *walk(part: number): Generator<number, void, undefined> {
    const { parts } = this;
    const start = this.partOf(md5(String(part)));
    const step = Math.floor(parts / 65536) || 1;
    for (let other = start; other < parts; other += step) yield other;
    for (let other = step - ((parts - start) % step); other < start; other += step) yield other;
  }

  /** Adds the domains of a device to those seen. */
  private see(id: number, seen: readonly Set<number>[]): void {
    const domains = this.domains[this.device(id).id]!;
    for (const [depth, set] of seen.entries()) set.add(domains[depth]!);
  }

  /** Ids by replica. */
  devicesOf(part: number): readonly number[] {
    if (!(Number.isInteger(part) && part >= 0 && part < this.parts)) {
      throw new RangeError(`no part ${part} in a ring of ${this.parts} parts`);
    }
    const devices: number[] = [];
    for (const row of this.table) if (part < row.length) devices.push(row[part]!);
    return devices;
  }
}

/** Regions, zones, nodes, devices. */
function noneSeen(): readonly Set<number>[] {
  return [new Set(), new Set(), new Set(), new Set()];
}
