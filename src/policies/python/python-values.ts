// OpenStack decides in Python, and some of its decisions hang on how Python reads numbers and writes values: `16.0` is not `16`, `True` is not
// `true`. This file holds those conversions and nothing else.
// @source Python 3 language reference: str(), repr(), float(), int(), truth value testing, str.split()

/** A Python float; a plain JavaScript number stands for a Python int. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** An object that is no plain value: it has text, and perhaps entries that `get` finds. */
export class PythonObject {
  readonly text: string;
  readonly entries: ReadonlyMap<string, PythonValue>;

  constructor(text: string, entries: ReadonlyMap<string, PythonValue> = new Map()) {
    this.text = text;
    this.entries = entries;
  }
}

/** None, bool, int, float, str, list, dict, other objects. */
export type PythonValue =
  | null
  | boolean
  | number
  | bigint
  | PythonFloat
  | string
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>
  | PythonObject;

/** What Python would raise; inside a filter or a weigher it fails the whole request. */
export class PythonError extends Error {
  /** Python's class: `ValueError`. */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

const SPACE = "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const spaces = new RegExp(`${SPACE}+`, "u");
const outerSpaces = new RegExp(`^${SPACE}+|${SPACE}+$`, "gu");

/** str.split() */
export function words(text: string): readonly string[] {
  return text.split(spaces).filter((word) => word !== "");
}

/** str.strip() */
export function strip(text: string): string {
  return text.replace(outerSpaces, "");
}

/** Text order by code point; JavaScript's own is by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const by = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (by !== 0) return by;
  }
  return left.length - right.length;
}

/** float(text): exponents, signs, inf, nan, underscores between digits. @throws PythonError ValueError */
export function toFloat(text: string): number {
  const trimmed = strip(text);
  if (/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$/.test(trimmed)) return Number(trimmed.replaceAll("_", ""));
  const word = trimmed.toLowerCase().replace(/^[+-]/, "");
  if (word === "inf" || word === "infinity") return trimmed.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (word === "nan") return Number.NaN;
  throw new PythonError("ValueError", `could not convert string to float: ${quoted(text)}`);
}

/** int(text): sign, blanks around, underscores between digits; no fractions. @throws PythonError ValueError */
export function toInt(text: string): number {
  const trimmed = strip(text);
  if (/^[+-]?\d+(_\d+)*$/.test(trimmed)) return Number(trimmed.replaceAll("_", "")) + 0;
  throw new PythonError("ValueError", `invalid literal for int() with base 10: ${quoted(text)}`);
}

/** int(text) of any length, exactly: a bigint from 2^53. @throws PythonError ValueError */
export function toInteger(text: string): number | bigint {
  const rounded = toInt(text);
  if (Number.isSafeInteger(rounded)) return rounded;
  const [sign, digits] = /^([+-]?)(.*)$/.exec(strip(text).replaceAll("_", ""))!.slice(1) as [string, string];
  return sign === "-" ? -BigInt(digits) : BigInt(digits);
}

/** bool(value) */
export function isTrue(value: PythonValue): boolean {
  if (value instanceof PythonFloat) return value.value !== 0;
  if (value instanceof Map) return value.size > 0;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "number" || typeof value === "bigint") return value !== 0 && value !== 0n;
  return typeof value === "object" ? value !== null : value !== false && value !== "";
}

/** str(value) */
export function str(value: PythonValue): string {
  return typeof value === "string" ? value : repr(value);
}

function repr(value: PythonValue): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" || typeof value === "bigint") return BigInt(value).toString();
  if (value instanceof PythonFloat) return floatText(value.value);
  if (value instanceof PythonObject) return value.text;
  if (isList(value)) return `[${value.map(repr).join(", ")}]`;
  return `{${[...value].map(([key, entry]) => `${quoted(key)}: ${repr(entry)}`).join(", ")}}`;
}

/** The shortest digits that read back as the same double; an exponent below 1e-4 and from 1e16. */
function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  const size = Math.abs(x);
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (size === Number.POSITIVE_INFINITY) return `${sign}inf`;
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return sign + size.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  return sign + (Number.isInteger(size) ? `${size}.0` : String(size));
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = [...text].map((character) => {
    if (character === quote) return `\\${character}`;
    const known = escapes[character];
    if (known !== undefined) return known;
    if (character === " " || !/[\p{C}\p{Z}]/u.test(character)) return character;
    const code = character.codePointAt(0)!.toString(16);
    if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
    return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
  });
  return quote + inside.join("") + quote;
}

export function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

export function isDict(value: PythonValue): value is ReadonlyMap<string, PythonValue> {
  return value instanceof Map;
}

/** The number that takes part in arithmetic, True as 1; null for what is no number. */
function numeric(value: PythonValue): number | bigint | null {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return value instanceof PythonFloat ? value.value : null;
}

/** a == b */
export function equal(a: PythonValue, b: PythonValue): boolean {
  const [x, y] = [numeric(a), numeric(b)];
  // An int may be a JavaScript number or a bigint, which === never takes for equal.
  if (x !== null && y !== null) return x <= y && x >= y;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((entry, i) => equal(entry, b[i]!));
  if (isDict(a) && isDict(b)) return a.size === b.size && [...a].every(([key, entry]) => b.has(key) && equal(entry, b.get(key)!));
  return a === b;
}

/** a < b or, with `orEqual`, a <= b. @throws PythonError TypeError for what Python cannot order, text and numbers above all */
export function less(a: PythonValue, b: PythonValue, orEqual: boolean): boolean {
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== null && y !== null) return orEqual ? x <= y : x < y;
  if (typeof a === "string" && typeof b === "string") return orEqual ? compareText(a, b) <= 0 : compareText(a, b) < 0;
  if (isList(a) && isList(b)) {
    const differs = a.findIndex((entry, i) => i < b.length && !equal(entry, b[i]!));
    if (differs >= 0) return less(a[differs]!, b[differs]!, orEqual);
    return orEqual ? a.length <= b.length : a.length < b.length;
  }
  throw new PythonError("TypeError", `cannot order ${repr(a)} and ${repr(b)}`);
}
