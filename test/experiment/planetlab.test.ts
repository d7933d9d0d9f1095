// The baselines of CloudSim's PlanetLab experiment, day by day, against its own figures.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { npaKwh, planetLabFigures } from "../../bench/planetlab-figures.ts";
import { runPlanetLab } from "../../src/experiment/planetlab.ts";
import { MINUTE } from "../../src/kernel/time.ts";
import { PLANETLAB_STEPS, type PlanetLabDay, readPlanetLabDay } from "../../src/workload/traces/planetlab.ts";
import { RecordedSeries } from "../../src/workload/utilisation/recorded-series.ts";

const fileOf = (day: string) => fileURLToPath(new URL(`../../../shared/data/planetlab/${day}.csv.gz`, import.meta.url));

const known = new Map<string, PlanetLabDay>();

/** Each day is read once. */
function dayOf(day: string): PlanetLabDay {
  const read = known.get(day) ?? readPlanetLabDay(fileOf(day));
  known.set(day, read);
  return read;
}

/** To the last printed digit: a hundredth of a kWh. */
const printed = (kwh: number) => Number(kwh.toFixed(2));

describe.each(planetLabFigures)("PlanetLab on $day", ({ day, compatible, strict }) => {
  describe.skipIf(!existsSync(fileOf(day)))("(../shared/data/planetlab)", () => {
    it("draws 2410.80 kWh where every host runs flat out", () => {
      const { energyKwh, bookedKwh } = runPlanetLab(dayOf(day), { policy: "npa", losesIdleServers: false });
      expect(printed(energyKwh)).toBe(npaKwh);
      expect(energyKwh).toBeCloseTo((100_800 * 86_100.1) / 3.6e6, 9);
      expect(bookedKwh).toBeCloseTo(energyKwh, 9);
    });

    it("draws the strict reference's energy with DVFS, and as many hosts go idle", () => {
      const outcome = runPlanetLab(dayOf(day), { policy: "dvfs", losesIdleServers: false });
      expect(printed(outcome.energyKwh)).toBe(strict.kwh);
      expect([outcome.shutdowns, outcome.serversLost]).toEqual([strict.shutdowns, 0]);
    });

    it("draws CloudSim's energy where idle machines are deleted, and as many are", () => {
      const outcome = runPlanetLab(dayOf(day), { policy: "dvfs", losesIdleServers: true });
      expect(printed(outcome.energyKwh)).toBe(compatible.kwh);
      expect([outcome.serversLost, outcome.shutdowns]).toEqual([compatible.serversLost, compatible.shutdowns]);
    });
  });
});

describe("the PlanetLab experiment", () => {
  /** So many machines that are always as busy as that. */
  const steady = (servers: number, share: number) => ({
    names: Array.from({ length: servers }, (_, i) => `vm-${i}`),
    cpu: new RecordedSeries(
      5 * MINUTE,
      Array.from({ length: servers }, () => new Float64Array(PLANETLAB_STEPS).fill(share)),
    ),
  });

  it("puts machines of 2500 MIPS on the first hosts whose cores are fast enough, two to a host of 5320 MIPS", () => {
    // Four machines, one of each size: 2500 and 2000 MIPS do not fit a core of 1860, so host 1 takes both; host 0 takes 1000 and 500.
    const { energyKwh, hostsUsed } = runPlanetLab(steady(4, 1), { policy: "dvfs", losesIdleServers: false });
    expect(hostsUsed).toBe(2);
    // (1000 + 500) / 3720 = 0.4032 and 4500 / 5320 = 0.8459 of the hosts, for all but the first 300.1 s.
    const g4 = 99.5 + (102 - 99.5) * ((10 * 1500) / 3720 - 4);
    const g5 = 129 + (133 - 129) * ((10 * 4500) / 5320 - 8);
    expect(energyKwh).toBeCloseTo(((g4 + g5) * 85_800) / 3.6e6, 9);
  });

  it("draws nothing when nobody asks for anything, and then every host has gone idle once", () => {
    const outcome = runPlanetLab(steady(4, 0), { policy: "dvfs", losesIdleServers: true });
    expect(outcome).toMatchObject({ energyKwh: 0, bookedKwh: 0, serversLost: 4, shutdowns: 800 });
  });

  it("refuses more machines than there is room for", () => {
    expect(() => runPlanetLab(steady(8000, 0.1), { policy: "dvfs", losesIdleServers: false })).toThrow(/finds no host with 2500 MIPS/);
  });
});
