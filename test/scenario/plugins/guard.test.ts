// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of programs are written ${...}
import { describe, expect, it } from "vitest";
import { exp, log, pow } from "../../../src/kernel/elementary.ts";
import { answerFor, answerOf, complaintsAbout } from "./a-module.ts";

describe("a guarded module", () => {
  const programs = [
    "let s = 0; for (let i = 0; i < 5; i++) s += i; return s;",
    "let s = 0; for (const i of [1, 2, 3]) { if (i === 2) continue; s += i; } return s;",
    "let s = ''; for (const key in { a: 1, b: 2 }) s += key; return s;",
    "let i = 0; do i += 2; while (i < 7); return i;",
    "let i = 9; while (i > 3) i--; return i;",
    "let n = 0; outer: for (let i = 0; i < 5; i++) for (;;) { n++; if (i > 2) break outer; continue outer; } return n;",
    "const f = (a, b = () => 2) => ((a + b())); return f(1);",
    "const f = (x) => ({ x }); return f(3).x;",
    "const f = (x) => (x, x + 1); return f(3);",
    "const f = /* ( */ (x) => /* ) */ // (\n (x) * 2; return f(3);",
    "return ((a) => (b) => (c) => a + b + c)(1)(2)(3);",
    "class A { #n = 2; static k = 3; get n() { return this.#n; } constructor(m) { this.m = m; } } class B extends A { constructor() { super(5); } } return new B().m + new B().n + A.k;",
    "function* g() { let i = 0; while (i < 4) yield i++; } return [...g()].join();",
    "try { null.x } catch { return 1 } finally { host = 2 } return 3;",
    "try { throw 7 } catch (e) { return e }",
    "const { a, ...rest } = { a: 1, b: 2, c: 3 }; const [x, , y = 4] = [1, 2]; return a + rest.b + rest.c + x + y;",
    "switch (3) { case 1: return 1; case 3: { let q = 4; return q } default: return 0 }",
    "return [3, 1, 2].sort((a, b) => a - b).map((x) => x * 2).filter((x) => x > 2).reduce((a, b) => a + b, 0);",
    "return `${[1, 2].map((x) => `<${x}>`).join('')}`;",
    "var f = function fact(n) { return n < 2 ? 1 : n * fact(n - 1) }; return f(10);",
    "const o = { get a() { return 1 }, set a(v) { this.b = v }, ['c' + 1]() { return 2 } }; o.a = 5; return o.a + o.b + o.c1();",
    "if (host === 0) for (let i = 0; i < 1; i++) host = 5; else host = 6; return host;",
    "return 2 ** 3 ** 2 + (1 + 1) ** (2 + 1) - (-2) ** 3;",
    "return ((x) => x ** 2)(host + 3) ** 2;",
    "const f = () => {}, g = function () {}, o = { m() {} }; class E {} f(); g(); o.m(); for (const _ of [1]) {} return 1;",
    "const a = host, b = a ?? 3; return a?.toFixed(1) + (b || 4);",
  ];

  it.each(programs)("means what it meant: %s", (program) => {
    const plain = new Function("host", program) as (host: number) => unknown;
    expect(answerFor(program)).toEqual(plain(0));
  });

  it("exports what it exported, in every way of saying so", () => {
    const weigher = '{ name: "W", weigh: () => () => 1 }';
    for (const module of [
      `export default ${weigher}`,
      `export default ${weigher};`,
      `export default (${weigher})`,
      `export /* it is */ default /* this */ (0, ${weigher})`,
      `export default class { static name = "W"; static weigh() { return () => 1; } }`,
      `/* first */ export const w = ${weigher};`,
      `const w = ${weigher}; export { w };`,
      `export { w as "a name" }; let w = ${weigher};`,
      `export const { w } = { w: ${weigher} };`,
      `class W { name = "W"; weigh() { return () => 1; } } export default new W()`,
      `import type { PluginWeigher } from "orrery-cloud";\nimport { type PluginFilter } from "orrery-cloud"; export const w: PluginWeigher = ${weigher} satisfies PluginWeigher;`,
    ]) {
      expect([module, answerOf(module)]).toEqual([module, 1]);
    }
  });

  it("may use the names that the guard would have taken", () => {
    expect(answerFor("const $o_n = 5; for (const $oo of [1]) host += $oo; return $o_n + host;")).toBe(6);
  });
});

