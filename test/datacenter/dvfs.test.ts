// Frequencies and governors: which P-state is taken, and what it draws.
import { describe, expect, it } from "vitest";
import { cubePStates, governedPower, governedPState, governors, simgridPStates, slowdown } from "../../src/datacenter/dvfs.ts";

describe("a governor", () => {
  it("for performance takes the highest frequency, for power saving the lowest, whatever the load", () => {
    for (const load of [0, 0.1, 0.5, 1]) {
      expect(governedPState("performance", simgridPStates, load)).toBe(0);
      expect(governedPState("powersave", simgridPStates, load)).toBe(2);
    }
  });

  it("on demand takes the lowest frequency that serves the load, and the highest from 95 % on", () => {
    const choices = [0, 0.2, 0.21, 0.5, 0.51, 0.94, 0.95, 1].map((load) => governedPState("ondemand", simgridPStates, load));
    expect(choices).toEqual([2, 2, 1, 1, 0, 0, 0, 0]);
    expect(governedPState("ondemand", simgridPStates, 0.15, 0.1)).toBe(0);
  });

  it("draws what its P-state draws at the share of that frequency that is busy", () => {
    expect(governedPower("performance", simgridPStates)(0.2)).toBeCloseTo(95 + 105 * 0.2, 9);
    expect(governedPower("ondemand", simgridPStates)(0.2)).toBe(150);
    expect(governedPower("ondemand", simgridPStates)(0.25)).toBe(93 + 77 / 2);
    expect(governedPower("powersave", simgridPStates)(1)).toBe(150);
    expect(() => governedPower("ondemand", simgridPStates)(Number.NaN)).toThrow(RangeError);
  });

  it("never draws more on demand than for performance by the cube law, and the same at full load", () => {
    const pStates = cubePStates(60, 200, [1, 0.8, 0.6, 0.4]);
    const [performance, , ondemand] = governors.map((governor) => governedPower(governor, pStates));
    for (let load = 0; load <= 1; load += 0.01) expect(ondemand!(load)).toBeLessThanOrEqual(performance!(load) + 1e-9);
    expect(ondemand!(1)).toBe(200);
    expect(pStates[1]!.fullWatts).toBeCloseTo(60 + 140 * 0.512, 9);
  });
});

describe("a lower frequency", () => {
  it("stretches only the share of the work that waits for the CPU", () => {
    expect(slowdown(0.5, 1)).toBe(2);
    expect(slowdown(0.5, 0.5)).toBe(1.5);
    expect(slowdown(0.5, 0)).toBe(1);
    expect(slowdown(1, 0.7)).toBeCloseTo(1, 12);
  });

  it("must be one: shares above 1, of 0, without a full one or with watts the wrong way round are refused", () => {
    const state = { frequencyShare: 1, idleWatts: 50, fullWatts: 100 };
    expect(() => governedPower("ondemand", [])).toThrow(/of 0 P-states none runs at the full frequency/);
    expect(() => governedPower("ondemand", [{ ...state, frequencyShare: 0.9 }])).toThrow(/none runs at the full frequency/);
    expect(() => governedPower("ondemand", [{ ...state, frequencyShare: 1.2 }])).toThrow(/P-state 0 has the frequency share 1.2/);
    expect(() => governedPower("ondemand", [{ ...state, fullWatts: 40 }])).toThrow(/P-state 0 draws 50 W idle and 40 W/);
    expect(() => cubePStates(100, 50, [1])).toThrow(RangeError);
    expect(() => slowdown(0, 1)).toThrow(RangeError);
    expect(() => slowdown(0.5, Number.NaN)).toThrow(RangeError);
  });
});
