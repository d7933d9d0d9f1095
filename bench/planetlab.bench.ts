// The baselines of CloudSim's PlanetLab experiment, beside what CloudSim says.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runPlanetLab } from "../src/experiment/planetlab.ts";
import { readPlanetLabDay } from "../src/workload/traces/planetlab.ts";
import type { Bench, BenchResult, Reference, Size } from "./bench.ts";
import { npaKwh, planetLabFigures } from "./planetlab-figures.ts";
import { sharedData, skipped } from "./shared-data.ts";

function run(size: Size): BenchResult[] {
  const folder = sharedData("planetlab");
  if (folder === null) return [skipped("PlanetLab days", "planetlab")];
  const results: BenchResult[] = [];
  const days = planetLabFigures.filter(({ day }) => existsSync(join(folder, `${day}.csv.gz`)));
  for (const { day, compatible, strict } of size === "small" ? days.slice(0, 1) : days) {
    const trace = readPlanetLabDay(join(folder, `${day}.csv.gz`));
    const npa = runPlanetLab(trace, { policy: "npa", losesIdleServers: false });
    const exact = runPlanetLab(trace, { policy: "dvfs", losesIdleServers: false });
    const losing = runPlanetLab(trace, { policy: "dvfs", losesIdleServers: true });
    results.push(
      {
        workload: `${day} npa`,
        figure: npa.energyKwh,
        unit: "kWh",
        references: [asIn("CloudSim", npaKwh, npa.energyKwh)],
        hash: npa.fingerprint,
      },
      {
        workload: `${day} dvfs, strict`,
        figure: exact.energyKwh,
        unit: "kWh",
        references: [asIn("strict reference", strict.kwh, exact.energyKwh)],
        hash: exact.fingerprint,
        counts: { centiKwh: Math.round(exact.energyKwh * 100), shutdowns: exact.shutdowns, expectedShutdowns: strict.shutdowns },
        notes: `${exact.energyKwh.toFixed(2)}; watts held between looks: ${exact.bookedKwh.toFixed(2)} kWh`,
      },
      {
        workload: `${day} dvfs, idle servers lost`,
        figure: losing.energyKwh,
        unit: "kWh",
        references: [asIn("CloudSim 3.0.3", compatible.kwh, losing.energyKwh)],
        hash: losing.fingerprint,
        counts: { centiKwh: Math.round(losing.energyKwh * 100), lost: losing.serversLost, shutdowns: losing.shutdowns },
        notes: losing.energyKwh.toFixed(2),
      },
    );
  }
  return results;
}

/** A published figure that ours should equal: the ratio should be 1. */
function asIn(name: string, published: number, figure: number): Reference {
  return { name, figure: published, ratio: figure / published };
}

export const planetlab: Bench = {
  name: "planetlab",
  question: "Is the energy of CloudSim's PlanetLab baselines reproduced?",
  run,
};
