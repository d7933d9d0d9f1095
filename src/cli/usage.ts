// What is wrong with a command line, in one sentence, with the word that was probably meant. yargs finds the fault; these are our words.
import { suggestion } from "../kernel/did-you-mean.ts";

/** `message` as yargs says it, `help` the help text that belongs to it, `commands` the names of all commands, `words` what was typed. */
export function usageProblem(message: string, help: string, commands: readonly string[], words: readonly string[]): string {
  const [first] = words;
  const command = first !== undefined && commands.includes(first) ? first : null;
  const more = `\`orrery ${command === null ? "" : `${command} `}--help\` says more.`;
  return `${inOurWords(message, help, commands, command)}\n${more}`;
}

function inOurWords(message: string, help: string, commands: readonly string[], command: string | null): string {
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/.exec(message)?.[1]?.split(", ")[0];
  if (unknown === undefined) {
    if (message.startsWith("Not enough non-option arguments")) return `orrery ${command}: an argument is missing`;
    return message.replaceAll(/\s*\n\s*/g, " ").trim();
  }
  if (command === null) return `unknown command "${unknown}" (${suggestion(unknown, commands)})`;
  const options = [...new Set(help.match(/--[a-z][a-z-]*/g) ?? [])];
  const written = options.length > 0 ? suggestion(unknown, options) : "";
  return `orrery ${command}: unknown argument or option "${unknown}" (${written})`;
}

/** @throws Error when an option that takes one value is given twice: which one is meant cannot be known */
export function givenOnce(argv: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(argv)) {
    if (Array.isArray(value) && name !== "_" && !REPEATABLE.includes(name)) throw new Error(`--${name} is given ${value.length} times`);
  }
  return true;
}

/** Options that may be given any number of times. */
export const REPEATABLE: readonly string[] = ["set", "data"];
