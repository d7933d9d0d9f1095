// The devices of storage nodes and the files on them. A node that is down does not answer; a device that has failed is unmounted, its node
// answers 507 for it, and what was on it is gone.
import { swiftParameters } from "./swift-parameters.ts";

/** A copy or a fragment of an object, or the tombstone that says it is deleted. */
export interface StoredFile {
  /** Row of the object. */
  readonly object: number;
  /** 0 for whole copies and tombstones of them. */
  readonly fragment: number;
  /** Of the PUT or DELETE that made it; the newest wins. */
  readonly version: number;
  /** Of the last POST, or of the PUT. */
  readonly metadataVersion: number;
  readonly atSeconds: number;
  /** On the device. */
  readonly bytes: number;
  readonly objectBytes: number;
  readonly tombstone: boolean;
}

export interface StorageDevice {
  readonly id: number;
  /** Its node. */
  readonly ip: string;
  readonly capacityBytes: number;
}

/** Part of a storage policy, as one number. */
export type PartKey = number;

export function partKey(policy: number, part: number): PartKey {
  return policy * 4294967296 + part;
}

export function partOfKey(key: PartKey): { readonly policy: number; readonly part: number } {
  const policy = Math.floor(key / 4294967296);
  return { policy, part: key - policy * 4294967296 };
}

/** Is `a` newer than `b`, where there is one? */
export function isNewer(a: StoredFile, b: StoredFile | undefined): boolean {
  return b === undefined || a.version > b.version || (a.version === b.version && a.metadataVersion > b.metadataVersion);
}

interface DeviceRow extends StorageDevice {
  mounted: boolean;
  usedBytes: number;
  /** By part, then by object: its fragments, or its one copy. */
  readonly files: Map<PartKey, Map<number, readonly StoredFile[]>>;
}

export class StorageNodes {
  private readonly rows = new Map<number, DeviceRow>();
  private readonly down = new Set<string>();
  /** Counts all that has changed: files that came and went, devices and nodes that failed and are back; rings, where they are changed. */
  changes = 0;

  constructor(devices: readonly StorageDevice[]) {
    for (const device of devices) this.add(device);
  }

  add(device: StorageDevice): void {
    const { id, capacityBytes } = device;
    if (this.rows.has(id)) throw new RangeError(`storage device ${id} is there already: expected another id`);
    if (!(capacityBytes >= 0 && Number.isSafeInteger(capacityBytes))) {
      throw new RangeError(`storage device ${id}: a capacity of ${capacityBytes} bytes; expected a whole number of 0 or more`);
    }
    this.rows.set(id, { ...device, mounted: true, usedBytes: 0, files: new Map() });
  }

  /** Ids of all devices, in the order in which they were added. */
  get ids(): readonly number[] {
    return [...this.rows.keys()];
  }

  ipOf(device: number): string {
    return this.row(device).ip;
  }

  setNodeDown(ip: string, down: boolean): void {
    if (![...this.rows.values()].some((row) => row.ip === ip)) throw new RangeError(`no storage node ${ip}: expected the address of one`);
    this.changes++;
    if (down) this.down.add(ip);
    else this.down.delete(ip);
  }

  /** The device has failed: it holds nothing any more. */
  fail(device: number): void {
    const row = this.row(device);
    this.changes++;
    row.mounted = false;
    row.usedBytes = 0;
    row.files.clear();
  }

  /** A new, empty device takes the place of a failed one. */
  replace(device: number): void {
    this.changes++;
    this.row(device).mounted = true;
  }

  /** What a proxy meets there: an answer, 507 (not mounted), or silence. */
  state(device: number): "up" | "unmounted" | "down" {
    const row = this.row(device);
    if (this.down.has(row.ip)) return "down";
    return row.mounted ? "up" : "unmounted";
  }

  isUnmounted(device: number): boolean {
    return !this.row(device).mounted;
  }

  usedBytes(device: number): number {
    return this.row(device).usedBytes;
  }

  /** Room for a file of so many bytes above the reserve? */
  hasRoom(device: number, bytes: number): boolean {
    const { capacityBytes, usedBytes } = this.row(device);
    return bytes === 0 || usedBytes + bytes <= capacityBytes * (1 - swiftParameters.fallocateReserve.value);
  }

  /** Keeps the file unless there is a newer one. False, and nothing happens, when there is no room. */
  store(device: number, key: PartKey, file: StoredFile): boolean {
    const row = this.row(device);
    const held = this.filesOf(device, key, file.object);
    const old = held.find(({ fragment }) => fragment === file.fragment);
    if (!isNewer(file, old)) return true;
    const more = file.bytes - (old?.bytes ?? 0);
    if (more > 0 && !this.hasRoom(device, more)) return false;
    let files = row.files.get(key);
    if (files === undefined) row.files.set(key, (files = new Map()));
    files.set(file.object, [...held.filter((other) => other !== old), file]);
    row.usedBytes += more;
    this.changes++;
    return true;
  }

  drop(device: number, key: PartKey, file: StoredFile): void {
    const row = this.row(device);
    const held = this.filesOf(device, key, file.object);
    const left = held.filter(({ fragment }) => fragment !== file.fragment);
    if (left.length === held.length) return;
    this.changes++;
    const files = row.files.get(key)!;
    if (left.length > 0) files.set(file.object, left);
    else files.delete(file.object);
    if (files.size === 0) row.files.delete(key);
    for (const gone of held) if (gone.fragment === file.fragment) row.usedBytes -= gone.bytes;
  }

  /** Of one object. */
  filesOf(device: number, key: PartKey, object: number): readonly StoredFile[] {
    return this.row(device).files.get(key)?.get(object) ?? [];
  }

  /** Of all objects of a part, in the order in which these came. */
  filesIn(device: number, key: PartKey): readonly StoredFile[] {
    const found: StoredFile[] = [];
    for (const files of this.row(device).files.get(key)?.values() ?? []) for (const file of files) found.push(file);
    return found;
  }

  /** Parts of which the device holds files, ascending. */
  partsOn(device: number): readonly PartKey[] {
    return [...this.row(device).files.keys()].sort((a, b) => a - b);
  }

  /** What is used is what the files take, and no more than there is. Returns what is wrong, null when nothing is. */
  check(): string | null {
    for (const { id, usedBytes, capacityBytes, files } of this.rows.values()) {
      let sum = 0;
      for (const key of files.keys()) for (const { bytes } of this.filesIn(id, key)) sum += bytes;
      if (sum !== usedBytes) return `storage device ${id}: ${usedBytes} B used, files of ${sum} B`;
      if (sum > capacityBytes) return `storage device ${id}: files of ${sum} B on ${capacityBytes} B`;
    }
    return null;
  }

  private row(device: number): DeviceRow {
    const row = this.rows.get(device);
    if (row === undefined) throw new RangeError(`no storage device ${device}: expected the id of one that was added`);
    return row;
  }
}
