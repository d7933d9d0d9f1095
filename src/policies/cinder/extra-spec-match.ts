// Requirements of a volume type, held against what a pool is capable of: `<is> True`, `>= 250`, `<or> gold <or> silver`, or a literal. Nova has
// the same little language (policies/nova/extra-spec-match.ts), but holds it against texts, and a number that is none fails its request.
// @source cinder/scheduler/filters/extra_specs_ops.py
import { float, kindOf } from "../python/arithmetic.ts";
import { equal, isDict, isList, less, PythonError, type PythonValue, str, words as wordsOf } from "../python/python-values.ts";
import { booleanIn } from "../python/text-values.ts";

type Operator = (value: PythonValue, operand: string) => boolean;

const numeric =
  (holds: (value: number, operand: number) => boolean): Operator =>
  (value, operand) =>
    holds(float(value), float(operand));

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["=", numeric((value, operand) => value >= operand)], // sic: "=" means at least
  [">=", numeric((value, operand) => value >= operand)],
  ["==", numeric((value, operand) => value === operand)],
  ["!=", numeric((value, operand) => value !== operand)],
  ["<=", numeric((value, operand) => value <= operand)],
  ["<in>", contains],
  ["<is>", (value, operand) => truthOf(value) === truthOf(operand)],
  ["s==", (value, operand) => equal(value, operand)],
  ["s!=", (value, operand) => !equal(value, operand)],
  ["s<", (value, operand) => less(value, operand, false)],
  ["s<=", (value, operand) => less(value, operand, true)],
  ["s>", (value, operand) => less(operand, value, false)],
  ["s>=", (value, operand) => less(operand, value, true)],
]);

/**
 * Does `value` meet `requirement`?
 * @throws PythonError TypeError where an operator cannot take the value (`<in>` a number, `s<` anything but text), IndexError for `<or>` alone
 */
export function matchesExtraSpec(value: PythonValue, requirement: PythonValue): boolean {
  if (requirement === null) return value === null;
  if (typeof requirement !== "string")
    throw new PythonError("AttributeError", `${kindOf(requirement)} has no words: a requirement is a text`);
  const [name, ...operands] = wordsOf(requirement);
  const operator = operators.get(name ?? "");
  if (name !== "<or>" && operator === undefined) return equal(value, requirement);
  if (value === null) return false;
  if (operator === undefined) {
    if (operands.length === 0) throw new PythonError("IndexError", '"<or>" without an operand');
    return operands.some((word, i) => i % 2 === 0 && equal(word, value)); // every second word, whatever stands between
  }
  const [operand] = operands;
  if (operand === undefined) return false;
  try {
    return operator(value, operand);
  } catch (error) {
    if (error instanceof PythonError && error.type === "ValueError") return false;
    throw error;
  }
}

/** `operand in value` */
function contains(value: PythonValue, operand: string): boolean {
  if (typeof value === "string") return value.includes(operand);
  if (isList(value)) return value.some((entry) => equal(entry, operand));
  if (isDict(value)) return value.has(operand);
  throw new PythonError("TypeError", `nothing is in ${kindOf(value)}`);
}

/** strutils.bool_from_string: what is no yes is a no. */
function truthOf(value: PythonValue): boolean {
  return typeof value === "boolean" ? value : booleanIn(str(value));
}
