// Does a rule let these credentials act on this target? Texts are compared as Python writes values: null is "None", so that two nulls are equal.
// @source oslo.policy 4.0.0: oslo_policy/_checks.py, Rules.__missing__
import { isDict, isList, PythonError, type PythonValue, str } from "../python/python-values.ts";
import type { Check } from "./check.ts";
import { literalOf } from "./left-side.ts";
import { substitute, type Values } from "./substitution.ts";

/** Rules by name. A name without a rule stands for the rule named `default`, if there is one. */
export class RuleBook {
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #defaultRule: string;

  constructor(checks: ReadonlyMap<string, Check>, defaultRule = "default") {
    this.#checks = checks;
    this.#defaultRule = defaultRule;
  }

  find(name: string): Check | undefined {
    return this.#checks.get(name) ?? this.#checks.get(this.#defaultRule);
  }
}

/**
 * Does the rule of that name hold? A rule that does not exist denies.
 * @throws PythonError as oslo.policy would raise: RecursionError for rules that refer to each other in a circle, AttributeError for a rule that is
 *   no check, SyntaxError, TypeError and ValueError for texts that cannot be compared, ConnectionError for a rule that asks a server
 */
export function holds(book: RuleBook, rule: string, target: Values, credentials: Values): boolean {
  const asked: Check[] = [];
  const ask = (name: string): boolean => {
    const check = book.find(name);
    if (check === undefined) return false;
    // The answer depends on nothing that changes, so that a rule asked for within itself would be asked for ever.
    if (asked.includes(check)) throw new PythonError("RecursionError", `rule "${name}" refers to itself`);
    asked.push(check);
    const answer = evaluate(check);
    asked.pop();
    return answer;
  };
  const evaluate = (check: Check): boolean => {
    switch (check.is) {
      case "always":
        return true;
      case "never":
        return false;
      case "not":
        return !evaluate(check.check);
      case "and":
        return check.checks.every(evaluate);
      case "or":
        return check.checks.some(evaluate);
      case "rule":
        return ask(check.name);
      case "role":
        return hasRole(check.role, target, credentials);
      case "compare":
        return compares(check.kind, check.match, target, credentials);
      case "url":
        throw new PythonError("ConnectionError", `"${check.kind}:${check.match}" asks a server that the simulated cloud does not have`);
      case "word":
        throw new PythonError("AttributeError", `"${check.text}" is no check`);
    }
  };
  return ask(rule);
}

/** The text with the values of the target, or null if one is missing. */
function withTarget(text: string, target: Values): string | null {
  try {
    return substitute(text, target);
  } catch (error) {
    if (error instanceof PythonError && error.type === "KeyError") return null;
    throw error;
  }
}

function hasRole(role: string, target: Values, credentials: Values): boolean {
  const wanted = withTarget(role, target)?.toLowerCase();
  if (wanted === undefined || !credentials.has("roles")) return false;
  const roles = credentials.get("roles")!;
  const listed = typeof roles === "string" ? [...roles] : isDict(roles) ? [...roles.keys()] : roles;
  if (!isList(listed as PythonValue)) throw new PythonError("TypeError", "roles are no list");
  const lower = (listed as readonly PythonValue[]).map((one) => {
    if (typeof one !== "string") throw new PythonError("AttributeError", `role ${str(one)} is no text`);
    return one.toLowerCase();
  });
  return lower.includes(wanted);
}

function compares(kind: string, match: string, target: Values, credentials: Values): boolean {
  const wanted = withTarget(match, target);
  if (wanted === null) return false;
  const literal = literalOf(kind);
  if (literal !== null) return str(literal.value) === wanted;
  return leadsTo(credentials, kind.split("."), wanted);
}

/** Is the value at the end of a dotted path, or of any element of a list on the way, that text? */
function leadsTo(value: PythonValue, path: readonly string[], wanted: string): boolean {
  if (path.length === 0) return str(value) === wanted;
  if (!isDict(value)) throw new PythonError("TypeError", `${str(value)} has no "${path[0]}"`);
  const next = value.get(path[0]!);
  if (next === undefined) return false;
  const rest = path.slice(1);
  return isList(next) ? next.some((element) => leadsTo(element, rest, wanted)) : leadsTo(next, rest, wanted);
}
