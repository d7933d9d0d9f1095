// Where the memory of the hosts is. Guests touch pages, the hypervisor needs some for each of them, and as long as all fits the rest is free.
// Beyond that the host is relieved in this order: pages that KSM has merged by then, pages that guests give back (balloon), pages in swap. What
// even those cannot give ends in the kernel's way: the server with the most resident memory is killed. Nothing "works" silently: RAM promised
// beyond the host's, once it is touched and there is no swap, kills.
//
//     resident pages of all servers + their overheads - merged + reserved + free = physical
//
// The balloon takes time. What it has still to give is in swap until then or, where there is none, guests wait for it (`waitingMb`).
//
// Between changes everything follows from the course of merging (`memory-relief.ts`) and the line along which the balloon inflates; since
// merging only ever eases the need, the balloon holds the smaller of that line and the need. So any instant is exact and no ticks are needed.
// Assumes that memory comes back from balloon and swap as soon as there is room, and that merged pages of a server that leaves are gone at once.
import { grown } from "../kernel/grown.ts";
import type { Micros } from "../kernel/time.ts";
import { SECOND } from "../kernel/time.ts";
import { defaultMergeRates, type MergeRates, memoryRelief, mergedAfter, swapSlowdown } from "./memory-relief.ts";

/** The memory of one host, in MiB. */
export interface HostMemoryDescription {
  readonly ramMb: number;
  /** For the host itself (reserved_host_memory_mb). */
  readonly reservedMb: number;
  /** Absent = none. */
  readonly swapMb?: number;
  /** Identical pages are merged; absent = they are not. */
  readonly merging?: boolean;
  /** Guests can be asked for pages; absent = they cannot. */
  readonly ballooning?: boolean;
}

/** The memory side of one server, in MiB. */
export interface ServerMemory {
  readonly ramMb: number;
  /** What the hypervisor needs for it beside its RAM; absent = nothing. */
  readonly overheadMb?: number;
  /** Servers of one image hold like pages; absent = like no other. */
  readonly image?: number;
  /** The balloon leaves it at least this much; absent = all of its RAM. */
  readonly balloonFloorMb?: number;
}

const NO_IMAGE = -1;

export class HostMemory {
  private readonly killed: (server: number, host: number) => void;
  private readonly mergeRates: MergeRates;
  private readonly balloonMbPerMicros: number;
  private readonly sharable: number;
  // By host.
  private readonly ram: Float64Array;
  private readonly reserved: Float64Array;
  private readonly swap: Float64Array;
  private readonly merging: Uint8Array;
  private readonly ballooning: Uint8Array;
  private readonly touchedSum: Float64Array;
  private readonly overheadSum: Float64Array;
  private readonly askable: Float64Array; // what the balloon can take in the end
  private readonly mergeable: Float64Array; // what merging saves in the end
  private readonly mergedThen: Float64Array; // as of `since`
  private readonly balloonedThen: Float64Array;
  private readonly since: Float64Array;
  private readonly first: Int32Array; // server + 1
  // By server.
  private ramOf = new Float64Array(1024);
  private touched = new Float64Array(1024);
  private overhead = new Float64Array(1024);
  private floor = new Float64Array(1024);
  private image = new Int32Array(1024);
  private host = new Int32Array(1024); // host + 1, 0 for nowhere
  private next = new Int32Array(1024); // server + 1
  private previous = new Int32Array(1024);
  // Scratch, by image: servers with touched memory and their sum (all 0 between uses).
  private servers = new Int32Array(64);
  private touchedOf = new Float64Array(64);

