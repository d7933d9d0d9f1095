// How copies come to where they belong. Each device's replicator goes through the parts on it: a primary pushes to the other primaries what they
// lack, and to a handoff in place of one whose device is unmounted; a device that is no primary of a part pushes everything home and then lets go
// of it. For a node that merely does not answer nothing is copied anew: it comes back. With erasure coding, the reconstructor builds a missing
// fragment from as many others as it takes.
//
// A pass is planned and its moves are applied one by one, so that a workflow can put the transfers and their time in between.
//
// Assumes that a primary rebuilds what any other lacks, where Swift's reconstructor looks at three partners only.
// @source swift/obj/replicator.py, swift/obj/reconstructor.py (2.30)
import { isNewer, type PartKey, partKey, partOfKey, type StorageNodes, type StoredFile } from "./storage-nodes.ts";
import { filesToRead, fragmentIn, type StoragePolicy } from "./storage-policy.ts";
import { swiftParameters } from "./swift-parameters.ts";

/** Files of a part that go from one device to another. */
export interface PartMove {
  readonly policy: number;
  readonly part: number;
  readonly from: number;
  readonly to: number;
  readonly files: readonly StoredFile[];
  /** Sent from one to the other. */
  readonly bytes: number;
  /** Read from other devices to rebuild fragments, before that. */
  readonly rebuildBytes: number;
}

export class Replicator {
  private readonly nodes: StorageNodes;
  private readonly policyAt: (index: number) => StoragePolicy;

  constructor(nodes: StorageNodes, policyAt: (index: number) => StoragePolicy) {
    this.nodes = nodes;
    this.policyAt = policyAt;
  }

  /** What the replicator of a device would send now, parts ascending. */
  plan(device: number): readonly PartMove[] {
    if (this.nodes.state(device) !== "up") return [];
    return this.nodes.partsOn(device).flatMap((key) => this.planPart(device, key));
  }

  /** The same for one part. */
  planOf(device: number, policy: number, part: number): readonly PartMove[] {
    return this.nodes.state(device) === "up" ? this.planPart(device, partKey(policy, part)) : [];
  }

  /** Devices from which fragments are read to rebuild those of a move, as many as it takes besides its own. */
  sourcesOf({ policy: index, part, from, files }: PartMove): readonly number[] {
    const policy = this.policyAt(index);
    const holds = (device: number) =>
      files.some(({ object, version, fragment }) =>
        this.nodes
          .filesOf(device, partKey(index, part), object)
          .some((other) => other.version === version && other.fragment !== fragment && !other.tombstone),
      );
    const others = [...policy.ring.primaries(part), ...policy.ring.handoffs(part)].filter(
      (device) => device !== from && this.nodes.state(device) === "up" && holds(device),
    );
    return others.slice(0, filesToRead(policy) - 1);
  }

  /** The transfer of a move has ended. Returns how many files are in their place; the rest met a device that is full or does not answer. */
  apply({ policy, part, to, files }: PartMove): number {
    if (this.nodes.state(to) !== "up") return 0;
    const key = partKey(policy, part);
    return files.filter((file) => {
      const older = this.nodes
        .filesOf(to, key, file.object)
        .filter((other) => other.version < file.version && other.fragment !== file.fragment);
      for (const other of older) this.nodes.drop(to, key, other);
      return this.nodes.store(to, key, file);
    }).length;
  }

  /** The beginning of a pass: tombstones beyond `reclaim_age` go. Returns how many. */
  reclaim(device: number, nowSeconds: number): number {
    const old = ({ tombstone, atSeconds }: StoredFile) => tombstone && nowSeconds - atSeconds >= swiftParameters.reclaimAgeSeconds.value;
    return this.dropWhere(device, (_, file) => old(file));
  }

  /** The end of a pass: a device that is no primary drops what all primaries have. Returns how many files. */
  letGo(device: number): number {
    return this.dropWhere(device, (key, file) => this.isHome(device, key, file));
  }

