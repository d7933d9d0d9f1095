// The event list that anybody would write first: objects in a binary heap from a well-kept library, compared by (time, sequence).
// It is the reference of the conformance suite and of the hold bench; runs use the wheel.
import FastPriorityQueue from "fastpriorityqueue";
import type { EventList } from "./event-list.ts";

interface Entry {
  readonly time: number;
  readonly sequence: number;
  readonly event: number;
  readonly argument: number;
}

export class ReferenceList implements EventList {
  time = 0;
  event = 0;
  argument = 0;
  private sequence = 0;
  private readonly queue = new FastPriorityQueue<Entry>((a, b) => a.time < b.time || (a.time === b.time && a.sequence < b.sequence));

  get size(): number {
    return this.queue.size;
  }

  push(time: number, event: number, argument: number): void {
    this.queue.add({ time, sequence: this.sequence++, event, argument });
  }

  pop(until: number): boolean {
    if (!this.peek() || this.time > until) return false;
    this.queue.poll();
    return true;
  }

  peek(): boolean {
    const next = this.queue.peek();
    if (next === undefined) return false;
    this.time = next.time;
    this.event = next.event;
    this.argument = next.argument;
    return true;
  }
}
