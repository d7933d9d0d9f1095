// Python's `text % values`, as far as a policy can use it: `%(project_id)s` stands for the value of that key.
// @source Python 3 library: printf-style string formatting
import { PythonError, PythonFloat, type PythonValue, str } from "../nova/python-values.ts";

export type Values = ReadonlyMap<string, PythonValue>;

/**
 * The text with its values. The conversions of fractions (e, f, g) and of single characters (c) are left out: no rule compares such texts.
 * @throws PythonError KeyError for a key without a value; ValueError or TypeError for a text that is no format
 */
export function substitute(text: string, values: Values): string {
  let taken = false;
  let out = "";
  let at = 0;
  while (at < text.length) {
    const percent = text.indexOf("%", at);
    if (percent < 0) return out + text.slice(at);
    out += text.slice(at, percent);
    at = percent + 1;
    let value: PythonValue | undefined;
    if (text[at] === "(") {
      const end = closing(text, at);
      const key = text.slice(at + 1, end);
      if (!values.has(key)) throw new PythonError("KeyError", `"${key}" is not in the target`);
      value = values.get(key)!;
      at = end + 1;
    }
    const [all, flags, width, precision, conversion] = /^([-#0 +]*)(\d*)(?:\.(\d*))?[hlL]?(.?)/su.exec(text.slice(at))!;
    at += all.length;
    if (conversion === "") throw new PythonError("ValueError", "incomplete format");
    if (conversion === "%") {
      out += "%";
      continue;
    }
    if (value === undefined) {
      if (taken) throw new PythonError("TypeError", "not enough arguments for format string");
      taken = true;
      value = values;
    }
    out += padded(converted(value, conversion!, precision), flags!, Number(width));
  }
  return out;
}

/** The parenthesis that belongs to the one at `at`. */
function closing(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")" && --depth === 0) return i;
  }
  throw new PythonError("ValueError", "incomplete format key");
}

function converted(value: PythonValue, conversion: string, precision: string | undefined): string {
  if ("sra".includes(conversion)) {
    const text = conversion === "s" ? str(value) : str([value]).slice(1, -1);
    return precision === undefined ? text : [...text].slice(0, Number(precision)).join("");
  }
  if (!"diuxXo".includes(conversion)) throw new PythonError("ValueError", `unsupported format character "${conversion}"`);
  const base = conversion === "o" ? 8 : conversion.toLowerCase() === "x" ? 16 : 10;
  const digits = (whole: number | bigint) => (conversion === "X" ? whole.toString(base).toUpperCase() : whole.toString(base));
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number" || typeof value === "bigint") return digits(value);
  if (value instanceof PythonFloat && base === 10) return BigInt(Math.trunc(value.value)).toString();
  throw new PythonError("TypeError", `%${conversion} format: a real number is required`);
}

function padded(text: string, flags: string, width: number): string {
  return flags.includes("-") ? text.padEnd(width) : text.padStart(width);
}
