import { describe, expect, it } from "vitest";
import { HOUR, MINUTE } from "../../src/kernel/time.ts";
import { DISTRIBUTION_KINDS, distribution } from "../../src/scenario/distributions.ts";
import { quantity } from "../../src/scenario/value-kinds.ts";
import { smallCatalogue } from "./small-catalogue.ts";

const lifetime = distribution({ value: quantity("time"), example: "2 h", named: smallCatalogue.lifetimes, never: true });
const share = distribution({ value: quantity("ratio", { most: 1 }), example: "0.1" });

function read(kind: typeof lifetime, written: unknown) {
  const result = kind.read(written);
  if (!result.ok) throw new Error(result.complaints.map(({ message }) => message).join("; "));
  return result.value;
}
const mean = (written: unknown) => read(lifetime, written).distribution.mean;

describe("a distribution", () => {
  it("of every kind has the mean its parameters say, in microseconds", () => {
    expect(mean("10 min")).toBe(10 * MINUTE);
    expect(mean({ constant: "10 min" })).toBe(10 * MINUTE);
    expect(mean({ constant: { value: "10 min" } })).toBe(10 * MINUTE);
    expect(mean({ uniform: { low: "1 h", high: "3 h" } })).toBe(2 * HOUR);
    expect(mean({ exponential: { mean: "2 h" } })).toBe(2 * HOUR);
    expect(mean({ hyperexponential: { weights: [3, 1], means: ["1 h", "5 h"] } })).toBe(2 * HOUR);
    expect(mean({ weibull: { shape: 1, scale: "2 h" } })).toBeCloseTo(2 * HOUR, 0);
    expect(mean({ lognormal: { mean: "2 h", cv: 0.5 } })).toBe(2 * HOUR);
    expect(mean({ lognormal: { median: "2 h", sigma: 1 } }) / HOUR).toBeCloseTo(2 * Math.exp(0.5), 9);
    expect(mean({ normal: { mean: "2 h", sd: "1 min" } })).toBe(2 * HOUR);
    expect(mean({ gamma: { shape: 4, scale: "30 min" } })).toBe(2 * HOUR);
    expect(mean({ pareto: { shape: 2, minimum: "1 h" } })).toBe(2 * HOUR);
    expect(mean({ discrete: { values: ["1 h", "5 h"], weights: [3, 1] } })).toBe(2 * HOUR);
    expect(
      mean({
        empirical: [
          { value: "0 s", probability: 0 },
          { value: "4 h", probability: 1 },
        ],
      }),
    ).toBe(2 * HOUR);
    expect(mean("azure-2017")).toBe(smallCatalogue.lifetimes.get("azure-2017")!.mean);
    expect(mean("never")).toBe(Number.POSITIVE_INFINITY);
    expect(DISTRIBUTION_KINDS).toHaveLength(11);
  });

  it("may be a share, written as a number or in percent", () => {
    expect(read(share, 0.25).distribution.mean).toBe(0.25);
    expect(read(share, { uniform: { low: "10%", high: "30%" } }).distribution.mean).toBeCloseTo(0.2, 12);
  });

  it("is printed with its units", () => {
    expect(read(lifetime, { hyperexponential: { weights: [3, 1], means: ["1 h", "5 h"] } }).text).toBe(
      "hyperexponential(weights 3 / 1, means 1 h / 5 h)",
    );
    expect(read(lifetime, { lognormal: { mean: "90 s", cv: 0.3 } }).text).toBe("lognormal(mean 1.5 min, cv 0.3)");
    expect(read(lifetime, "2 h").text).toBe("2 h");
  });
});
