// Who gets how much of devices that carry reads and writes at once: the arithmetic of `SharedDevices`, without a clock. Instants are handed in,
// as doubles in any unit of time; bandwidths are bytes per that unit.
//
// A device has three limits: reads together, writes together, everything together. Rates are the weighted max-min fair ones. All reads then
// have one rate per unit of weight, its level, and all writes have one: the levels rise together until a limit is met. So a class needs one
// number for all its operations, the bytes served per unit of weight since it was last idle, and an operation ends when that reaches a tag
// known from its start: O(log k) a change. A class that is never idle loses a tenth of a byte of precision after 10^15 bytes.
//
// @source SimGrid's disk model (`test/oracles/simgrid-disk.test.ts`); tags as in virtual clocks of fair queueing (Parekh & Gallager, 1993)
import { grown } from "../kernel/grown.ts";

/** What a device carries, in bytes per unit of time; each limit 0 or more. */
export interface DeviceBandwidth {
  readonly read: number;
  readonly write: number;
  /** Reads and writes together. */
  readonly together: number;
}

export type DeviceOperation = "read" | "write";

export class DeviceShares {
  private readonly together: Float64Array; // by device
  private readonly updatedAt: Float64Array;
  // By class: 2 x device for its reads, 2 x device + 1 for its writes.
  private readonly bandwidth: Float64Array;
  private readonly weightSum: Float64Array;
  private readonly level: Float64Array; // bytes per time and weight
  private readonly served: Float64Array; // bytes per weight up to `updatedAt`
  private readonly heaps: number[][]; // jobs by tag, the first to end on top
  private tag = new Float64Array(64);
  private weight = new Float64Array(64);
  private classOf = new Int32Array(64).fill(-1);
  private place = new Int32Array(64); // in its heap

  constructor(devices: readonly DeviceBandwidth[]) {
    this.together = new Float64Array(devices.length);
    this.updatedAt = new Float64Array(devices.length);
    this.bandwidth = new Float64Array(2 * devices.length);
    this.weightSum = new Float64Array(2 * devices.length);
    this.level = new Float64Array(2 * devices.length);
    this.served = new Float64Array(2 * devices.length);
    this.heaps = Array.from({ length: 2 * devices.length }, () => []);
    for (const [device, bandwidth] of devices.entries()) this.setBandwidth(device, bandwidth, 0);
  }

