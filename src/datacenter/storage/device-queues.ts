// Storage devices at work, request by request: I/Os wait in line for a channel, hold it, and are acknowledged. A device with an arm looks at as
// many I/Os as its queue is deep and takes the one that it reaches first; the others are first come, first served.
//
// Where random I/Os lie is a keyed draw of the device and the number of the I/O, so that two runs find the same sectors. Every device counts
// what Little's law needs.
import type { Stream } from "../../kernel/random.ts";
import type { EventKind, Simulation } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import { SECOND } from "../../kernel/time.ts";
import type { DeviceModel, Io } from "./device.ts";

export type DeviceId = number & { readonly brand: "storage device" };

export interface DeviceStatistics {
  readonly submitted: number;
  readonly acknowledged: number;
  /** Acknowledged I/Os and bytes per second since the start. */
  readonly iops: number;
  readonly bytesPerSecond: number;
  readonly meanLatencyMicros: number;
  /** Time average of I/Os submitted and not yet acknowledged. */
  readonly meanInFlight: number;
  readonly utilisation: number;
}

interface Device {
  readonly model: DeviceModel;
  failed: boolean;
  busy: number;
  /** I/Os waiting for a channel, oldest first; those before `head` are gone. */
  waiting: number[];
  head: number;
  /** Where the arm is, 0..1 of the bytes. */
  arm: number;
  /** Fraction of a microsecond owed to the next I/O, so that rounding does not change the rate. */
  holdOwed: number;
  submitted: number;
  acknowledged: number;
  bytes: number;
  inFlight: number;
  changedAt: Micros;
  areaInFlight: number;
  areaBusy: number;
  latencies: number;
}

export class DeviceQueues {
  private readonly simulation: Simulation;
  private readonly places: Stream;
  private readonly acknowledged: (job: number, device: DeviceId, ok: boolean) => void;
  private readonly devices: Device[] = [];
  private readonly channelFree: EventKind;
  private readonly acknowledge: EventKind;
  // By I/O under way; rows are used again.
  private readonly job: number[] = [];
  private readonly device: number[] = [];
  private readonly io: Io[] = [];
  private readonly place: number[] = [];
  private readonly angle: number[] = [];
  private readonly came: Micros[] = [];
  private readonly unused: number[] = [];

  /** `places` decides where random I/Os lie. `acknowledged` is called for every I/O; `ok` is false if its device has failed. */
  constructor(simulation: Simulation, places: Stream, acknowledged: (job: number, device: DeviceId, ok: boolean) => void) {
    this.simulation = simulation;
    this.places = places;
    this.acknowledged = acknowledged;
    this.channelFree = simulation.kind("device channel free", (device) => this.free(this.devices[device]!, device));
    this.acknowledge = simulation.kind("device acknowledges", (row) => this.end(row));
  }

  add(model: DeviceModel): DeviceId {
    const counts = { submitted: 0, acknowledged: 0, bytes: 0, inFlight: 0, areaInFlight: 0, areaBusy: 0, latencies: 0 };
    const device = { model, failed: false, busy: 0, waiting: [], head: 0, arm: 0, holdOwed: 0, changedAt: this.simulation.now, ...counts };
    this.devices.push(device);
    return (this.devices.length - 1) as DeviceId;
  }

  get count(): number {
    return this.devices.length;
  }

  modelOf(device: DeviceId): DeviceModel {
    return this.at(device).model;
  }

  isFailed(device: DeviceId): boolean {
    return this.at(device).failed;
  }

  /** Hands an I/O to a device. `job` is the caller's number for it. */
  submit(id: DeviceId, job: number, io: Io): void {
    const device = this.at(id);
    if (!(io.bytes >= 1 && io.bytes <= device.model.capacityBytes)) {
      throw new RangeError(`device ${id} (${device.model.key}): an I/O of ${io.bytes} bytes; expected 1 to ${device.model.capacityBytes}`);
    }
    this.advance(device);
    const row = this.unused.pop() ?? this.job.length;
    const n = device.submitted++;
    this.job[row] = job;
    this.device[row] = id;
    this.io[row] = io;
    this.came[row] = this.simulation.now;
    if (device.model.hasArm && !io.sequential) {
      this.place[row] = this.places.uniform(id, 2 * n);
      this.angle[row] = this.places.uniform(id, 2 * n + 1);
    } else {
      this.place[row] = -1;
      this.angle[row] = 0;
    }
    device.inFlight++;
    if (device.failed) this.simulation.schedule(0, this.acknowledge, row);
    else if (device.busy < device.model.channels) this.begin(device, id, row);
    else device.waiting.push(row);
  }

