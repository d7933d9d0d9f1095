// The queries of the JsonFilter: `["and", [">=", "$free_ram_mb", 4096], ["=", "$stats.gpu_model", "T4"]]`. Nova and Cinder have the same, traps
// included: arguments that are null vanish, and "not" gives a list, which within "and" and "or" is always true.
// @source nova/scheduler/filters/json_filter.py, cinder/scheduler/filters/json_filter.py
import { equal, isDict, isList, isTrue, less, PythonError, PythonObject, type PythonValue } from "./python-values.ts";

type Operator = (args: readonly PythonValue[]) => PythonValue;

/** The first argument against each of the others; false with fewer than two. */
const compares =
  (holds: (a: PythonValue, b: PythonValue) => boolean): Operator =>
  ([first, ...others]) => {
    // Every one is compared, so that a pair that cannot be ordered is found wherever it stands.
    const failed = others.filter((other) => !holds(first!, other));
    return others.length > 0 && failed.length === 0;
  };

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["=", compares(equal)],
  ["<", compares((a, b) => less(a, b, false))],
  [">", compares((a, b) => less(b, a, false))],
  ["<=", compares((a, b) => less(a, b, true))],
  [">=", compares((a, b) => less(b, a, true))],
  ["in", ([first, ...others]) => others.some((other) => equal(first!, other))],
  ["not", (args) => args.map((arg) => !isTrue(arg))],
  ["or", (args) => args.some(isTrue)],
  ["and", (args) => args.every(isTrue)],
]);

/**
 * Is the query true, where `attribute` gives what `$name` stands for?
 * @throws PythonError for an unknown operator, or for text compared with a number
 */
export function answerJsonQuery(query: PythonValue, attribute: (name: string) => PythonValue): boolean {
  const result = evaluate(query, attribute);
  return isList(result) ? result.some(isTrue) : isTrue(result);
}

function evaluate(query: PythonValue, attribute: (name: string) => PythonValue): PythonValue {
  if (!isTrue(query)) return true;
  if (typeof query === "string") throw new PythonError("KeyError", `there is no operator "${[...query][0]}"`);
  if (isDict(query)) throw new PythonError("KeyError", "a query is a list");
  if (!isList(query)) throw new PythonError("TypeError", "a query is a list");
  const [name, ...rest] = query;
  const operator = typeof name === "string" ? operators.get(name) : undefined;
  if (operator === undefined) throw new PythonError(isList(name!) || isDict(name!) ? "TypeError" : "KeyError", "there is no such operator");
  const args = rest.map((arg) => (isList(arg) ? evaluate(arg, attribute) : typeof arg === "string" ? resolve(arg, attribute) : arg));
  return operator(args.filter((arg) => arg !== null));
}

/** `$attribute.key.key`, or the text itself; null for what is missing and for the empty text. */
function resolve(text: string, attribute: (name: string) => PythonValue): PythonValue {
  if (text === "") return null;
  if (!text.startsWith("$")) return text;
  const [name, ...keys] = text.slice(1).split(".");
  let found = attribute(name!);
  for (const key of keys) {
    if (found === null) return null;
    const entries = found instanceof PythonObject ? found.entries : isDict(found) ? found : null;
    if (entries === null) throw new PythonError("AttributeError", `"${text}": only what has keys can be asked for "${key}"`);
    found = entries.get(key) ?? null;
  }
  return found;
}
