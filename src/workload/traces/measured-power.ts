// Electric power as it was measured, one row per sample: `t_ms`, the end of the sample since the time zero of the file, and `power_w`, the
// mean watts over it.
import type { Micros } from "../../kernel/time.ts";
import { MILLISECOND } from "../../kernel/time.ts";
import { TraceCsv } from "../trace-csv.ts";

export interface MeasuredPower {
  readonly ends: Float64Array; // Micros
  readonly watts: Float64Array;
}

/** @throws InputError with every problem of the file */
export function readMeasuredPower(path: string): MeasuredPower {
  const csv = new TraceCsv(path, ["t_ms", "power_w"]);
  const [time, power] = [csv.column("t_ms"), csv.column("power_w")];
  const ends = new Float64Array(csv.count);
  const watts = new Float64Array(csv.count);
  let before: Micros = 0;
  for (let row = 0; row < csv.count; row++) {
    ends[row] = csv.integer(row, time, 1) * MILLISECOND;
    watts[row] = csv.number(row, power);
    if (ends[row]! <= before) csv.fault(row, time, "expected times that rise", "sort the rows by time");
    if (watts[row]! <= 0) csv.fault(row, power, `expected more than 0 W, got ${watts[row]}`);
    before = ends[row]!;
  }
  csv.throwFaults();
  return { ends, watts };
}
