import { describe, expect, test } from "vitest";
import { exponential, gamma, uniform } from "../../src/kernel/distribution.ts";
import { RandomStreams, type Stream, threefry2x32 } from "../../src/kernel/random.ts";

// Every seed is fixed, so each statistic below is one number for ever. The bounds lie at 4 to 5 standard deviations: a sound generator would
// miss one of them once in some ten thousand seeds, a generator with a pattern misses them by far.

const streams = new RandomStreams("tests of randomness", 0);

/** A chi-square statistic in standard normal units (Wilson and Hilferty 1931). */
function chiSquareDeviate(counts: ArrayLike<number>, expected: number): number {
  let chiSquare = 0;
  for (let cell = 0; cell < counts.length; cell++) chiSquare += (counts[cell]! - expected) ** 2 / expected;
  const df = counts.length - 1;
  return (Math.cbrt(chiSquare / df) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df));
}

/** Correlation of two equally long sequences of uniforms, in standard normal units. */
function correlationDeviate(count: number, first: (n: number) => number, second: (n: number) => number): number {
  let products = 0;
  for (let n = 0; n < count; n++) products += 12 * (first(n) - 0.5) * (second(n) - 0.5);
  return products / Math.sqrt(count);
}

describe("the cipher", () => {
  const encrypt = (key0: number, key1: number, counter0: number, counter1: number) => {
    const out = new Uint32Array(2);
    threefry2x32(key0, key1, counter0, counter1, out);
    return [...out].map((word) => word.toString(16).padStart(8, "0")).join(" ");
  };

  test("gives the published answers of Threefry-2x32 with 20 rounds", () => {
    expect(encrypt(0, 0, 0, 0)).toBe("6b200159 99ba4efe");
    expect(encrypt(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)).toBe("1cb996fc bb002be7");
    expect(encrypt(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)).toBe("c4923a9c 483df7a0");
  });

  test("takes words as signed or unsigned alike", () => {
    expect(encrypt(-1, -1, -1, -1)).toBe("1cb996fc bb002be7");
  });

  test("flips each output bit with probability one half when any single input bit flips", () => {
    const trials = 2000;
    const before = new Int32Array(2);
    const after = new Int32Array(2);
    const words = new Int32Array(4);
    for (let word = 0; word < 4; word++) {
      for (let bit = 0; bit < 32; bit++) {
        const flips = new Float64Array(64);
        for (let trial = 0; trial < trials; trial++) {
          // Small consecutive numbers, as entities and draws are.
          words.set([7, trial, trial >>> 3, trial & 7]);
          threefry2x32(words[0]!, words[1]!, words[2]!, words[3]!, before);
          words[word]! ^= 1 << bit;
          threefry2x32(words[0]!, words[1]!, words[2]!, words[3]!, after);
          for (let out = 0; out < 64; out++) flips[out]! += ((before[out >> 5]! ^ after[out >> 5]!) >>> (out & 31)) & 1;
        }
        for (const count of flips) expect(Math.abs(count - trials / 2)).toBeLessThan(5.5 * Math.sqrt(trials / 4));
      }
    }
  });
});

