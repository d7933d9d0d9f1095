// A run that was written to a folder: what made it, and how to make it again from what the folder holds.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { RunOptions } from "../experiment/run.ts";
import { InputError } from "../kernel/problem.ts";
import { MANIFEST } from "../report/result-folder.ts";
import { catalogue } from "../scenario/catalogue.ts";
import { readScenario } from "../scenario/parse.ts";
import { policyNamed } from "./commands/run.ts";

const manifestSchema = z.object({
  sources: z.string(),
  scenario: z.string(),
  policy: z.string(),
  replication: z.int().nonnegative(),
  data: z.array(z.object({ name: z.string(), sha256: z.string() })),
  values: z.record(z.string(), z.string()),
  events: z.int().nonnegative(),
  fingerprint: z.string(),
  checkpoints: z.array(z.object({ events: z.int().positive(), fingerprint: z.string() })),
});
const summarySchema = z.object({ metrics: z.record(z.string(), z.object({ value: z.number().nullable(), unit: z.string() })) });
const scenarioSchema = z.looseObject({ workload: z.looseObject({ trace: z.looseObject({}).optional() }) });
export type Manifest = z.infer<typeof manifestSchema>;
export type Summary = z.infer<typeof summarySchema>;

export interface StoredRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
}

/** The option with which a command is told where the trace of a stored run is now. */
export const dataArgument = {
  type: "string",
  array: true,
  requiresArg: true,
  nargs: 1,
  default: [] as string[],
  describe: "A trace that the runs were made from, if they were; may be given twice",
} as const;

/** @throws InputError when the folder is not the result of a run */
export function readRun(folder: string): StoredRun {
  if (existsSync(join(folder, "comparison.json"))) {
    throw folderProblem(folder, "is the result of a comparison, and not of a run", "orrery run FILE --out FOLDER makes one");
  }
  const manifest = manifestSchema.safeParse(readJson(join(folder, MANIFEST)));
  const summary = summarySchema.safeParse(readJson(join(folder, "summary.json")));
  if (manifest.success && summary.success) return { folder, manifest: manifest.data, summary: summary.data };
  const what = `is not the result of a run: expected a folder with ${MANIFEST} and summary.json as Orrery writes them`;
  throw folderProblem(folder, what, "orrery run FILE --out FOLDER makes one");
}

/** Undefined when there is no such file, or it is not JSON. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function folderProblem(folder: string, message: string, hint: string): InputError {
  return new InputError([{ file: folder, line: null, column: null, path: "", message, hint }]);
}

/** The run as it was: its scenario is read back from the result. */
export function repeatOf({ manifest, folder }: StoredRun, data: readonly string[]): RunOptions {
  const written = scenarioSchema.safeParse(readJson(join(folder, "scenario.json")));
  if (!written.success) throw folderProblem(folder, "has no scenario.json that could be run again", "");
  const { workload } = written.data;
  const [file] = manifest.data;
  if (file !== undefined) {
    workload.trace = { ...workload.trace, path: traceOf(folder, file, data) };
  }
  const temporary = mkdtempSync(join(tmpdir(), "orrery-diff-"));
  try {
    const name = "scenario.json";
    writeFileSync(join(temporary, name), JSON.stringify(written.data));
    const scenario = readScenario(name, { catalogue, cwd: temporary });
    return { scenario, policy: policyNamed(scenario, manifest.policy), replication: manifest.replication };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Path of the trace, among those given or beside the result, that has the content the run was made from. */
function traceOf(folder: string, file: Manifest["data"][number], given: readonly string[]): string {
  const there = [...given, join(folder, file.name)].filter((path) => existsSync(path));
  const found = there.find((path) => createHash("sha256").update(readFileSync(path)).digest("hex") === file.sha256);
  if (found !== undefined) return resolve(found);
  const wrong = there.length === 0 ? "" : `, and ${there.join(", ")} has another content`;
  const what = `needs the trace ${file.name} (content ${file.sha256.slice(0, 12)}) to run again${wrong}`;
  throw folderProblem(folder, what, "give its path with --data PATH");
}
