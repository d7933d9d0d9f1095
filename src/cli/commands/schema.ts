// orrery schema: the JSON Schema of scenario files, for editors.
import type { Argv } from "yargs";
import { json } from "../../report/run-files.ts";
import { catalogue } from "../../scenario/catalogue.ts";
import { scenarioJsonSchema } from "../../scenario/json-schema.ts";

export const command = "schema";
export const describe = "Print the JSON Schema of scenario files, for editors";

export const builder = (yargs: Argv) => yargs;

export function handler(): void {
  process.stdout.write(json(scenarioJsonSchema(catalogue)));
}
