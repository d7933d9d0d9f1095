// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of scenario files are written ${...}
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../src/kernel/problem.ts";
import { withOpened } from "../../../src/scenario/plugins/open-policies.ts";
import { folder, problemsOf, readIn, scenarioText } from "../folder.ts";

const study = (lines: string) => scenarioText({ study: `study:\n  duration: 1 d\n${lines}` });
const problems = (files: Readonly<Record<string, string>>, parameters: Readonly<Record<string, string>> = {}) =>
  problemsOf(() => readIn(folder(files), "s.yaml", parameters)).map(formatProblem);
const weigher = (name: string, more = "") =>
  `export const ${name} = { name: "${name}", ${more} weigh: (hosts) => (host) => hosts.freeRamMb(host) };\n`;

describe("a scenario with policies of its own", () => {
  const files = {
    "s.yaml": study(
      [
        "  plugins: [own/mine.ts, more.mjs]",
        "  weighers:",
        "    - {name: HalfWeigher, expression: free_ram_mb / 2, multiplier: 3}",
        "  policies:",
        "    - name: mine",
        "      enabled_filters: [ComputeFilter, CalmFilter]",
        "      weight_classes: [RAMWeigher, MineWeigher, HalfWeigher]",
        "      mine_weight_multiplier: 2",
        "      most: 7",
      ].join("\n"),
    ),
    "own/mine.ts": weigher("MineWeigher", 'meaning: "Mine.", multiplier: { default: 0.5, minimum: 0 },'),
    "more.mjs": 'export default [{ name: "CalmFilter", options: { most: { default: 3 } }, passes: (hosts, _, { number }) => null }];',
  };

  it("names them beside Nova's, with their options", () => {
    const { own, study: read } = readIn(folder(files), "s.yaml");
    const [policy] = read.policies;
    expect(policy).toMatchObject({
      enabledFilters: ["ComputeFilter", "CalmFilter"],
      weighers: ["RAMWeigher", "MineWeigher", "HalfWeigher"],
    });
    expect([...policy!.options]).toEqual([
      ["mine_weight_multiplier", 2],
      ["most", 7],
    ]);
    const opened = withOpened(policy!, own!, String).own!;
    expect(opened.filters.map(({ name, options }) => [name, options])).toEqual([["CalmFilter", ["most"]]]);
    expect(opened.weighers.map(({ name, multiplier }) => [name, multiplier.name, multiplier.default])).toEqual([
      ["MineWeigher", "mine_weight_multiplier", 0.5],
      ["HalfWeigher", "half_weight_multiplier", 3],
    ]);
  });

  it("explains what each file declares, and where", () => {
    const rows = readIn(folder(files), "s.yaml").values.filter(({ path }) => /plugins|half|mine_weight/.test(path));
    expect(rows.map(({ path, value, source }) => `${path} = ${value} from ${source}`)).toEqual([
      expect.stringMatching(/^study\.plugins\.0 = mine\.ts \(content [0-9a-f]{12}\) from s\.yaml:5:13$/),
      "study.plugins.0.MineWeigher = weigher from own/mine.ts:1:111",
      expect.stringMatching(/^study\.plugins\.1 = more\.mjs \(content [0-9a-f]{12}\) from s\.yaml:5:26$/),
      "study.plugins.1.CalmFilter = filter from more.mjs:1:74",
      "study.policies.0.mine_weight_multiplier = 2 from s.yaml:12:31",
      "study.policies.*.mine_weight_multiplier = 0.5 from own/mine.ts:1:111",
      "study.policies.*.half_weight_multiplier = 3 from s.yaml:7:39",
    ]);
  });

  it("is written so that it can be read again without the files", () => {
    const code = "// ${not an expression}\nexport const m = { name: `MineWeigher`, weigh: () => () => Number(`${1 + 1}`) };\n";
    const first = readIn(folder({ ...files, "own/mine.ts": code }), "s.yaml");
    expect(first.written.study).toMatchObject({ plugins: [{ file: "mine.ts", source: code }, { file: "more.mjs" }] });
    const again = readIn(folder({ "s.json": JSON.stringify(first.written) }), "s.json");
    expect(again.own!.modules.map(({ name, sha256 }) => [name, sha256])).toEqual(
      first.own!.modules.map(({ name, sha256 }) => [name, sha256]),
    );
    expect(again.values.map(({ path, value }) => [path, value])).toEqual(first.values.map(({ path, value }) => [path, value]));
    expect(again.written).toEqual(first.written);
  });

  it("may be imported, and given from outside; a path is relative to who wrote it", () => {
    const base = {
      "parts/own.yaml": study("  plugins: [mine.ts]\n  policies: [{name: a, weight_classes: [MineWeigher]}]"),
      "parts/mine.ts": weigher("MineWeigher"),
    };
    expect(problems({ ...base, "s.yaml": "import: parts/own.yaml\n" })).toEqual([]);
    const given = { "s.yaml": `parameters: {mine: none.ts}\n${study('  plugins: ["${mine}"]')}`, "mine.ts": weigher("MineWeigher") };
    expect(problems(given, { mine: "mine.ts" })).toEqual([]);
    expect(problems(given)).toEqual([
      's.yaml:6:13: study.plugins.0: cannot use the plug-in "none.ts": there is no such file (did you mean "mine.ts"?)',
    ]);
  });

  it("says what is wrong with every file at once, and nothing of names that a broken one may have", () => {
    expect(
      problems({
        "s.yaml": study(
          "  plugins: [a.ts, b.js, c.py, d.ts, .]\n  policies: [{name: x, weight_classes: [MyWeigher], nmae: 1}]\n  seeed: 3",
        ),
        "a.ts": "const x: = 1;",
        "b.js": "const x: number = 1;\n",
        "d.ts": "const x = [][0].y;\nexport { x };",
      }),
    ).toEqual([
      "a.ts:1:10: not valid TypeScript: Unexpected token `=`",
      "b.js:1:8: not valid JavaScript: Unexpected token (with types, a file ends in .ts)",
      's.yaml:5:25: study.plugins.2: "c.py" is no plug-in, expected a file that ends in .ts, .mts, .js, .mjs (a plug-in is TypeScript or JavaScript, as a module)',
      's.yaml:5:37: study.plugins.4: "." is no plug-in, expected a file that ends in .ts, .mts, .js, .mjs (a plug-in is TypeScript or JavaScript, as a module)',
      's.yaml:7:3: study.seeed: unknown key "seeed" (did you mean "seed"?)',
      "d.ts:1:17: threw TypeError: Cannot read properties of undefined (reading 'y'), while it was read",
    ]);
  });

  it("suggests the name that was meant, its own included", () => {
    const text = study("  plugins: [mine.js]\n  policies: [{name: x, weight_classes: [MineWeiger], mine_weight_multplier: 1}]");
    expect(problems({ "s.yaml": text, "mine.js": weigher("MineWeigher") })).toEqual([
      's.yaml:6:41: study.policies.0.weight_classes.0: unknown weigher "MineWeiger" (did you mean "MineWeigher"?)',
      's.yaml:6:54: study.policies.0.mine_weight_multplier: unknown key "mine_weight_multplier" (did you mean "mine_weight_multiplier"?)',
    ]);
  });

  it("gives every name one meaning", () => {
    expect(
      problems({
        "s.yaml": study("  plugins: [mine.js]\n  weighers: [{name: BWeigher, expression: 1}, {name: AWeigher, expression: num_io_ops}]"),
        "mine.js": [
          weigher("RAMWeigher"),
          weigher("AWeigher"),
          weigher("CWeigher", 'multiplier: { name: "cpu_weight_multiplier", default: 1 },'),
          weigher("DWeigher", "options: { name: { default: 1 } },"),
        ].join(""),
      }),
    ).toEqual([
      "mine.js:1:50: RAMWeigher is the name of a filter or weigher that is there already (choose another name)",
      "mine.js:3:104: the option cpu_weight_multiplier of CWeigher is there already (choose another name)",
      "mine.js:4:80: the option name of DWeigher is there already (choose another name)",
      's.yaml:6:43: study.weighers.0.expression: expected an expression such as free_ram_mb / total_ram_mb, got 1 (write "1" in quotes)',
      "s.yaml:6:76: AWeigher is named twice (first in mine.js:2) (choose another name)",
    ]);
  });

  it("checks a formula where it stands", () => {
    const formulas = [
      '    - {name: A Weigher, expression: "free_ram_mb / total_rm_mb"}',
      "    - {name: B, expression: num_io_ops > 3, multplier: 1}",
      "    - {expression: 1 +}",
    ];
    expect(problems({ "s.yaml": study(["  weighers:", ...formulas].join("\n")) })).toEqual([
      's.yaml:6:14: study.weighers.0.name: expected a name of letters, digits and _, got "A Weigher" (such as QuietWeigher)',
      's.yaml:6:37: study.weighers.0.expression: unknown variable "total_rm_mb" (did you mean "total_ram_mb"?)',
      "s.yaml:7:29: study.weighers.1.expression: gives true or false, expected a number (e.g. num_io_ops < 2 ? 1 : 0)",
      's.yaml:7:45: study.weighers.1.multplier: unknown key "multplier" (did you mean "multiplier"?)',
      "s.yaml:8:7: study.weighers.2.name: is missing: expected a name for the weigher",
      's.yaml:8:20: study.weighers.2.expression: cannot read the expression "1 +": Unexpected end of expression (char 4)',
    ]);
  });
});

