import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { Problem } from "../../src/kernel/problem.ts";
import { InputError } from "../../src/kernel/problem.ts";
import { TraceCsv } from "../../src/workload/trace-csv.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-trace-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Uint8Array): string {
  const path = join(folder, "trace.csv");
  writeFileSync(path, content);
  return path;
}

function problemsOf(action: () => unknown): readonly Problem[] {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** Reads columns a and b as numbers, as a trace reader would. */
function numbers(content: string | Uint8Array): number[][] {
  const csv = new TraceCsv(file(content), ["a", "b"]);
  const rows = Array.from({ length: csv.count }, (_, row) => [csv.number(row, csv.column("a")), csv.number(row, csv.column("b"))]);
  csv.throwFaults();
  return rows;
}

const places = (problems: readonly Problem[]) => problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe("a trace file", () => {
  it("is found by column names, in any order, plain or gzip'ed", () => {
    const text = "b,x,a\n2,-,1\n4,-,3e0\n";
    expect(numbers(text)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(numbers(gzipSync(text))).toEqual(numbers(text));
  });

  it("may come from Windows, with a byte-order mark, quotes, blank lines and no newline at the end", () => {
    expect(numbers('\uFEFF"a","b"\r\n\r\n1,"2"\r\n\r\n 3 , 4')).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("reports every broken field with its line and column", () => {
    const problems = problemsOf(() => numbers("a,b\n1,2\n1,x\n,2\n0x10,inf\n"));
    expect(places(problems)).toEqual([
      '3:3 expected a number, got "x"',
      '4:1 expected a number, got ""',
      '5:1 expected a number, got "0x10"',
      '5:6 expected a number, got "inf"',
    ]);
    expect(problems[0]).toMatchObject({ file: join(folder, "trace.csv"), path: "b" });
  });

  it("keeps its places when quoted fields hold commas and line breaks", () => {
    const problems = problemsOf(() => numbers('a,note,b\n1,"x, y",2\n1,"two\nlines",z\n\nq,,3\n'));
    expect(places(problems)).toEqual(['4:8 expected a number, got "z"', '6:1 expected a number, got "q"']);
  });

  it("reports rows that are too short or too long", () => {
    expect(places(problemsOf(() => numbers("a,b\n1\n1,2,3\n5,6\n")))).toEqual([
      "2:1 the row has 1 fields, expected 2 as in the header",
      "3:1 the row has 3 fields, expected 2 as in the header",
    ]);
  });

  it("stops listing after twenty problems and counts the rest", () => {
    const problems = problemsOf(() => numbers(`a,b\n${"1,x\n".repeat(50)}`));
    expect(problems).toHaveLength(21);
    expect(problems[19]!.line).toBe(21);
    expect(problems[20]!.message).toBe("and 30 more problems");
  });

  it("reports broken quoting", () => {
    const messages = problemsOf(() => numbers('a,b\n1,2\n"1,2\n3,4\n')).map(({ message }) => message);
    expect(messages.some((message) => message.startsWith("broken quoting"))).toBe(true);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["is empty", "", /the file is empty/],
    ["has only blank lines", "\n\n", /the file is empty/],
    ["is an empty gzip file", gzipSync(""), /the file is empty/],
    ["has only a header", "a,b\n", /no rows after the header/],
    ["is cut short", gzipSync("a,b\n1,2\n").subarray(0, 20), /cut short/],
    ["is damaged", damaged(gzipSync("a,b\n1,2\n".repeat(99))), /gzip file is (damaged|cut short)/],
    ["is binary", new Uint8Array([1, 2, 0, 3, 4]), /binary, not text/],
  ])("that %s says so", (_, content, message) => {
    expect(problemsOf(() => numbers(content)).map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
  });

  it("that lacks columns names all of them and those it has", () => {
    const problems = problemsOf(() => numbers("c,d\n1,2\n"));
    expect(problems.map(({ message }) => message)).toEqual(['column "a" is missing', 'column "b" is missing']);
    expect(problems[0]!.hint).toContain('"c", "d"');
  });

  it("that is not there, or is a folder, says so", () => {
    expect(problemsOf(() => new TraceCsv(join(folder, "none.csv"), []))[0]!.message).toBe("there is no such file");
    expect(problemsOf(() => new TraceCsv(folder, []))[0]!.message).toBe("this is a folder, not a file");
  });
});

function damaged(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[12]! ^= 0xff;
  return copy;
}
