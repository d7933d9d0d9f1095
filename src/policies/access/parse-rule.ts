// The policy language: `role:admin or (role:member and project_id:%(project_id)s)`. `not` binds tighter than `and`, `and` tighter than `or`. A rule
// that does not come down to one check denies everybody, silently; a rule that is empty allows everybody.
// @source oslo.policy 4.0.0: oslo_policy/_parser.py
import { words } from "../python/python-values.ts";
import { always, type Check, never } from "./check.ts";

/** A rule as written: in the language, or in the old form, a list (or) of lists (and) of single checks. */
export type RuleText = string | readonly (string | readonly string[])[];

type Mark = "(" | ")" | "and" | "or" | "not" | "text" | "check" | "and_expr" | "or_expr";

interface Item {
  readonly symbol: Mark;
  readonly value: Check;
}

/** The rule as a tree; what cannot be read is `!`. */
export function parseRule(rule: RuleText): Check {
  return parsed(rule) ?? never;
}

/** False for a rule that cannot be read, and so denies everybody. */
export function isReadable(rule: RuleText): boolean {
  return parsed(rule) !== null;
}

function parsed(rule: RuleText): Check | null {
  if (typeof rule !== "string") return parseList(rule);
  if (rule === "") return always;
  const stack: Item[] = [];
  for (const item of items(rule)) {
    stack.push(item);
    while (reduce(stack)) {}
  }
  return stack.length === 1 ? stack[0]!.value : null;
}

function parseList(rule: readonly (string | readonly string[])[]): Check {
  if (rule.length === 0) return always;
  const either = rule
    .filter(({ length }) => length > 0)
    .map((inner) => joined("and", (typeof inner === "string" ? [inner] : inner).map(parseCheck)));
  return either.length === 0 ? never : joined("or", either);
}

function joined(is: "and" | "or", checks: readonly Check[]): Check {
  return checks.length === 1 ? checks[0]! : { is, checks };
}

/** One check without blanks. Text without a colon is a check that nobody passes. */
function parseCheck(text: string): Check {
  if (text === "!") return never;
  if (text === "@") return always;
  const colon = text.indexOf(":");
  if (colon < 0) return never;
  const [kind, match] = [text.slice(0, colon), text.slice(colon + 1)];
  if (kind === "rule") return { is: "rule", name: match };
  if (kind === "role") return { is: "role", role: match };
  if (kind === "http" || kind === "https") return { is: "url", kind, match };
  return { is: "compare", kind, match };
}

/** Words at blanks; parentheses count only at the outer ends of a word, because `%(key)s` has some inside. */
function items(rule: string): readonly Item[] {
  return words(rule).flatMap((word) => {
    const inner = word.replace(/^\(+/, "");
    const clean = inner.replace(/\)+$/, "");
    const opening = word.length - inner.length;
    const closing = inner.length - clean.length;
    return [...repeated("(", opening), ...wordItem(inner, clean), ...repeated(")", closing)];
  });
}

function repeated(symbol: "(" | ")", times: number): readonly Item[] {
  return new Array<Item>(times).fill({ symbol, value: { is: "word", text: symbol } });
}

function wordItem(inner: string, clean: string): readonly Item[] {
  if (clean === "") return [];
  const lower = clean.toLowerCase();
  if (lower === "and" || lower === "or" || lower === "not") return [{ symbol: lower, value: { is: "word", text: clean } }];
  if (inner.length >= 2 && /^(?:".*"|'.*')$/s.test(inner)) return [{ symbol: "text", value: { is: "word", text: inner.slice(1, -1) } }];
  return [{ symbol: "check", value: parseCheck(clean) }];
}

/** Puts the end of the stack together once, if it can be. */
function reduce(stack: Item[]): boolean {
  const [a, b, c] = stack.slice(-3) as [Item, Item, Item];
  if (stack.length >= 3) {
    const put = (symbol: Mark, value: Check): true => {
      stack.splice(-3, 3, { symbol, value });
      return true;
    };
    if (a.symbol === "(" && c.symbol === ")" && /^(?:check|and_expr|or_expr)$/.test(b.symbol)) return put("check", b.value);
    if (c.symbol === "check" && b.symbol === "and") {
      if (a.symbol === "check") return put("and_expr", { is: "and", checks: [a.value, c.value] });
      if (a.symbol === "and_expr") return put("and_expr", extended(a.value, c.value));
      if (a.symbol === "or_expr") return put("or_expr", tightened(a.value, c.value));
    }
    if (c.symbol === "check" && b.symbol === "or") {
      if (a.symbol === "check" || a.symbol === "and_expr") return put("or_expr", { is: "or", checks: [a.value, c.value] });
      if (a.symbol === "or_expr") return put("or_expr", extended(a.value, c.value));
    }
  }
  const [before, last] = stack.slice(-2);
  if (stack.length < 2 || before!.symbol !== "not" || last!.symbol !== "check") return false;
  stack.splice(-2, 2, { symbol: "check", value: { is: "not", check: last!.value } });
  return true;
}

function extended(check: Check, by: Check): Check {
  return check.is === "and" || check.is === "or" ? { is: check.is, checks: [...check.checks, by] } : check;
}

/** `a or b` followed by `and c`: the last alternative takes the `and`. */
function tightened(check: Check, by: Check): Check {
  if (check.is !== "or") return check;
  const last = check.checks.at(-1)!;
  return { is: "or", checks: [...check.checks.slice(0, -1), last.is === "and" ? extended(last, by) : { is: "and", checks: [last, by] }] };
}
