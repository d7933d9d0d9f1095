// Guests that share the memory of their hosts: each touches what its use of memory says, and hosts that have promised more than they have are
// relieved as `HostMemory` says. A guest some of whose pages are in swap runs slower: of its time, a share waits for memory even when all is
// well, and that share grows with the time of an access.
//
//     pace = 1 / (1 + memory-bound part x (access time in shortage / access time - 1))
//
// Everything that changes a host's memory is booked at its instant. In between merging and balloons go their way; while they do, the host is
// looked at again and again, and the pace of its guests is set anew.
//
// Assumes that a guest has touched what it uses as soon as it runs, and that a live migration's destination needs memory from the switch on.
import type { HostMemory, ServerMemory } from "../datacenter/host-memory.ts";
import { swapSlowdown } from "../datacenter/memory-relief.ts";
import type { Servers } from "../datacenter/servers.ts";
import type { EventKind, Simulation, TimerKind } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";
import { TimeWeighted } from "../statistics/time-weighted.ts";

/** Share of its RAM that each server has touched, step by step; a step of null: from its start to its end. */
export interface TouchedInTime {
  readonly stepMicros: Micros | null;
  at(server: number, step: number): number;
}

export interface GuestMemoryParts {
  readonly simulation: Simulation;
  readonly servers: Servers;
  readonly hosts: number;
  /** Made here, so that it can tell whom the kernel has killed. */
  readonly memory: (killed: (server: number, host: number) => void) => HostMemory;
  readonly describe: (server: number, host: number) => ServerMemory;
  readonly touched: TouchedInTime;
  /** From one look at a host whose relief is under way to the next. */
  readonly lookMicros: Micros;
  /** Share of a guest's running time that waits for memory when all of it is there. */
  readonly memoryBound: number;
  /** Accesses to pages in swap, per page there and page in memory. */
  readonly swapAccesses: number;
  readonly swapLatencySeconds: number;
  readonly memoryLatencySeconds: number;
}

/** Less than that is no relief under way. */
const HALF_A_PAGE_MB = 1 / 512;

export class GuestMemory {
  readonly memory: HostMemory;
  /** MiB of all hosts together, over time. */
  readonly used = new TimeWeighted();
  readonly merged = new TimeWeighted();
  readonly ballooned = new TimeWeighted();
  readonly swapped = new TimeWeighted();
  /** Guests that run, and how many of them memory takes away: 1 - pace, summed. */
  readonly guests = new TimeWeighted();
  readonly slowed = new TimeWeighted();
  /** Hears of every server that a kernel has killed, at that instant. Whoever knows what becomes of it is set here. */
  killed: (server: number) => void = () => {};
  /** Hears of every change of a guest's pace. */
  paced: (server: number, pace: number) => void = () => {};
  private readonly parts: GuestMemoryParts;
  private readonly placed: Uint8Array;
  private readonly ramMb: Float64Array;
  private readonly touchedMb: Float64Array;
  private readonly pace: Float64Array;
  private readonly runningOn: Int32Array; // guests by host
  private readonly look: TimerKind;
  // By host, what stands in the sums.
  private readonly now: { readonly used: Float64Array; readonly merged: Float64Array; readonly ballooned: Float64Array };
  private readonly swappedNow: Float64Array;
  private readonly slowedNow: Float64Array;
  private readonly sums = { used: 0, merged: 0, ballooned: 0, swapped: 0, slowed: 0, guests: 0 };
  private step = 0;

  constructor(parts: GuestMemoryParts) {
    const { simulation, servers, hosts } = parts;
    this.parts = parts;
    const byServer = () => new Float64Array(servers.count);
    const byHost = () => new Float64Array(hosts);
    this.placed = new Uint8Array(servers.count);
    [this.ramMb, this.touchedMb, this.pace] = [byServer(), byServer(), byServer().fill(1)];
    this.runningOn = new Int32Array(hosts);
    this.now = { used: byHost(), merged: byHost(), ballooned: byHost() };
    [this.swappedNow, this.slowedNow] = [byHost(), byHost()];
    this.look = simulation.timer("memory of a host in relief", (host) => this.bookHost(host));
    // What becomes of a victim is dealt with after the change that has killed it, at the same instant.
    const dies: EventKind = simulation.kind("out of memory: server killed", (server) => this.killed(server));
    this.memory = parts.memory((server, host) => {
      this.forget(server, host);
      simulation.schedule(0, dies, server);
    });
    if (parts.touched.stepMicros !== null) this.followSteps(parts.touched.stepMicros);
    for (let host = 0; host < hosts; host++) this.bookHost(host);
  }