  /** The device is gone: what it holds and what comes is answered with an error. */
  fail(id: DeviceId): void {
    const device = this.at(id);
    if (device.failed) return;
    device.failed = true;
    for (let i = device.head; i < device.waiting.length; i++) this.simulation.schedule(0, this.acknowledge, device.waiting[i]!);
    device.waiting = [];
    device.head = 0;
  }

  /** A new device of the same model takes its place. */
  replace(id: DeviceId): void {
    this.at(id).failed = false;
  }

  inFlight(id: DeviceId): number {
    return this.at(id).inFlight;
  }

  statistics(id: DeviceId): DeviceStatistics {
    const device = this.at(id);
    this.advance(device);
    const { submitted, acknowledged, bytes } = device;
    const seconds = this.simulation.now / SECOND;
    const over = (amount: number) => (seconds > 0 ? amount / seconds : 0);
    return {
      submitted,
      acknowledged,
      iops: over(acknowledged),
      bytesPerSecond: over(bytes),
      meanLatencyMicros: acknowledged > 0 ? device.latencies / acknowledged : 0,
      meanInFlight: over(device.areaInFlight / SECOND),
      utilisation: over(device.areaBusy / SECOND) / device.model.channels,
    };
  }

  /**
   * Little's law with those still under way accounted for: the area under the number of I/Os is the sum of the times they spent. Returns the
   * difference in I/O-microseconds, 0 when all is well.
   */
  checkLittle(id: DeviceId): number {
    const device = this.at(id);
    this.advance(device);
    let spent = device.latencies;
    const unused = new Set(this.unused);
    for (let row = 0; row < this.job.length; row++) {
      if (this.device[row] === id && !unused.has(row)) spent += this.simulation.now - this.came[row]!;
    }
    return Math.abs(device.areaInFlight - spent);
  }

  private begin(device: Device, id: number, row: number): void {
    const { model } = device;
    const io = this.io[row]!;
    const now = this.simulation.now;
    const place = this.place[row]! < 0 ? device.arm : this.place[row]!;
    const positioning = this.place[row]! < 0 ? 0 : model.positioningMicros(io.write, device.arm, place, this.angle[row]!, now);
    const exactly = positioning + model.holdMicros(io, place) + device.holdOwed;
    const hold = Math.floor(exactly);
    device.holdOwed = exactly - hold;
    device.arm = model.hasArm ? Math.min(1, place + io.bytes / model.capacityBytes) : 0;
    device.busy++;
    const until = model.hasArm ? hold : Math.round(positioning + model.acknowledgeMicros(io, place));
    this.simulation.schedule(until, this.acknowledge, row);
    this.simulation.schedule(hold, this.channelFree, id);
  }

  private free(device: Device, id: number): void {
    this.advance(device);
    device.busy--;
    if (device.head < device.waiting.length) this.begin(device, id, device.model.hasArm ? this.nearest(device) : this.oldest(device));
  }

  private oldest(device: Device): number {
    const row = device.waiting[device.head++]!;
    if (device.head > 1024 && device.head * 2 > device.waiting.length) {
      device.waiting = device.waiting.slice(device.head);
      device.head = 0;
    }
    return row;
  }

  /** Takes out of the line the I/O that the arm reaches first, among as many as the queue is deep; the older of equals. */
  private nearest(device: Device): number {
    const { waiting, model, head } = device;
    const end = Math.min(waiting.length, head + model.queueDepth);
    let best = head;
    let soonest = Number.POSITIVE_INFINITY;
    for (let i = head; i < end; i++) {
      const row = waiting[i]!;
      const place = this.place[row]!;
      const micros = place < 0 ? 0 : model.positioningMicros(this.io[row]!.write, device.arm, place, this.angle[row]!, this.simulation.now);
      if (micros >= soonest) continue;
      soonest = micros;
      best = i;
    }
    const row = waiting[best]!;
    for (let i = best; i > head; i--) waiting[i] = waiting[i - 1]!;
    this.oldest(device);
    return row;
  }

  private end(row: number): void {
    const id = this.device[row]! as DeviceId;
    const device = this.devices[id]!;
    this.advance(device);
    device.inFlight--;
    device.acknowledged++;
    device.latencies += this.simulation.now - this.came[row]!;
    if (!device.failed) device.bytes += this.io[row]!.bytes;
    this.unused.push(row);
    this.acknowledged(this.job[row]!, id, !device.failed);
  }

  private advance(device: Device): void {
    const elapsed = this.simulation.now - device.changedAt;
    device.areaInFlight += device.inFlight * elapsed;
    device.areaBusy += device.busy * elapsed;
    device.changedAt = this.simulation.now;
  }

  private at(id: DeviceId): Device {
    const device = this.devices[id];
    if (device === undefined) throw new RangeError(`no storage device ${id}: there are ${this.devices.length}`);
    return device;
  }
}