describe("a draw", () => {
  test("depends on its key alone: not on other draws, their order, or the object asked", () => {
    const other = new RandomStreams("tests of randomness", 0);
    other.stream("something else").uniform(1, 1);
    const backwards: number[] = [];
    for (let n = 99; n >= 0; n--) backwards.unshift(other.stream("server.lifetime").uniform(5, n));
    const stream = streams.stream("server.lifetime");
    expect(backwards.map((_, n) => stream.uniform(5, n))).toEqual(backwards);
  });

  test("changes with each part of its key", () => {
    const parts: [string, number, string, number, number][] = [
      ["7", 0, "a", 0, 0],
      ["8", 0, "a", 0, 0],
      ["7", 1, "a", 0, 0],
      ["7", 0, "b", 0, 0],
      ["7", 0, "a", 1, 0],
      ["7", 0, "a", 0, 1],
    ];
    const draws = parts.map(([seed, replication, name, entity, n]) => new RandomStreams(seed, replication).stream(name).uniform(entity, n));
    expect(new Set(draws).size).toBe(parts.length);
  });

  test("is the same number in every version: published results depend on it", () => {
    const stream = new RandomStreams("7", 0).stream("server.lifetime");
    expect([stream.uniform(0, 0), stream.uniform(1, 0), stream.uniform(0, 1), stream.integer(3, 4, 1000)]).toEqual([
      0.6089041102619649, 0.4088367481709593, 0.06896224734936396, 270,
    ]);
  });

  test("of a distribution starts from the uniform of the same key and goes on with further ones", () => {
    const stream = streams.stream("several uniforms");
    const firstThree = { kind: "", mean: 0, variance: 0, cdf: () => 0, describe: () => "" };
    for (let n = 0; n < 100; n++) {
      expect(stream.sample(uniform(0, 1), 4, n)).toBe(stream.uniform(4, n));
      const seen: number[] = [];
      stream.sample({ ...firstThree, sample: (source) => seen.push(source.next(), source.next(), source.next()) }, 4, n);
      expect(seen[0]).toBe(stream.uniform(4, n));
      expect(new Set([...seen, stream.uniform(4, n + 1), stream.uniform(5, n)]).size).toBe(5);
    }
  });

  test("of a distribution is pure even when it takes a varying number of uniforms", () => {
    const stream = streams.stream("rejection");
    const shapes = gamma(0.4, 1);
    const forwards = Array.from({ length: 200 }, (_, n) => stream.sample(shapes, 1, n));
    const backwards = Array.from({ length: 200 }, (_, n) => {
      stream.sample(exponential(1), 1, n);
      return stream.sample(shapes, 1, 199 - n);
    }).reverse();
    expect(backwards).toEqual(forwards);
  });

  test("is never 0 or 1, and 1 - u is exact", () => {
    const stream = streams.stream("open interval");
    for (let n = 0; n < 10_000; n++) {
      const u = stream.uniform(0, n);
      expect(u > 0 && u < 1 && 1 - (1 - u) === u).toBe(true);
    }
    // The largest and the smallest value a draw can have.
    expect((2 ** 52 - 1 + 0.5) * 2 ** -52).toBeLessThan(1);
    expect(0.5 * 2 ** -52).toBeGreaterThan(0);
  });

  test("of an integer covers 0 to bound - 1 evenly and refuses an empty range", () => {
    const stream = streams.stream("integers");
    for (const bound of [1, 2, 7, 1000]) {
      const counts = new Float64Array(bound);
      for (let n = 0; n < 70_000; n++) counts[stream.integer(n, 0, bound)]!++;
      if (bound > 1) expect(Math.abs(chiSquareDeviate(counts, 70_000 / bound))).toBeLessThan(4.5);
    }
    expect(() => stream.integer(0, 0, 0)).toThrow("cannot choose among 0 integers");
  });

  test("keeps its stream: asking for a name twice gives the same object", () => {
    expect(streams.stream("x")).toBe(streams.stream("x"));
    expect(streams.stream("x").name).toBe("x");
  });
});

