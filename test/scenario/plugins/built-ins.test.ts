// What the language does by itself counts as steps, by length: nothing that a plug-in does in one step can run away.
import { describe, expect, it } from "vitest";
import { answerFor, complaintsAbout } from "./a-module.ts";

const TOO_MANY = /made more than 10,000,000 steps in one call$/;

describe("a plug-in that gives the language endless work", () => {
  it.each([
    "let a=[1,2]; for(let i=0;i<35;i++) a=[...a,...a]; return a.length;",
    "const a=[]; a.length=4e9; return a.indexOf(5);",
    "const a=[]; a[4e9]=1; a.forEach(()=>1); return 1;",
    "let a=[1]; for(let i=0;i<60;i++) a=[a,a]; return JSON.stringify(a).length;",
    "let a=[1]; for(let i=0;i<60;i++) a=[a,a]; return String(a).length;",
    "let a=[1]; for(let i=0;i<60;i++) a=[a,a]; return a.flat(Infinity).length;",
    "const a=new Array(1e6).fill(0); for(let i=0;i<1e6;i++) a.slice(); return 1;",
    "const a=new Array(1e6).fill(0); return a.flatMap(() => a).length;",
    "const a=[]; for(let i=0;i<1e6;i++) a.push(new Array(1e6)); return 1;",
    "const a=new Array(1e6).fill(0); for(let i=0;i<1e6;i++) { const [x, ...rest] = a; } return 1;",
    "const a=new Array(1e6).fill(0); for(let i=0;i<1e6;i++) new Set(a); return 1;",
    "const a=new Array(1e6).fill(0); for(let i=0;i<1e6;i++) Math.max.apply(null, a.slice(9e5)); return 1;",
    "const a=Object.fromEntries(new Array(1e5).fill(0).map((_, i) => [i, i])); for(let i=0;i<1e6;i++) Object.keys(a); return 1;",
    "const a=Object.fromEntries(new Array(1e5).fill(0).map((_, i) => [i, i])); for(let i=0;i<1e6;i++) ({...a}); return 1;",
    'const s="a".repeat(1e6); for(let i=0;i<1e6;i++) s.includes("aaab"); return 1;',
    'let s="a"; for(let i=0;i<28;i++) s+=s; return s.split("").length;',
  ])("is ended as one that loops for ever: %s", { timeout: 60_000 }, (body) => {
    expect(answerFor(body)).toMatch(TOO_MANY);
  });

  it("and cannot catch that", () => {
    expect(answerFor("const a=[]; a.length=4e9; try { a.indexOf(5) } catch (error) { return 3 } return 4;")).toMatch(TOO_MANY);
  });

  it("has no integers without end", () => {
    expect(complaintsAbout("export const a = 10n;")).toEqual(["1:18: a BigInt is not possible"]);
  });
});

describe("ordinary use of lists, texts, maps and sets", () => {
  it.each([
    ["[3, 1, 2].sort().join()", "1,2,3"],
    ["[[1, [2]], 3].flat()", [1, [2], 3]],
    ["[[1, [2]], 3].flat(2)", [1, 2, 3]],
    ["[1, 2].flatMap((x) => [x, [x]])", [1, [1], 2, [2]]],
    ["JSON.stringify({a: [1, 'b'], c: {toJSON: () => 7}})", '{"a":[1,"b"],"c":7}'],
    ["JSON.stringify({a: 1, b: 2}, ['b'])", '{"b":2}'],
    ["JSON.stringify({a: 1}, (key, value) => key === 'a' ? 9 : value, 1)", '{\n "a": 9\n}'],
    ["[new Array(3).length, Array(1, 2).length, [] instanceof Array, Array.isArray(Array.of(1))]", [3, 2, true, true]],
    ["[...new Set([1, 1, 2])].length + new Map([[1, 2]]).get(1)", 4],
    ["class extends Map {}.name === '' && new (class Own extends Array {})(2).length", 2],
    [
      "(() => { const [first, ...others] = [1, 2, 3]; const { a, ...rest } = { a: 1, b: 2 }; return [first, others, rest]; })()",
      [1, [2, 3], { b: 2 }],
    ],
    ["'a-b'.split('-').map((x) => x.toUpperCase()).concat(['c'])", ["A", "B", "c"]],
    ["Math.max(...[1, 5, 2])", 5],
  ])("is as ever: %s", (expression, value) => {
    expect(JSON.stringify(answerFor(`return (${expression});`))).toBe(JSON.stringify(value));
  });
});
