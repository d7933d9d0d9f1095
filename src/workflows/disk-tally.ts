// What is counted of the I/O of guests with volumes: by storage tier, and by flavor, so that neighbours are told apart.
import { log } from "../kernel/elementary.ts";
import { WeightedQuantiles } from "../statistics/weighted-quantiles.ts";

/** Middles of shares of an exponential time, and how much of it each stands for: fine where the tail is. */
const exponential: readonly (readonly [time: number, share: number])[] = [
  ...Array.from({ length: 9 }, (_, i) => [-log(1 - (i + 0.5) / 10), 0.1] as const),
  ...Array.from({ length: 10 }, (_, i) => [-log(0.1 - (i + 0.5) / 100), 0.01] as const),
];

export interface BookedIo {
  /** I/Os that the guest wanted to do, that it has done, and that QoS has held back. */
  readonly asked: number;
  readonly served: number;
  readonly heldBack: number;
  readonly bytes: number;
  /** Mean latency of those done, and the part of it that differs from I/O to I/O. */
  readonly latencySeconds: number;
  readonly waitSeconds: number;
}

export class DiskTally {
  asked = 0;
  served = 0;
  heldBack = 0;
  bytes = 0;
  /** Servers that were paused because the pool was full. */
  paused = 0;
  /** Times that the pool became near full. */
  nearFull = 0;
  private latencySum = 0;
  private readonly latencies = new WeightedQuantiles();

  /**
   * Assumes that waits in a queue that is not saturated are exponential, and that all I/Os of a saturated one wait alike. Reads and writes of a
   * guest are not told apart: they have its mean latency.
   */
  add({ asked, served, heldBack, bytes, latencySeconds, waitSeconds }: BookedIo): void {
    this.asked += asked;
    this.served += served;
    this.heldBack += heldBack;
    this.bytes += bytes;
    if (served === 0 || !(latencySeconds > 0)) return;
    this.latencySum += served * latencySeconds;
    const least = latencySeconds - waitSeconds;
    if (!(waitSeconds > 0 && least > 0)) this.latencies.add(latencySeconds, served);
    else for (const [time, share] of exponential) this.latencies.add(least + waitSeconds * time, served * share);
  }

  get latencyMeanSeconds(): number {
    return this.latencies.weight === 0 ? Number.NaN : this.latencySum / this.latencies.weight;
  }

  latencySeconds(p: number): number {
    return this.latencies.quantile(p);
  }

  reset(): void {
    this.asked = this.served = this.heldBack = this.bytes = this.paused = this.nearFull = this.latencySum = 0;
    this.latencies.reset();
  }
}
