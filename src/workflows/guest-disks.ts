// Guests that read and write their volumes: fluid rates, shared anew whenever one of them comes, goes or wants something else, or a token bucket
// or a thin pool runs out. A guest does what it wants, what its QoS lets it, what is its share of the back end and what the network carries,
// whichever is least.
//
// Assumes that time of the devices that a guest cannot use because the network holds it back is not given to others, and that a guest whose
// volume finds no room is paused until there is some (libvirt's `werror=enospc`); Nova sees the power state PAUSED and leaves it alone.
import { costOf, idleIoOf } from "../datacenter/storage/idle-io.ts";
import { latencyOf, shareIo, spreadOf } from "../datacenter/storage/io-sharing.ts";
import type { StorageTiers, VolumeId } from "../datacenter/storage-tiers.ts";
import type { EventKind, Simulation, TimerKind } from "../kernel/simulation.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import { type DiskDemand, type DiskStream, ioStreamOf } from "./disk-stream.ts";
import { DiskTally } from "./disk-tally.ts";
import type { VolumeFlows } from "./volume-flows.ts";

export interface GuestDisksParts {
  readonly simulation: Simulation;
  readonly tiers: StorageTiers;
  /** Back ends, by tier; tiers on the same one have the same number. -1: none. */
  readonly backendOf: readonly number[];
  /** By flavor; null: its guests do no I/O that is looked at. */
  readonly demands: readonly (DiskDemand | null)[];
  readonly flows: VolumeFlows;
  readonly pause: (server: number) => void;
  readonly resume: (server: number) => void;
}

/** Relative: less than this below what is wanted is what is wanted. */
const SAME = 1e-9;

export class GuestDisks {
  readonly byTier: readonly DiskTally[];
  readonly byFlavor: readonly DiskTally[];
  /** Seconds for which each back end was busy. */
  readonly busySeconds: Float64Array;
  /** Most that each thin pool has given out so far, in bytes. */
  readonly thinPeakBytes: Float64Array;
  private readonly parts: GuestDisksParts;
  private readonly streams = new Map<number, DiskStream>(); // by server, in the order in which they began
  private readonly held = new Map<VolumeId, number>(); // server by volume that is paused
  private readonly shareNow: EventKind;
  private readonly pauseNow: EventKind;
  private readonly resumeNow: EventKind;
  private readonly next: TimerKind;
  private readonly told: ReturnType<Simulation["recordKind"]>;
  private sharing = false;
  private bookedAt: Micros;

  constructor(parts: GuestDisksParts) {
    const { simulation, tiers, demands, flows } = parts;
    this.parts = parts;
    this.byTier = tiers.tiers.map(() => new DiskTally());
    this.byFlavor = demands.map(() => new DiskTally());
    this.busySeconds = new Float64Array(1 + Math.max(-1, ...parts.backendOf));
    this.thinPeakBytes = new Float64Array(tiers.tiers.length);
    this.bookedAt = simulation.now;
    this.told = simulation.recordKind("I/Os per second of guests");
    this.shareNow = simulation.kind("share storage", () => this.share());
    this.pauseNow = simulation.kind("guest finds no room on its volume", (server) => this.pauseGuest(server));
    this.resumeNow = simulation.kind("guest goes on after its volume was full", (server) => parts.resume(server));
    this.next = simulation.timer("storage", () => this.change());
    for (const [flavor, demand] of demands.entries()) if (demand !== null) this.followPattern(flavor, demand);
    flows.onRates(() => this.followTheNetwork());
  }

