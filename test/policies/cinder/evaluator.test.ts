import { describe, expect, it } from "vitest";
import { Evaluator } from "../../../src/policies/cinder/evaluator/evaluator.ts";
import { PythonError, PythonFloat, type PythonValue } from "../../../src/policies/python/python-values.ts";
import { capabilities } from "./some-pools.ts";

const names = new Map([
  [
    "stats",
    capabilities({ free: new PythonFloat(3.7), infinite: new PythonFloat(Number.POSITIVE_INFINITY), nan: new PythonFloat(Number.NaN) }),
  ],
  ["capabilities", capabilities({ word: "12.5", flag: true, none: null, list: ["a"] })],
  ["volume", capabilities({ size: 4 })],
  ["qos", null],
]);
const evaluate = (text: string): PythonValue => new Evaluator().evaluate(text, (dictionary, key) => names.get(dictionary)?.get(key));
const failure = (text: string): string => {
  try {
    return `gives ${String(evaluate(text))}`;
  } catch (error) {
    if (error instanceof PythonError) return error.type;
    throw error;
  }
};

describe("an expression of a driver", () => {
  it.each<[string, PythonValue]>([
    ["-2 ^ 2", -4], // the sign is weaker than the power
    ["2 ^ 3 ^ 2", 512],
    ["not 5 > 3", false], // (not 5) > 3
    ["notfoo", false],
    ["1 and 1 and 0", 1], // only the first two operands
    ["0 or 0 or 5", 0],
    ["1 ? 2 : 3 ? 4 : 5", 2],
    ["0 ? 2 : 3 ? 4 : 5", 3],
    ["1 < 2 < 3", true],
    ["3 > 2 > 2", false],
    ["max(1, 7, 3) - min(4, 2)", 5],
    ["max('abc')", "c"],
    ["abs(0 - 3)", 3],
    ["stats.free", 3], // cut, not rounded
    ["capabilities.word", new PythonFloat(12.5)],
    ["capabilities.flag + 1", 2],
    ["6 / '2'", new PythonFloat(3)],
    ["'ab' * 2 + 'c'", "ababc"],
    ["(1, 2) + (3, 4)", [1, 2, 3, 4]],
    ["a.b.c", "a.b.c"],
    ["'it\"s'", "its"],
    ["9999999999999999 * 10", 99999999999999990n],
    ["4 ^ 0.5", new PythonFloat(2)],
    ["'a\tb'", "a      b"], // tabs are expanded before anything is read
  ])("%s is %s", (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  it("finds no second reading: the first way to take a piece stands", () => {
    expect(failure("x and y")).toBe("KeyError"); // a call of x with a call of and
    expect(failure("2 ^ -2")).toBe("EvaluatorParseException");
    expect(failure("1 +")).toBe("EvaluatorParseException");
    expect(failure("")).toBe("EvaluatorParseException");
    expect(failure("'''")).toBe("EvaluatorParseException");
    expect(evaluate("5 and volume.size")).toBe(4);
  });

  it.each([
    ["1 / 0", "EvaluatorParseException"],
    ["1 / 0.0", "EvaluatorParseException"],
    ["1 * (0 ^ (0 - 1))", "EvaluatorParseException"], // a division by zero anywhere under * and /
    ["1 + 0 ^ (0 - 1)", "ZeroDivisionError"],
    ["stats.missing", "EvaluatorParseException"],
    ["qos.maxIOPS", "EvaluatorParseException"], // no such dictionary here
    ["nodict.x", "EvaluatorParseException"],
    ["capabilities.none", "TypeError"],
    ["capabilities.list", "TypeError"],
    ["stats.infinite", "OverflowError"],
    ["'a' < 1", "TypeError"],
    ["'a' - 1", "TypeError"],
    ["max(5)", "TypeError"],
    ["max('')", "ValueError"],
    ["1 / 'a'", "ValueError"],
    ["10.5 ^ 400", "OverflowError"],
    ["((0 - 8) ^ 0.5) < 1", "TypeError"], // a complex number
    ["foo(1)", "KeyError"],
  ])("%s raises %s", (text, type) => {
    expect(failure(text)).toBe(type);
  });

  it("compares different kinds for equality, and keeps nan out of both", () => {
    expect(evaluate("'1' == 1")).toBe(false);
    expect(evaluate("1 == 1.0")).toBe(true);
    expect(evaluate("stats.nan == stats.nan")).toBe(false);
    expect(evaluate("stats.nan <> stats.nan")).toBe(true);
  });

  it("looks only where it must: the branch not taken may be nonsense", () => {
    expect(evaluate("1 ? 2 : stats.missing")).toBe(2);
    expect(failure("0 and stats.missing")).toBe("EvaluatorParseException"); // but both sides of and
  });

  it("is read in a time that grows with its length, however it is nested", () => {
    const text = `${"not (".repeat(60)}1${")".repeat(59)}`;
    expect(failure(text)).toBe("EvaluatorParseException");
  });
});
