// The file systems on which hosts keep the disks of their servers. Disks are qcow2 images that grow as guests write: a base, which all servers
// of one image on a host share, and what a server has written over it, up to the size that the guest sees. So more can be promised than there
// is, and when a file system is full, every server that still wants to grow on it is paused where it is (ENOSPC), until somebody makes room and
// resumes it.
//
// Growth is a line for each server, so the next instant at which anything happens is known: one timer a host. Sizes are bytes.
//
// @source nova/virt/libvirt/imagebackend.py (Qcow2: use_cow_images, preallocate_images), nova/virt/imagecache.py; QEMU's werror=enospc
import { grown } from "../kernel/grown.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";
import type { Simulation, TimerKind } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";
import { SECOND } from "../kernel/time.ts";

export const unusedBaseMinimumAge: Parameter = parameter({
  name: "image_cache.remove_unused_original_minimum_age_seconds",
  value: 86_400,
  unit: "s",
  meaning: "Time for which a base image that no server uses stays on a host.",
  source: "nova/conf/imagecache.py",
  evidence: "from memory",
});

/** The disk of one server. */
export interface LocalDisk {
  readonly image: number;
  /** Size of the base on the host, after conversion. */
  readonly baseBytes: number;
  /** What the guest sees, and the most its own file can grow to. */
  readonly virtualBytes: number;
  /** `preallocate_images = space`: all of it is taken at once. */
  readonly preallocated?: boolean;
}

interface Base {
  readonly bytes: number;
  servers: number;
  unusedSince: Micros;
}

/** Files have whole bytes: less than one is nothing. */
const ONE_BYTE = 1;

export class LocalDisks {
  private readonly simulation: Simulation;
  private readonly paused: (server: number, host: number) => void;
  private readonly next: TimerKind; // by host: somebody has reached his size, or the file system is full
  private readonly capacity: Float64Array;
  private readonly baseBytes: Float64Array;
  private readonly bookedAt: Float64Array;
  private readonly bases: Map<number, Base>[]; // by image
  private readonly first: Int32Array; // server + 1
  // By server.
  private written = new Float64Array(1024);
  private virtual = new Float64Array(1024);
  private growth = new Float64Array(1024); // bytes per microsecond, as asked for
  private held = new Uint8Array(1024);
  private image = new Int32Array(1024);
  private host = new Int32Array(1024); // host + 1, 0 for nowhere
  private nextOnHost = new Int32Array(1024); // server + 1
  private previousOnHost = new Int32Array(1024);

  /** `capacityBytes` by host. `paused` hears of each server that a full file system has stopped, in the order of their coming there, last first. */
  constructor(simulation: Simulation, capacityBytes: ArrayLike<number>, paused: (server: number, host: number) => void) {
    this.simulation = simulation;
    this.paused = paused;
    this.capacity = Float64Array.from(capacityBytes);
    for (const [host, bytes] of this.capacity.entries())
      if (!isSize(bytes)) throw new RangeError(`host ${host}: a disk of ${bytes} bytes; expected 0 or more`);
    this.baseBytes = new Float64Array(this.capacity.length);
    this.bookedAt = new Float64Array(this.capacity.length).fill(simulation.now);
    this.bases = Array.from(this.capacity, () => new Map());
    this.first = new Int32Array(this.capacity.length);
    this.next = simulation.timer("local disk", (host) => this.settle(host));
  }

  /** Makes the server's disk, fetching the base if the host has it not, or says false and makes nothing when there is no room for it. */
  place(server: number, host: number, { image, baseBytes, virtualBytes, preallocated = false }: LocalDisk): boolean {
    if (!isSize(baseBytes) || !isSize(virtualBytes)) {
      throw new RangeError(`server ${server}: a base of ${baseBytes} and a disk of ${virtualBytes} bytes; expected 0 or more of each`);
    }
    if (this.capacity[host] === undefined) throw new RangeError(`server ${server}: no host ${host} among ${this.capacity.length}`);
    if (server >= this.written.length) this.grow(server);
    if (this.host[server] !== 0) throw new RangeError(`server ${server} has a disk on host ${this.host[server]! - 1} already`);
    this.book(host);
    const known = this.bases[host]!.get(image);
    const taken = preallocated ? virtualBytes : 0;
    if (taken + (known === undefined ? baseBytes : 0) > this.freeNow(host)) return false;
    const base = known ?? { bytes: baseBytes, servers: 0, unusedSince: this.simulation.now };
    if (known === undefined) {
      this.bases[host]!.set(image, base);
      this.baseBytes[host]! += baseBytes;
    }
    base.servers++;
    this.written[server] = taken;
    this.virtual[server] = virtualBytes;
    this.growth[server] = 0;
    this.held[server] = 0;
    this.image[server] = image;
    this.host[server] = host + 1;
    const head = this.first[host]!;
    this.nextOnHost[server] = head;
    this.previousOnHost[server] = 0;
    if (head !== 0) this.previousOnHost[head - 1] = server + 1;
    this.first[host] = server + 1;
    this.settle(host);
    return true;
  }

  /** Deletes the server's disk. Its base stays, for the next server of that image. */
  remove(server: number): void {
    const host = this.hostOf(server);
    this.book(host);
    const next = this.nextOnHost[server]!;
    const previous = this.previousOnHost[server]!;
    if (next !== 0) this.previousOnHost[next - 1] = previous;
    if (previous !== 0) this.nextOnHost[previous - 1] = next;
    else this.first[host] = next;
    this.host[server] = 0;
    const base = this.bases[host]!.get(this.image[server]!)!;
    if (--base.servers === 0) base.unusedSince = this.simulation.now;
    this.settle(host);
  }

