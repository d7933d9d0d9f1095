import { describe, expect, it } from "vitest";
import { eventLists } from "../../src/kernel/event-list/event-list.ts";
import { Simulation, SimulationBug } from "../../src/kernel/simulation.ts";

describe.each(Object.entries(eventLists))("a simulation on the %s", (_, make) => {
  it("handles events in order, at their time, with their entity and argument", () => {
    const simulation = new Simulation(make());
    const seen: string[] = [];
    const ring = simulation.kind("ring", (entity, argument) => {
      seen.push(`${simulation.now}: ${entity} ${argument}`);
      if (entity < 3) simulation.schedule(10, ring, entity + 1, -argument);
    });
    simulation.schedule(5, ring, 1, 7);
    simulation.schedule(5, ring, 3);
    simulation.run();
    expect(seen).toEqual(["5: 1 7", "5: 3 0", "15: 2 -7", "25: 3 7"]);
  });

  it("forgets a cancelled timer, and only that one", () => {
    const simulation = new Simulation(make());
    const fired: string[] = [];
    const timeout = simulation.timer("timeout", (entity) => fired.push(`${entity}@${simulation.now}`));
    simulation.set(60, timeout, 1);
    simulation.set(60, timeout, 2);
    simulation.set(90, timeout, 1000);
    simulation.cancel(timeout, 1);
    simulation.set(70, timeout, 1);
    simulation.cancel(timeout, 1000);
    expect(simulation.peek()).toBe(60);
    simulation.run();
    expect(fired).toEqual(["2@60", "1@70"]);
    expect(simulation.now).toBe(70);
    expect(simulation.fingerprint.count).toBe(2);
  });

  it("looks behind cancelled timers when it peeks, and takes earlier events afterwards", () => {
    const simulation = new Simulation(make());
    const fired: number[] = [];
    const timeout = simulation.timer("timeout", (entity) => fired.push(entity));
    for (let i = 0; i < 500; i++) simulation.set(1_000_000 + i, timeout, i);
    for (let i = 0; i < 499; i++) simulation.cancel(timeout, i);
    expect(simulation.peek()).toBe(1_000_499);
    simulation.set(10, timeout, 7);
    expect(simulation.peek()).toBe(10);
    simulation.run();
    expect(fired).toEqual([7, 499]);
    expect(simulation.peek()).toBe(Number.POSITIVE_INFINITY);
  });

  it("runs until an instant, sets the clock there and goes on later", () => {
    const simulation = new Simulation(make());
    let ticks = 0;
    const tick = simulation.kind("tick", () => {
      ticks++;
      simulation.schedule(10, tick, 0);
    });
    simulation.schedule(0, tick, 0);
    simulation.run(95);
    expect([ticks, simulation.now]).toEqual([10, 95]);
    simulation.schedule(1, tick, 0);
    simulation.run(100);
    expect(ticks).toBe(12);
  });

  it("says where and when a bug struck", () => {
    const simulation = new Simulation(make(), "quickstart, seed 7");
    const bad = simulation.kind("bad", () => simulation.schedule(-1, bad, 4));
    simulation.schedule(12_500_000, bad, 0);
    expect(() => simulation.run()).toThrow(SimulationBug);
    const again = new Simulation(make(), "quickstart, seed 7");
    const worse = again.kind("worse", () => again.schedule(Number.NaN, worse, 4));
    again.schedule(12_500_000, worse, 0);
    expect(() => again.run()).toThrow(/"worse" of entity 4.*t=12\.5 s, event 1, quickstart, seed 7, fingerprint [0-9a-f]{16}/);
  });
});

describe("the fingerprint", () => {
  function run(list: keyof typeof eventLists, twist: number): Simulation {
    const simulation = new Simulation(eventLists[list]());
    const walk = simulation.kind("walk", (entity, argument) => {
      if (simulation.fingerprint.count < 5000) simulation.schedule(Math.imul(argument + 1, 2654435761) >>> 12, walk, entity, argument + 1);
      if (simulation.fingerprint.count === 3000) simulation.record(chosen, entity, twist);
    });
    const chosen = simulation.recordKind("chosen");
    for (let i = 0; i < 20; i++) simulation.schedule(i, walk, i, i);
    simulation.run();
    return simulation;
  }

  it("is the same on every event list and on every run", () => {
    const hash = run("wheel", 0).fingerprint.hash;
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    for (const list of ["wheel", "heap", "reference"] as const) expect(run(list, 0).fingerprint.hash).toBe(hash);
  });

  it("differs from the checkpoint after the first different decision on, and not before", () => {
    const a = run("wheel", 0).fingerprint;
    const b = run("wheel", 1).fingerprint;
    expect(a.hash).not.toBe(b.hash);
    const same = a.checkpoints.map((checkpoint, i) => checkpoint.hash === b.checkpoints[i]!.hash);
    expect(a.checkpoints.map((checkpoint) => checkpoint.count)).toEqual([1024, 2048, 3072, 4096]);
    expect(same).toEqual([true, true, false, false]);
  });

  it("keeps few checkpoints however long the run, at multiples of a power of two", () => {
    const simulation = new Simulation();
    let left = 400_000;
    const tick = simulation.kind("tick", () => {
      if (--left > 0) simulation.schedule(1, tick, 0);
    });
    simulation.schedule(0, tick, 0);
    simulation.run();
    const counts = simulation.fingerprint.checkpoints.map((checkpoint) => checkpoint.count);
    expect(counts.length).toBeLessThan(128);
    expect(counts.every((count, i) => count === counts[0]! * (i + 1))).toBe(true);
  });
});
