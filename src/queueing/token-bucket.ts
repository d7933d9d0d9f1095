// A token bucket: a limit to a long-run rate that lets short bursts through. Tokens come at `ratePerSecond` until `burst` of them are there. A
// request goes as soon as the bucket is not overdrawn and then takes all it needs, even if that overdraws the bucket; so a request larger than
// the burst is not stuck for ever, and the next one pays for it by waiting. Nothing ticks: the tokens of any instant follow from those of the last.
//
// Spent tokens are counted in millionths, so that integer rates and amounts stay integers: n requests take exactly as long as the rate says.
//
// @source QEMU docs/throttle.txt (a leaky bucket that fills with what is spent: the same thing seen from below)
import type { Micros } from "../kernel/time.ts";
import { SECOND } from "../kernel/time.ts";

export class TokenBucket {
  readonly ratePerSecond: number;
  readonly burst: number;
  /** Tokens missing from a full bucket as of `at`, in millionths. */
  private spent = 0;
  /** The least that can be missing: 0, or below it where the burst is less than the tokens of a microsecond, so that waiting for whole ones is no loss. */
  private readonly least: number;
  private at: Micros = 0;

  /** The bucket is full at first. A rate is above 0 and finite; a burst of 0 spaces requests evenly. */
  constructor(ratePerSecond: number, burst: number) {
    if (!(ratePerSecond > 0 && ratePerSecond < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`a token bucket of ${ratePerSecond} tokens/s: expected a finite rate above 0; leave the limit out for none`);
    }
    if (!(burst >= 0 && burst < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`a token bucket with a burst of ${burst} tokens: expected a finite number of 0 or more`);
    }
    this.ratePerSecond = ratePerSecond;
    this.burst = burst;
    this.least = Math.min(0, burst * SECOND - ratePerSecond);
  }

  /** Tokens there at `now`; below 0 while the bucket is overdrawn. */
  tokens(now: Micros): number {
    return Math.min(this.burst, this.burst - this.spentAt(now) / SECOND);
  }

  /** The first whole microsecond, `now` or later, at which a request may go. */
  readyAt(now: Micros): Micros {
    const over = this.spentAt(now) - this.burst * SECOND;
    return over > 0 ? now + Math.ceil(over / this.ratePerSecond) : now;
  }

  /** A request goes at `now` and takes its tokens. @throws RangeError before `readyAt`, or for an amount below 0. */
  take(now: Micros, amount: number): void {
    if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY)) throw new RangeError(`cannot take ${amount} tokens: expected 0 or more`);
    const spent = this.spentAt(now);
    if (this.readyAt(now) > now) {
      throw new RangeError(`cannot take ${amount} tokens at ${now} us: the bucket is overdrawn until ${this.readyAt(now)} us`);
    }
    this.spent = spent + amount * SECOND;
    this.at = now;
  }

  /** For a steady stream that wants `demandPerSecond`: the rate that it gets now, which is its demand while there are tokens. */
  rateFor(now: Micros, demandPerSecond: number): number {
    return this.microsOfBurst(now, demandPerSecond) > 0 ? demandPerSecond : this.ratePerSecond;
  }

  /** How long a stream that wants `demandPerSecond` goes on getting it, in whole microseconds; Infinity when the rate suffices. */
  microsOfBurst(now: Micros, demandPerSecond: number): Micros {
    if (demandPerSecond <= this.ratePerSecond) return Number.POSITIVE_INFINITY;
    return Math.max(0, Math.floor((this.burst * SECOND - this.spentAt(now)) / (demandPerSecond - this.ratePerSecond)));
  }

  /** A stream has taken `perSecond` tokens from the last instant booked until `now`. Streams are booked at every change of their rate. */
  stream(now: Micros, perSecond: number): void {
    if (!(perSecond >= 0)) throw new RangeError(`a stream of ${perSecond} tokens/s: expected 0 or more`);
    this.spent = Math.max(this.least, this.spent + (perSecond - this.ratePerSecond) * this.elapsed(now));
    this.at = now;
  }

  private spentAt(now: Micros): number {
    return Math.max(this.least, this.spent - this.ratePerSecond * this.elapsed(now));
  }

  private elapsed(now: Micros): Micros {
    if (!(now >= this.at)) throw new RangeError(`a token bucket cannot go back to ${now} us: it is booked up to ${this.at} us`);
    return now - this.at;
  }
}