  private dropWhere(device: number, goes: (key: PartKey, file: StoredFile) => boolean): number {
    if (this.nodes.state(device) !== "up") return 0;
    let dropped = 0;
    for (const key of this.nodes.partsOn(device)) {
      for (const file of this.nodes.filesIn(device, key)) {
        if (!goes(key, file)) continue;
        this.nodes.drop(device, key, file);
        dropped++;
      }
    }
    return dropped;
  }

  private planPart(device: number, key: PartKey): readonly PartMove[] {
    const { policy: index, part } = partOfKey(key);
    const policy = this.policyAt(index);
    const primaries = policy.ring.devicesOf(part);
    const isPrimary = primaries.includes(device);
    const held = this.nodes.filesIn(device, key);
    const handoffs = policy.ring.handoffs(part);
    const moves: PartMove[] = [];
    for (const [slot, primary] of primaries.entries()) {
      if (primary === device) continue;
      const fragment = fragmentIn(policy, slot);
      const wanted = held.flatMap((file) => this.fileFor(policy, key, file, fragment, isPrimary));
      const to = this.nodes.state(primary) === "unmounted" && isPrimary ? this.standIn(handoffs, device) : primary;
      if (to === null || this.nodes.state(to) !== "up") continue;
      const files = wanted.filter(({ file }) => isNewer(file, newest(this.nodes.filesOf(to, key, file.object), file)));
      if (files.length === 0) continue;
      let [bytes, rebuildBytes] = [0, 0];
      for (const { file, rebuilt } of files) {
        bytes += file.bytes;
        if (rebuilt) rebuildBytes += file.bytes * (filesToRead(policy) - 1);
      }
      moves.push({ policy: index, part, from: device, to, files: files.map(({ file }) => file), bytes, rebuildBytes });
    }
    return moves;
  }

  /** What a slot with this fragment is to have of a file held here: the file itself, or the fragment rebuilt, where enough others can be read. */
  private fileFor(
    policy: StoragePolicy,
    key: PartKey,
    file: StoredFile,
    fragment: number,
    isPrimary: boolean,
  ): readonly { readonly file: StoredFile; readonly rebuilt: boolean }[] {
    if (file.fragment === fragment) return [{ file, rebuilt: false }];
    if (file.tombstone) return [{ file: { ...file, fragment }, rebuilt: false }];
    if (!isPrimary || policy.kind === "replication") return [];
    const { part } = partOfKey(key);
    const readable = new Set<number>();
    for (const other of [...policy.ring.primaries(part), ...policy.ring.handoffs(part)]) {
      if (this.nodes.state(other) !== "up") continue;
      for (const { version, fragment: found } of this.nodes.filesOf(other, key, file.object))
        if (version === file.version) readable.add(found);
    }
    if (readable.has(fragment) || readable.size < filesToRead(policy)) return [];
    return [{ file: { ...file, fragment }, rebuilt: true }];
  }

  /** The next handoff that answers. */
  private standIn(handoffs: Iterator<number>, device: number): number | null {
    for (let next = handoffs.next(); !next.done; next = handoffs.next()) {
      if (next.value !== device && this.nodes.state(next.value) === "up") return next.value;
    }
    return null;
  }

  /** Is the device no primary, and do all primaries that are to have the file have it? */
  private isHome(device: number, key: PartKey, file: StoredFile): boolean {
    const { policy: index, part } = partOfKey(key);
    const policy = this.policyAt(index);
    const primaries = policy.ring.devicesOf(part);
    if (primaries.includes(device) && (policy.kind === "replication" || fragmentIn(policy, primaries.indexOf(device)) === file.fragment))
      return false;
    const home = primaries.filter((_, slot) => fragmentIn(policy, slot) === file.fragment || file.tombstone);
    return home.every((primary) => {
      const held = this.nodes.state(primary) === "up" ? this.nodes.filesOf(primary, key, file.object) : [];
      return held.some((other) => other.version > file.version || (other.fragment === file.fragment && !isNewer(file, other)));
    });
  }
}

/** Of the files of the object on a device the one that a new one must be newer than: the same fragment, or whatever is of a later version. */
function newest(held: readonly StoredFile[], file: StoredFile): StoredFile | undefined {
  return held.find(({ version }) => version > file.version) ?? held.find(({ fragment }) => fragment === file.fragment);
}
