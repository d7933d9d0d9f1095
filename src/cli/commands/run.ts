// orrery run: one scenario, one policy, one replication; every result file.
import { join } from "node:path";
import type { Argv } from "yargs";
import { codeVersion } from "../../experiment/code-version.ts";
import { runInSteps } from "../../experiment/run.ts";
import { suggestion } from "../../kernel/did-you-mean.ts";
import { checkPlace, writeResult } from "../../report/result-folder.ts";
import { identify, runFiles, scenarioIdentity } from "../../report/run-files.ts";
import { runTable } from "../../report/run-table.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { commandLineProblem, drain, eventListArgument, hearInterrupts, readScenarioFrom, scenarioArguments } from "../terminal.ts";
import { Timing } from "../timing.ts";

export const command = "run <file>";
export const describe = "Run a scenario once and write every result file";

export const builder = (yargs: Argv) =>
  eventListArgument(scenarioArguments(yargs))
    .option("policy", { type: "string", requiresArg: true, describe: "Policy of the scenario to run under (default: its first)" })
    .option("replication", { type: "number", requiresArg: true, default: 0, describe: "Number of the replication, from 0" })
    .option("out", { type: "string", requiresArg: true, describe: "Folder for the result (default: results/runs/<scenario>/<id>)" })
    .option("json", { type: "boolean", default: false, describe: "Print the summary as JSON" })
    .option("timing", { type: "string", requiresArg: true, describe: "Write wall-clock and CPU times to this file" })
    .example("orrery run scenarios/quickstart.yaml --policy nova-pack", "one run under one policy");

export async function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  hearInterrupts();
  const scenario = readScenarioFrom({ file: argv.file, set: argv.set, seed: argv.seed });
  const policy = policyNamed(scenario, argv.policy);
  if (!(Number.isInteger(argv.replication) && argv.replication >= 0 && argv.replication < 2 ** 31)) {
    throw commandLineProblem(`--replication ${argv.replication}: expected a whole number from 0`, "");
  }
  const code = codeVersion();
  const id = identify(scenarioIdentity(scenario, code), policy.name, argv.replication);
  const folder = argv.out ?? join("results", "runs", scenario.name, id);
  checkPlace(folder);
  const timing = new Timing(argv.timing);
  const steps = runInSteps({ scenario, policy, replication: argv.replication, eventList: argv.eventList }, 100);
  const result = await drain(steps, `${scenario.name}, ${policy.name}`);
  const files = runFiles(scenario, result, code);
  const outcome = await writeResult(folder, files);
  timing.write(result.events);
  if (argv.json) process.stdout.write([...files.find((file) => file.name === "summary.json")!.text].join(""));
  else process.stdout.write(`${runTable(scenario, result)}\n${folder}: ${outcome}\n`);
}

export function policyNamed(scenario: Scenario, name: string | undefined) {
  const { policies } = scenario.study;
  const names = policies.map((policy) => policy.name);
  if (name === undefined) return policies[0]!;
  const found = policies.find((policy) => policy.name === name);
  if (found !== undefined) return found;
  throw commandLineProblem(`--policy ${name}: the scenario has no such policy`, suggestion(name, names));
}