  /** The guest of a server runs on `host`, with a volume. Nothing happens where its I/O is not looked at. */
  begin(server: number, host: number, volume: VolumeId, flavor: number): void {
    const { tiers, demands, flows, simulation } = this.parts;
    const demand = demands[flavor] ?? null;
    if (demand === null) return;
    this.book();
    const tier = tiers.tierOf(volume);
    const backend = tiers.tiers[tier]!.backend ?? null;
    const writeShare = demand.writeIops / (demand.readIops + demand.writeIops);
    const mix = { writeShare, sequentialShare: demand.sequentialShare, bytes: demand.bytes };
    const ways = backend === null ? [] : flows.waysOf(backend, host);
    const limits = tiers.limitsOf(volume);
    limits?.book(simulation.now, { writeShare, bytes: demand.bytes }, 0);
    this.streams.set(server, {
      ...{ server, flavor, volume, tier, demand, writeShare, limits, ways },
      costSeconds: backend === null ? 0 : costOf(backend, mix),
      idle: backend === null ? null : idleIoOf(backend, mix, flows.slowestOf(ways)),
      firstJob: flows.jobsFor(ways.length),
      caps: ways.map(() => 0),
      wantedIops: 0,
      limitIops: 0,
      givenIops: 0,
      iops: 0,
      latencySeconds: 0,
      waitSeconds: 0,
      backendSeconds: 0,
      backendWaitSeconds: 0,
      newBytes: 0,
    });
    this.want(this.streams.get(server)!);
    this.change();
  }

  /** Nothing happens for a server that does no I/O. */
  end(server: number): void {
    const stream = this.streams.get(server);
    if (stream === undefined) return;
    this.book();
    this.parts.flows.stop(stream);
    this.streams.delete(server);
    this.change();
  }

  /** The thin pool of a tier has become near full. */
  countNearFull(tier: number): void {
    this.byTier[tier]!.nearFull++;
  }

  /** There is room again for what a paused volume was about to write. */
  roomFor(volume: VolumeId): void {
    const server = this.held.get(volume);
    if (server === undefined) return;
    this.held.delete(volume);
    this.parts.simulation.schedule(0, this.resumeNow, server);
  }

  /** The server's volume is deleted: nobody waits for room on it. */
  forget(volume: VolumeId): void {
    this.held.delete(volume);
  }

  /** Counts up to now. */
  book(): void {
    const { simulation, tiers } = this.parts;
    const { now } = simulation;
    const elapsed = now - this.bookedAt;
    if (elapsed === 0) return;
    this.bookedAt = now;
    const seconds = elapsed / SECOND;
    for (const stream of this.streams.values()) {
      const { tier, flavor, demand, writeShare, limits, iops } = stream;
      const ios = iops * seconds;
      const booked = {
        asked: stream.wantedIops * seconds,
        served: ios,
        heldBack: Math.max(0, stream.wantedIops - stream.limitIops) * seconds,
        bytes: ios * demand.bytes,
        latencySeconds: stream.latencySeconds,
        waitSeconds: stream.waitSeconds,
      };
      this.byTier[tier]!.add(booked);
      const backend = this.parts.backendOf[tier]!;
      if (backend >= 0) this.busySeconds[backend]! += ios * stream.costSeconds;
      this.byFlavor[flavor]!.add(booked);
      limits?.book(now, { writeShare, bytes: demand.bytes }, iops);
      this.writeNew(stream, seconds);
      const pool = tiers.poolOf(tier);
      if (pool !== null) this.thinPeakBytes[tier] = Math.max(this.thinPeakBytes[tier]!, pool.allocatedBytes);
    }
  }

  /** The warm-up is over. */
  reset(): void {
    this.book();
    for (const tally of [...this.byTier, ...this.byFlavor]) tally.reset();
    this.busySeconds.fill(0);
    for (const [tier] of this.byTier.entries()) this.thinPeakBytes[tier] = this.parts.tiers.poolOf(tier)?.allocatedBytes ?? 0;
  }

  iopsOf(server: number): number {
    return this.streams.get(server)?.iops ?? 0;
  }

  latencySecondsOf(server: number): number {
    return this.streams.get(server)?.latencySeconds ?? Number.NaN;
  }

