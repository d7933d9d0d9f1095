// orrery diff: are two runs the same, and if not, where do they part? Both are run again up to the first event that differs.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Argv } from "yargs";
import { z } from "zod";
import { codeVersion } from "../../experiment/code-version.ts";
import { findDivergence, narrow, type Window } from "../../experiment/diverge.ts";
import { metrics } from "../../experiment/metrics.ts";
import type { RunOptions } from "../../experiment/run.ts";
import { InputError } from "../../kernel/problem.ts";
import { figure } from "../../report/figures.ts";
import { MANIFEST, sameFile } from "../../report/result-folder.ts";
import { catalogue } from "../../scenario/catalogue.ts";
import { readScenario } from "../../scenario/parse.ts";
import { exitCodes } from "../exit-codes.ts";
import { hearInterrupts } from "../terminal.ts";
import { policyNamed } from "./run.ts";

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
type Manifest = z.infer<typeof manifestSchema>;
type Summary = z.infer<typeof summarySchema>;

interface StoredRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
}

/** Files that say what went into a run; the others say what came of it. */
const INPUT_FILES = [MANIFEST, "scenario.json"];

export const command = "diff <first> <second>";
export const describe = "Find the first event at which two runs part, and say it in words";

export const builder = (yargs: Argv) =>
  yargs
    .positional("first", { type: "string", demandOption: true, describe: "Folder of a run" })
    .positional("second", { type: "string", demandOption: true, describe: "Folder of another run" })
    .option("data", {
      type: "string",
      array: true,
      requiresArg: true,
      nargs: 1,
      default: [] as string[],
      describe: "A trace that the runs were made from, if they were; may be given twice",
    })
    .example("orrery diff results/a results/b", "the first decision that differs, in words");

export async function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  hearInterrupts();
  const a = readRun(argv.first);
  const b = readRun(argv.second);
  const lines = differencesOfInput(a.manifest, b.manifest);
  const changed = await differingFiles(a.folder, b.folder);
  const same = a.manifest.fingerprint === b.manifest.fingerprint;
  if (same) {
    lines.push(`The runs took the same path: ${a.manifest.events} events, fingerprint ${a.manifest.fingerprint}.`);
    if (changed.length > 0) lines.push(`Yet these files differ: ${changed.join(", ")}.`);
  } else {
    const window = narrow(a.manifest.checkpoints, b.manifest.checkpoints);
    lines.push(...wherePartingIs(a, b, window, argv.data));
  }
  const metricLines = differencesOfMetrics(a.summary, b.summary);
  if (metricLines.length > 0) lines.push("", ...metricLines);
  process.stdout.write(`${lines.join("\n")}\n`);
  if (!same || changed.length > 0) process.exitCode = exitCodes.different.code;
}

function readRun(folder: string): StoredRun {
  if (existsSync(join(folder, "comparison.json"))) {
    throw folderProblem(folder, "is the result of a comparison, and diff takes two runs", "orrery run FILE --out FOLDER makes one");
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

async function differingFiles(a: string, b: string): Promise<string[]> {
  const names = [...new Set([...readdirSync(a), ...readdirSync(b)])].filter((name) => !INPUT_FILES.includes(name)).sort();
  const differing: string[] = [];
  for (const name of names) {
    const both = existsSync(join(a, name)) && existsSync(join(b, name));
    if (!both || !(await sameFile(join(a, name), join(b, name)))) differing.push(name);
  }
  return differing;
}

function differencesOfInput(a: Manifest, b: Manifest): string[] {
  const lines: string[] = [];
  const differ = (what: string, x: unknown, y: unknown) => {
    if (x !== y) lines.push(`${what}: ${x} and ${y}`);
  };
  differ("scenario", a.scenario, b.scenario);
  differ("policy", a.policy, b.policy);
  differ("replication", a.replication, b.replication);
  differ("code", a.sources, b.sources);
  for (const path of new Set([...Object.keys(a.values), ...Object.keys(b.values)])) {
    if (path === "name") continue; // the scenario's, said above
    differ(path, a.values[path] ?? "(not there)", b.values[path] ?? "(not there)");
  }
  const contents = ({ data }: Manifest) => data.map(({ name, sha256 }) => `${name} (content ${sha256.slice(0, 12)})`).join(", ") || "none";
  differ("trace", contents(a), contents(b));
  return lines;
}

function wherePartingIs(a: StoredRun, b: StoredRun, window: Window, data: readonly string[]): string[] {
  const between = Number.isFinite(window.to) ? `events ${window.from + 1} and ${window.to}` : `event ${window.from + 1} and the end`;
  const sources = codeVersion().sources;
  const foreign = [a, b].find((run) => run.manifest.sources !== sources);
  if (foreign !== undefined) {
    return [
      `They part between ${between}. ${foreign.folder} was made by other code (${foreign.manifest.sources}), so this Orrery cannot say more.`,
    ];
  }
  const divergence = findDivergence(again(a, data), again(b, data), window);
  if (divergence === "numbering")
    return ["The same happens in both; their fingerprints differ because their clouds are made up differently."];
  if (divergence === null)
    return [`They part between ${between}, but running them again shows no difference: one of the results has been changed.`];
  const { event, common, first, second } = divergence;
  return [
    common === null ? "They part at the very first event." : `They are the same up to event ${event - 1}, ${common}.`,
    `Then, as event ${event}:`,
    `  ${a.folder}: ${first ?? "the run is over"}`,
    `  ${b.folder}: ${second ?? "the run is over"}`,
  ];
}

/** The run as it was: its scenario is read back from the result. */
function again({ manifest, folder }: StoredRun, data: readonly string[]): RunOptions {
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

function differencesOfMetrics(a: Summary, b: Summary): string[] {
  return metrics.flatMap(({ name, unit }) => {
    const x = a.metrics[name]?.value ?? null;
    const y = b.metrics[name]?.value ?? null;
    if (x === y) return [];
    const [shortX, shortY] = [x, y].map((value) => (value === null ? "no value" : figure(value)));
    return [`${name}: ${shortX === shortY ? `${x} and ${y}` : `${shortX} and ${shortY}`} ${unit}`];
  });
}
