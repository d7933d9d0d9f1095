// One day of about a thousand virtual machines of PlanetLab: CPU use in whole percent every five minutes. Successive values hardly depend on
// each other (lag-1 autocorrelation 0.08), so the trace says little about policies that forecast.
//
// Columns: `vm`, the name of the original file, then `u0` to `u287`. The order of the rows matters to experiments that size machines by it.
//
// @source CoMon (Park and Pai, 2006), as selected by Beloglazov and Buyya, CCPE 24(13), 2012; github.com/beloglazov/planetlab-workload-traces
import { MINUTE } from "../../kernel/time.ts";
import { TraceCsv } from "../trace-csv.ts";
import { RecordedSeries } from "../utilisation/recorded-series.ts";

export const PLANETLAB_STEPS = 288;

export interface PlanetLabDay {
  /** By row of the file. */
  readonly names: readonly string[];
  readonly cpu: RecordedSeries;
}

/** @throws InputError with every problem of the file */
export function readPlanetLabDay(path: string): PlanetLabDay {
  const steps = Array.from({ length: PLANETLAB_STEPS }, (_, step) => `u${step}`);
  const csv = new TraceCsv(path, ["vm", ...steps]);
  const vm = csv.column("vm");
  const columns = steps.map((name) => csv.column(name));
  const names: string[] = [];
  const guests: Float64Array[] = [];
  for (let row = 0; row < csv.count; row++) {
    names.push(csv.string(row, vm));
    guests.push(Float64Array.from(columns, (column) => csv.integer(row, column, 0, 100) / 100));
  }
  csv.throwFaults();
  return { names, cpu: new RecordedSeries(5 * MINUTE, guests) };
}
