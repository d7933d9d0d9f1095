// Two workloads of an event kernel without any model on top.
import type { EventKind, Simulation } from "../src/kernel/simulation.ts";
import { SECOND } from "../src/kernel/time.ts";

/** Two entities throw one event to and fro, a second each way; `resends` times after the first throw. */
export function pingPong(simulation: Simulation, resends: number): void {
  let left = resends;
  const ball: EventKind = simulation.kind("ball", (entity) => {
    if (left === 0) return;
    left--;
    simulation.schedule(SECOND, ball, 1 - entity);
  });
  simulation.schedule(SECOND, ball, 1);
  simulation.run();
}

/**
 * Each of `entities` begins with an equal share of `inFlight` events to itself and answers each event with another, 2 r seconds later;
 * `resends` answers in all, then the rest drains. r comes from one 32-bit congruential generator, in the order of need. Delays are rounded
 * to whole microseconds.
 */
export function hold(simulation: Simulation, entities: number, inFlight: number, resends: number): void {
  let x = 12345;
  const delay = () => {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
    return Math.round((x & 0x7fffffff) * ((2 * SECOND) / 2147483648));
  };
  let left = resends;
  const self: EventKind = simulation.kind("to itself", (entity) => {
    if (left === 0) return;
    left--;
    simulation.schedule(delay(), self, entity);
  });
  for (let entity = 0; entity < entities; entity++) {
    for (let i = 0; i < inFlight / entities; i++) simulation.schedule(delay(), self, entity);
  }
  simulation.run();
}
