// Memory in traces of virtual machines is written in KB (1024 bytes), whatever their manuals say: 4,194,304 is a guest of 4 GiB. A file in
// bytes or MB would give guests a thousand times too large or too small, so sizes that no guest has are faults.
import type { TraceCsv } from "../trace-csv.ts";

/** 64 MiB; the same guest in MB would be 64. */
const LEAST_KB = 64 * 1024;
/** 1 TiB; 1 GiB in bytes is just as large. */
const MOST_KB = 1024 * 1024 * 1024;

/** The field as KB; 0 where nothing was recorded. Reports anything that is no guest's size and returns NaN. */
export function memoryKb(csv: TraceCsv, row: number, column: number): number {
  const kb = csv.number(row, column);
  if (Number.isNaN(kb) || kb === 0 || (kb >= LEAST_KB && kb < MOST_KB)) return kb;
  const unit = kb < LEAST_KB ? "MB" : "bytes";
  csv.fault(row, column, `expected the memory of a guest in KB, ${LEAST_KB} to ${MOST_KB}, got ${kb}`, `is the file in ${unit}?`);
  return Number.NaN;
}
