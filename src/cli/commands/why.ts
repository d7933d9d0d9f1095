// orrery why: what the scheduler decided for a server and why, told by doing its run again; without a server, where a run's refusals came from.
import { existsSync, statSync } from "node:fs";
import type { Argv } from "yargs";
import { codeVersion } from "../../experiment/code-version.ts";
import { placementOverview } from "../../experiment/placement-overview.ts";
import { type RunOptions, type RunResult, runInSteps } from "../../experiment/run.ts";
import { serverStoryInSteps } from "../../experiment/server-story.ts";
import { InputError } from "../../kernel/problem.ts";
import { json, snakeKeys } from "../../report/run-files.ts";
import { whyRun } from "../../report/why-run.ts";
import { whyServer } from "../../report/why-server.ts";
import { dataArgument, readRun, repeatOf, type StoredRun } from "../stored-run.ts";
import { commandLineProblem, drain, hearInterrupts, readScenarioFrom, scenarioOptions } from "../terminal.ts";
import { policyNamed, runArguments, wholeReplication } from "./run.ts";

export const command = "why <run> [server]";
export const describe = "Explain what the scheduler decided for a server, or where a run's refusals came from";

export const builder = (yargs: Argv) =>
  runArguments(scenarioOptions(yargs))
    .positional("run", { type: "string", demandOption: true, describe: "Folder of a run, or a scenario file to be run now" })
    .positional("server", { type: "string", describe: "Name or number of a server, such as server-12 or 12" })
    .option("data", dataArgument)
    .option("all", { type: "boolean", default: false, describe: "Every host, weigher and flavor, instead of those that decided" })
    .option("json", { type: "boolean", default: false, describe: "Print the same as JSON" })
    .example("orrery why results/runs/spread server-12", "the decision for one server")
    .example("orrery why scenarios/quickstart.yaml", "where NoValidHost came from, and what is stranded");

const SLICES = 100;

export async function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  hearInterrupts();
  const server = argv.server === undefined ? null : serverNumber(argv.server);
  const stored = isFolder(argv.run) ? readRun(argv.run) : null;
  const options = stored === null ? fromScenario(argv) : fromFolder(stored, argv);
  const title = `${options.scenario.name}, ${options.policy.name}`;
  if (server === null) {
    const result = await drain(runInSteps(options, SLICES), title);
    if (stored !== null) checkSame(stored, result);
    const overview = placementOverview(result);
    process.stdout.write(argv.json ? json(snakeKeys(overview)) : whyRun(options.scenario, result, overview, argv));
    return;
  }
  const { result, story } = await drain(serverStoryInSteps(options, server, SLICES), title);
  if (stored !== null) checkSame(stored, result);
  if (story === null) throw notAskedFor(server, result);
  process.stdout.write(argv.json ? json(snakeKeys(story)) : whyServer(story, argv));
}

type Arguments = Awaited<ReturnType<typeof builder>["argv"]>;

const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();

/** `server-12` is number 11, from 0. @throws InputError */
function serverNumber(text: string): number {
  const [, digits] = /^(?:server-)?([1-9]\d{0,8})$/.exec(text) ?? [];
  if (digits === undefined) throw commandLineProblem(`server "${text}": expected the name of a server`, "such as server-12, or 12");
  return Number(digits) - 1;
}

function fromScenario({ run: file, set, seed, policy, replication, data }: Arguments): RunOptions {
  if (data.length > 0) throw commandLineProblem("--data is for the folder of a run", "a scenario names its trace itself, or with --set");
  const scenario = readScenarioFrom({ file, set, seed });
  return { scenario, policy: policyNamed(scenario, policy), replication: wholeReplication(replication ?? 0) };
}

function fromFolder(stored: StoredRun, { run, set, seed, policy, replication, data }: Arguments): RunOptions {
  const given = { set: set.length > 0, seed: seed !== undefined, policy: policy !== undefined, replication: replication !== undefined };
  const [wrong] = Object.entries(given).flatMap(([name, is]) => (is ? [name] : []));
  if (wrong !== undefined) {
    throw commandLineProblem(`--${wrong} is for a scenario file, and ${run} is the folder of a run`, "give the scenario file instead");
  }
  return repeatOf(stored, data);
}

/** @throws InputError when the run that was made again is not the one in the folder */
function checkSame({ folder, manifest }: StoredRun, { fingerprint, events }: RunResult): void {
  if (fingerprint === manifest.fingerprint && events === manifest.events) return;
  const made = manifest.sources === codeVersion().sources ? "the result has been changed" : "it was made by other code";
  const message = `running it again gives fingerprint ${fingerprint} and not ${manifest.fingerprint}: ${made} (${manifest.sources})`;
  throw new InputError([{ file: folder, line: null, column: null, path: "", message, hint: "make it again with orrery run" }]);
}

function notAskedFor(server: number, { built }: RunResult): InputError {
  const { servers } = built.cloud;
  let asked = 0;
  while (asked < servers.count && servers.requestedAt[asked]! >= 0) asked++;
  const hint = asked === 0 ? "it asks for no server" : `its servers are server-1 to server-${asked}`;
  return commandLineProblem(`${servers.nameOf(server)}: the run asks for no such server`, hint);
}