  /** `killed` hears of every server that the kernel has killed; it has left its host by then. */
  constructor(
    hosts: readonly HostMemoryDescription[],
    killed: (server: number, host: number) => void,
    {
      mergeRates = defaultMergeRates(),
      balloonMbPerSecond = memoryRelief.balloonMbPerSecond.value,
      sharable = memoryRelief.ksmSharable.value,
    }: { readonly mergeRates?: MergeRates; readonly balloonMbPerSecond?: number; readonly sharable?: number } = {},
    now: Micros = 0,
  ) {
    for (const [host, { ramMb, reservedMb, swapMb = 0 }] of hosts.entries()) {
      if (!isAmount(ramMb) || !isAmount(swapMb))
        throw new RangeError(`host ${host}: ${ramMb} MiB of RAM and ${swapMb} of swap; expected 0 or more`);
      if (!(reservedMb >= 0 && reservedMb <= ramMb))
        throw new RangeError(`host ${host}: ${reservedMb} MiB reserved; expected 0 to ${ramMb}, its RAM`);
    }
    if (!(balloonMbPerSecond > 0)) throw new RangeError(`a balloon of ${balloonMbPerSecond} MiB/s; expected more than 0`);
    if (!(sharable >= 0 && sharable <= 1)) throw new RangeError(`a sharable part of ${sharable} of the memory; expected 0 to 1`);
    if (!(mergeRates.mbPerMicros >= 0 && mergeRates.relaxationMicros > 0))
      throw new RangeError("merging needs a rate of 0 or more and a time above 0");
    this.killed = killed;
    this.mergeRates = mergeRates;
    this.balloonMbPerMicros = balloonMbPerSecond / SECOND;
    this.sharable = sharable;
    this.ram = Float64Array.from(hosts, ({ ramMb }) => ramMb);
    this.reserved = Float64Array.from(hosts, ({ reservedMb }) => reservedMb);
    this.swap = Float64Array.from(hosts, ({ swapMb = 0 }) => swapMb);
    this.merging = Uint8Array.from(hosts, ({ merging = false }) => (merging ? 1 : 0));
    this.ballooning = Uint8Array.from(hosts, ({ ballooning = false }) => (ballooning ? 1 : 0));
    const zeros = () => new Float64Array(hosts.length);
    [this.touchedSum, this.overheadSum, this.askable, this.mergeable] = [zeros(), zeros(), zeros(), zeros()];
    [this.mergedThen, this.balloonedThen] = [zeros(), zeros()];
    this.since = zeros().fill(now);
    this.first = new Int32Array(hosts.length);
  }

  /** The server is on the host from `now` on; it has touched nothing yet, but has its overhead. */
  place(server: number, host: number, now: Micros, memory: ServerMemory): void {
    const { ramMb, overheadMb = 0, image = NO_IMAGE, balloonFloorMb = ramMb } = memory;
    if (!isAmount(ramMb) || !isAmount(overheadMb) || !isAmount(balloonFloorMb)) {
      const found = `${ramMb} MiB of RAM, ${overheadMb} of overhead and a balloon floor of ${balloonFloorMb}`;
      throw new RangeError(`server ${server}: ${found}; expected 0 or more of each`);
    }
    if (this.ram[host] === undefined) throw new RangeError(`server ${server}: no host ${host} among ${this.ram.length}`);
    if (server >= this.touched.length) this.grow(server);
    if (this.host[server] !== 0)
      throw new RangeError(`server ${server} is placed on host ${host}, but is on host ${this.hostOf(server)} already`);
    this.book(host, now);
    this.ramOf[server] = ramMb;
    this.touched[server] = 0;
    this.overhead[server] = overheadMb;
    this.floor[server] = balloonFloorMb;
    this.image[server] = image;
    this.host[server] = host + 1;
    const head = this.first[host]!;
    this.next[server] = head;
    this.previous[server] = 0;
    if (head !== 0) this.previous[head - 1] = server + 1;
    this.first[host] = server + 1;
    this.relieve(host);
  }

  /** The server leaves its host, and its pages with it. */
  remove(server: number, now: Micros): void {
    const host = this.hostOf(server);
    this.book(host, now);
    this.unlink(server);
    this.relieve(host);
  }

  /** From `now` on the server has touched this much of its RAM, in MiB; more than its RAM is taken as all of it. */
  setTouched(server: number, now: Micros, touchedMb: number): void {
    const host = this.hostOf(server);
    if (!(touchedMb >= 0)) refuseTouched(server, touchedMb);
    this.book(host, now);
    this.touched[server] = Math.min(touchedMb, this.ramOf[server]!);
    this.relieve(host);
  }

  /** From `now` on every server of the host has touched what the column says of it, in MiB, by server. */
  setAllTouched(host: number, now: Micros, touchedMb: ArrayLike<number>): void {
    this.book(host, now);
    for (let at = this.first[host]!; at !== 0; at = this.next[at - 1]!)
      if (!(touchedMb[at - 1]! >= 0)) refuseTouched(at - 1, touchedMb[at - 1]);
    for (let at = this.first[host]!; at !== 0; at = this.next[at - 1]!) {
      this.touched[at - 1] = Math.min(touchedMb[at - 1]!, this.ramOf[at - 1]!);
    }
    this.relieve(host);
  }

  /** The host of a placed server. */
  hostOf(server: number): number {
    const host = (this.host[server] ?? 0) - 1;
    if (host < 0) throw new RangeError(`server ${server} is on no host: place it first`);
    return host;
  }

