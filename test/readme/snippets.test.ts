// README.md from top to bottom, done as a reader would do it: in a copy of the repository, every command run, every file written, every
// output held against what is shown. `node .ci/renew-readme.mjs` writes the outputs anew.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { DISTRIBUTION_KINDS } from "../../src/scenario/distributions.ts";
import { TRACE_FORMATS } from "../../src/scenario/schema-workload.ts";
import { type Fence, fencesOf, patched, shownLike } from "./fences.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const readmeFile = join(repository, "README.md");
const readme = readFileSync(readmeFile, "utf8");
const fences = fencesOf(readme);
const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")).scripts;
const renew = process.env.ORRERY_RENEW_README === "1";

/** These are only looked up in package.json: running them here would run the tests within the tests, or take too long. */
const NOT_RUN = ["test", "bench"];

let tour: string;
let lastOutput: string | null = null;
const renewed = new Map<Fence, string>();

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function bash(command: string): Ended {
  const path = [join(tour, "bin"), join(tour, "node_modules/.bin"), process.env.PATH].join(delimiter);
  const { NODE_ENV: _node, VITEST: _vitest, ...env } = process.env;
  // Both streams into one, in the order in which a terminal would show them.
  const ended = spawnSync("bash", ["-c", `exec 2>&1\n${command}`], {
    cwd: tour,
    env: { ...env, PATH: path, LC_ALL: "C", NO_COLOR: "1", FORCE_COLOR: "0" },
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return { code: ended.status, output: ended.stdout };
}

/** `npm start`, `npm test`, `npm run NAME -- ...` as what package.json says; null for those that are not run. */
function npm(line: string): string | null {
  const [, run, name, rest = ""] = /^npm (run )?(?:--silent |-s )?([\w-]+)(?: -- (.*))?$/.exec(line) ?? [];
  if (name === undefined || scripts[name] === undefined) throw new Error(`"${line}": package.json has no such script`);
  if (run === undefined && !["start", "test"].includes(name)) throw new Error(`"${line}": write npm run ${name}`);
  return NOT_RUN.includes(name) ? null : `${scripts[name]} ${rest}`;
}

function runShell(fence: Fence): void {
  const { text, info } = fence;
  // A command that takes long is run where its output is shown.
  const shown = fences[fences.indexOf(fence) + 1]?.language === "text";
  const lines = text.split("\n").flatMap((line) => (line.startsWith("npm ") ? (npm(line) ?? []) : line));
  if (text === "npm start" && !shown) return;
  const expected = info[0] === "exits" ? Number(info[1]) : 0;
  const { code, output } = bash(lines.join("\n"));
  expect([code, output]).toEqual([expected, output]);
  lastOutput = output;
}

function compareOutput(fence: Fence): void {
  expect(lastOutput, "there is no command before this output").not.toBeNull();
  const shown = shownLike(fence.text, lastOutput!);
  lastOutput = null;
  if (renew) renewed.set(fence, shown);
  else expect(shown, `README.md:${fence.from} shows another output; when this one is right: node .ci/renew-readme.mjs`).toBe(fence.text);
}

function writeFile({ language, info, text }: Fence): void {
  const [name, broken] = info;
  expect(name, "a file of the tour needs a name").toBeDefined();
  const file = join(tour, name!);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`);
  if (language === "yaml" && broken !== "schedule") {
    const { code, output } = bash(`orrery validate ${name}`);
    expect([code, output]).toEqual([broken === "broken" ? exitCodes.badInput.code : exitCodes.done.code, output]);
  }
  if (language === "ts") {
    const { code, output } = bash(`biome check ${name}`);
    expect([code, output]).toEqual([0, output]);
  }
}

function applyDiff({ info, text }: Fence): void {
  const file = join(tour, info[0]!);
  writeFileSync(file, patched(readFileSync(file, "utf8"), text));
}

const actions: Readonly<Record<string, (fence: Fence) => void>> = {
  sh: runShell,
  text: compareOutput,
  yaml: writeFile,
  ini: writeFile,
  js: writeFile,
  ts: writeFile,
  diff: applyDiff,
};

function titleOf({ language, info, text, from }: Fence): string {
  const what = language === "sh" ? text.split("\n").at(-1)! : [language, ...info].join(" ");
  return `line ${from}: ${what}`;
}

beforeAll(() => {
  tour = mkdtempSync(join(tmpdir(), "orrery-readme-"));
  for (const name of ["src", "bench", "scenarios", "package.json", "tsconfig.json", "biome.json"])
    cpSync(join(repository, name), join(tour, name), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(tour, "node_modules"));
  mkdirSync(join(tour, "bin"));
  // The reader's alias.
  writeFileSync(join(tour, "bin/orrery"), `#!/bin/sh\nexec node "${tour}/.build/src/cli/main.js" "$@"\n`, { mode: 0o755 });
  const { code, output } = bash(scripts.build!);
  expect([code, output]).toEqual([0, output]);
});

afterAll(() => {
  rmSync(tour, { recursive: true, force: true });
  if (!renew) return;
  const lines = readme.split("\n");
  for (const [{ from, to }, text] of [...renewed].reverse()) lines.splice(from - 1, to - from, ...text.split("\n"));
  writeFileSync(readmeFile, lines.join("\n"));
});

describe.skipIf(process.platform === "win32")("README.md, followed from top to bottom", () => {
  for (const fence of fences) {
    it(titleOf(fence), () => {
      const action = actions[fence.language];
      expect(action, `no block of README.md is written in "${fence.language}"`).toBeDefined();
      if (fence.language !== "text") lastOutput = null;
      action!(fence);
    });
  }

  it("has added a weigher that Orrery lists and that changes the decisions", () => {
    expect(bash("orrery policies").output).toContain("InUseWeigher");
    const decisions = (policy: string) => {
      const { code, output } = bash(`orrery run consolidate.yaml --policy ${policy} --out results/runs/check-${policy}`);
      expect([code, output]).toEqual([0, output]);
      return readFileSync(join(tour, `results/runs/check-${policy}/decisions.csv`), "utf8");
    };
    expect(decisions("consolidate")).not.toBe(decisions("nova-default"));
  });

  it("has left Nova's own policy as it was: the same fingerprints before and after the weigher came", () => {
    const fingerprints = (folder: string) =>
      bash(`grep ^nova-default ${folder}/runs.csv | cut -d, -f1-3`)
        .output.split("\n")
        .filter((line) => line !== "");
    const before = fingerprints("results/runs/my-cloud/compare-*");
    expect(before.length).toBe(5);
    expect(fingerprints("results/runs/comparison")).toEqual(before);
  });

  it("has used the library with its types", () => {
    const { text } = fences.find(({ info }) => info[0]?.endsWith(".mjs"))!;
    const check = "tsc --noEmit --ignoreConfig --strict --module nodenext --target es2022 --types node";
    writeFileSync(join(tour, "typed.mts"), text);
    const right = bash(`${check} typed.mts`);
    expect([right.code, right.output]).toEqual([0, right.output]);
    writeFileSync(join(tour, "mistyped.mts"), text.replaceAll("replication:", "replicaton:"));
    expect(bash(`${check} mistyped.mts`).output).toContain("replicaton");
  });
});

describe("README.md", () => {
  it("names every kind of distribution, every trace format, every file of a result and every exit code", () => {
    const missing = (texts: readonly string[]) => texts.filter((text) => !readme.includes(text));
    expect(missing([...DISTRIBUTION_KINDS, ...TRACE_FORMATS].map((name) => `\`${name}\``))).toEqual([]);
    expect(missing(Object.values(exitCodes).map(({ code, meaning }) => `${String(code).padStart(3)}  ${meaning}`))).toEqual([]);
    for (const kind of ["spread", "comparison"]) {
      const listed = fences.find(({ text }) => text.startsWith(`ls results/runs/${kind}`));
      const files = fences[fences.indexOf(listed!) + 1]!.text.split("\n");
      expect(missing(files.map((file) => `| \`${file}\` |`))).toEqual([]);
    }
  });

  it("links only to headings and files that are there", () => {
    const anchors = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const [, anchor] of readme.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
    for (const [, target] of readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect([target, existsSync(join(repository, target!))]).toEqual([target, true]);
  });
});
