import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { answerCase, type ScheduleCase } from "../../src/policies/cases/index.ts";
import { matchesExtraSpec } from "../../src/policies/nova/extra-spec-match.ts";
import { answerJsonQuery } from "../../src/policies/python/json-query.ts";
import { parseJson } from "../../src/policies/python/python-json.ts";
import { isDict, PythonError, type PythonValue } from "../../src/policies/python/python-values.ts";
import { broughtAlong, caseFiles, readLines, report } from "./nova-cases.ts";

/** What Python would raise counts as an answer. */
function answerOf(ask: () => boolean): boolean | string {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return `error:${error.type}`;
  }
}

/** The dict entry of a case, as Python reads it. */
function entry(dict: PythonValue, key: string): PythonValue {
  if (!isDict(dict)) throw new Error("a case is an object");
  return dict.get(key) ?? null;
}

/** The answer and Nova's, for the kinds of cases that are the scheduler's; null for those of others. */
function answers(line: string): readonly [answer: unknown, expected: unknown] | null {
  const one = JSON.parse(line) as Partial<ScheduleCase> & Readonly<Record<string, unknown>>;
  if (one.kind !== undefined) return ours.includes(one.kind) ? [answerCase(one as ScheduleCase), one.expected] : null;
  if (typeof one.requirement === "string")
    return [answerOf(() => matchesExtraSpec(String(one.value), String(one.requirement))), one.expected];
  if (one.query === undefined) return null;
  const read = parseJson(line);
  return [
    answerOf(() => answerJsonQuery(entry(read, "query"), (name) => entry(entry(read, "host_attributes"), name))),
    entry(read, "expected"),
  ];
}

const ours = ["single", "sequence", "alternates"];

/** How many of each file here are ours. */
const counts: Readonly<Record<string, number>> = {
  alternates: 20,
  combos: 100,
  extra_specs_ops: 300,
  filters: 220,
  json_filter_exprs: 200,
  sequences: 40,
  weighers: 80,
};

describe("Nova's own answers", () => {
  it.each(caseFiles())("%s: all of them are ours, to the last bit", (file) => {
    let held = 0;
    const wrong: unknown[] = [];
    for (const [i, line] of readLines(file).entries()) {
      const both = answers(line);
      if (both === null) continue;
      if (isDeepStrictEqual(both[0], both[1])) held++;
      else wrong.push({ line: i + 1, answer: both[0], expected: both[1] });
    }
    if (held + wrong.length > 0) report(file, held, held + wrong.length);
    expect(wrong.slice(0, 2)).toEqual([]);
    expect(wrong).toHaveLength(0);
    if (!broughtAlong) expect(held).toBe(counts[file] ?? 0);
  });
});
