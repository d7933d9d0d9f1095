// orrery run: one scenario, one policy, one replication; every result file.
import { join } from "node:path";
import type { Argv } from "yargs";
import { type CodeVersion, codeVersion } from "../../experiment/code-version.ts";
import { type RunOptions, type RunResult, runInSteps } from "../../experiment/run.ts";
import { suggestion } from "../../kernel/did-you-mean.ts";
import { DECISION_FILE, DecisionLines } from "../../report/decision-lines.ts";
import { checkPlace, type WriteOutcome, writeResult } from "../../report/result-folder.ts";
import { identify, type ResultFile, runFiles, scenarioIdentity } from "../../report/run-files.ts";
import { runTable } from "../../report/run-table.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import {
  commandLineProblem,
  drain,
  eventListArgument,
  hearInterrupts,
  Progress,
  readScenarioFrom,
  scenarioArguments,
} from "../terminal.ts";
import { Timing } from "../timing.ts";

export const command = "run <file>";
export const describe = "Run a scenario once and write every result file";

export const builder = (yargs: Argv) =>
  runArguments(eventListArgument(scenarioArguments(yargs)))
    .option("out", { type: "string", requiresArg: true, describe: "Folder for the result (default: results/runs/<scenario>/<id>)" })
    .option("decisions", {
      choices: ["summary", "full"] as const,
      default: "summary" as "summary" | "full",
      describe: `With full, also writes ${DECISION_FILE}: each decision with every host and weigher (large)`,
    })
    .option("check", {
      type: "boolean",
      default: false,
      describe:
        "Check as the run goes what must always hold (claims, energy, flows, CPU shares, Little's law); stops at the first violation",
    })
    .option("json", { type: "boolean", default: false, describe: "Print the summary as JSON" })
    .option("timing", { type: "string", requiresArg: true, describe: "Write wall-clock and CPU times to this file" })
    .example("orrery run scenarios/quickstart.yaml --policy nova-pack", "one run under one policy");

export function runArguments<T>(yargs: Argv<T>) {
  return yargs
    .option("policy", { type: "string", requiresArg: true, describe: "Policy of the scenario to run under (default: its first)" })
    .option("replication", { type: "number", requiresArg: true, describe: "Number of the replication, from 0 (default: 0)" });
}

/** @throws InputError */
export function wholeReplication(replication: number): number {
  if (Number.isInteger(replication) && replication >= 0 && replication < 2 ** 31) return replication;
  throw commandLineProblem(`--replication ${replication}: expected a whole number from 0`, "");
}

export async function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  hearInterrupts();
  const scenario = readScenarioFrom({ file: argv.file, set: argv.set, seed: argv.seed });
  const policy = policyNamed(scenario, argv.policy);
  const replication = wholeReplication(argv.replication ?? 0);
  const code = codeVersion();
  const id = identify(scenarioIdentity(scenario, code), policy.name, replication);
  const folder = argv.out ?? join("results", "runs", scenario.name, id);
  checkPlace(folder);
  const timing = new Timing(argv.timing);
  const options = { scenario, policy, replication, eventList: argv.eventList, check: argv.check };
  const title = `${scenario.name}, ${policy.name}`;
  const { result, files, outcome } = await (argv.decisions === "full" ? writeWhileRunning : runAndWrite)(options, folder, code, title);
  timing.write(result.events);
  if (argv.json) process.stdout.write([...files.find((file) => file.name === "summary.json")!.text].join(""));
  else process.stdout.write(`${runTable(scenario, result)}\n${folder}: ${outcome}\n`);
}

const SLICES = 100;

interface Written {
  readonly result: RunResult;
  readonly files: readonly ResultFile[];
  readonly outcome: WriteOutcome;
}

async function runAndWrite(options: RunOptions, folder: string, code: CodeVersion, title: string): Promise<Written> {
  const result = await drain(runInSteps(options, SLICES), title);
  const files = runFiles(options.scenario, result, code);
  return { result, files, outcome: await writeResult(folder, files) };
}

/** The decisions are written while they are made; the files that tell of the whole run follow. */
async function writeWhileRunning(options: RunOptions, folder: string, code: CodeVersion, title: string): Promise<Written> {
  const lines = new DecisionLines();
  const progress = new Progress(title);
  let result: RunResult | null = null;
  let files: readonly ResultFile[] = [];
  const decisions = function* (): Generator<string> {
    const steps = runInSteps({ ...options, prepare: lines.prepare, paused: lines.paused }, SLICES);
    for (;;) {
      const step = steps.next();
      if (step.done) {
        result = step.value;
        return;
      }
      progress.show(step.value);
      yield lines.take();
    }
  };
  const written: ResultFile = { name: DECISION_FILE, text: decisions() };
  const all = function* (): Generator<ResultFile> {
    yield written;
    files = runFiles(options.scenario, result!, code, [written]);
    for (const file of files) if (file !== written) yield file;
  };
  try {
    const outcome = await writeResult(folder, all());
    return { result: result!, files, outcome };
  } finally {
    progress.end();
  }
}

export function policyNamed(scenario: Scenario, name: string | undefined) {
  const { policies } = scenario.study;
  const names = policies.map((policy) => policy.name);
  if (name === undefined) return policies[0]!;
  const found = policies.find((policy) => policy.name === name);
  if (found !== undefined) return found;
  throw commandLineProblem(`--policy ${name}: the scenario has no such policy`, suggestion(name, names));
}