describe("randomness", () => {
  const count = 200_000;
  const a = streams.stream("a");
  const b = streams.stream("b");
  const nextReplication = new RandomStreams("tests of randomness", 1).stream("a");
  /** The sequences a model can meet: the draws of one entity, one draw of successive entities, and a block of both. */
  const sequences: [string, (n: number) => number][] = [
    ["draws of one entity", (n) => a.uniform(3, n)],
    ["first draws of successive entities", (n) => a.uniform(n, 0)],
    ["eight draws of each entity in turn", (n) => a.uniform(n >>> 3, n & 7)],
    ["entities and draws rising together", (n) => b.uniform(n, n)],
  ];

  test.each(sequences)("every byte of the %s is uniform", (_, sequence) => {
    const cells = Array.from({ length: 6 }, () => new Float64Array(256));
    for (let n = 0; n < count; n++) {
      let rest = sequence(n);
      for (const counts of cells) {
        rest *= 256;
        counts[Math.floor(rest)]!++;
        rest -= Math.floor(rest);
      }
    }
    for (const counts of cells) expect(Math.abs(chiSquareDeviate(counts, count / 256))).toBeLessThan(4.5);
  });

  test.each(sequences)("neighbouring pairs and triples of the %s fill square and cube evenly", (_, sequence) => {
    const square = new Float64Array(64 * 64);
    const cube = new Float64Array(16 * 16 * 16);
    for (let n = 0; n < count; n++) {
      const [x, y, z] = [sequence(3 * n), sequence(3 * n + 1), sequence(3 * n + 2)];
      square[Math.floor(x * 64) * 64 + Math.floor(y * 64)]!++;
      cube[(Math.floor(x * 16) * 16 + Math.floor(y * 16)) * 16 + Math.floor(z * 16)]!++;
    }
    expect(Math.abs(chiSquareDeviate(square, count / square.length))).toBeLessThan(4.5);
    expect(Math.abs(chiSquareDeviate(cube, count / cube.length))).toBeLessThan(4.5);
  });

  test.each(sequences)("the %s are not correlated with those 1, 2, 3, 8, 64 or 1000 later", (_, sequence) => {
    for (const lag of [1, 2, 3, 8, 64, 1000]) {
      expect(Math.abs(correlationDeviate(count, sequence, (n) => sequence(n + lag)))).toBeLessThan(4.5);
    }
  });

  test("streams, entities, replications and the uniforms within a draw are not correlated", () => {
    const second = { ...uniform(0, 1), sample: (source: { next(): number }) => source.next() * 0 + source.next() };
    const secondOf = (stream: Stream, entity: number, n: number) => stream.sample(second, entity, n);
    const pairs: [(n: number) => number, (n: number) => number][] = [
      [(n) => a.uniform(3, n), (n) => b.uniform(3, n)],
      [(n) => a.uniform(3, n), (n) => a.uniform(4, n)],
      [(n) => a.uniform(n, 3), (n) => a.uniform(3, n)],
      [(n) => a.uniform(3, n), (n) => nextReplication.uniform(3, n)],
      [(n) => a.uniform(3, n), (n) => secondOf(a, 3, n)],
      [(n) => a.uniform(3, n + 1), (n) => secondOf(a, 3, n)],
      [(n) => secondOf(a, 3, n), (n) => secondOf(a, 4, n)],
    ];
    for (const [first, other] of pairs) expect(Math.abs(correlationDeviate(count, first, other))).toBeLessThan(4.5);
  });

  test("the first draws of 4096 streams with consecutive names are uniform and uncorrelated", () => {
    const first = Array.from({ length: 4096 }, (_, index) => streams.stream(`host-${index}`).uniform(0, 0));
    const counts = new Float64Array(64);
    for (const u of first) counts[Math.floor(u * 64)]!++;
    expect(Math.abs(chiSquareDeviate(counts, 64))).toBeLessThan(4.5);
    expect(
      Math.abs(
        correlationDeviate(
          4095,
          (n) => first[n]!,
          (n) => first[n + 1]!,
        ),
      ),
    ).toBeLessThan(4.5);
  });

  test.each(sequences)("runs above and below one half of the %s are as many as they should be", (_, sequence) => {
    let above = 0;
    let runs = 1;
    let previous = sequence(0) > 0.5;
    if (previous) above++;
    for (let n = 1; n < count; n++) {
      const current = sequence(n) > 0.5;
      if (current) above++;
      if (current !== previous) runs++;
      previous = current;
    }
    // Wald and Wolfowitz 1940.
    const below = count - above;
    const mean = 1 + (2 * above * below) / count;
    const variance = ((mean - 1) * (mean - 2)) / (count - 1);
    expect(Math.abs(above - count / 2)).toBeLessThan(4.5 * Math.sqrt(count / 4));
    expect(Math.abs(runs - mean)).toBeLessThan(4.5 * Math.sqrt(variance));
  });

  test.each(sequences)("birthday spacings of the %s coincide as often as chance has it", (_, sequence) => {
    // Marsaglia 1985: 4096 birthdays in a year of 2^32 days have Poisson(4096^3 / 2^34 = 4) repeated spacings; 50 years have Poisson(200).
    const birthdays = 4096;
    const years = 50;
    let repeated = 0;
    for (let year = 0; year < years; year++) {
      const days = Float64Array.from({ length: birthdays }, (_, n) => Math.floor(sequence(year * birthdays + n) * 2 ** 32)).sort();
      const spacings = Float64Array.from({ length: birthdays - 1 }, (_, n) => days[n + 1]! - days[n]!).sort();
      for (let n = 1; n < spacings.length; n++) if (spacings[n] === spacings[n - 1]) repeated++;
    }
    const expected = (years * birthdays ** 3) / 2 ** 34;
    expect(Math.abs(repeated - expected)).toBeLessThan(4.5 * Math.sqrt(expected));
  });
});
