// orrery interactions: who called whom in a run, how often, how long it took, and what it meant.
import type { Argv } from "yargs";
import { runInSteps } from "../../experiment/run.ts";
import { interactionsOf, interactionsText } from "../../report/interactions.ts";
import { json, snakeKeys } from "../../report/run-files.ts";
import { checkSame, runToRepeat } from "../repeated.ts";
import { dataArgument } from "../stored-run.ts";
import { commandLineProblem, drain, hearInterrupts, scenarioOptions } from "../terminal.ts";
import { runArguments } from "./run.ts";

export const command = "interactions <run>";
export const describe = "Print who called whom in a run, with counts, times and meaning";

export const builder = (yargs: Argv) =>
  runArguments(scenarioOptions(yargs))
    .positional("run", { type: "string", demandOption: true, describe: "Folder of a run, or a scenario file to be run now" })
    .option("data", dataArgument)
    .option("json", { type: "boolean", default: false, describe: "Print the same as JSON" })
    .example("orrery interactions scenarios/quickstart.yaml", "the matrix of calls between services");

const SLICES = 100;

export async function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  hearInterrupts();
  const { options, stored } = runToRepeat(argv);
  const title = `${options.scenario.name}, ${options.policy.name}`;
  const result = await drain(runInSteps(options, SLICES), title);
  if (stored !== null) checkSame(stored, result);
  const { engine } = result.built;
  if (engine === null) throw commandLineProblem(`${argv.run}: an instant control plane makes no calls`, "control_plane: modelled");
  const found = interactionsOf(engine.calls);
  const head = `${options.scenario.name}, policy ${options.policy.name}, replication ${options.replication}, fingerprint ${result.fingerprint}`;
  process.stdout.write(argv.json ? json(snakeKeys(found)) : interactionsText(head, found));
}
