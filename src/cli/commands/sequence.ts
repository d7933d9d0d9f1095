// orrery sequence: the calls that were made for one server, as a sequence diagram.
import type { Argv } from "yargs";
import { recordCallsInSteps } from "../../experiment/call-record.ts";
import { json, snakeKeys } from "../../report/run-files.ts";
import { sequenceMermaid, sequenceOf } from "../../report/sequence.ts";
import { sequenceSvg } from "../../report/sequence-svg.ts";
import { checkSame, notAskedFor, runToRepeat, serverNumber } from "../repeated.ts";
import { dataArgument } from "../stored-run.ts";
import { commandLineProblem, drain, hearInterrupts, scenarioOptions } from "../terminal.ts";
import { runArguments } from "./run.ts";

export const command = "sequence <run> <server>";
export const describe = "Draw the calls that were made for one server as a sequence diagram";

export const builder = (yargs: Argv) =>
  runArguments(scenarioOptions(yargs))
    .positional("run", { type: "string", demandOption: true, describe: "Folder of a run, or a scenario file to be run now" })
    .positional("server", { type: "string", demandOption: true, describe: "Name or number of a server, such as server-12 or 12" })
    .option("data", dataArgument)
    .option("format", {
      choices: ["mermaid", "svg", "json"] as const,
      default: "mermaid" as "mermaid" | "svg" | "json",
      describe: "What to print",
    })
    .option("parts", {
      type: "boolean",
      default: false,
      describe: "Draw the parts of each service, such as Nova's API, queue, database and conductor",
    })
    .example("orrery sequence scenarios/quickstart.yaml server-1", "a launch, service by service")
    .example("orrery sequence scenarios/quickstart.yaml server-1 --parts --format svg > launch.svg", "the same with Nova's inner parts");

const SLICES = 100;

export async function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  hearInterrupts();
  const server = serverNumber(argv.server);
  const { options, stored } = runToRepeat(argv);
  const title = `${options.scenario.name}, ${options.policy.name}`;
  const { result, calls } = await drain(recordCallsInSteps(options, server, SLICES), title);
  if (stored !== null) checkSame(stored, result);
  if (result.built.engine === null)
    throw commandLineProblem(`${argv.run}: an instant control plane makes no calls`, "control_plane: modelled");
  if (calls === null) throw notAskedFor(server, result);
  const drawn = sequenceOf(`${result.built.cloud.servers.nameOf(server)} of ${options.scenario.name}`, calls, argv.parts);
  const text = { mermaid: sequenceMermaid, svg: sequenceSvg, json: (sequence: typeof drawn) => json(snakeKeys(sequence)) }[argv.format](
    drawn,
  );
  process.stdout.write(text);
}
