// orrery schedule: asks the scheduler alone. One case a line in, one answer a line out; no simulation runs.
import { readFileSync } from "node:fs";
import type { Argv } from "yargs";
import { InputError } from "../../kernel/problem.ts";
import { answerCase, type ScheduleCase } from "../../policies/cases/index.ts";

export const command = "schedule";
export const describe = "Answer scheduling cases: which hosts pass, what they weigh, where servers go";

export const builder = (yargs: Argv) =>
  yargs.option("cases", {
    type: "string",
    demandOption: true,
    describe: "File with one case a line, as JSON (single, sequence, alternates, placement)",
  });

export function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): void {
  const lines = readText(argv.cases).split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.trim() !== "") process.stdout.write(`${answerLine(argv.cases, i + 1, line)}\n`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw problem(file, null, `cannot be read: ${(error as Error).message}`, "");
  }
}

function answerLine(file: string, line: number, written: string): string {
  const one = parse(file, line, written);
  try {
    return text({ id: one.id ?? null, expected: answerCase(one) });
  } catch (error) {
    // A case that is not what its kind must be is the user's; nothing else can throw these here.
    if (error instanceof RangeError) throw problem(file, line, error.message, "");
    if (error instanceof TypeError)
      throw problem(file, line, `the case is not complete: ${error.message}`, "compare it with one that works");
    throw error;
  }
}

/** JSON in which the negative zero that a multiplier of 0 may become stays one: answers are held against others bit by bit. */
function text(answer: object): string {
  const marked = JSON.stringify(answer, (_key, value: unknown) => (Object.is(value, -0) ? "\0-0.0" : value));
  return marked.replaceAll('"\\u0000-0.0"', "-0.0");
}

function parse(file: string, line: number, text: string): ScheduleCase {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw problem(file, line, `no JSON: ${(error as Error).message}`, "one case a line");
  }
  if (typeof read === "object" && read !== null && typeof (read as ScheduleCase).kind === "string") return read as ScheduleCase;
  throw problem(file, line, 'a case is an object with "kind"', 'such as {"id": "1", "kind": "single", ...}');
}

function problem(file: string, line: number | null, message: string, hint: string): InputError {
  return new InputError([{ file, line, column: null, path: "", message, hint }]);
}