describe("what a module exports", () => {
  const complaints = (source: string) =>
    problems({ "s.yaml": study("  plugins: [m.js]"), "m.js": source }).map((problem) => problem.replace(/ \(.*$/, ""));

  it.each([
    ["const a = 1;", "m.js: exports nothing"],
    ["export const LIMIT = 3;", "m.js:1:1: the export LIMIT is the number 3, neither a filter nor a weigher"],
    ["export default (hosts) => (host) => 1;", "m.js:1:1: the default export is a function, neither a filter nor a weigher"],
    ["export default class W {}", "m.js:1:1: the default export is a function, neither a filter nor a weigher"],
    ["export default null;", "m.js:1:1: the default export is null, neither a filter nor a weigher"],
    ["export default [];", "m.js: the default export is an empty list"],
    ["export default [1];", "m.js:1:1: the default export[0] is the number 1, neither a filter nor a weigher"],
    [
      "export default {};",
      "m.js:1:1: the default export has neither passes (as a filter) nor weigh (as a weigher); it has nothing".replace(/ \(.*$/, ""),
    ],
    ['export const w = { name: "W", weight: () => () => 1 };', "m.js:1:20: the export w has neither passes"],
    ['export const w = { name: "W", weigh() {}, passes() {} };', "m.js:1:31: the export w has both passes and weigh"],
    ["export const w = { weigh: () => () => 1 };", "m.js:1:1: the export w: name is missing, expected a text"],
    ['export const w = { name: "a b", weigh: () => () => 1 };', 'm.js:1:33: the export w: the name "a b" is not possible'],
    ['export const w = { name: "W", weigh: 3 };', "m.js:1:31: the export w: weigh is the number 3, expected a function"],
    ['export const w = { name: "W", passes: null };', "m.js:1:31: the export w: passes is null, expected a function"],
    ['export const w = { name: "W", minVal: 0, weigh: () => () => 1 };', "m.js:1:42: the export w has a member minVal that no weigher has"],
    [
      'export const w = { name: "W", minval: "0", weigh: () => 1 };',
      'm.js:1:44: the export w: minval is the text "0", expected a finite number',
    ],
    [
      'export const w = { name: "W", multiplier: 2, weigh: () => 1 };',
      "m.js:1:46: the export w: multiplier is the number 2, expected an object",
    ],
    [
      'export const w = { name: "W", multiplier: { defalt: 2 }, weigh: () => 1 };',
      "m.js:1:58: the export w: multiplier has a member defalt that no option has",
    ],
    [
      'export const w = { name: "W", multiplier: { default: 1, minimum: 2 }, weigh: () => 1 };',
      "m.js:1:71: the export w: multiplier.default is 1, below its minimum of 2",
    ],
    [
      'export const w = { name: "W", options: ["a"], passes: () => null };',
      "m.js:1:47: the export w: options is a list, expected an object",
    ],
    [
      'export const w = { name: "W", options: { "A B": { default: 1 } }, passes: () => null };',
      'm.js:1:67: the export w: an option cannot be called "A B"',
    ],
    ['export const w = { get name() { throw new Error("no") }, weigh: 1 };', "m.js:1:39: threw Error: no, while it was read"],
    [
      "export const w = { get name() { for (;;); }, weigh: 1 };",
      "m.js:1:41: made more than 10,000,000 steps in one call, while it was read",
    ],
    ["for (;;);", "m.js:1:9: made more than 10,000,000 steps in one call, while it was read"],
  ])("has to have the shape of a filter or a weigher: %s", (source, complaint) => {
    expect(complaints(source)[0]).toBe(complaint);
  });

  it("is taken once, even if it has two names", () => {
    expect(complaints('const w = { name: "W", weigh: () => () => 1 }; export { w }; export default w;')).toEqual([]);
  });
});
