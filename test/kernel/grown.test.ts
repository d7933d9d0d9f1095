// Columns that grow.
import { describe, expect, it } from "vitest";
import { grown } from "../../src/kernel/grown.ts";

describe("a column that grows", () => {
  it("keeps its rows and fills the new ones", () => {
    expect([...grown(Float64Array.of(1.5, 2), 4)]).toEqual([1.5, 2, 0, 0]);
    expect([...grown(Int32Array.of(7), 3, -1)]).toEqual([7, -1, -1]);
  });

  it("cannot shrink", () => {
    expect(() => grown(Int32Array.of(1, 2, 3), 2)).toThrow(RangeError);
  });
});
