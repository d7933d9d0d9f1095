// Values in Cinder's cases: JSON, with what it cannot say put in words.
import { PythonFloat, type PythonValue } from "../../src/policies/python/python-values.ts";

export interface Typed {
  readonly type: "int" | "float" | "bool" | "str" | "null" | "list" | "json";
  readonly value: unknown;
}

/** A number with a fraction is a float; which of the others were is lost, and Cinder does not ask. */
export function pythonOf(json: unknown): PythonValue {
  if (typeof json === "number") return Number.isInteger(json) ? json : new PythonFloat(json);
  if (json === null || typeof json === "boolean" || typeof json === "string") return json;
  if (Array.isArray(json)) return json.map(pythonOf);
  if ("$float" in (json as object)) return new PythonFloat(numberOf(json));
  return mapOf(json as Readonly<Record<string, unknown>>);
}

export function mapOf(json: Readonly<Record<string, unknown>>): ReadonlyMap<string, PythonValue> {
  return new Map(Object.entries(json).map(([key, value]) => [key, pythonOf(value)]));
}

export function pythonOfTyped({ type, value }: Typed): PythonValue {
  if (type === "float") return new PythonFloat(numberOf(value));
  return type === "list" ? (value as readonly Typed[]).map(pythonOfTyped) : pythonOf(value);
}

export function numberOf(json: unknown): number {
  if (typeof json === "number") return json;
  const word = (json as { readonly $float: string }).$float;
  return word === "nan" ? Number.NaN : word === "inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

/** The cases' own form, so that what differs is seen in words. */
export function typed(value: PythonValue): Typed {
  if (value === null) return { type: "null", value: null };
  if (typeof value === "boolean") return { type: "bool", value };
  if (typeof value === "number" || typeof value === "bigint") return { type: "int", value: Number(value) };
  if (typeof value === "string") return { type: "str", value };
  if (value instanceof PythonFloat) return { type: "float", value: finiteOrWord(value.value) };
  if (Array.isArray(value)) return { type: "list", value: value.map(typed) };
  return { type: "json", value };
}

function finiteOrWord(x: number): unknown {
  if (Number.isFinite(x)) return x;
  return { $float: Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf" };
}

/** Are two results of the cases equal, floats within the tolerance of the cases? */
export function alike(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && alike(value, right.get(key)));
}
