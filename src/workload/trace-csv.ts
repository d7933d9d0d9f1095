// A trace file as a table: text separated by commas (or what the format says), plain or gzip'ed, with a header. A reader asks for columns by name and for values by row;
// whatever is wrong is collected with its file, line and column and reported at once.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import Papa from "papaparse";
import type { Problem } from "../kernel/problem.ts";
import { InputError } from "../kernel/problem.ts";

/** Problems written out before "and N more". */
const PROBLEMS_SHOWN = 20;

/** A decoded file beyond this size is refused rather than exhausting memory (a JavaScript string ends soon after). */
const LARGEST_BYTES = 400 * 1024 * 1024;

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A fault of one row; `column` is the index of a column, or null when the whole row is at fault. */
interface Fault {
  readonly row: number;
  readonly column: number | null;
  readonly message: string;
  readonly hint: string;
}

export class TraceCsv {
  /** Rows after the header; row numbers are 0-based. */
  readonly count: number;
  private readonly file: string;
  private readonly text: string;
  private readonly delimiter: string;
  private readonly names: readonly string[];
  /** All lines, the header first; blank lines are kept so that the numbering holds, and `rows` names the others. */
  private readonly lines: readonly (readonly string[])[];
  private readonly rows: Int32Array;
  private readonly faults: Fault[] = [];
  private faultsHidden = 0;

  /**
   * Reads and splits the file.
   * @param columns names of the columns the reader will ask for
   * @param delimiter one character between fields
   * @throws InputError when the file cannot be read, is empty, binary or cut short, or lacks a column
   */
  constructor(file: string, columns: readonly string[], delimiter = ",") {
    this.file = file;
    this.delimiter = delimiter;
    this.text = readText(file);
    // The newlines were made equal, so that papaparse need not guess; without quotes it only splits.
    const parsed = Papa.parse<string[]>(this.text, { delimiter, newline: "\n" });
    this.lines = parsed.data;
    const filled: number[] = [];
    for (let line = 0; line < this.lines.length; line++) if (!isBlank(this.lines[line]!)) filled.push(line);
    const header = filled[0];
    if (header === undefined) throw fileProblem(file, "the file is empty", "expected a header and one row per server");
    this.names = this.lines[header]!.map((name) => name.trim());
    this.requireColumns(columns, header);
    if (filled.length === 1) throw fileProblem(file, "there are no rows after the header", "expected one row per server");
    this.rows = Int32Array.from(filled.slice(1));
    this.count = this.rows.length;
    for (const error of parsed.errors) {
      const row = this.rows.indexOf(error.row ?? -1);
      if (error.type === "Quotes" && row >= 0) this.fault(row, null, `broken quoting: ${error.message}`);
    }
    for (let row = 0; row < this.count; row++) {
      const fields = this.fields(row).length;
      if (fields !== this.names.length)
        this.fault(row, null, `the row has ${fields} fields, expected ${this.names.length} as in the header`);
    }
  }

  /** Index of a column promised to the constructor. */
  column(name: string): number {
    return this.names.indexOf(name);
  }

  /** The field without surrounding blanks; empty when the row is too short. */
  string(row: number, column: number): string {
    return (this.fields(row)[column] ?? "").trim();
  }

  /** The field as a decimal number; reports anything else and returns NaN. */
  number(row: number, column: number): number {
    const field = this.fields(row)[column];
    if (field === undefined) return Number.NaN; // the row is reported as too short
    const written = field.trim();
    const value = DECIMAL.test(written) ? Number(written) : Number.NaN;
    if (!Number.isFinite(value)) this.fault(row, column, `expected a number, got ${quote(written)}`);
    return value;
  }

  /** The field as a whole number in [least, most]; reports anything else and returns NaN. */
  integer(row: number, column: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.number(row, column);
    if (Number.isNaN(value) || (Number.isInteger(value) && value >= least && value <= most)) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
    this.fault(row, column, `expected a whole number ${range}, got ${value}`);
    return Number.NaN;
  }

  /** Records a fault of a row, or of one of its fields. */
  fault(row: number, column: number | null, message: string, hint = ""): void {
    if (this.faults.length < PROBLEMS_SHOWN) this.faults.push({ row, column, message, hint });
    else this.faultsHidden++;
  }

