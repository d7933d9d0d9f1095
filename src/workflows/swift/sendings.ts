// Bytes on their way between storage nodes and others, each over its route and its devices. When a device of one is gone the flow breaks off, and
// whoever waits for it hears of that when his time is up.
import type { EventKind } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import type { Cloud } from "../cloud.ts";

export interface Sending {
  readonly bytes: number;
  /** Attach points. */
  readonly from: number;
  readonly to: number;
  /** Devices that are read from or written to. */
  readonly devices: readonly number[];
}

interface UnderWay extends Sending {
  readonly strand: number;
}

export class Sendings {
  private readonly cloud: Cloud;
  private readonly heard: EventKind;
  private readonly underWay = new Map<number, UnderWay>();
  private readonly left = new Map<number, number>();
  private numbers = 0;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.heard = cloud.simulation.kind("storage node is given up", (strand) => cloud.performed(strand, "HTTPServiceUnavailable"));
  }

  /** A number for something that is sent, and for the workflow that sends it. */
  next(): number {
    return this.numbers++;
  }

  get active(): number {
    return this.underWay.size;
  }

  /** For a strand that waits for its end. `ended` is to be called then. */
  begin(number: number, strand: number, sending: Sending): void {
    const { objectStore, traffic } = this.cloud;
    this.underWay.set(number, { ...sending, strand });
    const links = sending.devices.map((device) => objectStore!.deviceLink[device]!);
    traffic.start(strand, sending.bytes, sending.from, sending.to, number, links);
  }

  ended(number: number): void {
    this.underWay.delete(number);
  }

  /** Bytes that had not arrived when it broke off; 0 for what did not. Told once. */
  leftOf(number: number): number {
    const left = this.left.get(number) ?? 0;
    this.left.delete(number);
    return left;
  }

  /** A device is gone: everything that comes from it or goes to it stops now, and fails after a time. */
  breakOff(device: number, after: Micros): void {
    const { simulation, traffic, transfers } = this.cloud;
    for (const [number, { strand, devices, bytes }] of [...this.underWay]) {
      if (!devices.includes(device)) continue;
      // What has not set out yet is known to the traffic only.
      this.left.set(number, transfers.isRunning(strand) ? Math.min(bytes, Math.ceil(transfers.bytesLeft(strand))) : bytes);
      traffic.stop(strand);
      this.underWay.delete(number);
      simulation.schedule(after, this.heard, strand);
    }
  }
}
