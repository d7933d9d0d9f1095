import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/kernel/problem.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder, problemsOf, readIn, scenarioText } from "./folder.ts";
import { smallCatalogue } from "./small-catalogue.ts";

const FIXTURES = join("test", "fixtures", "bad-scenarios");
const EXPECTATION = /^# expect (?:(\S+\.yaml):)?(\d+):(\d+) (.+)$/gm;

/** Files that cannot carry their expectation in a comment. */
const WHOLE_FILES: Readonly<Record<string, string>> = {
  "binary.yaml": "is not a text file: it contains NUL bytes",
  "empty.yaml": "the file is empty",
  "latin-1.yaml": "is not valid UTF-8",
  "only-a-comment.yaml": "the file is empty",
  "utf-16.yaml": "is not a text file",
};

const said = (problem: Problem) => `${problem.message} (${problem.hint})`;
const read = (file: string) => problemsOf(() => readScenario(file, { catalogue: smallCatalogue }));
const fixtures = readdirSync(FIXTURES).filter((name) => name.endsWith(".yaml"));

describe("a bad scenario is refused with exactly its problems, each at its place", () => {
  it("and there are enough kinds of them", () => {
    expect(fixtures.length).toBeGreaterThan(100);
  });

  for (const name of fixtures.filter((fixture) => !Object.hasOwn(WHOLE_FILES, fixture))) {
    it(name.replace(/\.yaml$/, "").replaceAll("-", " "), () => {
      const file = join(FIXTURES, name);
      const expected = [...readFileSync(file, "utf8").matchAll(EXPECTATION)];
      expect(expected.length).toBeGreaterThan(0);
      const problems = read(file);
      for (const [, part, line, column, fragment] of expected) {
        const inFile = part === undefined || part === "" ? file : join(FIXTURES, part);
        const match = problems.find((problem) => said(problem).includes(fragment!));
        expect(match, `${fragment} among:\n${problems.map(said).join("\n")}`).toBeDefined();
        expect(`${match!.file}:${match!.line}:${match!.column}`).toBe(`${inFile}:${line}:${column}`);
      }
      expect(problems.map(said)).toHaveLength(expected.length);
    });
  }

  for (const [name, message] of Object.entries(WHOLE_FILES)) {
    it(name, () => {
      const file = join(FIXTURES, name);
      const [problem, ...more] = read(file);
      expect(more).toEqual([]);
      expect(problem).toMatchObject({ file, line: null, column: null, message: expect.stringContaining(message) });
    });
  }
});

describe("a file that cannot be read", () => {
  it("is named, with the nearest file there is", () => {
    const cwd = folder({ "quickstart.yaml": scenarioText() });
    const [problem] = problemsOf(() => readIn(cwd, "quikstart.yaml"));
    expect(problem).toMatchObject({ file: "quikstart.yaml", message: "there is no such file", hint: 'did you mean "quickstart.yaml"?' });
  });

  it("may be a folder", () => {
    expect(problemsOf(() => readIn(folder({ "a/b.yaml": "" }), "a"))[0]!.message).toBe("is a folder, expected a scenario file");
  });

  it("may be too long for a scenario", () => {
    const cwd = folder({ "huge.yaml": `question: ${"?".repeat(5_000_000)}\n` });
    expect(problemsOf(() => readIn(cwd, "huge.yaml"))[0]!.message).toContain("at most 5000000 are read");
  });

  it("may be nested beyond what a parser can follow, in brackets, in braces or in dashes", () => {
    for (const text of ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)]) {
      const cwd = folder({ "deep.yaml": text });
      expect(problemsOf(() => readIn(cwd, "deep.yaml"))[0]!.message).toContain("nested too deeply");
    }
  });

  it("may be cut off anywhere, and no cut makes the reader throw anything but problems", () => {
    const whole = readFileSync(join("scenarios", "quickstart.yaml"), "utf8");
    const cwd = folder({});
    for (let length = 0; length < whole.length; length += 97) {
      const file = join(folder({ "cut.yaml": whole.slice(0, length) }), "cut.yaml");
      expect(() => problemsOf(() => readIn(cwd, file))).not.toThrow();
    }
  });
});
