// orrery compare: the policies of a scenario on the same requests, with intervals and verdicts.
import { join } from "node:path";
import type { Argv } from "yargs";
import { codeVersion } from "../../experiment/code-version.ts";
import { compareInSteps } from "../../experiment/compare.ts";
import { comparisonData, comparisonFiles } from "../../report/comparison-files.ts";
import { comparisonTable } from "../../report/comparison-table.ts";
import { checkPlace, writeResult } from "../../report/result-folder.ts";
import { identify, json, scenarioIdentity } from "../../report/run-files.ts";
import { drain, eventListArgument, hearInterrupts, paint, readScenarioFrom, scenarioArguments } from "../terminal.ts";
import { Timing } from "../timing.ts";

export const command = "compare <file>";
export const describe = "Run every policy of a scenario on the same requests and compare them";

export const builder = (yargs: Argv) =>
  eventListArgument(scenarioArguments(yargs))
    .option("out", { type: "string", requiresArg: true, describe: "Folder for the result (default: results/runs/<scenario>/compare-<id>)" })
    .option("json", { type: "boolean", default: false, describe: "Print the comparison as JSON" })
    .option("timing", { type: "string", requiresArg: true, describe: "Write wall-clock and CPU times to this file" })
    .example("orrery compare scenarios/quickstart.yaml", "which policy is better, and by how much");

export async function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  hearInterrupts();
  const scenario = readScenarioFrom({ file: argv.file, set: argv.set, seed: argv.seed });
  const code = codeVersion();
  const folder = argv.out ?? join("results", "runs", scenario.name, `compare-${identify(scenarioIdentity(scenario, code))}`);
  checkPlace(folder);
  const timing = new Timing(argv.timing);
  const comparison = await drain(compareInSteps(scenario, argv.eventList), scenario.name);
  const outcome = await writeResult(folder, comparisonFiles(scenario, comparison, code));
  timing.write(comparison.runs.reduce((sum, run) => sum + run.events, 0));
  if (argv.json) process.stdout.write(json(comparisonData(scenario, comparison)));
  else process.stdout.write(`${comparisonTable(scenario, comparison, paint)}\n${folder}: ${outcome}\n`);
}
