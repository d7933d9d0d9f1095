// Python's arithmetic on values that may be whole numbers of any size, floats, texts or lists: `3 / 2` is `1.5`, `"a" * 3` is `"aaa"`, and
// `"a" - 1` is an error that a caller must be able to tell from a wrong number.
// @source Python 3 language reference: binary arithmetic operations, augmented assignment; library: int(), round(), abs(), max(), min()
import { pow } from "../../kernel/elementary.ts";
import { isList, isTrue, less, PythonError, PythonFloat, PythonObject, type PythonValue, toFloat, toInteger } from "./python-values.ts";

/** A Python int: a number as long as that is exact. */
type Int = number | bigint;

/** Longest text or list that multiplying makes, and most bits of a power: far beyond any formula, and short of what stops a machine. */
const LARGEST = 2 ** 27;

/** Where what counts places ends: 2^63. */
const INDEX_END = 9_223_372_036_854_775_808n;

function wrong(operator: string, a: PythonValue, b: PythonValue): PythonError {
  return new PythonError("TypeError", `${kindOf(a)} ${operator} ${kindOf(b)} is not defined`);
}

/** The name of the value's class. */
export function kindOf(value: PythonValue): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || typeof value === "bigint") return "int";
  if (value instanceof PythonFloat) return "float";
  if (typeof value === "string") return "str";
  if (isList(value)) return "list";
  return value instanceof PythonObject ? "object" : "dict";
}

/** True, False and ints as a whole number; null for everything else. */
function whole(value: PythonValue): Int | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" || typeof value === "bigint" ? value : null;
}

