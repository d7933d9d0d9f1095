import { describe, expect, it } from "vitest";
import { StepFunction } from "../../src/kernel/step-function.ts";

describe("a step function", () => {
  const price = new StepFunction([10, 20, 40], [1, 3, 2]);

  it("holds each value from its time until the next, the first from ever, the last for ever", () => {
    expect([0, 10, 19, 20, 39, 40, 1e15].map((time) => price.at(time))).toEqual([1, 1, 1, 3, 3, 2, 2]);
    expect(price.least()).toBe(1);
  });

  it("says when it changes next", () => {
    expect([0, 10, 19, 20, 39, 40].map((time) => price.nextAfter(time))).toEqual([20, 20, 20, 40, 40, Number.POSITIVE_INFINITY]);
    expect(StepFunction.constant(7).nextAfter(-5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("refuses no values, times that do not rise, and what is not finite", () => {
    expect(() => new StepFunction([], [])).toThrow(/of 0 times and 0 values/);
    expect(() => new StepFunction([1], [1, 2])).toThrow(RangeError);
    expect(() => new StepFunction([1, 1], [1, 2])).toThrow(/time 1 of a step function is 1 us: expected times that rise/);
    expect(() => new StepFunction([1], [Number.NaN])).toThrow(/value 0 of a step function is NaN/);
    expect(() => new StepFunction([Number.NaN], [1])).toThrow(RangeError);
  });
});
