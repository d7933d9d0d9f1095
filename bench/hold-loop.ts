// The inner loop of the hold model, alone in its module so that each event list can be given a copy of its own.
import type { EventList } from "../src/kernel/event-list/event-list.ts";

/** Fills an event list with `pending` events, numbered from 0. `delays` is used round and round; its length is a power of two. */
export function fill(list: EventList, delays: Float64Array, pending: number): void {
  const mask = delays.length - 1;
  for (let event = 0; event < pending; event++) list.push(delays[event & mask]!, event, 0);
}

/**
 * Takes the earliest event out and puts it back a delay later, `turns` times. `cursor` counts the delays used before. Returns `hash` with
 * the events folded in as they leave: two lists that give the same hash have given the same order.
 */
export function hold(list: EventList, delays: Float64Array, cursor: number, turns: number, hash: number): number {
  const mask = delays.length - 1;
  for (let turn = 0; turn < turns; turn++) {
    list.pop(Number.POSITIVE_INFINITY);
    const event = list.event;
    hash = (Math.imul(hash, 31) + event) | 0;
    list.push(list.time + delays[(cursor + turn) & mask]!, event, 0);
  }
  return hash;
}