describe("what a single step could do for ever", () => {
  it.each([
    ["return new Array(1e9).fill(0).length;", "in one step, at most 1000000"],
    ["return 'ab'.repeat(2e8).length;", "in one step, at most 1000000"],
    ["return 'a'.padStart(2e8).length;", "in one step, at most 1000000"],
    ["let a = [1]; for (let i = 0; i < 30; i++) a = a.concat(a); return a.length;", "in one step, at most 1000000"],
    ["return Array.from({ length: 1e9 }).length;", "in one step, at most 1000000"],
    ["return 'aaaa'.match('(a+)+$') === null ? 1 : 0;", "match is not a function"],
  ])("is bounded: %s", (body, what) => {
    expect(answerFor(body)).toContain(what);
  });

  it("is asked for in vain by a regular expression", () => {
    expect(complaintsAbout("export default { name: 'W', weigh: () => () => (/^(a+)+$/.test('aaaa!') ? 1 : 0) };")).toEqual([
      "1:49: a regular expression is not possible",
    ]);
    expect(complaintsAbout("export default { name: 'W', weigh: () => () => new RegExp('a').test('a') };")[0]).toContain("RegExp");
  });

  it("does not keep anybody from small texts and lists", () => {
    expect(
      answerFor("return 'ab'.repeat(3).length + [1].concat([2, 3]).length + new Array(4).fill(1).length + Array.from([1, 2]).length;"),
    ).toBe(15);
  });
});

describe("what never ends", () => {
  const steps = "made more than 10,000,000 steps in one call";
  const depth = "opened more than 500 calls within each other";
  it.each([
    ["while (true) {}", steps],
    ["for (;;);", steps],
    ["do { host++ } while (host)", steps],
    ["for (const x of endless()) host = x;", steps],
    ["const list = [1]; for (const x of list) list.push(x);", steps],
    ["label: for (;;) { for (;;) continue label; }", steps],
    ["try { for (;;) {} } catch { return 1 }", steps],
    ["try { for (;;) {} } finally { return 1 }", steps],
    ["for (;;) try { for (;;) {} } catch (error) { continue }", steps],
    ["return [...endless()].length;", steps],
    ["const { length } = { get length() { for (;;) {} } }; return length;", steps],
    ["return [3, 1, 2].sort(() => { for (;;) {} });", steps],
    ["return deeper(1);", depth],
    ["try { return deeper(1) } catch { return 1 }", depth],
    ["const f = () => g(), g = () => f(); return f();", depth],
    ["const o = { get x() { return this.x } }; return o.x;", depth],
    ["const o = { toString() { return `${this}` } }; return `${o}`;", depth],
    ["const go = () => [1].forEach(go); go();", depth],
    ["class A { x = new A() } return new A();", "ran out of stack"],
    ["class A { x = new A() } try { return new A() } catch { return 1 }", "ran out of stack"],
  ])("is ended, and at the same place: %s", (body, what) => {
    const module = `function* endless() { for (;;) yield 1; }
const deeper = (x) => deeper(x + 1) + 1;
export default { name: "W", weigh: () => (host) => {
  ${body}
} };`;
    const first = answerOf(module);
    expect(first).toMatch(new RegExp(`^[1-5]:\\d+: ${what.replaceAll("(", "\\(")}$`));
    if (what === depth) expect(answerOf(module)).toBe(first);
  });

  it("is told from what takes long: each call has its steps anew", () => {
    const nearly = "let s = 0; for (let i = 0; i < 9_999_990; i++) s += i; return s;";
    expect(answerFor(nearly)).toBe(49999895000055);
    expect(answerFor("const f = (n) => n === 0 ? 0 : 1 + f(n - 1); return f(490);")).toBe(490);
  });
});

