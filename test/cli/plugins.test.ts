// Broken plug-ins as a student would write them, and whole ones, at the command line.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { done, filesOf, namesIn, orrery, ROOT, smallScenario, temporaryFolder } from "./orrery.ts";

const TSC = join(ROOT, "node_modules", ".bin", "tsc");

const study = (file: string, uses = "weight_classes: [MyWeigher]") =>
  smallScenario({ study: `study: {duration: 1 h, replications: 2, plugins: [${file}], policies: [nova-default, {name: mine, ${uses}}]}` });

const weigher = (body: string) =>
  `export const MyWeigher = {\n  name: "MyWeigher",\n  weigh: (hosts, request) => (host) => {\n    ${body}\n  },\n};\n`;
const filter = 'export const MyFilter = { name: "MyFilter", passes: (hosts) => (host) => hosts.numIoOps(host) };\n';

describe("a broken plug-in", () => {
  it.concurrent.each([
    [
      "throws",
      "mine.ts",
      weigher("const table: any = {}; return table[request.flavor.name].weight;"),
      /^mine\.ts:4:\d+: MyWeigher: threw TypeError: Cannot read properties of undefined \(reading 'weight'\), asked about compute-1 for server-1 \(m1\.\w+\)/,
    ],
    [
      "gives NaN",
      "mine.js",
      weigher("return hosts.freeRamMb(host) / undefined;"),
      /^mine\.js:3:3: MyWeigher: returned NaN, expected a finite number/,
    ],
    [
      "forgets to return",
      "mine.js",
      weigher("hosts.freeRamMb(host);"),
      /returned undefined, expected a number, .* \(is a return missing\?\)/,
    ],
    ["gives a text", "mine.js", weigher('return "much";'), /returned "much", expected a number/],
    [
      "never ends",
      "mine.ts",
      weigher("let i: number = 0; while (i >= 0) i++; return i;"),
      /^mine\.ts:4:\d+: MyWeigher: made more than 10,000,000 steps in one call/,
    ],
    [
      "calls itself",
      "mine.js",
      `const f = (n) => f(n + 1);\n${weigher("return f(host);")}`,
      /^mine\.js:1:17: MyWeigher: opened more than 500 calls within each other/,
    ],
    [
      "changes the request",
      "mine.js",
      weigher("request.flavor.ramMb = 0; return 1;"),
      /tried to change what it may only read: Cannot assign to read only property 'ramMb'/,
    ],
    [
      "asks for the time",
      "mine.js",
      weigher("return Date.now() + Math.random();"),
      /^mine\.js:4:12: Date is not possible in a plug-in .*\nmine\.js:4:30: Math\.random is not possible/,
    ],
    ["is no TypeScript", "mine.ts", "export const MyWeigher = {", /^mine\.ts:1:\d+: not valid TypeScript/],
    [
      "exports the wrong thing",
      "mine.js",
      'export function weigh() {}\nexport const w = { name: "MyWeigher", wiegh: () => () => 1 };',
      /^mine\.js:1:1: the export weigh is a function, .*\nmine\.js:2:20: the export w has neither passes/,
    ],
    [
      "has Nova's name",
      "mine.js",
      weigher("return 1;").replaceAll("MyWeigher", "RAMWeigher"),
      /^mine\.js:3:3: RAMWeigher is the name of a filter or weigher that is there already/,
    ],
    [
      "is a filter that counts",
      "mine.js",
      filter,
      /^mine\.js:1:45: MyFilter: returned 0, expected true or false, .* \(compare it with something\)/,
    ],
  ] as const)(
    "that %s ends the run with its name, its line and the request, and nothing is written",
    async (_what, file, text, message) => {
      const uses = text === filter ? "enabled_filters: [MyFilter]" : undefined;
      const cwd = temporaryFolder({ "s.yaml": study(file, uses), [file]: text });
      const { status, stdout, stderr } = await orrery(["run", "s.yaml", "--policy", "mine", "--out", "result"], { cwd });
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\bat .*\.js:\d+/); // no trace of our own code
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(namesIn(cwd)).toEqual([file, "s.yaml"]);
    },
  );

  it("ends a comparison as well", async () => {
    const cwd = temporaryFolder({ "s.yaml": study("mine.js"), "mine.js": weigher("return 1 / hosts.numInstances(host);") });
    const { status, stderr } = await orrery(["compare", "s.yaml", "--out", "result"], { cwd });
    expect(stderr).toMatch(/MyWeigher: returned Infinity, .* policy mine, seed 1, replication 0/);
    expect({ status, names: namesIn(cwd) }).toEqual({ status: 2, names: ["mine.js", "s.yaml"] });
  });
});

