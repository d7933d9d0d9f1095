import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostTypes } from "../../src/datacenter/host-types.ts";
import { HostPower, wattsAt } from "../../src/datacenter/power.ts";
import { DAY, HOUR, SECOND } from "../../src/kernel/time.ts";

const curve = (key: string): readonly number[] => hostTypes.get(key)!.wattsByLoad;
const g4 = curve("hp-ml110-g4");
const g5 = curve("hp-ml110-g5");

describe("watts at a utilisation", () => {
  it("lie on the line between the two nearest measurements", () => {
    expect(wattsAt(g4, 0.37)).toBeCloseTo(98.45, 10);
    expect(wattsAt(curve("dell-r740-8280"), 0.245)).toBeCloseTo(146.9, 10);
  });

  it("are the measurements themselves at the measured loads", () => {
    for (const { wattsByLoad } of hostTypes.values()) {
      wattsByLoad.forEach((watts, load) => {
        expect(wattsAt(wattsByLoad, load / 10)).toBeCloseTo(watts, 9);
      });
    }
  });

  it("stay within the table when rounding pushes the utilisation out of 0..1, but refuse NaN", () => {
    expect(wattsAt(g4, 1 + 1e-12)).toBe(117);
    expect(wattsAt(g4, -1e-12)).toBe(86);
    expect(() => wattsAt(g4, Number.NaN)).toThrow(/utilisation is NaN/);
  });

  it("never fall as utilisation rises", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (a, b) => {
        for (const { wattsByLoad } of hostTypes.values()) {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          expect(wattsAt(wattsByLoad, low)).toBeLessThanOrEqual(wattsAt(wattsByLoad, high) + 1e-9);
        }
      }),
    );
  });
});

describe("the energy books", () => {
  it("charge 2419.2 kWh for 400 ML110 G4 and 400 ML110 G5 that run flat out for a day", () => {
    const power = new HostPower([...new Array(400).fill(g4), ...new Array(400).fill(g5)]);
    for (let host = 0; host < 800; host++) power.setUtilisation(host, 0, 1);
    expect(power.totalWatts()).toBe(400 * (117 + 135));
    expect(power.totalJoules(DAY) / 3.6e6).toBe(2419.2);
  });

  it("charge an idle host its idle watts", () => {
    const power = new HostPower([g4]);
    expect(power.watts(0)).toBe(86);
    expect(power.energyJoules(0, HOUR)).toBe(86 * 3600);
  });

  it("add up rectangles between changes of utilisation", () => {
    const power = new HostPower([g4, g5], 5 * SECOND);
    power.setUtilisation(0, 15 * SECOND, 1);
    power.setUtilisation(0, 35 * SECOND, 0.5);
    expect(power.energyJoules(0, 40 * SECOND)).toBeCloseTo(86 * 10 + 117 * 20 + 102 * 5, 9);
    expect(power.totalJoules(40 * SECOND)).toBeCloseTo(86 * 10 + 117 * 20 + 102 * 5 + 93.7 * 35, 9);
  });

  it("forget the warm-up and go on at the same load", () => {
    const power = new HostPower([g4]);
    power.setUtilisation(0, 0, 1);
    power.reset(HOUR);
    expect(power.totalJoules(HOUR)).toBe(0);
    expect(power.totalJoules(HOUR + SECOND)).toBe(117);
  });

  it("refuse to run backwards", () => {
    const power = new HostPower([g4]);
    power.setUtilisation(0, 10, 0.2);
    expect(() => power.setUtilisation(0, 9, 0.3)).toThrow(/host 0 cannot book energy up to 9 us/);
    expect(() => power.reset(9)).toThrow(RangeError);
  });

  it("never shrink, and stay between idle and full power, whatever the load does", () => {
    const changes = fc.array(fc.record({ wait: fc.integer({ min: 0, max: HOUR }), load: fc.double({ min: 0, max: 1, noNaN: true }) }));
    fc.assert(
      fc.property(changes, (steps) => {
        const power = new HostPower([g5]);
        let now = 0;
        let before = 0;
        for (const { wait, load } of steps) {
          now += wait;
          power.setUtilisation(0, now, load);
          const joules = power.energyJoules(0, now);
          expect(joules).toBeGreaterThanOrEqual(before);
          before = joules;
        }
        expect(before).toBeGreaterThanOrEqual((93.7 * now) / SECOND - 1e-6);
        expect(before).toBeLessThanOrEqual((135 * now) / SECOND + 1e-6);
      }),
    );
  });
});