  /** Operation `job` of `bytes` begins; under contention one of weight 2 is served twice as fast as one of weight 1. */
  begin(job: number, device: number, operation: DeviceOperation, bytes: number, weight: number, now: number): void {
    if (!(bytes >= 0 && bytes < Number.POSITIVE_INFINITY)) throw new RangeError(`${operation} ${job}: ${bytes} bytes; expected 0 or more`);
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`${operation} ${job}: a weight of ${weight}; expected above 0`);
    if (this.together[device] === undefined) throw new RangeError(`${operation} ${job}: no device ${device} among ${this.together.length}`);
    if (job >= this.tag.length) this.grow(job);
    if (this.classOf[job]! >= 0) throw new RangeError(`${operation} ${job} begins, but is under way already`);
    this.serve(device, now);
    const ofClass = 2 * device + (operation === "write" ? 1 : 0);
    this.classOf[job] = ofClass;
    this.weight[job] = weight;
    this.tag[job] = this.served[ofClass]! + bytes / weight;
    this.weightSum[ofClass]! += weight;
    const heap = this.heaps[ofClass]!;
    heap.push(job);
    this.rise(heap, heap.length - 1);
    this.share(device);
  }

  /** Takes an operation away, done or not. */
  remove(job: number, now: number): void {
    const device = this.deviceOf(job);
    const ofClass = this.classOf[job]!;
    this.serve(device, now);
    const heap = this.heaps[ofClass]!;
    const place = this.place[job]!;
    const last = heap.pop()!;
    if (last !== job) {
      heap[place] = last;
      this.place[last] = place;
      this.rise(heap, place);
      this.sink(heap, this.place[last]!);
    }
    this.classOf[job] = -1;
    this.weightSum[ofClass]! -= this.weight[job]!;
    if (heap.length === 0) this.weightSum[ofClass] = this.served[ofClass] = 0; // no residue of fractions
    this.share(device);
  }

  /** From now on the device carries this much; its operations keep what they have done. */
  setBandwidth(device: number, { read, write, together }: DeviceBandwidth, now: number): void {
    if (this.together[device] === undefined) throw new RangeError(`no device ${device} among ${this.together.length}`);
    for (const [name, limit] of Object.entries({ read, write, together })) {
      if (!(limit >= 0 && limit < Number.POSITIVE_INFINITY)) {
        throw new RangeError(`device ${device}: a ${name} bandwidth of ${limit}; expected 0 or more`);
      }
    }
    this.serve(device, now);
    this.bandwidth[2 * device] = read;
    this.bandwidth[2 * device + 1] = write;
    this.together[device] = together;
    this.share(device);
  }

  /** The device of an operation that is under way. */
  deviceOf(job: number): number {
    const ofClass = this.classOf[job] ?? -1;
    if (ofClass < 0) throw new RangeError(`operation ${job} is not under way`);
    return ofClass >> 1;
  }

  /** Bytes per unit of time that the operation gets now, 0 when it is not under way. */
  rateOf(job: number): number {
    const ofClass = this.classOf[job] ?? -1;
    return ofClass < 0 ? 0 : this.level[ofClass]! * this.weight[job]!;
  }

  /** Bytes that the operation has left at `now`. */
  remainingOf(job: number, now: number): number {
    const device = this.deviceOf(job);
    const ofClass = this.classOf[job]!;
    const served = this.served[ofClass]! + this.level[ofClass]! * (now - this.updatedAt[device]!);
    return Math.max(0, (this.tag[job]! - served) * this.weight[job]!);
  }

  /** Bytes per unit of time that all reads, or all writes, of the device get now. */
  throughput(device: number, operation: DeviceOperation): number {
    const ofClass = 2 * device + (operation === "write" ? 1 : 0);
    return this.level[ofClass]! * this.weightSum[ofClass]!;
  }

  /** Operations under way on the device. */
  countOn(device: number): number {
    return this.heaps[2 * device]!.length + this.heaps[2 * device + 1]!.length;
  }

  /** The operation that ends first at the present rates, -1 when none ever does; reads before writes of the same end. */
  firstToEnd(device: number): number {
    const read = this.heaps[2 * device]![0] ?? -1;
    const write = this.heaps[2 * device + 1]![0] ?? -1;
    const readToGo = read < 0 ? Number.POSITIVE_INFINITY : this.toGo(read);
    const writeToGo = write < 0 ? Number.POSITIVE_INFINITY : this.toGo(write);
    if (Math.min(readToGo, writeToGo) === Number.POSITIVE_INFINITY) return -1;
    return readToGo <= writeToGo ? read : write;
  }

  /** Time from the last change on its device to the end of an operation, Infinity when it gets nothing. */
  toGo(job: number): number {
    const ofClass = this.classOf[job]!;
    const left = this.tag[job]! - this.served[ofClass]!;
    return left > 0 ? left / this.level[ofClass]! : 0;
  }

  /** When the operation is done at the present rates. */
  endOf(job: number): number {
    return this.updatedAt[this.deviceOf(job)]! + this.toGo(job);
  }

  private serve(device: number, now: number): void {
    const elapsed = now - this.updatedAt[device]!;
    this.updatedAt[device] = now;
    for (let ofClass = 2 * device; ofClass <= 2 * device + 1; ofClass++) this.served[ofClass]! += this.level[ofClass]! * elapsed;
  }

  /** Both levels rise together until a limit is met; if it is that of one class, the other goes on to its own or to what is left. */
  private share(device: number): void {
    const [reads, writes] = [2 * device, 2 * device + 1];
    const readWeight = this.weightSum[reads]!;
    const writeWeight = this.weightSum[writes]!;
    const together = this.together[device]!;
    const bothAt = readWeight + writeWeight > 0 ? together / (readWeight + writeWeight) : 0;
    const readsAt = readWeight > 0 ? this.bandwidth[reads]! / readWeight : Number.POSITIVE_INFINITY;
    const writesAt = writeWeight > 0 ? this.bandwidth[writes]! / writeWeight : Number.POSITIVE_INFINITY;
    let [readLevel, writeLevel] = [bothAt, bothAt];
    if (readsAt < bothAt && readsAt <= writesAt) {
      readLevel = readsAt;
      writeLevel = Math.min(writesAt, (together - this.bandwidth[reads]!) / writeWeight);
    } else if (writesAt < bothAt) {
      writeLevel = writesAt;
      readLevel = Math.min(readsAt, (together - this.bandwidth[writes]!) / readWeight);
    }
    this.level[reads] = readWeight > 0 ? readLevel : 0;
    this.level[writes] = writeWeight > 0 ? writeLevel : 0;
  }

  private rise(heap: number[], at: number): void {
    const job = heap[at]!;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(job, heap[parent]!)) break;
      this.put(heap, at, heap[parent]!);
      at = parent;
    }
    this.put(heap, at, job);
  }

  private sink(heap: number[], at: number): void {
    const job = heap[at]!;
    for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, job)) break;
      this.put(heap, at, heap[child]!);
      at = child;
    }
    this.put(heap, at, job);
  }

  private put(heap: number[], at: number, job: number): void {
    heap[at] = job;
    this.place[job] = at;
  }

  /** Jobs with one tag end in the order of their numbers. */
  private before(a: number, b: number): boolean {
    const difference = this.tag[a]! - this.tag[b]!;
    return difference < 0 || (difference === 0 && a < b);
  }

  private grow(job: number): void {
    const length = Math.max(job + 1, this.tag.length * 2);
    this.tag = grown(this.tag, length);
    this.weight = grown(this.weight, length);
    this.classOf = grown(this.classOf, length, -1);
    this.place = grown(this.place, length);
  }
}
