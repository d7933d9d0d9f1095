// orrery explain: every effective value of a scenario, with its unit, its source, and whether it is only assumed.
import type { Argv } from "yargs";
import { configurationListing, optionsWithoutEffect } from "../../report/configuration-listing.ts";
import { explanation } from "../../report/explanation.ts";
import { remarkListing, remarkValues } from "../../report/remark-listing.ts";
import { json } from "../../report/run-files.ts";
import { readScenarioFrom, scenarioArguments } from "../terminal.ts";

export const command = "explain <file>";
export const describe = "Print every effective value of a scenario, its unit, its source, and what is assumed";

export const builder = (yargs: Argv) =>
  scenarioArguments(yargs)
    .option("assumed", { type: "boolean", default: false, describe: "Only values that are assumed" })
    .option("json", { type: "boolean", default: false, describe: "Print as JSON" });

export function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): void {
  const scenario = readScenarioFrom({ file: argv.file, set: argv.set, seed: argv.seed });
  const values = argv.assumed ? scenario.values.filter((value) => value.evidence === "assumed") : scenario.values;
  const options = argv.assumed ? [] : (scenario.configuration ?? []);
  const remarks = argv.assumed ? [] : (scenario.policyRemarks ?? []);
  if (argv.json) {
    process.stdout.write(json([...values, ...optionsWithoutEffect(options), ...remarkValues(remarks)]));
    return;
  }
  const assumed = scenario.values.filter((value) => value.evidence === "assumed").length;
  const listing = configurationListing(options) + remarkListing(remarks);
  process.stdout.write(`${explanation(values)}\n\n${listing}${scenario.values.length} values, ${assumed} of them assumed.\n`);
}