  /** MiB that merging saves at `now`. */
  mergedMb(host: number, now: Micros): number {
    return mergedAfter(this.elapsed(host, now), this.mergedThen[host]!, this.mergeable[host]!, this.mergeRates);
  }

  /** MiB that the guests of the host have given back by `now`. */
  balloonedMb(host: number, now: Micros): number {
    const inflated = this.balloonedThen[host]! + this.balloonMbPerMicros * this.elapsed(host, now);
    return Math.min(inflated, this.askable[host]!, Math.max(0, this.need(host, now)));
  }

  /** MiB in swap at `now`. */
  swappedMb(host: number, now: Micros): number {
    return Math.min(this.swap[host]!, this.beyondBalloon(host, now));
  }

  /** MiB that guests wait for at `now`, while the balloon inflates and nothing more goes to swap. */
  waitingMb(host: number, now: Micros): number {
    return Math.max(0, this.beyondBalloon(host, now) - this.swap[host]!);
  }

  /** Physical memory that is in use at `now`, reserved memory included, in MiB. */
  usedMb(host: number, now: Micros): number {
    return Math.min(this.ram[host]!, this.ram[host]! + this.need(host, now));
  }

  /** Physical memory that nobody uses at `now`, in MiB. */
  freeMb(host: number, now: Micros): number {
    return Math.max(0, -this.need(host, now));
  }

  /** MiB of its RAM that the server has touched, wherever they are. */
  touchedMb(server: number): number {
    return this.touched[server] ?? 0;
  }

  /** MiB that the server has given back by `now`: each guest in proportion to what can be asked of it. */
  balloonedOf(server: number, now: Micros): number {
    const host = this.hostOf(server);
    return this.askable[host] === 0 ? 0 : (this.balloonedMb(host, now) * this.askableOf(server)) / this.askable[host]!;
  }

  /** Share of what the balloon has left the server that is in swap, or waited for, at `now`: the same for all servers of a host. */
  pagedShare(server: number, now: Micros): number {
    const host = this.hostOf(server);
    const beyond = this.beyondBalloon(host, now);
    return beyond === 0 ? 0 : Math.min(1, beyond / (this.touchedSum[host]! - this.balloonedMb(host, now)));
  }

  /** Resident set of the server's process at `now`, in MiB: its pages in memory, merged ones included, and the hypervisor's overhead. */
  residentMb(server: number, now: Micros): number {
    const left = this.touched[server]! - this.balloonedOf(server, now);
    return left * (1 - this.pagedShare(server, now)) + this.overhead[server]!;
  }

  /** How many times longer the server's memory accesses take at `now`; `accesses` of them per page in swap and page in memory. */
  slowdown(server: number, now: Micros, swapLatencySeconds?: number, accesses = memoryRelief.swapAccesses.value): number {
    return swapSlowdown(Math.min(1, accesses * this.pagedShare(server, now)), swapLatencySeconds);
  }

  /** What must hold at any instant, checked page by page; null when it does, otherwise what is wrong. */
  violation(host: number, now: Micros): string | null {
    let resident = 0;
    for (let at = this.first[host]!; at !== 0; at = this.next[at - 1]!) {
      const one = this.residentMb(at - 1, now);
      if (!(one >= 0)) return `server ${at - 1} has ${one} MiB resident on host ${host}`;
      resident += one;
    }
    const free = this.freeMb(host, now);
    const sum = resident - this.mergedMb(host, now) + this.reserved[host]! + free;
    if (Math.abs(sum - this.ram[host]!) > 1e-9 * Math.max(1, this.ram[host]!, resident)) {
      return `host ${host}: resident, reserved and free memory are ${sum} MiB in all; it has ${this.ram[host]}`;
    }
    return this.swappedMb(host, now) > this.swap[host]! ? `host ${host} has more in swap than there is` : null;
  }

  /** MiB by which all pages would exceed the host, with what is merged at `now`; negative: so much is free. */
  private need(host: number, now: Micros): number {
    return this.reserved[host]! + this.touchedSum[host]! + this.overheadSum[host]! - this.mergedMb(host, now) - this.ram[host]!;
  }

  private beyondBalloon(host: number, now: Micros): number {
    return Math.max(0, this.need(host, now) - this.balloonedMb(host, now));
  }

  private askableOf(server: number): number {
    return Math.max(0, this.touched[server]! - this.floor[server]!);
  }