  /** What does not hold, in words; null: all does. Books nothing, so that looking changes nothing. */
  violation(): string | null {
    if (this.sharing) return null; // rates are yet to follow what has happened at this instant
    const loads = new Map<number, number>();
    for (const { server, wantedIops, iops, givenIops, latencySeconds, demand, costSeconds, tier } of this.streams.values()) {
      if (iops > wantedIops * (1 + SAME)) return `server ${server} does ${iops} I/Os per second and wants ${wantedIops}`;
      if (iops * latencySeconds > demand.queueDepth * (1 + SAME))
        return `server ${server} has ${iops * latencySeconds} I/Os under way, and keeps at most ${demand.queueDepth}`;
      const backend = this.parts.backendOf[tier]!;
      if (backend >= 0) loads.set(backend, (loads.get(backend) ?? 0) + givenIops * costSeconds);
    }
    for (const [backend, load] of loads) if (load > 1 + SAME) return `back end ${backend} is busy for ${load} seconds in a second`;
    const sums = [this.byTier, this.byFlavor].map((tallies) => [
      tallies.reduce((sum, { served }) => sum + served, 0),
      tallies.reduce((sum, { bytes }) => sum + bytes, 0),
    ]);
    for (const [i, what] of ["I/Os", "bytes"].entries()) {
      const [tiers, flavors] = [sums[0]![i]!, sums[1]![i]!];
      if (Math.abs(tiers - flavors) > SAME * Math.max(1, tiers))
        return `tiers have served ${tiers} ${what}, and guests have done ${flavors}`;
    }
    return this.parts.tiers.check();
  }

  private followPattern(flavor: number, { pattern }: DiskDemand): void {
    if (pattern === null) return;
    const { simulation } = this.parts;
    const stepped: EventKind = simulation.kind(`guests of flavor ${flavor} change their I/O`, () => {
      this.book();
      for (const stream of this.streams.values()) if (stream.flavor === flavor) this.want(stream);
      this.change();
      simulation.schedule(pattern.stepMicros, stepped, 0);
    });
    simulation.schedule(pattern.stepMicros, stepped, 0);
  }

  private want(stream: DiskStream): void {
    const { readIops, writeIops, pattern } = stream.demand;
    const share = pattern === null ? 1 : pattern.at(stream.server, Math.floor(this.parts.simulation.now / pattern.stepMicros));
    stream.wantedIops = (readIops + writeIops) * share;
  }

  /** Rates are shared once for all that happens at an instant. */
  private change(): void {
    if (this.sharing) return;
    this.sharing = true;
    this.parts.simulation.schedule(0, this.shareNow, 0);
  }

  private share(): void {
    this.sharing = false;
    this.book();
    const { simulation, backendOf, flows } = this.parts;
    const together = new Map<number, DiskStream[]>(); // by back end; tiers without one by themselves, below 0
    for (const stream of this.streams.values()) {
      const { limits, writeShare, demand, wantedIops, tier } = stream;
      stream.limitIops = limits === null ? wantedIops : limits.iopsAt(simulation.now, { writeShare, bytes: demand.bytes }, wantedIops);
      const unit = backendOf[tier]! < 0 ? -1 - tier : backendOf[tier]!;
      const those = together.get(unit);
      if (those === undefined) together.set(unit, [stream]);
      else those.push(stream);
    }
    let total = 0;
    for (const streams of together.values()) {
      const ios = streams.map(ioStreamOf);
      const shares = shareIo(ios);
      for (const [i, stream] of streams.entries()) {
        stream.givenIops = shares.iops[i]!;
        stream.backendSeconds = latencyOf(ios[i]!, shares);
        stream.backendWaitSeconds = spreadOf(ios[i]!, shares);
        flows.offer(stream);
        this.settle(stream);
        total += stream.givenIops;
      }
    }
    simulation.record(this.told, 0, Math.round(total) | 0);
    this.wait();
  }

