// The run that a command is about: the one in a folder, made again from what the folder holds, or a scenario that is run now.
import { existsSync, statSync } from "node:fs";
import { codeVersion } from "../experiment/code-version.ts";
import type { RunOptions, RunResult } from "../experiment/run.ts";
import { InputError } from "../kernel/problem.ts";
import { policyNamed, wholeReplication } from "./commands/run.ts";
import { readRun, repeatOf, type StoredRun } from "./stored-run.ts";
import { commandLineProblem, readScenarioFrom } from "./terminal.ts";

export interface RunArguments {
  readonly run: string;
  readonly set: readonly string[];
  readonly seed: string | undefined;
  readonly policy: string | undefined;
  readonly replication: number | undefined;
  readonly data: readonly string[];
}

/** `stored` is null for a scenario file. @throws InputError */
export function runToRepeat(argv: RunArguments): { readonly options: RunOptions; readonly stored: StoredRun | null } {
  const stored = existsSync(argv.run) && statSync(argv.run).isDirectory() ? readRun(argv.run) : null;
  return { stored, options: stored === null ? fromScenario(argv) : fromFolder(stored, argv) };
}

function fromScenario({ run: file, set, seed, policy, replication, data }: RunArguments): RunOptions {
  if (data.length > 0) throw commandLineProblem("--data is for the folder of a run", "a scenario names its trace itself, or with --set");
  const scenario = readScenarioFrom({ file, set: [...set], seed });
  return { scenario, policy: policyNamed(scenario, policy), replication: wholeReplication(replication ?? 0) };
}

function fromFolder(stored: StoredRun, { run, set, seed, policy, replication, data }: RunArguments): RunOptions {
  const given = { set: set.length > 0, seed: seed !== undefined, policy: policy !== undefined, replication: replication !== undefined };
  const [wrong] = Object.entries(given).flatMap(([name, is]) => (is ? [name] : []));
  if (wrong !== undefined) {
    throw commandLineProblem(`--${wrong} is for a scenario file, and ${run} is the folder of a run`, "give the scenario file instead");
  }
  return repeatOf(stored, data);
}

/** @throws InputError when the run that was made again is not the one in the folder */
export function checkSame({ folder, manifest }: StoredRun, { fingerprint, events }: RunResult): void {
  if (fingerprint === manifest.fingerprint && events === manifest.events) return;
  const made = manifest.sources === codeVersion().sources ? "the result has been changed" : "it was made by other code";
  const message = `running it again gives fingerprint ${fingerprint} and not ${manifest.fingerprint}: ${made} (${manifest.sources})`;
  throw new InputError([{ file: folder, line: null, column: null, path: "", message, hint: "make it again with orrery run" }]);
}

/** `server-12` is number 11, from 0. @throws InputError */
export function serverNumber(text: string): number {
  const [, digits] = /^(?:server-)?([1-9]\d{0,8})$/.exec(text) ?? [];
  if (digits === undefined) throw commandLineProblem(`server "${text}": expected the name of a server`, "such as server-12, or 12");
  return Number(digits) - 1;
}

export function notAskedFor(server: number, { built }: RunResult): InputError {
  const { servers } = built.cloud;
  let asked = 0;
  while (asked < servers.count && servers.requestedAt[asked]! >= 0) asked++;
  const hint = asked === 0 ? "it asks for no server" : `its servers are server-1 to server-${asked}`;
  return commandLineProblem(`${servers.nameOf(server)}: the run asks for no such server`, hint);
}