  private elapsed(host: number, now: Micros): number {
    const elapsed = now - this.since[host]!;
    if (elapsed >= 0) return elapsed;
    throw new RangeError(`host ${host}: memory is booked up to ${this.since[host]} us, and cannot be asked or changed at ${now} us`);
  }

  private book(host: number, now: Micros): void {
    const merged = this.mergedMb(host, now);
    this.balloonedThen[host] = this.balloonedMb(host, now);
    this.mergedThen[host] = merged;
    this.since[host] = now;
  }

  /** Sums up the host anew after a change, and kills while no relief will do. */
  private relieve(host: number): void {
    const now = this.since[host]!;
    for (;;) {
      this.sumUp(host);
      // Guests' pages can go to swap, the hypervisor's cannot.
      const swappable = Math.min(this.swap[host]!, this.touchedSum[host]! - this.askable[host]!);
      const lacking = this.need(host, now) - this.askable[host]! - swappable;
      if (lacking <= 1e-9 * this.ram[host]! || this.first[host] === 0) break;
      const victim = this.largest(host, now);
      this.unlink(victim);
      this.sumUp(host);
      this.killed(victim, host);
      if (this.since[host] !== now || this.first[host] === 0) break;
    }
    this.balloonedThen[host] = Math.min(this.balloonedThen[host]!, this.askable[host]!, Math.max(0, this.need(host, now)));
  }

  private sumUp(host: number): void {
    let [touched, overhead, askable] = [0, 0, 0];
    for (let at = this.first[host]!; at !== 0; at = this.next[at - 1]!) {
      touched += this.touched[at - 1]!;
      overhead += this.overhead[at - 1]!;
      askable += this.askableOf(at - 1);
    }
    this.touchedSum[host] = touched;
    this.overheadSum[host] = overhead;
    this.askable[host] = this.ballooning[host] === 1 ? askable : 0;
    this.mergeable[host] = this.merging[host] === 1 ? this.mergeableOn(host) : 0;
    this.mergedThen[host] = Math.min(this.mergedThen[host]!, this.mergeable[host]!);
  }

  /** Of n servers of one image, all but one can do without their copies of what they share. */
  private mergeableOn(host: number): number {
    const { next, image, touched } = this;
    for (let at = this.first[host]!; at !== 0; at = next[at - 1]!) {
      const of = image[at - 1]!;
      if (of < 0 || touched[at - 1] === 0) continue;
      if (of >= this.servers.length) {
        this.servers = grown(this.servers, 2 * of + 1);
        this.touchedOf = grown(this.touchedOf, 2 * of + 1);
      }
      this.servers[of]!++;
      this.touchedOf[of]! += touched[at - 1]!;
    }
    let sum = 0;
    for (let at = this.first[host]!; at !== 0; at = next[at - 1]!) {
      const of = image[at - 1]!;
      if (of < 0 || this.servers[of] === 0 || touched[at - 1] === 0) continue;
      sum += (this.touchedOf[of]! * (this.servers[of]! - 1)) / this.servers[of]!;
      this.servers[of] = this.touchedOf[of] = 0;
    }
    return this.sharable * sum;
  }

  /** The server with the largest resident set, of equals the first by number. */
  private largest(host: number, now: Micros): number {
    let [largest, most] = [-1, -1];
    for (let at = this.first[host]!; at !== 0; at = this.next[at - 1]!) {
      const resident = this.residentMb(at - 1, now);
      if (resident > most || (resident === most && at - 1 < largest)) [largest, most] = [at - 1, resident];
    }
    return largest;
  }

  private unlink(server: number): void {
    const host = this.hostOf(server);
    const next = this.next[server]!;
    const previous = this.previous[server]!;
    if (next !== 0) this.previous[next - 1] = previous;
    if (previous !== 0) this.next[previous - 1] = next;
    else this.first[host] = next;
    this.host[server] = 0;
    this.touched[server] = 0;
  }

  private grow(server: number): void {
    const length = Math.max(server + 1, this.touched.length * 2);
    this.ramOf = grown(this.ramOf, length);
    this.touched = grown(this.touched, length);
    this.overhead = grown(this.overhead, length);
    this.floor = grown(this.floor, length);
    this.image = grown(this.image, length);
    this.host = grown(this.host, length);
    this.next = grown(this.next, length);
    this.previous = grown(this.previous, length);
  }
}

function isAmount(megabytes: number): boolean {
  return megabytes >= 0 && megabytes < Number.POSITIVE_INFINITY;
}

function refuseTouched(server: number, touchedMb: number | undefined): never {
  throw new RangeError(`server ${server}: ${touchedMb} MiB touched; expected 0 or more`);
}
