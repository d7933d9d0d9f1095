// When the last byte of each flow arrives. All flows that the same link holds back move at the same rate per weight, so they share a clock that
// runs at that rate and shows the bytes that a flow of weight 1 has moved: a flow is due at a fixed reading of its clock, however often the
// rate changes, and a change costs as much for a thousand flows as for one. Flows held back by nothing but their own cap follow clock 0, which
// is the time itself.
//
// @source virtual time as in fair queueing: A. Demers, S. Keshav, S. Shenker, Analysis and simulation of a fair queueing algorithm, SIGCOMM 1989
import { wider } from "./crossings.ts";
import { DueOrder } from "./due-order.ts";
import { SmallestFirst } from "./smallest-first.ts";

/** The clock of the flows that run at their own pace: it shows ticks. */
export const OWN_PACE = 0;

export class ServiceClocks {
  now = 0;
  /** By flow: the clock that it follows, or -1. */
  clockOf = new Int32Array(64).fill(-1);
  /** By clock: bytes per second and unit of weight. */
  rate = new Float64Array(16);
  private readonly ticksPerSecond: number;
  private readonly order = new DueOrder();
  /** The clocks that run and have a flow to wait for, by the tick at which the first of them ends. */
  private readonly ends = new SmallestFirst();
  private clocks = 0;
  // By clock: its reading as of tick `since`.
  private reading = new Float64Array(16);
  private since = new Float64Array(16);
  /** By flow: bytes a unit of its clock's reading. */
  private pace = new Float64Array(64);

  constructor(ticksPerSecond: number) {
    this.ticksPerSecond = ticksPerSecond;
    this.addClock(ticksPerSecond);
  }

  addClock(rate: number): number {
    const clock = this.clocks++;
    if (clock === this.rate.length) {
      this.rate = wider(this.rate, 2 * clock);
      this.reading = wider(this.reading, 2 * clock);
      this.since = wider(this.since, 2 * clock);
    }
    this.order.addClock(clock);
    this.rate[clock] = rate;
    this.since[clock] = this.now;
    return clock;
  }

  /** From now on the clock runs at `rate` (not clock 0). */
  setRate(clock: number, rate: number): void {
    if (this.order.root[clock]! >= 0) this.reading[clock] = this.read(clock);
    else this.reading[clock] = 0;
    this.since[clock] = this.now;
    this.rate[clock] = rate;
    this.expect(clock);
  }

  /** A flow with `bytes` left follows the clock, at `pace` bytes a unit of its reading. */
  join(clock: number, flow: number, bytes: number, pace: number): void {
    if (flow >= this.clockOf.length) this.growFlows(flow);
    this.clockOf[flow] = clock;
    this.pace[flow] = pace;
    const before = this.order.root[clock]!;
    if (before < 0 && clock !== OWN_PACE) {
      this.reading[clock] = 0;
      this.since[clock] = this.now;
    }
    this.order.join(clock, flow, this.read(clock) + bytes / pace);
    if (this.order.root[clock] !== before) this.expect(clock);
  }

  /** A flow follows its clock no longer. */
  leave(flow: number): void {
    const clock = this.clockOf[flow]!;
    const wasFirst = this.order.root[clock] === flow;
    this.order.leave(clock, flow);
    this.clockOf[flow] = -1;
    if (wasFirst) this.expect(clock);
  }

  /** Bytes that a flow has left now. */
  left(flow: number): number {
    const ahead = this.order.due[flow]! - this.read(this.clockOf[flow]!);
    return ahead > 0 ? ahead * this.pace[flow]! : 0;
  }

  /** The tick of the next end (any real number); Infinity when nothing moves. */
  get nextEnd(): number {
    return this.ends.firstKey;
  }

  /** Ticks from now to the next end: to the last digit even when the clock shows months. */
  get ticksToNextEnd(): number {
    const clock = this.ends.first;
    if (clock < 0) return Number.POSITIVE_INFINITY;
    if (clock === OWN_PACE) return this.order.due[this.order.root[OWN_PACE]!]! - this.now;
    return this.since[clock]! - this.now + this.ticksToFirst(clock);
  }

  /** Takes out a flow that ends by this tick; -1 when there is none. */
  takeEnded(by: number): number {
    if (!(this.ends.firstKey <= by)) return -1;
    const flow = this.order.root[this.ends.first]!;
    this.leave(flow);
    return flow;
  }

  private read(clock: number): number {
    if (clock === OWN_PACE) return this.now;
    const elapsed = this.now - this.since[clock]!;
    return elapsed === 0 ? this.reading[clock]! : this.reading[clock]! + (this.rate[clock]! * elapsed) / this.ticksPerSecond;
  }

  private ticksToFirst(clock: number): number {
    const ahead = this.order.due[this.order.root[clock]!]! - this.reading[clock]!;
    return ahead <= 0 ? 0 : (ahead / this.rate[clock]!) * this.ticksPerSecond;
  }

  /** Notes when the clock's first flow ends. */
  private expect(clock: number): void {
    const first = this.order.root[clock]!;
    if (first < 0 || this.rate[clock] === 0) this.ends.remove(clock);
    else if (clock === OWN_PACE) this.ends.set(clock, this.order.due[first]!);
    else this.ends.set(clock, this.since[clock]! + this.ticksToFirst(clock));
  }

  private growFlows(flow: number): void {
    const { length } = this.clockOf;
    this.clockOf = wider(this.clockOf, Math.max(flow + 1, 2 * length));
    this.clockOf.fill(-1, length);
    this.pace = wider(this.pace, this.clockOf.length);
  }
}
