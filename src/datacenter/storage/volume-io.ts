// Carries out I/O plans, I/O by I/O: each stage begins when all legs of the one before are done, each leg sends its message, works and waits for
// its device. How long a message takes is the caller's: a fixed latency, or a flow over a shared network.
import { log } from "../../kernel/elementary.ts";
import type { Stream } from "../../kernel/random.ts";
import type { EventKind, Simulation } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import { SECOND } from "../../kernel/time.ts";
import type { DeviceId } from "./device-queues.ts";
import { DeviceQueues } from "./device-queues.ts";
import type { IoPlan, Leg, Transfer } from "./io-plan.ts";

/** Sends bytes, and calls `arrived` with `leg` in the event in which the last of them are there. Numbers of legs are one sender's own: one carrier each. */
export type Carrier = (transfer: Transfer, leg: number, arrived: (leg: number) => void) => void;

interface Running {
  readonly job: number;
  readonly plan: IoPlan;
  stage: number;
  open: number;
  ok: boolean;
}

export class VolumeIo {
  readonly devices: DeviceQueues;
  private readonly simulation: Simulation;
  private readonly jitter: Stream;
  private readonly carry: Carrier;
  private readonly done: (job: number, ok: boolean) => void;
  private readonly worked: EventKind;
  private readonly legs: { running: Running; leg: Leg }[] = [];
  private readonly unused: number[] = [];
  private draws = 0;

  /** `done` is called when a plan's last stage is over; not `ok` when one of its devices has failed. */
  constructor(
    simulation: Simulation,
    streams: { readonly places: Stream; readonly jitter: Stream },
    carry: Carrier,
    done: (job: number, ok: boolean) => void,
  ) {
    this.simulation = simulation;
    this.jitter = streams.jitter;
    this.carry = carry;
    this.done = done;
    this.devices = new DeviceQueues(simulation, streams.places, (leg, _device, ok) => this.answer(leg, ok));
    this.worked = simulation.kind("storage node has processed", (leg) => this.toDevice(leg));
  }

  /** Starts a plan under the caller's number for it. */
  start(job: number, plan: IoPlan): void {
    this.nextStage({ job, plan, stage: -1, open: 0, ok: true });
  }

  private nextStage(running: Running): void {
    running.stage++;
    const stage = running.plan[running.stage];
    if (stage === undefined) {
      this.done(running.job, running.ok);
      return;
    }
    running.open = stage.length;
    if (stage.length === 0) this.nextStage(running);
    for (const leg of stage) {
      const row = this.unused.pop() ?? this.legs.length;
      this.legs[row] = { running, leg };
      if (leg.transfer === null) this.work(row);
      else this.carry(leg.transfer, row, (arrived) => this.work(arrived));
    }
  }

  private work(row: number): void {
    const { workSeconds, jitterSeconds } = this.legs[row]!.leg;
    if (workSeconds === 0) {
      this.toDevice(row);
      return;
    }
    const extra = jitterSeconds > 0 ? -jitterSeconds * log(this.jitter.uniform(0, this.draws++)) : 0;
    this.simulation.schedule(Math.round((workSeconds - jitterSeconds + extra) * SECOND) as Micros, this.worked, row);
  }

  private toDevice(row: number): void {
    const { device, io } = this.legs[row]!.leg;
    if (device === null || io === null) this.answer(row, true);
    else this.devices.submit(device as DeviceId, row, io);
  }

  private answer(row: number, ok: boolean): void {
    const { running, leg } = this.legs[row]!;
    if (!ok) running.ok = false;
    if (leg.reply === null) this.finish(row);
    else this.carry(leg.reply, row, (arrived) => this.finish(arrived));
  }

  private finish(row: number): void {
    const { running } = this.legs[row]!;
    this.unused.push(row);
    if (--running.open === 0) this.nextStage(running);
  }
}

/** A network without queues: every message takes the latency and its bytes at the bandwidth. */
export function fixedLatency(simulation: Simulation, latencyMicros: Micros, bytesPerSecond = Number.POSITIVE_INFINITY): Carrier {
  if (!(latencyMicros >= 0 && bytesPerSecond > 0)) {
    throw new RangeError(`a network of ${latencyMicros} us and ${bytesPerSecond} B/s: expected a latency of 0 or more and a rate above 0`);
  }
  const waiting: ((leg: number) => void)[] = [];
  const arrives = simulation.kind("storage message arrives", (leg) => waiting[leg]!(leg));
  return ({ from, to, bytes }, leg, arrived) => {
    waiting[leg] = arrived;
    simulation.schedule(from === to ? 0 : latencyMicros + Math.round((bytes / bytesPerSecond) * SECOND), arrives, leg);
  };
}
