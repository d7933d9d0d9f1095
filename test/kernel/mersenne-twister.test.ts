// The sequences are those of CPython 3's random.Random(seed).
import { describe, expect, it } from "vitest";
import { MersenneTwister } from "../../src/kernel/mersenne-twister.ts";

const python: Readonly<Record<string, readonly (readonly number[])[]>> = {
  "0": [
    [50494, 55125, 5306, 33936, 2, 1, 1, 1, 1, 1],
    [6, 5, 10, 11, 7, 0, 1, 4, 2, 8, 3, 9],
    [122386125, 1595929982],
  ],
  "1": [
    [17611, 8271, 33432, 15455, 1, 1, 1, 2, 1, 0],
    [11, 5, 10, 2, 3, 9, 4, 8, 6, 0, 7, 1],
    [194082271, 536889107],
  ],
  "42": [
    [14592, 3278, 36048, 32098, 0, 0, 2, 0, 2, 2],
    [3, 5, 2, 4, 10, 11, 7, 0, 6, 9, 1, 8],
    [1074755821, 1159601583],
  ],
  "4294967295": [
    [26633, 28225, 38185, 44568, 1, 2, 2, 1, 1, 1],
    [9, 0, 5, 10, 8, 4, 11, 7, 2, 3, 1, 6],
    [2068382111, 2085734663],
  ],
  "1099511627783": [
    [62380, 32878, 16613, 49187, 2, 2, 1, 1, 1, 1],
    [9, 10, 0, 1, 6, 4, 11, 8, 2, 7, 3, 5],
    [1713874294, 1526980755],
  ],
};

describe("Python's generator", () => {
  it.each(Object.keys(python))("seeded with %s gives Python's integers and shuffles", (seed) => {
    const random = new MersenneTwister(Number(seed));
    const [small, shuffled, large] = python[seed]!;
    const got = [0, 0, 0, 0].map(() => random.randint(0, 65535)).concat([0, 0, 0, 0, 0, 0].map(() => random.randint(0, 2)));
    expect(got).toEqual(small);
    const items = Array.from({ length: 12 }, (_, i) => i);
    random.shuffle(items);
    expect(items).toEqual(shuffled);
    for (let i = 0; i < 700; i++) random.randint(0, 1);
    expect([random.randint(0, 2 ** 31 - 2), random.randint(0, 2 ** 31 - 2)]).toEqual(large);
  });

  it("wants a seed that is a whole number", () => {
    expect(() => new MersenneTwister(-1)).toThrow("a seed of -1: expected a whole number of 0 or more");
  });
});