function shortest(value: bigint): Int {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** A whole number or float as a double; null for what is no number. @throws PythonError OverflowError for an int beyond all doubles */
export function double(value: PythonValue): number | null {
  if (value instanceof PythonFloat) return value.value;
  const int = whole(value);
  if (int === null) return null;
  const result = Number(int);
  if (!Number.isFinite(result)) throw new PythonError("OverflowError", "int too large to convert to float");
  return result;
}

/** float(value). @throws PythonError ValueError for a text that is no number, TypeError for what is neither */
export function float(value: PythonValue): number {
  if (typeof value === "string") return toFloat(value);
  const result = double(value);
  if (result === null) throw new PythonError("TypeError", `float() takes a text or a number, not ${kindOf(value)}`);
  return result;
}

/** int(value): towards zero. @throws PythonError ValueError for other text and nan, OverflowError for infinities, TypeError for the rest */
export function int(value: PythonValue): Int {
  if (typeof value === "string") return toInteger(value);
  const already = whole(value);
  if (already !== null) return already;
  if (!(value instanceof PythonFloat)) throw new PythonError("TypeError", `int() takes a text or a number, not ${kindOf(value)}`);
  if (Number.isNaN(value.value)) throw new PythonError("ValueError", "cannot convert float NaN to integer");
  if (!Number.isFinite(value.value)) throw new PythonError("OverflowError", "cannot convert float infinity to integer");
  const result = Math.trunc(value.value) + 0; // no -0
  return Number.isSafeInteger(result) ? result : BigInt(result);
}

/** `a += b`: numbers add up, texts and lists are put together; a list also takes in the characters of a text. @throws PythonError TypeError */
export function add(a: PythonValue, b: PythonValue): PythonValue {
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (isList(a) && (isList(b) || typeof b === "string")) return [...a, ...b];
  const [x, y] = [whole(a), whole(b)];
  if (x !== null && y !== null) {
    const sum = typeof x === "number" && typeof y === "number" ? x + y : Number.NaN;
    return Number.isSafeInteger(sum) ? sum : shortest(BigInt(x) + BigInt(y));
  }
  const [left, right] = [double(a), double(b)];
  if (left === null || right === null) throw wrong("+", a, b);
  return new PythonFloat(left + right);
}

/** `a - b`. @throws PythonError TypeError */
export function subtract(a: PythonValue, b: PythonValue): PythonValue {
  const [x, y] = [whole(a), whole(b)];
  if (x !== null && y !== null) {
    const difference = typeof x === "number" && typeof y === "number" ? x - y : Number.NaN;
    return Number.isSafeInteger(difference) ? difference : shortest(BigInt(x) - BigInt(y));
  }
  const [left, right] = [double(a), double(b)];
  if (left === null || right === null) throw wrong("-", a, b);
  return new PythonFloat(left - right);
}

/** `a * b`: a text or a list times a whole number is repeated. @throws PythonError TypeError; MemoryError for what would be endless */
export function multiply(a: PythonValue, b: PythonValue): PythonValue {
  const [x, y] = [whole(a), whole(b)];
  if (x !== null && y !== null) {
    const product = typeof x === "number" && typeof y === "number" ? x * y + 0 : Number.NaN;
    return Number.isSafeInteger(product) ? product : shortest(BigInt(x) * BigInt(y));
  }
  if (typeof a === "string" || isList(a)) return repeat(a, y, wrong("*", a, b));
  if (typeof b === "string" || isList(b)) return repeat(b, x, wrong("*", a, b));
  const [left, right] = [double(a), double(b)];
  if (left === null || right === null) throw wrong("*", a, b);
  return new PythonFloat(left * right);
}

function repeat(value: string | readonly PythonValue[], count: Int | null, otherwise: PythonError): PythonValue {
  if (count === null) throw otherwise;
  if (count >= INDEX_END || count < -INDEX_END) throw new PythonError("OverflowError", "the int does not fit an index");
  const times = count > 0 ? Number(count) : 0;
  if (value.length * times > LARGEST) throw new PythonError("MemoryError", `${value.length} times ${count} is too long`);
  return typeof value === "string" ? value.repeat(times) : Array.from({ length: times }, () => value).flat(1);
}

/** `a / b`, which is always a float. @throws PythonError ZeroDivisionError, TypeError */
export function divide(a: PythonValue, b: PythonValue): PythonFloat {
  const [left, right] = [double(a), double(b)];
  if (left === null || right === null) throw wrong("/", a, b);
  if (right === 0) throw new PythonError("ZeroDivisionError", "division by zero");
  return new PythonFloat(left / right);
}

/**
 * `a ** b`. The root of a negative number, which Python makes a complex number, is an object here: true, and neither ordered nor reckoned with.
 * @throws PythonError ZeroDivisionError, OverflowError, TypeError; MemoryError for what would be endless
 */
export function power(a: PythonValue, b: PythonValue): PythonValue {
  const [x, y] = [whole(a), whole(b)];
  if (x !== null && y !== null && y >= 0) return wholePower(BigInt(x), BigInt(y));
  const [base, exponent] = [double(a), double(b)];
  if (base === null || exponent === null) throw wrong("**", a, b);
  if (base === 0 && exponent < 0) throw new PythonError("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  const finite = Number.isFinite(base) && Number.isFinite(exponent);
  const size = pow(Math.abs(base), exponent);
  if (finite && !Number.isFinite(size)) throw new PythonError("OverflowError", "the result is out of range");
  if (base < 0 && finite && !Number.isInteger(exponent)) return new PythonObject("complex");
  const odd = Number.isInteger(exponent) && Math.abs(exponent % 2) === 1;
  return new PythonFloat(odd && base < 0 ? -size : size);
}

function wholePower(base: bigint, exponent: bigint): Int {
  const bits = base < 0n ? (-base).toString(2).length : base.toString(2).length;
  if (bits > 1 && exponent * BigInt(bits) > BigInt(LARGEST / 16))
    throw new PythonError("MemoryError", `a power of ${exponent} is too long`);
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; square *= square, rest >>= 1n) if ((rest & 1n) === 1n) result *= square;
  return shortest(result);
}

/** abs(value). @throws PythonError TypeError */
export function absolute(value: PythonValue): PythonValue {
  if (value instanceof PythonFloat) return new PythonFloat(Math.abs(value.value));
  const int = whole(value);
  if (int === null) throw new PythonError("TypeError", `there is no abs() of ${kindOf(value)}`);
  return int < 0 ? subtract(0, int) : int;
}

/** max(*values) or min(*values); of equal ones the first. One value alone must be a text or a list. @throws PythonError TypeError, ValueError */
export function extreme(values: readonly PythonValue[], which: "max" | "min"): PythonValue {
  const [only] = values;
  if (only === undefined) throw new PythonError("TypeError", `${which}() takes at least one argument`);
  const among = values.length === 1 ? (typeof only === "string" ? [...only] : only) : values;
  if (!isList(among)) throw new PythonError("TypeError", `${kindOf(among)} is not iterable`);
  if (among.length === 0) throw new PythonError("ValueError", `${which}() of nothing`);
  return among.reduce((best, value) => ((which === "max" ? less(best, value, false) : less(value, best, false)) ? value : best));
}

/** round(x, 2): half to even on the exact value of the double, so that 0.125 becomes 0.12 and 0.375 becomes 0.38. */
export function roundToHundredths(x: number): number {
  const size = Math.abs(x);
  if (!(size < 2 ** 50) || Number.isInteger(size)) return x; // no hundredths, nor in infinities and nan
  // Exactly between two hundredths are the odd eighths alone; toFixed rounds those up.
  const eighths = size * 8;
  const between = Number.isInteger(eighths) && eighths % 2 === 1;
  const below = Math.floor(size * 100);
  const rounded = between ? (below % 2 === 0 ? below : below + 1) / 100 : Number(size.toFixed(2));
  return x < 0 ? -rounded : rounded;
}

/** `a and b`, `a or b`: one of the two values, not a truth. */
export const both = (a: PythonValue, b: PythonValue): PythonValue => (isTrue(a) ? b : a);
export const either = (a: PythonValue, b: PythonValue): PythonValue => (isTrue(a) ? a : b);
