// orrery schedule: asks the scheduler alone; no simulation runs. A file of hosts and requests gives a table of decisions; cases, one a line, give
// one answer a line.
import { readFileSync } from "node:fs";
import type { Argv } from "yargs";
import { InputError } from "../../kernel/problem.ts";
import { decide } from "../../policies/cases/decisions.ts";
import { answerCase, caseKinds, type ScheduleCase } from "../../policies/cases/index.ts";
import { decisionTable } from "../../report/decision-table.ts";
import { json } from "../../report/run-files.ts";
import { caseFaults } from "../../scenario/case-shape.ts";
import { catalogue } from "../../scenario/catalogue.ts";
import { readSchedule } from "../../scenario/schedule-file.ts";

export const command = "schedule [file]";
export const describe = "Ask the scheduler alone: which hosts pass, what they weigh, where servers go";

export const builder = (yargs: Argv) =>
  yargs
    .positional("file", { type: "string", describe: "YAML or JSON file of hosts, flavors and requests" })
    .option("json", { type: "boolean", default: false, describe: "Print the decisions as JSON" })
    .option("cases", { type: "string", describe: `Instead: file with one case a line, as JSON (${caseKinds.join(", ")})` });

export function handler({ file, cases, json: asJson }: Awaited<ReturnType<typeof builder>["argv"]>): void {
  if (file === undefined && cases === undefined) throw usage("a file is missing", "orrery schedule FILE, or orrery schedule --cases FILE");
  if (file !== undefined && cases !== undefined) throw usage("both a file and --cases are given", "ask one thing at a time");
  if (cases !== undefined) answerCases(cases);
  else if (file !== undefined) answerFile(file, asJson);
}

function answerFile(file: string, asJson: boolean): void {
  const question = readSchedule(file, catalogue);
  const decisions = decide(question);
  process.stdout.write(asJson ? json({ policy: question.policy.name, decisions }) : decisionTable(question, decisions));
}

function answerCases(file: string): void {
  const lines = readText(file)
    .replace(/^\uFEFF/, "")
    .split("\n");
  if (lines.every((line) => line.trim() === "")) process.stderr.write(`${file} is empty: there is no case to answer\n`);
  for (const [i, line] of lines.entries()) {
    if (line.trim() !== "") process.stdout.write(`${answerLine(file, i + 1, line)}\n`);
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
  const faults = caseFaults(one);
  if (faults.length > 0) throw new InputError(faults.map((message) => ({ file, line, column: null, path: "", message, hint: "" })));
  try {
    return text({ id: one.id ?? null, expected: answerCase(one) });
  } catch (error) {
    if (error instanceof RangeError) throw problem(file, line, error.message, "");
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

const usage = (message: string, hint: string) =>
  new InputError([{ file: null, line: null, column: null, path: "", message: `orrery schedule: ${message}`, hint }]);

function problem(file: string, line: number | null, message: string, hint: string): InputError {
  return new InputError([{ file, line, column: null, path: "", message, hint }]);
}
