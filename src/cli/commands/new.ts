// orrery new: writes the start of something of the user's own.
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Argv } from "yargs";
import { catalogue } from "../../scenario/catalogue.ts";
import { newPlugin, pluginNames } from "../../scenario/plugins/new-plugin.ts";
import { commandLineProblem } from "../terminal.ts";

export const command = "new <what> <name>";
export const describe = "Write the start of a policy of your own: a filter and a weigher that work";

export const builder = (yargs: Argv) =>
  yargs
    .positional("what", { choices: ["policy"] as const, demandOption: true, describe: "What to begin" })
    .positional("name", { type: "string", demandOption: true, describe: "Its name, such as quiet-hosts" })
    .option("out", { type: "string", requiresArg: true, describe: "File to write (default: <name>.ts)" })
    .example("orrery new policy quiet-hosts", "quiet-hosts.ts, to be named in a scenario under study.plugins");

export function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): void {
  const names = pluginNames(argv.name);
  if (names === null) throw commandLineProblem(`"${argv.name}" cannot name a policy`, "letters, digits and dashes, such as quiet-hosts");
  const taken = [...catalogue.filters, ...catalogue.weighers, ...(catalogue.taken ?? [])];
  const clash = [names.filter, names.weigher].find((name) => taken.includes(name));
  if (clash !== undefined) throw commandLineProblem(`${clash} is there already`, "choose another name");
  const file = argv.out ?? names.file;
  if (!/\.m?ts$/.test(file)) throw commandLineProblem(`--out ${file}: expected a file that ends in .ts`, `for example --out ${names.file}`);
  try {
    writeFileSync(file, newPlugin(names, basename(file)), { flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw commandLineProblem(`${file} is there already`, "choose another name, or another file with --out");
    throw commandLineProblem(`${file} cannot be written (${code ?? "unknown reason"})`, "");
  }
  process.stdout.write(
    `${file}: written. It begins with what to write into a scenario, and what ${names.filter} and ${names.weigher} may ask.\n`,
  );
}
