// Samples: what the meters have said, one row a sample, in columns that grow. Written to `meters.csv` at the end of a run.
import type { Micros } from "../kernel/time.ts";

export interface GuestTraffic {
  readonly incomingBytesPerSecond: number;
  readonly outgoingBytesPerSecond: number;
  /** Bytes of a server between two instants, where a trace says more than a mean. */
  readonly recorded?: {
    readonly incoming: (server: number, from: Micros, until: Micros) => number;
    readonly outgoing: (server: number, from: Micros, until: Micros) => number;
  };
}

export interface Sample {
  /** Index into the meters of the run. */
  readonly meter: number;
  readonly entity: number;
  readonly time: Micros;
  readonly volume: number;
}

export class Samples {
  count = 0;
  private meters = new Uint8Array(1024);
  private entities = new Int32Array(1024);
  private times = new Float64Array(1024);
  private volumes = new Float64Array(1024);

  add(meter: number, entity: number, time: Micros, volume: number): void {
    if (this.count === this.times.length) this.grow();
    const at = this.count++;
    this.meters[at] = meter;
    this.entities[at] = entity;
    this.times[at] = time;
    this.volumes[at] = volume;
  }

  row(index: number): Sample {
    return { meter: this.meters[index]!, entity: this.entities[index]!, time: this.times[index]!, volume: this.volumes[index]! };
  }

  private grow(): void {
    const length = this.times.length * 2;
    const meters = new Uint8Array(length);
    meters.set(this.meters);
    this.meters = meters;
    const entities = new Int32Array(length);
    entities.set(this.entities);
    this.entities = entities;
    const times = new Float64Array(length);
    times.set(this.times);
    this.times = times;
    const volumes = new Float64Array(length);
    volumes.set(this.volumes);
    this.volumes = volumes;
  }
}
