// orrery diff: are two runs the same, and if not, where do they part? Both are run again up to the first event that differs.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Argv } from "yargs";
import { codeVersion } from "../../experiment/code-version.ts";
import { findDivergence, type KnownCheckpoint, narrow } from "../../experiment/diverge.ts";
import { metrics } from "../../experiment/metrics.ts";
import type { RunOptions } from "../../experiment/run.ts";
import { InputError } from "../../kernel/problem.ts";
import { catalogue } from "../../scenario/catalogue.ts";
import { readScenario } from "../../scenario/parse.ts";
import { exitCodes } from "../exit-codes.ts";
import { policyNamed } from "./run.ts";

interface Manifest {
  readonly sources: string;
  readonly scenario: string;
  readonly policy: string;
  readonly seed: string;
  readonly replication: number;
  readonly data: readonly { readonly name: string; readonly sha256: string }[];
  readonly values: Readonly<Record<string, string>>;
  readonly events: number;
  readonly fingerprint: string;
  readonly checkpoints: readonly KnownCheckpoint[];
}

interface Summary {
  readonly metrics: Readonly<Record<string, { readonly value: number | null; readonly unit: string }>>;
}

interface StoredRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
}

export const command = "diff <first> <second>";
export const describe = "Find the first event at which two runs part, and say it in words";

export const builder = (yargs: Argv) =>
  yargs
    .positional("first", { type: "string", demandOption: true, describe: "Folder of a run" })
    .positional("second", { type: "string", demandOption: true, describe: "Folder of another run" })
    .option("data", { type: "string", requiresArg: true, describe: "The trace that the runs were made from, if they were" });

export function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): void {
  const a = readRun(argv.first);
  const b = readRun(argv.second);
  const lines = differencesOfInput(a.manifest, b.manifest);
  if (a.manifest.fingerprint === b.manifest.fingerprint) {
    lines.push(`The runs took the same path: ${a.manifest.events} events, fingerprint ${a.manifest.fingerprint}.`);
    process.stdout.write(`${lines.join("\n")}\n`);
    return;
  }
  const window = narrow(a.manifest.checkpoints, b.manifest.checkpoints);
  lines.push(...wherePartingIs(a, b, window, argv.data), "", ...differencesOfMetrics(a.summary, b.summary));
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = exitCodes.different.code;
}

function readRun(folder: string): StoredRun {
  try {
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
    const run = { folder, manifest: read("manifest.json") as Manifest, summary: read("summary.json") as Summary };
    if (!Array.isArray(run.manifest.checkpoints) || run.summary.metrics === undefined) throw new Error("no checkpoints");
    return run;
  } catch {
    const message = "is not the result of a run: expected a folder with manifest.json and summary.json";
    throw new InputError([{ file: folder, line: null, column: null, path: "", message, hint: "orrery run FILE --out FOLDER makes one" }]);
  }
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
    differ(path, a.values[path] ?? "(not there)", b.values[path] ?? "(not there)");
  }
  for (const [i, file] of a.data.entries()) differ(`content of ${file.name}`, file.sha256.slice(0, 12), b.data[i]?.sha256.slice(0, 12));
  return lines;
}

function wherePartingIs(a: StoredRun, b: StoredRun, window: { from: number; to: number }, data: string | undefined): string[] {
  const between = Number.isFinite(window.to) ? `events ${window.from + 1} and ${window.to}` : `event ${window.from} and the end`;
  const sources = codeVersion().sources;
  const foreign = [a, b].find((run) => run.manifest.sources !== sources);
  if (foreign !== undefined) {
    return [
      `They part between ${between}. ${foreign.folder} was made by other code (${foreign.manifest.sources}), so this Orrery cannot say more.`,
    ];
  }
  const divergence = findDivergence(again(a, data), again(b, data), window);
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
function again(run: StoredRun, data: string | undefined): RunOptions {
  const { manifest, folder } = run;
  const temporary = mkdtempSync(join(tmpdir(), "orrery-diff-"));
  try {
    const written = JSON.parse(readFileSync(join(folder, "scenario.json"), "utf8"));
    const [file] = manifest.data;
    if (file !== undefined) {
      const path = resolve(data ?? join(folder, file.name));
      written.workload.trace.path = path;
      checkData(folder, path, file);
    }
    const copy = join(temporary, "scenario.json");
    writeFileSync(copy, JSON.stringify(written));
    const scenario = readScenario(copy, { catalogue });
    return { scenario, policy: policyNamed(scenario, manifest.policy), replication: manifest.replication };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function checkData(folder: string, path: string, file: Manifest["data"][number]): void {
  let found: string | null = null;
  try {
    found = createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    // said below
  }
  if (found === file.sha256) return;
  const message =
    found === null ? `needs the trace ${file.name} to run again` : `was made from another ${file.name} than ${path} (by its content)`;
  throw new InputError([{ file: folder, line: null, column: null, path: "", message, hint: "give its path with --data PATH" }]);
}

function differencesOfMetrics(a: Summary, b: Summary): string[] {
  return metrics.flatMap(({ name, unit }) => {
    const x = a.metrics[name]?.value ?? null;
    const y = b.metrics[name]?.value ?? null;
    return x === y ? [] : [`${name}: ${x} and ${y} ${unit}`];
  });
}
