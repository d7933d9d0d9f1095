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

export class Ring {
  readonly partPower: number;
  readonly parts: number;
  /** Replicas of a part; a fraction where only some parts have one more. */
  readonly replicas: number;
  private readonly table: readonly Uint16Array[];
  private readonly byId: RingDevice[] = [];
  /** What there is to be seen: regions, zones, nodes and devices that hold parts. */
  private readonly counts: readonly number[];

  /** `table`: by replica and part, the id of a device; the last row may be shorter. It is copied. */
  constructor(partPower: number, devices: readonly RingDevice[], table: readonly ArrayLike<number>[]) {
    this.partPower = partPower;
    this.parts = 2 ** partPower;
    this.table = table.map((row) => Uint16Array.from(row));
    for (const device of devices) this.byId[device.id] = device;
    let slots = 0;
    const seen = [new Set<string>(), new Set<string>(), new Set<string>(), new Set<string>()];
    for (const row of this.table) {
      slots += row.length;
      for (const id of new Set(row)) for (const [depth, key] of domains(this.device(id)).entries()) seen[depth]!.add(key);
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
    const used = [new Set<string>(), new Set<string>(), new Set<string>(), new Set<string>()];
    const use = (id: number) => domains(this.device(id)).forEach((key, depth) => used[depth]!.add(key));
    for (const id of this.primaries(part)) use(id);
    const walk = this.walk(part);
    for (const [depth, seen] of used.entries()) {
      for (const other of walk) {
        if (seen.size >= this.counts[depth]!) break;
        for (const id of this.devicesOf(other)) {
          if (seen.has(domains(this.device(id))[depth]!)) continue;
          use(id);
          yield id;
        }
      }
    }
  }

  /** The parts whose devices are tried as handoffs: all round the ring, in steps on a large one. */
  private walk(part: number): readonly number[] {
    const { parts } = this;
    const start = this.partOf(md5(String(part)));
    const step = Math.floor(parts / 65536) || 1;
    const order: number[] = [];
    for (let other = start; other < parts; other += step) order.push(other);
    for (let other = step - ((parts - start) % step); other < start; other += step) order.push(other);
    return order;
  }

  /** Ids by replica. */
  devicesOf(part: number): readonly number[] {
    if (!(Number.isInteger(part) && part >= 0 && part < this.parts)) {
      throw new RangeError(`no part ${part} in a ring of ${this.parts} parts`);
    }
    return this.table.flatMap((row) => (part < row.length ? [row[part]!] : []));
  }
}

/** Region, zone, node and device, each as far up as it takes to be told apart. */
function domains({ region, zone, ip, id }: RingDevice): readonly string[] {
  return [`${region}`, `${region}|${zone}`, `${region}|${zone}|${ip}`, `${id}`];
}
