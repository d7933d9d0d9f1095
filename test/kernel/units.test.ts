import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, editDistance, suggestion } from "../../src/kernel/did-you-mean.ts";
import { type Dimension, formatQuantity, parseQuantity, readQuantity } from "../../src/kernel/units.ts";

const whole: Dimension[] = ["time", "information"];
const real: Dimension[] = ["bandwidth", "rate", "ratio", "power", "energy"];
const message = (written: unknown, dimension: Dimension) => {
  const read = readQuantity(written, dimension);
  return read.ok ? `read as ${read.value}` : `${read.message} (${read.hint})`;
};

describe("quantities", () => {
  it("count time in whole microseconds, information in bytes and bandwidth in bytes per second", () => {
    expect(parseQuantity("1 us", "time")).toBe(1);
    expect(parseQuantity("1.5 h", "time")).toBe(5_400_000_000);
    expect(parseQuantity("1week", "time")).toBe(604_800_000_000);
    expect(parseQuantity("0.1 s", "time")).toBe(100_000);
    expect(parseQuantity("64 GiB", "information")).toBe(64 * 1024 ** 3);
    expect(parseQuantity("64 GB", "information")).toBe(64e9);
    expect(parseQuantity("25 Gbit/s", "bandwidth")).toBe(3.125e9);
    expect(parseQuantity("1 MiB/s", "bandwidth")).toBe(1_048_576);
    expect(parseQuantity("40 /h", "rate")).toBe(40 / 3600);
    expect(parseQuantity("35 %", "ratio")).toBe(0.35);
    expect(parseQuantity(-1, "ratio")).toBe(-1);
    expect(parseQuantity("1.2 kW", "power")).toBe(1200);
    expect(parseQuantity("2 kWh", "energy")).toBe(7.2e6);
  });

  it("are printed with the unit a reader would choose", () => {
    expect(formatQuantity(300_000_000, "time")).toBe("5 min");
    expect(formatQuantity(93_784_000_000, "time")).toBe("93784 s");
    expect(formatQuantity(1536 * 1024 ** 3, "information")).toBe("1.5 TiB");
    expect(formatQuantity(64e9, "information")).toBe("64 GB");
    expect(formatQuantity(3.125e9, "bandwidth")).toBe("25 Gbit/s");
    expect(formatQuantity(40 / 3600, "rate")).toBe("40 /h");
    expect(formatQuantity(0, "time")).toBe("0 s");
  });

  it("come back exactly from their printed form, whatever the number", () => {
    for (const dimension of whole) {
      fc.assert(fc.property(fc.maxSafeInteger(), (value) => parseQuantity(formatQuantity(value, dimension), dimension) === value));
      fc.assert(
        fc.property(fc.nat({ max: 5000 }), fc.constantFrom("1 d", "1 h", "1 s", "1 GiB", "1 MB"), (count, base) => {
          const value = whole.includes(dimension) && readQuantity(base, dimension).ok ? count * parseQuantity(base, dimension) : count;
          return parseQuantity(formatQuantity(value, dimension), dimension) === value;
        }),
      );
    }
    for (const dimension of real) {
      fc.assert(
        fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
          const back = parseQuantity(formatQuantity(value, dimension), dimension);
          return back === value;
        }),
      );
    }
  });

  it("never make reading throw, whatever was written", () => {
    fc.assert(fc.property(fc.anything(), (written) => typeof readQuantity(written, "time").ok === "boolean"));
    fc.assert(fc.property(fc.string(), (written) => typeof readQuantity(written, "bandwidth").ok === "boolean"));
  });

  it("need a unit, and the message says which would fit", () => {
    expect(message(64, "information")).toContain('expected an amount of information such as "64 GiB", got 64 without a unit');
    expect(message("64", "information")).toContain('write "64 GiB"');
    expect(message("64 GiB", "time")).toBe('expected a time such as "10 min", but "64 GiB" is an amount of information ()');
    expect(message(Number.NaN, "ratio")).toContain("not a number");
    expect(message("1,000 MiB", "information")).toContain("digits cannot be grouped");
    expect(message("1 h 30 min", "time")).toContain("one number and one unit");
    expect(message("0.1 us", "time")).toContain("less than the smallest");
    expect(message("1e300 h", "time")).toContain("too large");
    expect(message(["1 h"], "time")).toContain("got a list");
  });

  it("ask whether bits or bytes are meant, and minutes or milliseconds", () => {
    expect(message("10 Gb/s", "bandwidth")).toContain("write Gbit/s for bits or GB/s for bytes");
    expect(message("512 mb", "information")).toContain("write MB or MiB");
    expect(message("5 m", "time")).toContain('"min" for minutes');
    expect(message("5 mins", "time")).toContain('did you mean "min"?');
  });
});

describe("did-you-mean", () => {
  it("counts a swap of neighbours as one edit", () => {
    expect(editDistance("flavros", "flavors")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("", "abc")).toBe(3);
  });

  it("finds the nearest word across spelling styles and stays silent when nothing is near", () => {
    expect(didYouMean("lifetme", ["arrivals", "lifetime"])).toBe("lifetime");
    expect(didYouMean("ram_weigher", ["CPUWeigher", "RAMWeigher"])).toBe("RAMWeigher");
    expect(didYouMean("zebra", ["arrivals", "lifetime"])).toBeNull();
    expect(suggestion("zebra", ["a", "b"])).toBe("known: a, b");
  });

  it("is symmetric, and zero only for equal words", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        return editDistance(a, b) === editDistance(b, a) && (editDistance(a, b) === 0) === (a === b);
      }),
    );
  });
});