  /** A guest that is held back, by whatever it be, keeps its queue full: Little's law tells its latency. */
  private settle(stream: DiskStream): void {
    stream.iops = stream.givenIops * this.parts.flows.carriedShare(stream);
    const free = stream.iops >= stream.wantedIops * (1 - SAME);
    const full = stream.iops > 0 ? stream.demand.queueDepth / stream.iops : 0;
    stream.latencySeconds = free ? stream.backendSeconds : full;
    stream.waitSeconds = free ? stream.backendWaitSeconds : 0;
  }

  private followTheNetwork(): void {
    let changed = false;
    for (const stream of this.streams.values()) {
      const iops = stream.givenIops * this.parts.flows.carriedShare(stream);
      if (Math.abs(iops - stream.iops) <= SAME * stream.iops) continue;
      if (!changed) this.book();
      changed = true;
      this.settle(stream);
    }
    if (changed) this.wait();
  }

  /** Sets the timer to the next instant at which a bucket or a pool runs out. */
  private wait(): void {
    const { simulation, tiers } = this.parts;
    let micros = Number.POSITIVE_INFINITY;
    const growing = new Map<number, { bytesPerMicro: number; nextByteMicros: number }>();
    for (const stream of this.streams.values()) {
      const { limits, writeShare, demand, iops, tier, newBytes } = stream;
      if (limits !== null) micros = Math.min(micros, limits.microsAt(simulation.now, { writeShare, bytes: demand.bytes }, iops));
      const grows = this.growth(stream) / SECOND;
      if (grows === 0) continue;
      micros = Math.min(micros, tiers.unwrittenBytes(stream.volume) / grows);
      const sum = growing.get(tier) ?? { bytesPerMicro: 0, nextByteMicros: Number.POSITIVE_INFINITY };
      const nextByteMicros = Math.min(sum.nextByteMicros, (1 - newBytes) / grows);
      growing.set(tier, { bytesPerMicro: sum.bytesPerMicro + grows, nextByteMicros });
    }
    for (const [tier, { bytesPerMicro, nextByteMicros }] of growing) {
      micros = Math.min(micros, Math.max(tiers.poolOf(tier)!.freeBytes / bytesPerMicro, nextByteMicros));
    }
    simulation.cancel(this.next, 0);
    if (simulation.now + micros < Number.MAX_SAFE_INTEGER) simulation.set(Math.max(1, Math.ceil(micros)), this.next, 0);
  }

  /** Bytes per second for which the stream's volume needs new room. */
  private growth({ tier, volume, iops, writeShare, demand }: DiskStream): number {
    const { tiers } = this.parts;
    if (tiers.poolOf(tier) === null || tiers.unwrittenBytes(volume) === 0) return 0;
    return iops * writeShare * demand.bytes * demand.newShare;
  }

  private writeNew(stream: DiskStream, seconds: number): void {
    const grows = this.growth(stream);
    if (grows === 0) return;
    stream.newBytes += grows * seconds;
    const whole = Math.floor(stream.newBytes);
    if (whole === 0) return;
    stream.newBytes -= whole;
    const { tiers, simulation } = this.parts;
    // The timer comes up to a microsecond late: what still fitted was written, and the first byte that did not is refused.
    const fits = Math.min(whole, tiers.poolOf(stream.tier)!.freeBytes);
    tiers.writeNew(stream.volume, fits);
    if (tiers.writeNew(stream.volume, whole - fits) === "ENOSPC") simulation.schedule(0, this.pauseNow, stream.server);
  }

  private pauseGuest(server: number): void {
    const stream = this.streams.get(server);
    if (stream === undefined || !this.parts.tiers.isPaused(stream.volume)) return;
    this.held.set(stream.volume, server);
    this.byTier[stream.tier]!.paused++;
    this.byFlavor[stream.flavor]!.paused++;
    this.parts.pause(server);
  }
}