  /** From now on the server writes so many new bytes a second, until its disk has its full size; 0 or more. */
  setGrowth(server: number, bytesPerSecond: number): void {
    const host = this.hostOf(server);
    if (!isSize(bytesPerSecond)) throw new RangeError(`server ${server}: growth of ${bytesPerSecond} bytes/s; expected 0 or more`);
    this.book(host);
    this.growth[server] = bytesPerSecond / SECOND;
    this.settle(host);
  }

  /** Lets a paused server go on; false when there still is no room, and it stays paused. */
  resume(server: number): boolean {
    const host = this.hostOf(server);
    if (this.held[server] === 0) return true;
    this.book(host);
    if (this.freeNow(host) < ONE_BYTE) return false;
    this.held[server] = 0;
    this.settle(host);
    return true;
  }

  /** Deletes bases that no server has used for that long, as Nova's image cache manager does from time to time; tells the bytes freed. */
  removeUnusedBases(host: number, minimumAgeSeconds = unusedBaseMinimumAge.value): number {
    this.book(host);
    let freed = 0;
    for (const [image, { bytes, servers, unusedSince }] of this.bases[host]!) {
      if (servers > 0 || this.simulation.now - unusedSince < minimumAgeSeconds * SECOND) continue;
      this.bases[host]!.delete(image);
      freed += bytes;
    }
    this.baseBytes[host]! -= freed;
    this.settle(host);
    return freed;
  }

  /** The host of a server's disk. */
  hostOf(server: number): number {
    const host = (this.host[server] ?? 0) - 1;
    if (host < 0) throw new RangeError(`server ${server} has no local disk`);
    return host;
  }

  isPaused(server: number): boolean {
    return this.held[server] === 1;
  }

  /** Bytes of the server's own file now, without the base. */
  writtenBytes(server: number): number {
    this.book(this.hostOf(server));
    return this.written[server]!;
  }

  /** Bytes of the file system that bases and servers take now. */
  usedBytes(host: number): number {
    this.book(host);
    return this.capacity[host]! - this.freeNow(host);
  }

  /** Bytes of the file system that are free now. */
  freeBytes(host: number): number {
    this.book(host);
    return this.freeNow(host);
  }

  private freeNow(host: number): number {
    let free = this.capacity[host]! - this.baseBytes[host]!;
    for (let at = this.first[host]!; at !== 0; at = this.nextOnHost[at - 1]!) free -= this.written[at - 1]!;
    return Math.max(0, free);
  }

  /** Bytes per microsecond by which the server's file grows now. */
  private growing(server: number): number {
    return this.held[server] === 1 || this.virtual[server]! - this.written[server]! < ONE_BYTE ? 0 : this.growth[server]!;
  }

  private growingOn(host: number): number {
    let sum = 0;
    for (let at = this.first[host]!; at !== 0; at = this.nextOnHost[at - 1]!) sum += this.growing(at - 1);
    return sum;
  }

  /** Lets the files grow up to now, but no further than there is room: the timer comes up to a microsecond late. */
  private book(host: number): void {
    const elapsed = this.simulation.now - this.bookedAt[host]!;
    if (elapsed === 0) return;
    this.bookedAt[host] = this.simulation.now;
    const growing = this.growingOn(host);
    if (growing === 0) return;
    const grows = Math.min(elapsed, this.freeNow(host) / growing);
    for (let at = this.first[host]!; at !== 0; at = this.nextOnHost[at - 1]!) {
      this.written[at - 1] = Math.min(this.virtual[at - 1]!, this.written[at - 1]! + this.growing(at - 1) * grows);
    }
  }

  /** Pauses the writers of a full file system, and finds the next instant at which something happens on this one. */
  private settle(host: number): void {
    this.book(host);
    this.simulation.cancel(this.next, host);
    const growing = this.growingOn(host);
    if (growing === 0) return;
    const free = this.freeNow(host);
    if (free < ONE_BYTE) {
      const stopped: number[] = [];
      for (let at = this.first[host]!; at !== 0; at = this.nextOnHost[at - 1]!) if (this.growing(at - 1) > 0) stopped.push(at - 1);
      for (const server of stopped) this.held[server] = 1;
      for (const server of stopped) this.paused(server, host);
      return;
    }
    let soonest = free / growing;
    for (let at = this.first[host]!; at !== 0; at = this.nextOnHost[at - 1]!) {
      const grows = this.growing(at - 1);
      if (grows > 0) soonest = Math.min(soonest, (this.virtual[at - 1]! - this.written[at - 1]!) / grows);
    }
    if (this.simulation.now + soonest <= Number.MAX_SAFE_INTEGER) this.simulation.set(Math.ceil(soonest), this.next, host);
  }

  private grow(server: number): void {
    const length = Math.max(server + 1, this.written.length * 2);
    const held = new Uint8Array(length);
    held.set(this.held);
    this.held = held;
    this.written = grown(this.written, length);
    this.virtual = grown(this.virtual, length);
    this.growth = grown(this.growth, length);
    this.image = grown(this.image, length);
    this.host = grown(this.host, length);
    this.nextOnHost = grown(this.nextOnHost, length);
    this.previousOnHost = grown(this.previousOnHost, length);
  }
}

function isSize(bytes: number): boolean {
  return bytes >= 0 && bytes < Number.POSITIVE_INFINITY;
}