describe("a whole plug-in", () => {
  const good = weigher("return hosts.freeRamMb(host) - 10 * request.flavor.vcpus * hosts.numIoOps(host);");

  it("gives the same bytes twice, and another result when its text changes", async () => {
    const cwd = temporaryFolder({ "s.yaml": study("mine.ts"), "mine.ts": good });
    const run = async (out: string) => {
      await done(["run", "s.yaml", "--policy", "mine", "--out", out], { cwd });
      return filesOf(join(cwd, out));
    };
    const first = await run("a");
    expect(await run("b")).toEqual(first);
    writeFileSync(join(cwd, "mine.ts"), `${good}// changed\n`);
    const manifest = (files: ReadonlyMap<string, Buffer>) => JSON.parse(files.get("manifest.json")!.toString());
    const changed = await run("c");
    expect(manifest(changed).values["study.plugins.0"]).not.toBe(manifest(first).values["study.plugins.0"]);
    expect(manifest(changed).fingerprint).toBe(manifest(first).fingerprint);
  });

  it("goes with its result: diff runs it again when the file is gone, and says what it would have decided", async () => {
    const cwd = temporaryFolder({ "s.yaml": study("mine.ts"), "mine.ts": weigher("return -hosts.freeRamMb(host);") });
    await done(["run", "s.yaml", "--out", "nova"], { cwd });
    await done(["run", "s.yaml", "--policy", "mine", "--out", "mine"], { cwd });
    for (const name of ["mine.ts", "s.yaml"]) rmSync(join(cwd, name));
    expect(readFileSync(join(cwd, "mine", "scenario.json"), "utf8")).not.toContain(cwd);
    const { status, stdout, stderr } = await orrery(["diff", "nova", "mine"], { cwd });
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(stdout).toMatch(
      /^policy: nova-default and mine\nThey are the same up to event \d+.*\nThen, as event \d+:\n {2}nova: at .* server-\d+ is given compute-\d\n {2}mine: at .* is given compute-\d\n/,
    );
  });

  it("is checked, explained and offered to editors", async () => {
    const cwd = temporaryFolder({ "s.yaml": study("mine.ts"), "mine.ts": good });
    expect(await done(["validate", "s.yaml"], { cwd })).toContain("replications of nova-default, mine.");
    const explained = await done(["explain", "s.yaml"], { cwd });
    expect(explained).toMatch(/^study\.plugins\.0\.MyWeigher +weigher\n +A weigher; mine\.ts:3:3$/m);
    expect(explained).toMatch(/^study\.policies\.\*\.my_weight_multiplier +1\n +Weight of MyWeigher in the sum; mine\.ts:3:3$/m);
    expect(await done(["schema", "s.yaml"], { cwd })).toContain('"my_weight_multiplier"');
    expect(await done(["schema"], { cwd })).not.toContain('"my_weight_multiplier"');
  });
});

describe("orrery new policy", () => {
  it("writes a start that an editor has no fault with, and that runs as it says", async () => {
    const cwd = temporaryFolder({ "s.yaml": "" });
    expect(await done(["new", "policy", "calm-hosts"], { cwd })).toBe(
      "calm-hosts.ts: written. It begins with what to write into a scenario, and what CalmHostsFilter and CalmHostsWeigher may ask.\n",
    );
    const text = readFileSync(join(cwd, "calm-hosts.ts"), "utf8");
    // Within the package, so that the types are found as they are in an installed one.
    mkdirSync(join(ROOT, ".build", "new-policy"), { recursive: true });
    const typed = join(ROOT, ".build", "new-policy", "calm-hosts.ts");
    writeFileSync(typed, text);
    const strictly = ["--noEmit", "--strict", "--noUnusedLocals", "--noUnusedParameters", "--module", "nodenext", "--target", "es2022"];
    const { stdout: faults } = spawnSync(TSC, [...strictly, "--ignoreConfig", typed], { encoding: "utf8", cwd: ROOT });
    rmSync(join(ROOT, ".build", "new-policy"), { recursive: true });
    expect(faults).toBe("");

    const lines = text.split("\n");
    const from = lines.indexOf("//     study:");
    const to = lines.findIndex((line, i) => i > from && line === "//");
    const inStudy = lines.slice(from + 1, to).map((line) => line.slice("//     ".length));
    writeFileSync(join(cwd, "s.yaml"), smallScenario({ study: ["study:", "  duration: 1 h", "  replications: 2", ...inStudy].join("\n") }));
    expect(await done(["compare", "s.yaml"], { cwd })).toContain("calm-hosts against nova-default");
    const explained = await done(["explain", "s.yaml"], { cwd });
    for (const value of ["study.policies.1.calm_hosts_weight_multiplier  2", "study.policies.1.calm_hosts_most_builds       3"]) {
      expect(explained).toContain(value);
    }
  });

  it("overwrites nothing, and takes no name that is taken or impossible", async () => {
    const cwd = temporaryFolder({ "quiet.ts": "mine" });
    const problem = async (...args: string[]) => {
      const { status, stdout, stderr } = await orrery(["new", "policy", ...args], { cwd });
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      return stderr.trim();
    };
    expect(await problem("quiet")).toBe("quiet.ts is there already (choose another name, or another file with --out)");
    expect(await problem("IoOps")).toBe("IoOpsFilter is there already (choose another name)");
    expect(await problem("a b")).toBe('"a b" cannot name a policy (letters, digits and dashes, such as quiet-hosts)');
    expect(await problem("quiet", "--out", "x.py")).toBe("--out x.py: expected a file that ends in .ts (for example --out quiet.ts)");
    expect(await problem("quiet", "--out", "none/x.ts")).toBe("none/x.ts cannot be written (ENOENT)");
    expect(namesIn(cwd)).toEqual(["quiet.ts"]);
    expect(readFileSync(join(cwd, "quiet.ts"), "utf8")).toBe("mine");
    expect(existsSync(join(cwd, "none"))).toBe(false);
  });
});
