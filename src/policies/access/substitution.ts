// Python's `text % values`, as far as a policy can use it: `%(project_id)s` stands for the value of that key.
// @source Python 3 library: printf-style string formatting
import { PythonError, PythonFloat, type PythonValue, str } from "../python/python-values.ts";

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
    if (text[at] === "%") {
      out += "%";
      at++;
      continue;
    }
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
    // Without a key it is all values at once, which can be had once, and not after a key.
    if (value === undefined && taken) throw new PythonError("TypeError", "not enough arguments for format string");
    taken = true;
    out += converted(value === undefined ? values : value, { flags: flags!, width: Number(width), precision, conversion: conversion! });
  }
  return out;
}

interface Format {
  readonly flags: string;
  readonly width: number;
  readonly precision: string | undefined;
  readonly conversion: string;
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

function converted(value: PythonValue, format: Format): string {
  const { flags, width, precision, conversion } = format;
  const padded = (text: string) => (flags.includes("-") ? text.padEnd(width) : text.padStart(width));
  if ("sra".includes(conversion)) {
    const text = conversion === "s" ? str(value) : str([value]).slice(1, -1);
    return padded(precision === undefined ? text : [...text].slice(0, Number(precision)).join(""));
  }
  if (!"diuxXo".includes(conversion)) throw new PythonError("ValueError", `unsupported format character "${conversion}"`);
  const { sign, digits } = wholeNumber(value, format);
  const long = digits.padStart(Number(precision ?? 0), "0");
  return flags.includes("0") && !flags.includes("-") ? sign + long.padStart(width - sign.length, "0") : padded(sign + long);
}

/** The digits, and what stands before them: a sign, and 0x or 0o if that is asked for. */
function wholeNumber(value: PythonValue, { flags, conversion }: Format): { readonly sign: string; readonly digits: string } {
  const base = conversion === "o" ? 8 : conversion.toLowerCase() === "x" ? 16 : 10;
  let whole: bigint;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "bigint") whole = BigInt(value);
  else if (value instanceof PythonFloat && base === 10) whole = BigInt(Math.trunc(value.value));
  else throw new PythonError("TypeError", `%${conversion} format: a number is required`);
  const digits = (whole < 0n ? -whole : whole).toString(base);
  const sign = whole < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const prefix = flags.includes("#") && base !== 10 ? `0${conversion}` : "";
  return { sign: sign + prefix, digits: conversion === "X" ? digits.toUpperCase() : digits };
}
