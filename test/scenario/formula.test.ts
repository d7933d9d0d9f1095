import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFormula } from "../../src/scenario/formula.ts";

interface Row {
  readonly free: number;
  readonly total: number;
}
const variables = new Map<string, (row: Row) => number>([
  ["free_ram_mb", ({ free }) => free],
  ["total_ram_mb", ({ total }) => total],
]);
const refusal = (text: string) => {
  const formula = compileFormula(text, variables);
  return formula.ok ? "" : `${formula.message} (${formula.hint})`;
};
const value = (text: string, row: Row) => {
  const formula = compileFormula(text, variables);
  if (!formula.ok) throw new Error(formula.message);
  return formula.value(row);
};

describe("a weigher's formula", () => {
  it("is the arithmetic that it says, for any host", () => {
    const formula = compileFormula("free_ram_mb / total_ram_mb - 0.1 * max(free_ram_mb, 3)^2", variables);
    if (!formula.ok) return expect.unreachable(formula.message);
    const amount = fc.integer({ min: -100_000, max: 100_000 });
    fc.assert(
      fc.property(amount, amount, (free, total) => {
        const more = Math.max(free, 3);
        return Object.is(formula.value({ free, total }), free / total - 0.1 * (more * more));
      }),
    );
  });

  it("compares and chooses", () => {
    expect(value("free_ram_mb > total_ram_mb / 2 ? 1 : -1", { free: 6, total: 10 })).toBe(1);
    expect(value("(free_ram_mb == 0) == (total_ram_mb == 0) ? 1 : -1", { free: 0, total: 10 })).toBe(-1);
  });

  it("gives what division by zero gives, for its caller to see", () => {
    expect(value("1 / free_ram_mb", { free: 0, total: 1 })).toBe(Number.POSITIVE_INFINITY);
    expect(value("free_ram_mb / free_ram_mb", { free: 0, total: 1 })).toBeNaN();
  });

  it("is refused when it is read, not when it is first used", () => {
    expect(refusal("free_ram / total_ram_mb")).toBe('unknown variable "free_ram" (did you mean "free_ram_mb"?)');
    expect(refusal("free_ram_mb > 3")).toBe("gives true or false, expected a number (e.g. num_io_ops < 2 ? 1 : 0)");
    expect(refusal("'text'")).toBe("gives a text, expected a number ()");
    expect(refusal("1 + (free_ram_mb > 3)")).toBe("cannot calculate with true or false ()");
    expect(refusal("free_ram_mb ? 1 : 0")).toContain("needs a comparison before the question mark");
    expect(refusal("free_ram_mb > 1 ? 1 : 'a'")).toContain("a choice between a number and a text");
    expect(refusal("random()")).toContain('unknown function "random"');
    expect(refusal("free_ram_mb = 3")).toContain("cannot contain this (assignment)");
    expect(refusal("2 free_ram_mb")).toContain("two values stand side by side");
    expect(refusal("free_ram_mb +")).toContain("cannot read the expression");
    expect(refusal(" ")).toContain("empty");
    expect(refusal(`1${" + 1".repeat(300)}`)).toContain("more than 500 characters");
  });
});
