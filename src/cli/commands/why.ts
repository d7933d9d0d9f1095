// orrery why: what the scheduler decided for a server and why, told by doing its run again; without a server, where a run's refusals came from.
import type { Argv } from "yargs";
import { placementOverview } from "../../experiment/placement-overview.ts";
import { runInSteps } from "../../experiment/run.ts";
import { serverStoryInSteps } from "../../experiment/server-story.ts";
import { json, snakeKeys } from "../../report/run-files.ts";
import { whyRun } from "../../report/why-run.ts";
import { whyServer } from "../../report/why-server.ts";
import { checkSame, notAskedFor, runToRepeat, serverNumber } from "../repeated.ts";
import { dataArgument } from "../stored-run.ts";
import { drain, hearInterrupts, scenarioOptions } from "../terminal.ts";
import { runArguments } from "./run.ts";

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
  const { options, stored } = runToRepeat(argv);
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
