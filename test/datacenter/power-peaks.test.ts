// The most that hosts, racks and a facility draw, and what they draw hour by hour.
import { describe, expect, it } from "vitest";
import { affineFacility } from "../../src/datacenter/facility.ts";
import { FacilityBooks } from "../../src/datacenter/facility-books.ts";
import { HostPower } from "../../src/datacenter/power.ts";
import { PowerPeaks } from "../../src/datacenter/power-peaks.ts";
import { StepFunction } from "../../src/kernel/step-function.ts";
import { HOUR, SECOND } from "../../src/kernel/time.ts";

const three = () => new HostPower([0, 1, 2].map(() => [100, 300]));

describe("peaks of power", () => {
  it("are those of each host and of each rack at once, and what holds for no time is none", () => {
    const power = three();
    const peaks = new PowerPeaks(power, [0, 0, 1]);
    power.setUtilisation(0, SECOND, 1);
    power.setUtilisation(0, 2 * SECOND, 0);
    power.setUtilisation(1, 2 * SECOND, 0.5); // when the other is idle again
    power.setUtilisation(2, 3 * SECOND, 1);
    power.setUtilisation(2, 3 * SECOND, 0);
    const now = 4 * SECOND;
    expect([0, 1, 2].map((host) => peaks.ofHost(host, now))).toEqual([300, 200, 100]);
    expect([0, 1].map((rack) => peaks.ofRack(rack, now))).toEqual([400, 100]);
  });

  it("begin anew at the end of a warm-up, with what is drawn then", () => {
    const power = three();
    const peaks = new PowerPeaks(power, [0, 0, 1]);
    power.setUtilisation(0, SECOND, 1);
    power.setUtilisation(0, 2 * SECOND, 0.25);
    peaks.reset(3 * SECOND);
    expect(peaks.ofHost(0, 4 * SECOND)).toBe(150);
    expect(peaks.ofRack(0, 4 * SECOND)).toBe(250);
  });

  it("of the facility are those of its model, also where only a host's power was cut", () => {
    const power = three();
    const books = FacilityBooks.of(power, { model: affineFacility(0.5, 10) });
    power.setUtilisation(0, SECOND, 1);
    power.switchOff(0, 2 * SECOND);
    expect(books.itWatts()).toBe(200);
    expect(books.peakItWatts(3 * SECOND)).toBe(500);
    expect(books.peakFacilityWatts(3 * SECOND)).toBe(760);
    expect(books.itJoules(3 * SECOND)).toBe(power.totalJoules(3 * SECOND));
  });
});

describe("a facility hour by hour", () => {
  it("adds up to the whole, is cut where an hour ends and not forgotten by a reset", () => {
    const power = three();
    const intensity = new StepFunction([0, 1.5 * HOUR], [100, 300]);
    const books = FacilityBooks.of(power, { model: affineFacility(0, 100), intensity, intervalMicros: HOUR });
    power.setUtilisation(0, 0.5 * HOUR, 1);
    books.reset(0.75 * HOUR);
    const hours = books.intervals(2.5 * HOUR);
    expect(hours.map(({ from, until }) => [from / HOUR, until / HOUR])).toEqual([[0, 1], [1, 2], [2, 2.5]]); // biome-ignore format: one line
    expect(hours.map(({ itJoules }) => itJoules / 3600)).toEqual([400, 500, 250]);
    expect(hours.map(({ facilityJoules }) => facilityJoules / 3600)).toEqual([500, 600, 300]);
    expect(hours.map(({ grams }) => grams)).toEqual([50, 120, 90].map((grams) => expect.closeTo(grams, 9)));
    expect(() => new FacilityBooks({ intervalMicros: 0 })).toThrow(/intervals of 0 us/);
  });
});
