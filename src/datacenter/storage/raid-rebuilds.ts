// Rebuilds of RAID arrays at work: chunk after chunk is read from the members that are left and written to the new one. Chunks compete with the
// I/Os of clients for the devices; a rebuild never goes faster than its rate, and slower where the devices are busy.
import type { EventKind, Simulation } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import { SECOND } from "../../kernel/time.ts";
import type { IoPlan } from "./io-plan.ts";
import { rebuildBytesPerSecond } from "./raid.ts";
import type { RaidArray } from "./raid-array.ts";

interface Rebuild {
  readonly array: RaidArray;
  readonly member: number;
  readonly chunkBytes: number;
  readonly bytesPerSecond: number;
  left: number;
  chunkBeganAt: Micros;
}

export class RaidRebuilds {
  private readonly simulation: Simulation;
  private readonly start: (rebuild: number, plan: IoPlan) => void;
  private readonly over: (rebuild: number, outcome: "rebuilt" | "data lost") => void;
  private readonly nextChunk: EventKind;
  private readonly rebuilds: Rebuild[] = [];

  /** `start` carries out the plan of a chunk, and the caller tells `chunkDone` afterwards; `over` is called at the end. */
  constructor(
    simulation: Simulation,
    start: (rebuild: number, plan: IoPlan) => void,
    over: (rebuild: number, outcome: "rebuilt" | "data lost") => void,
  ) {
    this.simulation = simulation;
    this.start = start;
    this.over = over;
    this.nextChunk = simulation.kind("rebuild chunk", (rebuild) => this.chunk(rebuild));
  }

  /** A new device takes the place of a failed member and is filled. Returns the number of the rebuild. Chunks may be large where only days matter. */
  begin(array: RaidArray, member: number, chunkBytes: number, bytesPerSecond: number = rebuildBytesPerSecond.value): number {
    if (!(chunkBytes >= 1 && bytesPerSecond > 0 && chunkBytes / bytesPerSecond < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `a rebuild in chunks of ${chunkBytes} bytes at ${bytesPerSecond} B/s: expected at least 1 byte at a rate above 0`,
      );
    }
    array.replace(member);
    this.rebuilds.push({ array, member, chunkBytes, bytesPerSecond, left: array.device.capacityBytes, chunkBeganAt: 0 });
    this.chunk(this.rebuilds.length - 1);
    return this.rebuilds.length - 1;
  }

  /** Bytes that are still to be written. */
  left(rebuild: number): number {
    return this.rebuilds[rebuild]!.left;
  }

  chunkDone(number: number): void {
    const rebuild = this.rebuilds[number]!;
    const bytes = Math.min(rebuild.left, rebuild.chunkBytes);
    rebuild.left -= bytes;
    if (rebuild.array.lost || rebuild.array.stateOf(rebuild.member) !== "rebuilding") this.over(number, "data lost");
    else if (rebuild.left > 0) {
      const due = rebuild.chunkBeganAt + Math.round((bytes / rebuild.bytesPerSecond) * SECOND);
      this.simulation.schedule(Math.max(0, due - this.simulation.now), this.nextChunk, number);
    } else {
      rebuild.array.rebuilt(rebuild.member);
      this.over(number, "rebuilt");
    }
  }

  private chunk(number: number): void {
    const { array, member, left, chunkBytes } = this.rebuilds[number]!;
    if (array.lost || array.stateOf(member) !== "rebuilding") {
      this.over(number, "data lost");
      return;
    }
    this.rebuilds[number]!.chunkBeganAt = this.simulation.now;
    this.start(number, array.rebuildPlan(member, Math.min(left, chunkBytes)));
  }
}