  begin(server: number, host: number): void {
    const { simulation, describe } = this.parts;
    const described = describe(server, host);
    this.ramMb[server] = described.ramMb;
    this.placed[server] = 1;
    this.pace[server] = 1;
    this.runningOn[host]!++;
    this.sums.guests++;
    this.memory.place(server, host, simulation.now, described);
    if (this.placed[server] === 1) this.memory.setTouched(server, simulation.now, this.touchedBy(server));
    this.bookHost(host);
  }

  /** Nothing happens to a server that the kernel has killed. */
  end(server: number, host: number): void {
    if (this.placed[server] === 0) return;
    this.memory.remove(server, this.parts.simulation.now);
    this.forget(server, host);
    this.bookHost(host);
  }

  isPlaced(server: number): boolean {
    return this.placed[server] === 1;
  }

  /** Work that memory leaves the server of what it would get done, above 0 to 1. */
  paceOf(server: number): number {
    return this.pace[server]!;
  }

  /** Forgets what was before now (end of a warm-up). */
  reset(): void {
    const { now } = this.parts.simulation;
    for (const average of [this.used, this.merged, this.ballooned, this.swapped, this.guests, this.slowed]) average.reset(now);
  }

  private forget(server: number, host: number): void {
    this.placed[server] = 0;
    this.pace[server] = 1;
    this.runningOn[host]!--;
    this.sums.guests--;
  }

  private touchedBy(server: number): number {
    return this.ramMb[server]! * this.parts.touched.at(server, this.step);
  }

  private followSteps(stepMicros: Micros): void {
    const { simulation, servers } = this.parts;
    const told = simulation.recordKind("memory of the hosts that is in use, in MiB");
    const stepped: EventKind = simulation.kind("guests change their use of memory", () => {
      this.step++;
      for (let host = 0; host < this.runningOn.length; host++) {
        if (this.runningOn[host] === 0) continue;
        servers.forEachOn(host, (server) => {
          if (this.placed[server] === 1) this.touchedMb[server] = this.touchedBy(server);
        });
        this.memory.setAllTouched(host, simulation.now, this.touchedMb);
        this.bookHost(host);
      }
      simulation.record(told, 0, Math.round(this.sums.used) | 0);
      simulation.schedule(stepMicros, stepped, 0);
    });
    simulation.schedule(stepMicros, stepped, 0);
  }

  /** Books the host anew, sets the pace of its guests, and looks again while its relief is under way. */
  private bookHost(host: number): void {
    const { simulation, servers, lookMicros } = this.parts;
    const { memory, sums } = this;
    const { now } = simulation;
    const [merged, ballooned, swapped] = [memory.mergedMb(host, now), memory.balloonedMb(host, now), memory.swappedMb(host, now)];
    const used = memory.usedMb(host, now);
    let slowed = 0;
    servers.forEachOn(host, (server) => {
      if (this.placed[server] === 0) return;
      const pace = this.paceAt(server, now);
      slowed += 1 - pace;
      if (pace === this.pace[server]) return;
      this.pace[server] = pace;
      this.paced(server, pace);
    });
    sums.used += used - this.now.used[host]!;
    sums.merged += merged - this.now.merged[host]!;
    sums.ballooned += ballooned - this.now.ballooned[host]!;
    sums.swapped += swapped - this.swappedNow[host]!;
    sums.slowed += slowed - this.slowedNow[host]!;
    this.now.used[host] = used;
    this.now.merged[host] = merged;
    this.now.ballooned[host] = ballooned;
    this.swappedNow[host] = swapped;
    this.slowedNow[host] = slowed;
    this.used.set(now, sums.used);
    this.merged.set(now, sums.merged);
    this.ballooned.set(now, sums.ballooned);
    this.swapped.set(now, sums.swapped);
    this.slowed.set(now, sums.slowed);
    this.guests.set(now, sums.guests);
    simulation.cancel(this.look, host);
    const then = now + lookMicros;
    const moves =
      Math.abs(memory.mergedMb(host, then) - merged) > HALF_A_PAGE_MB ||
      Math.abs(memory.balloonedMb(host, then) - ballooned) > HALF_A_PAGE_MB ||
      Math.abs(memory.swappedMb(host, then) - swapped) > HALF_A_PAGE_MB;
    if (moves) simulation.set(lookMicros, this.look, host);
  }

  private paceAt(server: number, now: Micros): number {
    const { memoryBound, swapAccesses, swapLatencySeconds, memoryLatencySeconds } = this.parts;
    const paged = this.memory.pagedShare(server, now);
    if (paged === 0) return 1;
    const longer = swapSlowdown(Math.min(1, swapAccesses * paged), swapLatencySeconds, memoryLatencySeconds);
    return 1 / (1 + memoryBound * (longer - 1));
  }
}
