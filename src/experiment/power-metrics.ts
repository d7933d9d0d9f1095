// The metrics of runs that know their facility and its grid: energy, its overhead, what was emitted for it, and the most that was drawn.
import { SECOND } from "../kernel/time.ts";
import type { BuiltRun } from "../scenario/build.ts";
import type { Electricity } from "../scenario/build-power.ts";
import type { Metric } from "./metrics.ts";
import type { Watch } from "./run.ts";

const JOULES_OF_KWH = 3_600_000;

const only = (of: (electricity: Electricity, watch: Watch, run: BuiltRun) => number) => (run: BuiltRun, watch: Watch) =>
  run.electricity === null ? Number.NaN : of(run.electricity, watch, run);

function most(count: number, of: (row: number) => number): number {
  let highest = 0;
  for (let row = 0; row < count; row++) highest = Math.max(highest, of(row));
  return highest;
}

export const powerMetrics: readonly Metric[] = [
  {
    name: "energy.it",
    unit: "kWh",
    better: "lower",
    meaning: "Energy of all hosts",
    of: only(({ facility }, { until }) => facility.itJoules(until) / JOULES_OF_KWH),
  },
  {
    name: "energy.facility",
    unit: "kWh",
    better: "lower",
    meaning: "Energy of the whole facility",
    of: only(({ facility }, { until }) => facility.facilityJoules(until) / JOULES_OF_KWH),
  },
  {
    name: "pue",
    unit: "1",
    better: "lower",
    meaning: "Energy of the facility for each unit of energy of its hosts",
    of: only(({ facility }, { until }) => facility.facilityJoules(until) / facility.itJoules(until)),
  },
  {
    name: "carbon",
    unit: "kg",
    better: "lower",
    meaning: "CO2 that the grid emitted for the energy of the facility",
    of: only(({ facility }, { until }) => facility.operationalGrams(until) / 1000),
  },
  {
    name: "power.facility.mean",
    unit: "kW",
    better: "lower",
    meaning: "Power drawn by the whole facility, averaged over time",
    of: only(({ facility }, { from, until }) => facility.facilityJoules(until) / ((until - from) / SECOND) / 1000),
  },
  {
    name: "power.peak",
    unit: "kW",
    better: "lower",
    meaning: "Most power drawn by all hosts at once",
    of: only(({ facility }, { until }) => facility.peakItWatts(until) / 1000),
  },
  {
    name: "power.facility.peak",
    unit: "kW",
    better: "lower",
    meaning: "Most power drawn by the whole facility at once",
    of: only(({ facility }, { until }) => facility.peakFacilityWatts(until) / 1000),
  },
  {
    name: "power.rack.peak",
    unit: "kW",
    better: "lower",
    meaning: "Most power drawn by one rack at once",
    of: only(({ peaks }, { until }) => most(peaks.racks, (rack) => peaks.ofRack(rack, until)) / 1000),
  },
  {
    name: "power.host.peak",
    unit: "W",
    better: "lower",
    meaning: "Most power drawn by one host at once",
    of: only(({ peaks }, { until }, { cloud }) => most(cloud.hosts.count, (host) => peaks.ofHost(host, until))),
  },
];
