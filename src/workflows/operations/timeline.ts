// The operators' timeline: what is done to which objects at which times. An entry may repeat, may take a drawn part of its objects, and may go
// over them in batches, one after another, each when the one before has come to its end and a pause is over. Several steps in a row, done to
// the same objects, are a profile.
import { chosen } from "../../datacenter/failures/bursts.ts";
import type { Component, MachineRoom } from "../../datacenter/failures/machine-room.ts";
import type { Stream } from "../../kernel/random.ts";
import type { EventKind, Simulation } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import { type Confirmation, leftToTheWindow, type MoveMethod } from "../cold-moves.ts";
import type { Happenings } from "./happenings.ts";
import type { Done, Operator, Ratios } from "./operator.ts";

export type Action =
  | { readonly verb: "add" | "disable" | "enable" | "reboot" | "repair" | "evacuate" | "power_off" | "power_on" | "suspend" }
  | { readonly verb: "set"; readonly ratios: Ratios }
  /** `method` absent: live. */
  | { readonly verb: "drain"; readonly method?: MoveMethod; readonly confirmation?: Confirmation }
  | { readonly verb: "migrate"; readonly confirmation?: Confirmation }
  /** `time` null: until it is repaired. */
  | { readonly verb: "fail"; readonly time: Micros | null };

export interface TimelineStep {
  /** Pause before it. */
  readonly after: Micros;
  readonly action: Action;
}

export interface TimelineEntry {
  readonly at: Micros;
  /** Null: once. */
  readonly every: Micros | null;
  /** How often it happens; Infinity: to the end of the run. */
  readonly times: number;
  readonly steps: readonly TimelineStep[];
  /** What it is done to; those of `fail` and `repair` may be racks, PDUs and so on, the others are hosts. */
  readonly objects: readonly Component[];
  /** So many of the objects are drawn anew each time; null: all. */
  readonly drawn: number | null;
  /** Null: all at once. */
  readonly rolling: Rolling | null;
}

export interface Rolling {
  /** Batches of so many objects, or all objects of one rack. */
  readonly by: "object" | "rack";
  readonly size: number;
  /** Pause between two batches. */
  readonly wait: Micros;
}

/** An entry under way. */
interface Running {
  readonly entry: number;
  readonly batches: readonly (readonly Component[])[];
  batch: number;
  step: number;
  /** Objects of the present step that have not come to their end. */
  left: number;
}

export class Timeline {
  private readonly simulation: Simulation;
  private readonly entries: readonly TimelineEntry[];
  private readonly operator: Operator;
  private readonly room: MachineRoom;
  private readonly happenings: Happenings;
  private readonly draws: Stream;
  private readonly begins: EventKind;
  private readonly acts: EventKind;
  private readonly runs: Running[] = [];

  constructor(
    simulation: Simulation,
    entries: readonly TimelineEntry[],
    operator: Operator,
    room: MachineRoom,
    happenings: Happenings,
    draws: Stream,
  ) {
    this.simulation = simulation;
    this.entries = entries;
    this.operator = operator;
    this.room = room;
    this.happenings = happenings;
    this.draws = draws;
    this.begins = simulation.kind("timeline entry", (entry, occurrence) => this.begin(entry, occurrence));
    this.acts = simulation.kind("operator acts", (run) => this.act(run));
    for (const [entry, { at }] of entries.entries()) simulation.schedule(at - simulation.now, this.begins, entry, 0);
  }

  private begin(entry: number, occurrence: number): void {
    const { every, times, objects, drawn, rolling } = this.entries[entry]!;
    if (every !== null && occurrence + 1 < times) this.simulation.schedule(every, this.begins, entry, occurrence + 1);
    const taken = drawn === null ? objects : this.draw(entry, occurrence, objects, drawn);
    const batches = this.batchesOf(taken, rolling);
    if (batches.length === 0) return;
    const run = this.runs.push({ entry, batches, batch: 0, step: 0, left: 0 }) - 1;
    this.pause(run);
  }

  private draw(entry: number, occurrence: number, objects: readonly Component[], count: number): readonly Component[] {
    const places = objects.map((_, place) => place);
    const drawn = chosen(places, Math.min(count, places.length), (place) =>
      this.draws.uniform(entry * 1_048_576 + occurrence, objects[place]!.index),
    );
    return drawn.map((place) => objects[place]!);
  }

  private batchesOf(objects: readonly Component[], rolling: Rolling | null): readonly (readonly Component[])[] {
    if (rolling === null) return objects.length === 0 ? [] : [objects];
    if (rolling.by === "object") {
      return Array.from({ length: Math.ceil(objects.length / rolling.size) }, (_, i) =>
        objects.slice(i * rolling.size, (i + 1) * rolling.size),
      );
    }
    const byRack = new Map<number, Component[]>();
    for (const object of objects) {
      const rack = object.kind === "host" ? this.room.plan.rackOf[object.index]! : object.index;
      byRack.set(rack, [...(byRack.get(rack) ?? []), object]);
    }
    const racks = [...byRack].sort(([a], [b]) => a - b).map(([, objectsOf]) => objectsOf);
    return Array.from({ length: Math.ceil(racks.length / rolling.size) }, (_, i) =>
      racks.slice(i * rolling.size, (i + 1) * rolling.size).flat(),
    );
  }

  private stepOf({ entry, step }: Running): TimelineStep {
    return this.entries[entry]!.steps[step]!;
  }

  private pause(run: number): void {
    const { after } = this.stepOf(this.runs[run]!);
    if (after > 0) this.simulation.schedule(after, this.acts, run);
    else this.act(run);
  }

  private act(run: number): void {
    const running = this.runs[run]!;
    const { action } = this.stepOf(running);
    const objects = running.batches[running.batch]!;
    running.left = objects.length;
    for (const object of objects) {
      const row = this.happenings.begin("timeline", action.verb, this.room.nameOf(object));
      this.perform(action, object, (outcome) => {
        this.happenings.end(row, outcome);
        if (--running.left === 0) this.next(run);
      });
    }
  }

  private perform(action: Action, object: Component, done: Done): void {
    const { operator } = this;
    switch (action.verb) {
      case "fail":
        operator.fail(object, action.time, done);
        return;
      case "repair":
        operator.repair(object, done);
        return;
      case "drain":
        operator.drain(object.index, action.method ?? "live", action.confirmation ?? leftToTheWindow, done);
        return;
      case "migrate":
        operator.migrate(object.index, action.confirmation ?? leftToTheWindow, done);
        return;
      case "set":
        operator.set(object.index, action.ratios, done);
        return;
      default:
        operator[action.verb](object.index, done);
    }
  }

  /** The next step of the batch, or the next batch. */
  private next(run: number): void {
    const running = this.runs[run]!;
    const { steps, rolling } = this.entries[running.entry]!;
    if (++running.step < steps.length) {
      this.pause(run);
      return;
    }
    running.step = 0;
    if (++running.batch >= running.batches.length) return;
    const wait = (rolling?.wait ?? 0) + steps[0]!.after;
    this.simulation.schedule(wait, this.acts, run);
  }
}
