// orrery schema: the JSON Schema of scenario files, for editors.
import type { Argv } from "yargs";
import { json } from "../../report/run-files.ts";
import { catalogue } from "../../scenario/catalogue.ts";
import { scenarioJsonSchema } from "../../scenario/json-schema.ts";
import { withOwnPolicies } from "../../scenario/plugins/own-policies.ts";
import { readScenarioFrom } from "../terminal.ts";

export const command = "schema [file]";
export const describe = "Print the JSON Schema of scenario files, for editors";

export const builder = (yargs: Argv) =>
  yargs.positional("file", { type: "string", describe: "Scenario whose own filters and weighers the schema knows, too" });

export function handler({ file }: Awaited<ReturnType<typeof builder>["argv"]>): void {
  const own = file === undefined ? undefined : readScenarioFrom({ file, set: [], seed: undefined }).own;
  process.stdout.write(json(scenarioJsonSchema(own === undefined ? catalogue : withOwnPolicies(catalogue, own))));
}
