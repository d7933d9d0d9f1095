// What the second thread of a core is worth.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smtBusyThreads, smtCapacity, smtGain } from "../../src/datacenter/smt.ts";

describe("simultaneous multithreading", () => {
  it("gives each thread a core of its own while there are cores, and a fraction of one beyond", () => {
    const of = (running: number) => smtCapacity(running, 8, 2, smtGain.value);
    expect([0, 1, 7.5, 8, 9, 12, 16, 17, 100].map(of)).toEqual([0, 1, 7.5, 8, 8.25, 9, 10, 10, 10]);
  });

  it("is worth nothing with a gain of 1, or where cores have one thread", () => {
    expect([4, 8, 12].map((running) => smtCapacity(running, 8, 2, 1))).toEqual([4, 8, 8]);
    expect([4, 8, 12].map((running) => smtCapacity(running, 8, 1, 1.25))).toEqual([4, 8, 8]);
  });

  it("reaches the gain with all threads of a core, however many there are", () => {
    expect(smtCapacity(32, 8, 4, 1.6)).toBeCloseTo(12.8, 12);
    expect(smtCapacity(16, 8, 4, 1.6)).toBeCloseTo(9.6, 12);
  });

  it("keeps as many threads busy as it takes to do the work", () => {
    const cores = fc.integer({ min: 1, max: 128 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const gain = fc.double({ min: 1.01, max: 2, noNaN: true });
    fc.assert(
      fc.property(cores, fc.constantFrom(1, 2, 4), share, gain, (cores, threadsPerCore, share, gain) => {
        const running = share * cores * threadsPerCore;
        const busy = smtBusyThreads(smtCapacity(running, cores, threadsPerCore, gain), cores, threadsPerCore, gain);
        expect(busy).toBeCloseTo(running, 6);
      }),
      { seed: 1 },
    );
  });
});
