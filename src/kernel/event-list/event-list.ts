// The event list: what will happen, in the order (time, insertion). One contract, three implementations, one conformance suite
// (test/kernel/event-list.test.ts) that demands the identical pop order from all of them, ties included.
import { FourAryHeap } from "./four-ary-heap.ts";
import { RadixWheel } from "./radix-wheel.ts";
import { ReferenceList } from "./reference-list.ts";

export interface EventList {
  /** Events held, among them cancelled ones that have not been met yet. */
  readonly size: number;
  /** The event popped (or peeked at) last: its time in microseconds, its packed kind and entity, and its argument. */
  readonly time: number;
  readonly event: number;
  readonly argument: number;
  /**
   * Adds an event. `time` is a whole number of microseconds, not before the time popped last; `event` and `argument` are 32-bit integers.
   * Events of equal time leave in the order in which they were pushed.
   */
  push(time: number, event: number, argument: number): void;
  /** Takes the earliest event out into `time`, `event` and `argument` if it is due by `until`; otherwise changes nothing and says false. */
  pop(until: number): boolean;
  /** Shows the earliest event in `time`, `event` and `argument` and leaves it where it is; says false when there is none. */
  peek(): boolean;
}

export const eventLists = {
  wheel: () => new RadixWheel(),
  heap: () => new FourAryHeap(),
  reference: () => new ReferenceList(),
} as const satisfies Record<string, () => EventList>;

export type EventListName = keyof typeof eventLists;
