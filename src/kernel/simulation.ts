// The event loop. A model registers kinds of events with their handlers and schedules (kind, entity, argument) triples, which travel through
// the event list as packed integers: nothing is allocated per event. Everything that happens is folded into the run's fingerprint.
import type { EventList } from "./event-list/event-list.ts";
import { RadixWheel } from "./event-list/radix-wheel.ts";
import { Fingerprint } from "./fingerprint.ts";
import { formatTime, type Micros } from "./time.ts";

/** A registered kind of event. */
export type EventKind = number & { readonly brand: "event kind" };
/** A kind of event that can be cancelled, by entity. */
export type TimerKind = EventKind & { readonly cancellable: true };

/** `entity` is a row number of the model, 0 to 2^24 - 1; `argument` any 32-bit integer, 0 unless the scheduler gave one. */
export type Handler = (entity: number, argument: number) => void;

/** Is shown every event before its handler runs, and every recorded decision. */
export type Observer = (time: Micros, kind: EventKind, entity: number, argument: number) => void;

export const ENTITY_BITS = 24;
export const MAX_ENTITIES = 1 << ENTITY_BITS;
const ENTITY_MASK = MAX_ENTITIES - 1;
const MAX_KINDS = 128;

/** A violated invariant of the simulator itself: carries what is needed to reach the same instant again. */
export class SimulationBug extends Error {}

export class Simulation {
  now: Micros = 0;
  readonly fingerprint = new Fingerprint();
  private readonly list: EventList;
  private readonly label: string;
  private readonly names: string[] = [];
  private readonly handlers: Handler[] = [];
  /** By kind: null, or the current generation of each entity. A timer event carries the generation in which it was set as its argument. */
  private readonly generations: (Int32Array | null)[] = [];
  private readonly observers: Observer[] = [];
  private stopped = false;

  /** `label` names the run in messages about bugs, e.g. `quickstart, policy nova-default, seed 1, replication 0`. */
  constructor(list: EventList = new RadixWheel(), label = "") {
    this.list = list;
    this.label = label;
  }

  /** Registers a kind of event. Kinds are numbered in order of registration, and the numbers are part of the fingerprint. */
  kind(name: string, handler: Handler): EventKind {
    if (this.names.length === MAX_KINDS) throw new RangeError(`cannot register event kind "${name}": there are ${MAX_KINDS} already`);
    this.names.push(name);
    this.handlers.push(handler);
    this.generations.push(null);
    return (this.names.length - 1) as EventKind;
  }

  /** Registers a kind of event that `cancel` can take back. */
  timer(name: string, handler: Handler): TimerKind {
    const kind = this.kind(name, handler);
    this.generations[kind] = new Int32Array(64);
    return kind as TimerKind;
  }

  /** A kind that is only recorded (a decision), never scheduled. */
  recordKind(name: string): EventKind {
    return this.kind(name, () => {
      throw new SimulationBug(`"${name}" is a record and cannot be scheduled`);
    });
  }

  nameOf(kind: EventKind): string {
    return this.names[kind]!;
  }

  /** Schedules an event `delay` whole microseconds from now. Events of one instant happen in the order of their scheduling. */
  schedule(delay: Micros, kind: EventKind, entity: number, argument = 0): void {
    if (!(delay >= 0)) this.refuse(delay, kind, entity);
    this.list.push(this.now + delay, (kind << ENTITY_BITS) | entity, argument);
  }

  /** Sets a timer that `cancel` can take back; when it fires its handler is called with `(entity, generation)`. */
  set(delay: Micros, timer: TimerKind, entity: number): void {
    if (!(delay >= 0)) this.refuse(delay, timer, entity);
    let generations = this.generations[timer]!;
    if (entity >= generations.length) generations = this.grow(timer, entity);
    this.list.push(this.now + delay, (timer << ENTITY_BITS) | entity, generations[entity]!);
  }

  /** Takes back every timer of this kind set for the entity: they leave the event list unseen when their time comes. */
  cancel(timer: TimerKind, entity: number): void {
    const generations = this.generations[timer]!;
    if (entity < generations.length) generations[entity] = (generations[entity]! + 1) | 0;
  }

  /** Folds a decision into the fingerprint and shows it to the observers, so that `diff` finds decisions as well as events. */
  record(kind: EventKind, entity: number, argument: number): void {
    this.fingerprint.fold(this.now, (kind << ENTITY_BITS) | entity, argument);
    for (const observer of this.observers) observer(this.now, kind, entity, argument);
  }

  observe(observer: Observer): void {
    this.observers.push(observer);
  }

  /** Instant of the next event that has not been cancelled, Infinity when there is none. */
  peek(): Micros {
    const { list } = this;
    while (list.peek()) {
      if (!this.isCancelled(list.event, list.argument)) return list.time;
      list.pop(list.time);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Handles every event due by `until` (all, by default), then sets the clock to `until` if that is finite. */
  run(until: Micros = Number.POSITIVE_INFINITY): void {
    this.stopped = false;
    try {
      this.loop(until);
    } catch (error) {
      throw this.inContext(error);
    }
    if (!this.stopped && until !== Number.POSITIVE_INFINITY && until > this.now) this.now = until;
  }

  /** Ends `run` after the event being handled. */
  stop(): void {
    this.stopped = true;
  }

  private loop(until: Micros): void {
    const { list, handlers, generations, observers, fingerprint } = this;
    while (!this.stopped && list.pop(until)) {
      const event = list.event;
      const argument = list.argument;
      const kind = event >>> ENTITY_BITS;
      const entity = event & ENTITY_MASK;
      const generation = generations[kind]!;
      if (generation !== null && generation[entity] !== argument) continue;
      const time = list.time;
      this.now = time;
      fingerprint.fold(time, event, argument);
      if (observers.length > 0) for (const observer of observers) observer(time, kind as EventKind, entity, argument);
      handlers[kind]!(entity, argument);
    }
  }

  private isCancelled(event: number, argument: number): boolean {
    const generations = this.generations[event >>> ENTITY_BITS]!;
    return generations !== null && generations[event & ENTITY_MASK] !== argument;
  }

  private grow(timer: TimerKind, entity: number): Int32Array {
    if (entity >= MAX_ENTITIES) throw new RangeError(`timer "${this.nameOf(timer)}": entity ${entity} is not below ${MAX_ENTITIES}`);
    const grown = new Int32Array(Math.max(entity + 1, this.generations[timer]!.length * 2));
    grown.set(this.generations[timer]!);
    this.generations[timer] = grown;
    return grown;
  }

  private refuse(delay: Micros, kind: EventKind, entity: number): never {
    throw new SimulationBug(`event "${this.nameOf(kind)}" of entity ${entity} scheduled ${delay} us from now: a delay is 0 or more`);
  }

  private inContext(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const label = this.label === "" ? "" : `, ${this.label}`;
    error.message += ` (t=${formatTime(this.now)}, event ${this.fingerprint.count}${label}, fingerprint ${this.fingerprint.hash})`;
    return error;
  }
}
