// Devices that carry reads and writes at once, under simulated time: a disk as a fluid, without seeks or queues. Who gets how much is
// `DeviceShares`; here the ends of the operations become events. One timer a device, for the operation that ends first.
import type { Simulation, TimerKind } from "../kernel/simulation.ts";
import { SECOND } from "../kernel/time.ts";
import { type DeviceBandwidth, type DeviceOperation, DeviceShares } from "./device-shares.ts";

/** More than division can add to a whole number of microseconds, up to months. */
const ROUNDING_MICROS = 0.01;

export class SharedDevices {
  private readonly simulation: Simulation;
  private readonly finished: (job: number) => void;
  private readonly firstDone: TimerKind; // by device
  private readonly shares: DeviceShares;

  /** `devices`: bandwidths in bytes per second. `finished` is called when the last byte of an operation is done. */
  constructor(simulation: Simulation, devices: readonly DeviceBandwidth[], finished: (job: number) => void) {
    this.simulation = simulation;
    this.finished = finished;
    this.shares = new DeviceShares(devices.map(perMicrosecond));
    this.firstDone = simulation.timer("device operation done", (device) => {
      const job = this.shares.firstToEnd(device);
      this.remove(job);
      this.finished(job);
    });
  }

  /** Starts to read or write `bytes`. Operations are numbered by the caller; under contention one of weight 2 is served twice as fast. */
  begin(job: number, device: number, operation: DeviceOperation, bytes: number, weight = 1): void {
    this.shares.begin(job, device, operation, bytes, weight, this.simulation.now);
    this.setTimer(device);
  }

  /** Takes an operation away before it is done. */
  remove(job: number): void {
    const device = this.shares.deviceOf(job);
    this.shares.remove(job, this.simulation.now);
    this.setTimer(device);
  }

  /** From now on the device carries this much, in bytes per second; 0 stalls what runs on it. */
  setBandwidth(device: number, bandwidth: DeviceBandwidth): void {
    this.shares.setBandwidth(device, perMicrosecond(bandwidth), this.simulation.now);
    this.setTimer(device);
  }

  /** Bytes per second that the operation gets now, 0 when it is not under way. */
  rateOf(job: number): number {
    return this.shares.rateOf(job) * SECOND;
  }

  /** Bytes that the operation has left. */
  remainingOf(job: number): number {
    return this.shares.remainingOf(job, this.simulation.now);
  }

  /** Bytes per second that all reads, or all writes, of the device get now. */
  throughput(device: number, operation: DeviceOperation): number {
    return this.shares.throughput(device, operation) * SECOND;
  }

  /** Operations under way on the device. */
  countOn(device: number): number {
    return this.shares.countOn(device);
  }

  private setTimer(device: number): void {
    this.simulation.cancel(this.firstDone, device);
    const first = this.shares.firstToEnd(device);
    if (first < 0) return;
    this.simulation.set(Math.max(0, Math.ceil(this.shares.toGo(first) - ROUNDING_MICROS)), this.firstDone, device);
  }
}

function perMicrosecond({ read, write, together }: DeviceBandwidth): DeviceBandwidth {
  return { read: read / SECOND, write: write / SECOND, together: together / SECOND };
}
