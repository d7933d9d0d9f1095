// How much of the network's links is used: bytes carried, the highest rate, and the time for which a link had nothing left to give. It listens to
// the rates of transfers and changes nothing.
import type { FabricLink } from "../datacenter/fabric/link-kinds.ts";
import type { Simulation } from "../kernel/simulation.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import type { SharedCapacity } from "../queueing/shared-capacity.ts";

/** Relative: so near to its capacity a link is full; rates are rounded. */
const FULL = 1 - 1e-6;

export class LinkUse {
  readonly links: readonly FabricLink[];
  /** By link: the highest rate that lasted, in bytes per second. */
  private readonly peak: Float64Array;
  private readonly fullMicros: Float64Array;
  private readonly rate: Float64Array;
  private readonly bytesBefore: Float64Array;
  private readonly simulation: Simulation;
  private readonly transfers: SharedCapacity;
  private from: Micros;
  private bookedAt: Micros;

  constructor(simulation: Simulation, transfers: SharedCapacity, links: readonly FabricLink[]) {
    this.simulation = simulation;
    this.transfers = transfers;
    this.links = links;
    this.peak = new Float64Array(links.length);
    this.fullMicros = new Float64Array(links.length);
    this.rate = new Float64Array(links.length);
    this.bytesBefore = new Float64Array(links.length);
    this.from = simulation.now;
    this.bookedAt = simulation.now;
    transfers.onRates(() => this.follow());
  }

  /** Ends the warm-up: what was carried before does not count. */
  reset(): void {
    this.book();
    this.from = this.simulation.now;
    this.peak.fill(0);
    this.fullMicros.fill(0);
    for (const [index, { link }] of this.links.entries()) this.bytesBefore[index] = this.transfers.bytesOn(link);
  }

  /** Counts what has happened up to now. */
  book(): void {
    const { simulation, links, rate, peak, fullMicros } = this;
    const micros = simulation.now - this.bookedAt;
    if (micros === 0) return;
    this.bookedAt = simulation.now;
    for (let index = 0; index < links.length; index++) {
      const bytesPerSecond = rate[index]!;
      if (bytesPerSecond === 0) continue;
      if (bytesPerSecond > peak[index]!) peak[index] = bytesPerSecond;
      if (bytesPerSecond >= links[index]!.bytesPerSecond * FULL) fullMicros[index]! += micros;
    }
  }

  /** Share of what a link can carry that it has carried, by its index. */
  mean(index: number): number {
    const { link, bytesPerSecond } = this.links[index]!;
    const seconds = (this.simulation.now - this.from) / SECOND;
    return seconds === 0 ? 0 : (this.transfers.bytesOn(link) - this.bytesBefore[index]!) / (bytesPerSecond * seconds);
  }

  /** Of a link that is full the rates may add up to a rounding more than it has. */
  peakShare(index: number): number {
    return Math.min(1, this.peak[index]! / this.links[index]!.bytesPerSecond);
  }

  /** Share of the time for which a link was full. */
  full(index: number): number {
    const micros = this.simulation.now - this.from;
    return micros === 0 ? 0 : this.fullMicros[index]! / micros;
  }

  private follow(): void {
    this.book();
    for (let index = 0; index < this.links.length; index++) this.rate[index] = this.transfers.load(this.links[index]!.link);
  }
}
