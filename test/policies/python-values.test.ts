import { describe, expect, it } from "vitest";
import { inNetwork } from "../../src/policies/nova/ip-network.ts";
import { satisfiesVersion } from "../../src/policies/nova/version-predicate.ts";
import { answerJsonQuery } from "../../src/policies/python/json-query.ts";
import { parseJson } from "../../src/policies/python/python-json.ts";
import { compareText, PythonError, PythonFloat, str, toFloat, toInt, words } from "../../src/policies/python/python-values.ts";

describe("Python's text of a value", () => {
  it.each([
    ["16", "16"],
    ["16.0", "16.0"],
    ["1.5e3", "1500.0"],
    ["1e16", "1e+16"],
    ["0.00001", "1e-05"],
    ["-0.0", "-0.0"],
    ["12345678901234567890", "12345678901234567890"],
    ["[true, null, NaN, -Infinity]", "[True, None, nan, -inf]"],
    ['["it\'s", "a \\"b\\"", "é\\n\\u200b"]', `["it's", 'a "b"', 'é\\n\\u200b']`],
    ['{"b": 1, "2": [], "1": {"x": 1.0}}', "{'b': 1, '2': [], '1': {'x': 1.0}}"],
    ['"plain"', "plain"],
  ])("%s is %s", (json, text) => {
    expect(str(parseJson(json))).toBe(text);
  });

  it.each(["", "{", "[1,]", "01", "1.", "+1", "'a'", '"\n"', "{1: 2}", "[1] 2", "nul"])("%j is no JSON", (text) => {
    expect(() => parseJson(text)).toThrow(PythonError);
  });
});

describe("Python's numbers", () => {
  it("may be written with blanks, signs and underscores between digits", () => {
    expect([" 3 ", "+1_000", ".5", "5.", "1e2", "-inf", "Infinity"].map(toFloat)).toEqual([3, 1000, 0.5, 5, 100, -Infinity, Infinity]);
    expect([" 9 ", "1_0", "-04"].map(toInt)).toEqual([9, 10, -4]);
    for (const text of ["", "1,2", "0x10", "1__0", "_1", "1 2"]) expect(() => toFloat(text)).toThrow(PythonError);
    for (const text of ["", "3.5", "1e1", "abc"]) expect(() => toInt(text)).toThrow(PythonError);
  });

  it("and words are parted by what Python takes for blanks, and ordered by code point", () => {
    expect(words("\u2003a\x1cb\u00a0 c\ufeff ")).toEqual(["a", "b", "c\ufeff"]);
    // In UTF-16 the second would come first.
    expect(compareText("\uffff", "\u{1f600}")).toBeLessThan(0);
    expect(compareText("ab", "abc")).toBeLessThan(0);
  });
});

describe("a query of the JsonFilter", () => {
  const attributes = new Map(Object.entries({ vcpus: 4, ratio: new PythonFloat(4), stats: new Map([["gpu", "T4"]]) }));
  const ask = (query: unknown) => answerJsonQuery(parseJson(JSON.stringify(query)), (name) => attributes.get(name) ?? null);

  it("compares the first with each of the others, numbers of any kind", () => {
    expect(ask(["=", "$vcpus", "$ratio", 4])).toBe(true);
    expect(ask(["<", 1, 2, "$vcpus"])).toBe(true);
    expect(ask(["<", 3, 2, "$vcpus"])).toBe(false);
    expect(ask(["in", "$stats.gpu", "A100", "T4"])).toBe(true);
    expect(ask(["=", true, 1])).toBe(true);
  });

  it("forgets what is null, so that a comparison may be left with one side", () => {
    expect(ask(["=", "$missing", "", null])).toBe(false);
    expect(ask(["and", "$missing"])).toBe(true);
    expect(ask(["or", "$missing"])).toBe(false);
  });

  it("takes a `not` inside of others for true, as it is a list", () => {
    expect(ask(["not", ["=", "$vcpus", 4]])).toBe(false);
    expect(ask(["and", ["not", ["=", "$vcpus", 4]]])).toBe(true);
    expect(ask(["not", ["=", "$vcpus", 4], ["=", "$vcpus", 5]])).toBe(true);
  });

  it("raises on an unknown operator, and on text against numbers", () => {
    for (const query of [["xor", 1], ["<", "a", 1], "abc", 7, { a: 1 }, ["=", "$vcpus.x", 1]])
      expect(() => ask(query)).toThrow(PythonError);
    expect([ask([]), ask(null), ask(0)]).toEqual([true, true, true]);
  });
});

describe("versions of hypervisors", () => {
  it("are read in base 1000 and held against all conditions", () => {
    expect(satisfiesVersion(6_002_000, ">=4.0,<7.0")).toBe(true);
    expect(satisfiesVersion(6_002_000, "== 6.2")).toBe(true);
    expect(satisfiesVersion(4001, "==4.1")).toBe(true);
    expect(satisfiesVersion(2_010_000, ">2.9")).toBe(true); // numbers, not text
    expect(satisfiesVersion(6_002_000, ">6.2b3, !=6.2.1")).toBe(true);
    expect([satisfiesVersion(0, ">=9.0"), satisfiesVersion(1, "")]).toEqual([true, true]);
  });

  it("and raise where they are none", () => {
    for (const wanted of ["6.2", ">=7", "~6.0", ">=6.0,"]) expect(() => satisfiesVersion(6_002_000, wanted)).toThrow(PythonError);
    expect(() => satisfiesVersion(7, ">=6.0")).toThrow(PythonError);
  });
});

describe("networks", () => {
  it.each([
    ["10.0.0.200/24", "10.0.0.1", true],
    ["10.0.0.200/25", "10.0.0.1", false],
    ["10.0.0.200/0", "192.168.0.1", true],
    ["10.0.0.1/255.255.0.0", "10.0.9.9", true],
    ["10.0.0.1/0.0.255.255", "10.1.0.0", false],
    ["fd00::5/64", "fd00::ffff:1", true],
    ["fd00::5/64", "fd00:0:0:1::5", false],
    ["fd00::5/0", "10.0.0.1", false],
    ["::ffff:10.0.0.1/128", "::ffff:a00:1", true],
  ])("%s holds %s: %s", (network, address, expected) => {
    expect(inNetwork(network)(address)).toBe(expected);
  });

  it("have an address and a prefix", () => {
    for (const text of ["10.0.0/24", "10.0.0.1/33", "10.0.0.256/8", "fd00::1::2/64", "10.0.0.1/", "::1/255.0.0.0", "x/24"]) {
      expect(() => inNetwork(text)).toThrow(PythonError);
    }
  });
});
