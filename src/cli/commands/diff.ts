// orrery diff: are two runs the same, and if not, where do they part? Both are run again up to the first event that differs.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Argv } from "yargs";
import { codeVersion } from "../../experiment/code-version.ts";
import { findDivergence, narrow, type Window } from "../../experiment/diverge.ts";
import { metrics } from "../../experiment/metrics.ts";
import { operationsMetrics } from "../../experiment/operations-metrics.ts";
import { figure } from "../../report/figures.ts";
import { MANIFEST, sameFile } from "../../report/result-folder.ts";
import { exitCodes } from "../exit-codes.ts";
import { dataArgument, type Manifest, readRun, repeatOf, type StoredRun, type Summary } from "../stored-run.ts";
import { hearInterrupts } from "../terminal.ts";

/** Files that say what went into a run; the others say what came of it. */
const INPUT_FILES = [MANIFEST, "scenario.json"];

export const command = "diff <first> <second>";
export const describe = "Find the first event at which two runs part, and say it in words";

export const builder = (yargs: Argv) =>
  yargs
    .positional("first", { type: "string", demandOption: true, describe: "Folder of a run" })
    .positional("second", { type: "string", demandOption: true, describe: "Folder of another run" })
    .option("data", dataArgument)
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
  const divergence = findDivergence(repeatOf(a, data), repeatOf(b, data), window);
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

function differencesOfMetrics(a: Summary, b: Summary): string[] {
  return [...metrics, ...operationsMetrics].flatMap(({ name, unit }) => {
    const x = a.metrics[name]?.value ?? null;
    const y = b.metrics[name]?.value ?? null;
    if (x === y) return [];
    const [shortX, shortY] = [x, y].map((value) => (value === null ? "no value" : figure(value)));
    return [`${name}: ${shortX === shortY ? `${x} and ${y}` : `${shortX} and ${shortY}`} ${unit}`];
  });
}
