// The carbon intensity of grids in time, one row per zone and change.
//
// Columns: `zone`, `t_ms` since the time zero of the file, `g_per_kwh` in grams of CO2 equivalent per kWh.
//
// @source OpenDC carbonTraces, github.com/atlarge-research/opendc
import { StepFunction } from "../../kernel/step-function.ts";
import { MILLISECOND } from "../../kernel/time.ts";
import { TraceCsv } from "../trace-csv.ts";

/** By zone, in the order of the file. @throws InputError with every problem of the file */
export function readCarbonIntensity(path: string): ReadonlyMap<string, StepFunction> {
  const csv = new TraceCsv(path, ["zone", "t_ms", "g_per_kwh"]);
  const [zone, time, grams] = [csv.column("zone"), csv.column("t_ms"), csv.column("g_per_kwh")];
  const series = new Map<string, { times: number[]; values: number[] }>();
  for (let row = 0; row < csv.count; row++) {
    const name = csv.string(row, zone);
    const at = csv.integer(row, time, Number.MIN_SAFE_INTEGER) * MILLISECOND;
    const value = csv.number(row, grams);
    if (value < 0) csv.fault(row, grams, `expected 0 g/kWh or more, got ${value}`);
    let one = series.get(name);
    if (one === undefined) series.set(name, (one = { times: [], values: [] }));
    if (one.times.length > 0 && at <= one.times[one.times.length - 1]!) {
      csv.fault(row, time, `the times of zone ${name} do not rise`, "sort the rows of each zone by time");
    }
    one.times.push(at);
    one.values.push(value);
  }
  csv.throwFaults();
  return new Map([...series].map(([name, { times, values }]) => [name, new StepFunction(times, values)]));
}