describe("what could differ from one machine or moment to the next", () => {
  it("is refused by name, all of it at once, each where it stands", () => {
    const module = [
      'import fs from "node:fs";',
      'import { PluginWeigher } from "orrery-cloud";',
      "const now = Date.now() + performance.now();",
      "const chance = Math.random() + crypto.x;",
      "setTimeout(() => console.log(process.env), 1);",
      "export const f = async () => { await fetch('x'); for await (const a of b) {} };",
      "const late = import('x'), meta = import.meta, old = require('x');",
      "const text = ['a'].sort((a, b) => a.localeCompare(b)).map((a) => a.toLocaleUpperCase());",
      "const sine = Math.sin(1) + Math.flor(2) + eval('1') + new Function('return 1')();",
      "let grow = 2; grow **= 3; function all() { return arguments.length } hots.count; globalThis.x = new Proxy({}, {});",
      "export * from './other.js'; export { x } from './other.js'; try {} catch ({ message }) {}",
      "module.exports = {};",
    ].join("\n");
    expect(complaintsAbout(module)).toMatchInlineSnapshot(`
      [
        "1:1: a plug-in cannot import "node:fs"",
        "2:1: a plug-in cannot import values",
        "4:21: Math.random is not possible",
        "6:18: an async function is not possible",
        "6:32: await is not possible",
        "6:50: for await is not possible",
        "7:14: import(...) is not possible",
        "7:34: import.meta is not possible",
        "8:37: localeCompare is not possible",
        "8:68: toLocaleUpperCase is not possible",
        "9:19: Math.sin is not possible: its last bits differ between machines",
        "9:33: there is no Math.flor",
        "10:15: **= is not possible",
        "11:1: a plug-in cannot export from another file",
        "11:29: a plug-in cannot export from another file",
        "11:75: catch ({...}) is not possible",
        "3:13: Date is not possible in a plug-in",
        "3:26: performance is not possible in a plug-in",
        "4:32: crypto is not possible in a plug-in",
        "5:1: setTimeout is not possible in a plug-in",
        "5:18: console is not possible in a plug-in",
        "5:30: process is not possible in a plug-in",
        "6:38: fetch is not possible in a plug-in",
        "7:53: require is not possible in a plug-in",
        "9:43: eval is not possible in a plug-in",
        "9:59: Function is not possible in a plug-in",
        "10:51: arguments is not possible in a plug-in",
        "10:70: there is no hots in a plug-in",
        "10:82: globalThis is not possible in a plug-in",
        "10:101: Proxy is not possible in a plug-in",
        "12:1: module is not possible in a plug-in",
      ]
    `);
  });

  it("is refused where a module and a script would read it otherwise", () => {
    expect(complaintsAbout("let i = 3;\nexport const a = 5 <!--i;")).toEqual(["2:20: <!-- is not possible"]);
    expect(answerFor("let n = 3, s = ''; while (n --> 0) s += `<!--${n}-->`; return s + '<!--' + (1 < !--n);")).toBe(
      "<!--2--><!--1--><!--0--><!--false",
    );
  });

  it("is not there even for who finds a way around the names", () => {
    for (const way of [
      "return (() => 1).constructor('return process')().pid",
      "return hosts.freeRamMb.constructor.constructor('return process')().pid",
      "return request.flavor.constructor.constructor('return 1')()",
      "return config.number.constructor('return 1')()",
      "return (function* () {}).constructor('yield 1')().next().value",
    ]) {
      expect(answerFor(way)).toMatch(/EvalError: Code generation from strings disallowed for this context$/);
    }
    expect(answerFor("const m = Math; return [typeof m.random, typeof m['s' + 'in'], typeof ''['locale' + 'Compare']].join()")).toBe(
      "undefined,undefined,undefined",
    );
    expect(answerFor("return new Error('x').stack")).toMatch(/^\d+:\d+ $/);
  });

  it("has a replacement where mathematics is concerned, with the same bits everywhere", () => {
    expect(answerFor("return [10 ** 2, 2 ** 0.5, Math.pow(3, -2), Math.exp(1), Math.log(10), Math.max(1, 2)]")).toEqual([
      ...[100, pow(2, 0.5), 1 / 9, exp(1), log(10), 2],
    ]);
  });
});
