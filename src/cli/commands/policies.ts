// orrery policies: the policies, filters, weighers and options there are; one of them in full.
import type { Argv } from "yargs";
import { suggestion } from "../../kernel/did-you-mean.ts";
import { InputError } from "../../kernel/problem.ts";
import { entryNamed, entryNames, policyEntries } from "../../report/policy-entries.ts";
import { policyInFull, policyTables } from "../../report/policy-tables.ts";
import { json } from "../../report/run-files.ts";

export const command = "policies [name]";
export const describe = "List the policies, filters, weighers and options, or say all about one";

export const builder = (yargs: Argv) =>
  yargs
    .positional("name", { type: "string", describe: "Name of a policy, filter, weigher or option" })
    .option("json", { type: "boolean", default: false, describe: "Print as JSON" });

export function handler({ name, json: asJson }: Awaited<ReturnType<typeof builder>["argv"]>): void {
  if (name === undefined) {
    process.stdout.write(asJson ? json(policyEntries) : policyTables());
    return;
  }
  const entry = entryNamed(name);
  if (entry === undefined) {
    const message = `unknown policy, filter, weigher or option "${name}"`;
    throw new InputError([{ file: null, line: null, column: null, path: "", message, hint: suggestion(name, entryNames) }]);
  }
  process.stdout.write(asJson ? json(entry) : policyInFull(entry));
}
