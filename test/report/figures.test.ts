import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { figure, rounded, signed, withInterval } from "../../src/report/figures.ts";

describe("a bare number", () => {
  it("is shown whole when it is whole, else with three places or three significant digits", () => {
    expect([0, -0, 52509, 0.5, 12.345678, 0.0717123, 0.000188, 2.5e-9].map(figure)).toEqual([
      "0",
      "0",
      "52509",
      "0.500",
      "12.346",
      "0.0717",
      "0.000188",
      "2.50e-9",
    ]);
  });
});

describe("a mean with its interval", () => {
  it("is shown as far as the interval says: two significant digits of the half-width", () => {
    expect(withInterval(2550.9, 56.8)).toBe("2551 ± 57");
    expect(withInterval(26171.4, 1343.2)).toBe("26171 ± 1343");
    expect(withInterval(4.0712, 0.0173)).toBe("4.071 ± 0.017");
    expect(withInterval(40, 0)).toBe("40 ± 0");
    expect(withInterval(0.0004, 0.00012)).toBe("0.00040 ± 0.00012");
    expect(withInterval(3.926, 1.2e-9)).toBe("3.926 ± 1.20e-9");
  });

  it("is a bare number without interval", () => {
    expect(withInterval(1004, Number.POSITIVE_INFINITY)).toBe("1004");
  });

  it("never shows something as nothing, nor nothing with a sign", () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    const widths = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e9 });
    fc.assert(
      fc.property(numbers, widths, (mean, halfWidth) => {
        const text = withInterval(mean, halfWidth);
        const [shown, spread] = text.split(" ± ");
        if (halfWidth > 0) expect(Number(spread)).not.toBe(0);
        if (Number(shown) === 0) expect(shown).not.toContain("-");
        // What an interval tells from zero is told from zero on the screen too.
        if (Math.abs(mean) > halfWidth) expect(Number(shown)).not.toBe(0);
        expect(Math.abs(Number(rounded(mean, halfWidth)) - mean)).toBeLessThanOrEqual(0.06 * Math.max(halfWidth, Math.abs(mean)));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("carries its sign when it is a difference", () => {
    expect([signed("1.2 ± 3"), signed("-1.2 ± 3"), signed("0.0 ± 0.1"), signed("237")]).toEqual([
      "+1.2 ± 3",
      "-1.2 ± 3",
      "0.0 ± 0.1",
      "+237",
    ]);
  });
});
