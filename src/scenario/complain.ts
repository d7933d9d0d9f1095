// From what the schema refuses to problems a user can act on: the place in the file, the words of the field, and what to try.
import type { z } from "zod";
import { didYouMean, suggestion } from "../kernel/did-you-mean.ts";
import type { Problem } from "../kernel/problem.ts";
import { describeKind, shorten } from "../kernel/units.ts";
import { factsOf, schemaAt } from "./grammar.ts";
import { keyPlaceAt, type Located, nearest, type Path, problemAt, toPlain } from "./located.ts";

/** Problems of the located scenario `root`, whose plain value is `written`, against the schema. */
export function complaintsOf(schema: z.ZodType, root: Located): Problem[] {
  const written = toPlain(root);
  const result = schema.safeParse(written);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => problemsOf(issue, schema, root, written));
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, root: Located, written: unknown): Problem[] {
  const path = issue.path.filter((key) => typeof key !== "symbol");
  const { located, exact } = nearest(root, path);
  if (located.kind === "broken") return [];
  switch (issue.code) {
    case "custom": {
      const { hint = "", atKey = false } = (issue.params ?? {}) as { hint?: string; atKey?: boolean };
      return [problemAt(atKey ? keyPlaceAt(root, path) : located.place, path, issue.message, hint)];
    }
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, schema, root, written));
    case "invalid_key": {
      const name = String(path.at(-1));
      const parent = schemaAt(schema, written, path.slice(0, -1));
      const facts = parent === undefined ? undefined : factsOf(parent);
      const noun = facts?.kind === "table" ? facts.noun : "key";
      const names = facts?.kind === "table" ? (facts.names ?? []) : [];
      const refused = facts?.kind === "table" ? facts.refuse?.(name) : null;
      if (refused) return [problemAt(keyPlaceAt(root, path), path, refused.message, refused.hint)];
      return [problemAt(keyPlaceAt(root, path), path, `unknown ${noun} "${shorten(name)}"`, suggestion(name, names))];
    }
    case "invalid_type": {
      const expected = issue.expected === "array" ? "a list" : "a map of keys";
      const facts = schemaAt(schema, written, path);
      const meaning = facts === undefined ? "" : ` (${factsOf(facts).meaning})`;
      if (!exact) return [problemAt(located.place, path, `is missing: expected ${expected}${meaning}`)];
      const value = toPlain(located);
      if (value === null) return [problemAt(located.place, path, `is empty: expected ${expected}${meaning}`)];
      return [problemAt(located.place, path, `expected ${expected}, got ${describeKind(value)}`)];
    }
    default:
      return [problemAt(located.place, path, issue.message)];
  }
}

function unknownKey(key: string, path: Path, schema: z.ZodType, root: Located, written: unknown): Problem {
  const here = schemaAt(schema, written, path);
  const facts = here === undefined ? undefined : factsOf(here);
  const known = facts?.kind === "section" ? Object.keys(facts.shape) : [];
  const place = keyPlaceAt(root, [...path, key]);
  const near = didYouMean(key, known);
  const elsewhere = near === null ? sectionsWith(key, schema, []) : [];
  const hint =
    near !== null
      ? `did you mean "${near}"?`
      : elsewhere.includes(path.join("."))
        ? `it cannot stand beside ${known.join(", ")}`
        : elsewhere.length > 0
          ? `it belongs under ${elsewhere.slice(0, 3).join(" or ")}`
          : suggestion(key, known);
  return problemAt(place, [...path, key], `unknown key "${shorten(key)}"`, hint);
}

/** Dotted paths of the sections that have a key called `key`. */
function sectionsWith(key: string, schema: z.ZodType, path: readonly string[]): string[] {
  const facts = factsOf(schema);
  switch (facts.kind) {
    case "section": {
      const here = Object.hasOwn(facts.shape, key) ? [path.length === 0 ? "the top level" : path.join(".")] : [];
      return [...here, ...Object.entries(facts.shape).flatMap(([name, inside]) => sectionsWith(key, inside, [...path, name]))];
    }
    case "choice":
      return [...new Set(Object.values(facts.options).flatMap((option) => sectionsWith(key, option, path)))];
    case "list":
      return sectionsWith(key, facts.element, path);
    case "table":
      return sectionsWith(key, facts.value, path);
    case "value":
      return [];
  }
}

/** Problems file by file in the order of lines, each said once. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map((problem) => problem.file))];
  const seen = new Set<string>();
  const once = problems.filter((problem) => {
    const identity = JSON.stringify([problem.file, problem.line, problem.column, problem.message]);
    const repeated = problem.line !== null && seen.has(identity);
    seen.add(identity);
    return !repeated;
  });
  const rank = (problem: Problem) => files.indexOf(problem.file);
  return once
    .map((problem, index) => ({ problem, index }))
    .sort(
      (a, b) =>
        rank(a.problem) - rank(b.problem) ||
        (a.problem.line ?? 0) - (b.problem.line ?? 0) ||
        (a.problem.column ?? 0) - (b.problem.column ?? 0) ||
        a.index - b.index,
    )
    .map(({ problem }) => problem);
}
