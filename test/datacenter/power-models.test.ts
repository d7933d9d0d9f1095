// The power models: what each gives at points one can work out by hand, and how far each misses published servers.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostTypes } from "../../src/datacenter/host-types.ts";
import { powerModel, powerModels } from "../../src/datacenter/power-models.ts";

const curve = (key: string): readonly number[] => hostTypes.get(key)!.wattsByLoad;
/** A machine of 32 to 180 W, as of the SURF Lisa cluster. */
const lisa = [32, 180];

/** Root mean square error over the measured loads from `first` on, in percent of full power. */
function missPercent(key: string, model: string, first = 0): number {
  const measured = curve(key);
  const watts = powerModel(model, measured);
  const squares = measured.slice(first).map((value, i) => (watts((first + i) / 10) - value) ** 2);
  return (100 * Math.sqrt(squares.reduce((sum, square) => sum + square) / squares.length)) / measured[10]!;
}

describe("a power model", () => {
  it("by default is the measured curve: 98.45 W for an ML110 G4 at 37 %, 146.9 W for an R740 with two 8280 at 24.5 %", () => {
    expect(powerModel("piecewise", curve("hp-ml110-g4"))(0.37)).toBeCloseTo(98.45, 9);
    expect(powerModel("piecewise", curve("dell-r740-8280"))(0.245)).toBeCloseTo(146.9, 9);
  });

  it.each([
    ["linear", 32 + 148 * 0.25],
    ["square", 32 + 148 * 0.0625],
    ["cubic", 32 + 148 * 0.015625],
    ["sqrt", 32 + 148 * 0.5],
    ["fan", 32 + 148 * (0.5 - 0.25 ** 1.4)],
    ["mse", 32 + 148 * (0.5 - 0.25 ** 10)],
    [
      "mean-of-four",
      32 + 37 * (0.5 - 0.25 ** 10 + 0.5 + (1.25 - Math.exp(-0.25 / 0.3)) / 2 + (1 + 0.25 ** 3 - Math.exp(-(0.25 ** 3) / 0.3)) / 2),
    ],
    ["two-segment", 32 + 148 * 0.25],
    ["asymptotic", 32 + 74 * (1.25 - Math.exp(-0.25 / 0.3))],
    ["asymptotic-dvfs", 32 + 74 * (1 + 0.25 ** 3 - Math.exp(-(0.25 ** 3) / 0.3))],
  ])("%s gives what its formula gives at a quarter of the load", (name, watts) => {
    expect(powerModel(name, lisa)(0.25)).toBeCloseTo(watts, 9);
    expect(powerModel(name, lisa)(0)).toBeCloseTo(32, 12);
  });

  it("takes its option where it has one: 2u - u^r, r = 1 is the straight line", () => {
    expect(powerModel("fan", lisa, 1)(0.6)).toBeCloseTo(powerModel("linear", lisa)(0.6), 9);
    expect(powerModel("asymptotic", lisa, 0.1)(0.6)).toBeCloseTo(32 + 74 * (1.6 - Math.exp(-6)), 9);
  });

  // Printed to one decimal in the reference: linear, the line above idle, Fan's, square, square root, cubic.
  it.each([
    ["hp-ml110-g4", [0.6, 0.4, 1.8, 5.2, 4.1, 7.5]],
    ["dell-r740-8280", [5.9, 4.3, 12.3, 11.8, 18.6, 18.9]],
    ["dell-r7525", [10.9, 0.6, 5.8, 24, 4.4, 31]],
    ["hpe-dl380-gen10", [3.6, 3.1, 9.9, 14, 16.5, 21.5]],
    ["hpe-dl380-gen10plus", [6.6, 5.1, 12.8, 9.0, 18.6, 15.4]],
    ["hpe-dl385-gen10plus-7763", [2.9, 1.6, 5.4, 15.5, 11.4, 22.3]],
  ])("misses a published %s by what the reference says, in percent of full power", (key, expected) => {
    const misses = [
      missPercent(key, "linear"),
      missPercent(key, "two-segment", 1),
      ...["fan", "square", "sqrt", "cubic"].map((model) => missPercent(key, model)),
    ];
    for (const [i, miss] of misses.entries()) expect(Math.abs(miss - expected[i]!)).toBeLessThan(expected[i]! >= 24 ? 0.5 : 0.051);
    expect(missPercent(key, "piecewise")).toBeLessThan(1e-12);
  });

  it("stays finite and above nothing at any utilisation, for every machine", () => {
    const any = fc.double({ min: -1, max: 2, noNaN: true });
    const machine = fc.constantFrom(...hostTypes.values());
    fc.assert(
      fc.property(any, machine, fc.constantFrom(...powerModels.keys()), (utilisation, { wattsByLoad }, name) => {
        const watts = powerModel(name, wattsByLoad)(utilisation);
        expect(watts).toBeGreaterThanOrEqual(wattsByLoad[0]! - 1e-9);
        expect(watts).toBeLessThanOrEqual(wattsByLoad[10]! * 1.15);
      }),
    );
  });

  it("refuses what cannot be a machine", () => {
    expect(() => powerModel("linaer", lisa)).toThrow(/there is no power model "linaer": expected one of piecewise, linear/);
    expect(() => powerModel("linear", [100])).toThrow(/at least 2 points/);
    expect(() => powerModel("linear", [Number.NaN, 100])).toThrow(/point 0 of a power curve is NaN W/);
    expect(() => powerModel("linear", [100, -1])).toThrow(/point 1 of a power curve is -1 W/);
    expect(() => powerModel("linear", [100, 50])).toThrow(/falls from 100 W idle to 50 W/);
    expect(() => powerModel("asymptotic", lisa, 0)).toThrow(/power.asymptotic.a .* is 0: expected a positive number/);
    for (const name of powerModels.keys()) expect(() => powerModel(name, lisa)(Number.NaN)).toThrow(/utilisation is NaN/);
  });

  it("says where it and its option come from", () => {
    for (const { source, option } of powerModels.values()) {
      expect(source).not.toBe("");
      if (option !== null) expect([option.source, option.meaning]).not.toContain("");
    }
  });
});
