// The most that each host and each rack has drawn: what a circuit has to carry. A change counts once it has held for some time, so that what
// is off and on again within one instant leaves no peak.
import type { Micros } from "../kernel/time.ts";
import type { HostPower } from "./power.ts";

export class PowerPeaks {
  readonly racks: number;
  private readonly power: HostPower;
  private readonly rackOf: readonly number[];
  private readonly hostsOf: readonly (readonly number[])[];
  private readonly host: Peaks;
  private readonly rack: Peaks;

  /** Follows every change of the hosts' power from now on. */
  constructor(power: HostPower, rackOf: readonly number[], now: Micros = 0) {
    this.power = power;
    this.rackOf = rackOf;
    this.racks = rackOf.reduce((most, rack) => Math.max(most, rack + 1), 0);
    const hostsOf: number[][] = Array.from({ length: this.racks }, () => []);
    for (const [host, rack] of rackOf.entries()) hostsOf[rack]!.push(host);
    this.hostsOf = hostsOf;
    this.host = new Peaks(rackOf.length, now);
    this.rack = new Peaks(this.racks, now);
    for (let host = 0; host < rackOf.length; host++) this.host.settle(host, now, power.watts(host));
    for (let rack = 0; rack < this.racks; rack++) this.rack.settle(rack, now, this.rackWatts(rack));
    power.listen((at, host, _before, after) => {
      const rack = this.rackOf[host]!;
      this.host.settle(host, at, after);
      this.rack.settle(rack, at, this.rackWatts(rack));
    });
  }

  /** Watts. */
  ofHost(host: number, now: Micros): number {
    return this.host.peak(host, now);
  }

  ofRack(rack: number, now: Micros): number {
    return this.rack.peak(rack, now);
  }

  /** Forgets what was before `now` (end of a warm-up). */
  reset(now: Micros): void {
    this.host.reset(now);
    this.rack.reset(now);
  }

  /** Summed anew each time, so that changes leave no rounding behind; a rack has few hosts. */
  private rackWatts(rack: number): number {
    let watts = 0;
    for (const host of this.hostsOf[rack]!) watts += this.power.watts(host);
    return watts;
  }
}

class Peaks {
  private readonly most: Float64Array;
  private readonly held: Float64Array;
  private readonly since: Float64Array;

  constructor(count: number, now: Micros) {
    this.most = new Float64Array(count);
    this.held = new Float64Array(count);
    this.since = new Float64Array(count).fill(now);
  }

  settle(row: number, now: Micros, value: number): void {
    this.most[row] = this.peak(row, now);
    this.held[row] = value;
    this.since[row] = now;
  }

  peak(row: number, now: Micros): number {
    return now > this.since[row]! ? Math.max(this.most[row]!, this.held[row]!) : this.most[row]!;
  }

  reset(now: Micros): void {
    this.most.fill(0);
    this.since.fill(now);
  }
}
