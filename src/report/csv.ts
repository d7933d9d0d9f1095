// CSV for machines and spreadsheets, through csv-stringify: RFC 4180 quoting, true and false in words, and cells that a spreadsheet would
// take for a formula escaped.
import { stringify } from "csv-stringify/sync";

export type Cell = string | number | boolean | null;

const ROWS_PER_CHUNK = 4096;

/** A CSV file as a sequence of texts: the header first, then the rows in chunks. Missing numbers (NaN) are empty. */
export function* csvChunks(header: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  yield write([header]);
  let chunk: (readonly Cell[])[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < ROWS_PER_CHUNK) continue;
    yield write(chunk);
    chunk = [];
  }
  if (chunk.length > 0) yield write(chunk);
}

function write(rows: readonly (readonly Cell[])[]): string {
  return stringify(rows as Cell[][], {
    cast: {
      boolean: (value) => (value ? "true" : "false"),
      number: (value) => (Number.isFinite(value) ? String(value) : ""),
    },
    escape_formulas: true,
  });
}
