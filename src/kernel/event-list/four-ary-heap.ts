// A 4-ary heap over typed arrays. Four children share a cache line, so it is shallower and kinder to memory than a binary heap; and a pop
// leaves a hole at the root which the next push fills, because in a simulation a push nearly always follows a pop.
import type { EventList } from "./event-list.ts";

export class FourAryHeap implements EventList {
  time = 0;
  event = 0;
  argument = 0;
  private count = 0; // entries, the hole at the root not counted
  private hole = 0; // 1 while index 0 is empty
  private sequence = 0;
  private times = new Float64Array(1024);
  private sequences = new Float64Array(1024);
  private events = new Int32Array(1024);
  private arguments = new Int32Array(1024);

  get size(): number {
    return this.count;
  }

  push(time: number, event: number, argument: number): void {
    const sequence = this.sequence++;
    if (this.hole === 1) {
      this.hole = 0;
      this.count++;
      this.siftDown(time, sequence, event, argument);
      return;
    }
    let index = this.count++;
    if (index === this.times.length) this.grow();
    const { times, sequences, events, arguments: args } = this;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      // A new event is the youngest, so on equal times it stays below.
      if (times[parent]! <= time) break;
      times[index] = times[parent]!;
      sequences[index] = sequences[parent]!;
      events[index] = events[parent]!;
      args[index] = args[parent]!;
      index = parent;
    }
    times[index] = time;
    sequences[index] = sequence;
    events[index] = event;
    args[index] = argument;
  }

  pop(until: number): boolean {
    if (!this.peek() || this.time > until) return false;
    this.count--;
    this.hole = 1;
    return true;
  }

  peek(): boolean {
    if (this.hole === 1) this.fillHole();
    if (this.count === 0) return false;
    this.time = this.times[0]!;
    this.event = this.events[0]!;
    this.argument = this.arguments[0]!;
    return true;
  }

  /** With the hole, entries live at 1..count; the last of them moves into the root. */
  private fillHole(): void {
    this.hole = 0;
    const last = this.count;
    if (last > 0) this.siftDown(this.times[last]!, this.sequences[last]!, this.events[last]!, this.arguments[last]!);
  }

  private siftDown(time: number, sequence: number, event: number, argument: number): void {
    const { times, sequences, events, arguments: args, count } = this;
    let index = 0;
    for (;;) {
      const first = (index << 2) + 1;
      if (first >= count) break;
      const end = first + 4 < count ? first + 4 : count;
      let best = first;
      let bestTime = times[first]!;
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child]!;
        if (childTime < bestTime || (childTime === bestTime && sequences[child]! < sequences[best]!)) {
          best = child;
          bestTime = childTime;
        }
      }
      if (bestTime > time || (bestTime === time && sequences[best]! > sequence)) break;
      times[index] = bestTime;
      sequences[index] = sequences[best]!;
      events[index] = events[best]!;
      args[index] = args[best]!;
      index = best;
    }
    times[index] = time;
    sequences[index] = sequence;
    events[index] = event;
    args[index] = argument;
  }

  private grow(): void {
    const length = this.times.length * 2;
    const times = new Float64Array(length);
    times.set(this.times);
    this.times = times;
    const sequences = new Float64Array(length);
    sequences.set(this.sequences);
    this.sequences = sequences;
    const events = new Int32Array(length);
    events.set(this.events);
    this.events = events;
    const args = new Int32Array(length);
    args.set(this.arguments);
    this.arguments = args;
  }
}
