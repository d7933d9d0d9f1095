import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/scenario/expression.ts";

const parameters = new Map<string, number | string | boolean>([
  ["racks", 4],
  ["name", "west"],
  ["large", true],
]);
const value = (text: string) => {
  const result = evaluate(text, parameters);
  return result.ok ? result.value : `refused: ${result.message}`;
};

describe("an expression", () => {
  it("follows the usual rules of arithmetic", () => {
    expect(value("2 + 3 * racks")).toBe(14);
    expect(value("-(racks - 1) / 2")).toBe(-1.5);
    expect(value("2^10")).toBe(1024);
    expect(value("2^-2")).toBe(0.25);
    expect(value("round(2.4) + ceil(0.1) + floor(1.9) + abs(-3) + sqrt(16)")).toBe(11);
    expect(value("min(racks, 3, 9) + max(1, 2)")).toBe(5);
  });

  it("compares and chooses", () => {
    expect(value("racks >= 4 ? 10 : 5")).toBe(10);
    expect(value("name == 'west'")).toBe(true);
    expect(value("large ? name : 1")).toBe("west");
  });

  it("agrees with the language for sums and products of any numbers", () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const both = new Map([
          ["a", a],
          ["b", b],
        ]);
        const result = evaluate("a * b + a - b", both);
        return result.ok && Object.is(result.value, a * b + a - b);
      }),
    );
  });

  it("cannot reach the machine, draw a number or define anything", () => {
    for (const text of [
      "import('fs')",
      "evaluate('1+1')",
      "parse('1')",
      "random()",
      "createUnit('x')",
      "f(x) = x",
      "a = 1",
      "racks.constructor",
      "racks['constructor']",
      "[1, 2]",
      "{a: 1}",
      "1:3",
      "cos(0)",
      "constructor",
      "toString()",
      "__proto__",
      "5!",
      "5 % 3",
      "2 cm",
      "1; 2",
      "racks and 1",
      "4 < racks < 9",
      "min",
      "(min)(1)",
      "0/0",
      "NaN",
      "i",
      "",
      "1 +",
      `${"(".repeat(400)}1`,
      "1".repeat(600),
    ]) {
      expect(value(text), text).toMatch(/^refused: /);
    }
  });

  it("never throws, whatever is written", () => {
    const pieces = fc.array(
      fc.constantFrom("racks", "(", ")", "+", "^", "?", ":", "min", ",", "2", "'", "\\", "[", "$", " ", "\n", "=", "."),
      { maxLength: 12 },
    );
    fc.assert(fc.property(pieces, (words) => typeof evaluate(words.join(""), parameters).ok === "boolean"));
  });
});