  /** @throws InputError with all faults so far, in the order of the file, if there are any. */
  throwFaults(): void {
    if (this.faults.length === 0) return;
    this.faults.sort((a, b) => a.row - b.row || (a.column ?? -1) - (b.column ?? -1));
    const problems = this.placed(this.faults);
    if (this.faultsHidden > 0) {
      const message = `and ${this.faultsHidden} more ${this.faultsHidden === 1 ? "problem" : "problems"}`;
      problems.push({ file: this.file, line: null, column: null, path: "", message, hint: "" });
    }
    throw new InputError(problems);
  }

  private fields(row: number): readonly string[] {
    return this.lines[this.rows[row]!]!;
  }

  private requireColumns(columns: readonly string[], header: number): void {
    const problems = columns
      .filter((name) => !this.names.includes(name))
      .map((name): Problem => {
        const message = `column ${quote(name)} is missing`;
        const hint = `the columns are ${this.names.map(quote).join(", ")}; is this the right format?`;
        return { file: this.file, line: header + 1, column: 1, path: "", message, hint };
      });
    if (problems.length > 0) throw new InputError(problems);
  }

  /** Line and column of faults in ascending order, in one walk over the text: quoted fields may hold commas and line breaks. */
  private placed(faults: readonly Fault[]): Problem[] {
    const { text, file, delimiter } = this;
    const problems: Problem[] = [];
    let record = 0;
    let field = 0;
    let line = 1;
    let lineStart = 0;
    let quoted = false;
    let next = 0;
    for (let at = 0, fieldStart = true; at <= text.length && next < faults.length; at++) {
      if (fieldStart) {
        while (next < faults.length) {
          const { row, column, message, hint } = faults[next]!;
          if (this.rows[row] !== record || (column ?? 0) !== field) break;
          const path = column === null ? "" : (this.names[column] ?? "");
          problems.push({ file, line, column: at - lineStart + 1, path, message, hint });
          next++;
        }
        fieldStart = false;
      }
      const character = text[at];
      if (character === '"') quoted = !quoted;
      if (character === "\n") {
        line++;
        lineStart = at + 1;
      }
      if (quoted) continue;
      if (character === delimiter) {
        field++;
        fieldStart = true;
      } else if (character === "\n") {
        record++;
        field = 0;
        fieldStart = true;
      }
    }
    // What broken quoting has hidden from the walk is reported without a place.
    for (const { message, hint } of faults.slice(next)) problems.push({ file, line: null, column: null, path: "", message, hint });
    return problems;
  }
}

/** The text of a plain or gzip'ed file in UTF-8, without byte-order mark and with `\n` at the end of lines. */
function readText(file: string): string {
  const bytes = decompressed(file, readBytes(file));
  if (bytes.length === 0) throw fileProblem(file, "the file is empty", "expected a header and one row per server");
  if (bytes.length > LARGEST_BYTES) throw tooLarge(file);
  if (bytes.includes(0)) throw fileProblem(file, "the file is binary, not text", "expected comma-separated text, plain or gzip'ed");
  const text = bytes.toString("utf8");
  const unmarked = text.startsWith("\uFEFF") ? text.slice(1) : text;
  return unmarked.includes("\r") ? unmarked.replace(/\r\n?/g, "\n") : unmarked;
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw fileProblem(file, "there is no such file", "check the path of the trace");
    if (code === "EISDIR") throw fileProblem(file, "this is a folder, not a file", "name the trace file inside it");
    throw fileProblem(file, `the file cannot be read: ${(error as Error).message}`, "");
  }
}

function decompressed(file: string, bytes: Buffer): Buffer {
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!gzip) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_BYTES });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(file);
    if (code === "Z_BUF_ERROR") throw fileProblem(file, "the gzip file is cut short", "fetch it again");
    throw fileProblem(file, `the gzip file is damaged: ${(error as Error).message}`, "fetch it again");
  }
}

function tooLarge(file: string): InputError {
  return fileProblem(file, `the trace is larger than ${LARGEST_BYTES / (1024 * 1024)} MiB`, "cut it into shorter pieces");
}

function fileProblem(file: string, message: string, hint: string): InputError {
  return new InputError([{ file, line: null, column: null, path: "", message, hint }]);
}

function isBlank(fields: readonly string[]): boolean {
  return fields.length === 1 && fields[0]!.trim() === "";
}

/** Shortened, so that a line of garbage does not fill the screen. */
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
