#!/usr/bin/env node
// The command line. One file a command; what they share is in terminal.ts.
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { InputError } from "../kernel/problem.ts";
import { UnusablePlace } from "../report/result-folder.ts";
import * as compare from "./commands/compare.ts";
import * as diff from "./commands/diff.ts";
import * as explain from "./commands/explain.ts";
import * as interactions from "./commands/interactions.ts";
import * as meters from "./commands/meters.ts";
import * as newStart from "./commands/new.ts";
import * as policies from "./commands/policies.ts";
import * as run from "./commands/run.ts";
import * as schedule from "./commands/schedule.ts";
import * as schema from "./commands/schema.ts";
import * as sequence from "./commands/sequence.ts";
import * as validate from "./commands/validate.ts";
import * as why from "./commands/why.ts";
import { exitCodes } from "./exit-codes.ts";
import { givenOnce, usageProblem } from "./usage.ts";

const commands = [run, compare, validate, explain, schema, diff, why, interactions, sequence, policies, meters, schedule, newStart].map(
  ({ command }) => command.split(" ")[0]!,
);

function end(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** What a command throws is either about what it was given or a bug. */
function endWith(error: unknown): never {
  if (error instanceof InputError || error instanceof UnusablePlace) end(exitCodes.badInput.code, error.message);
  end(exitCodes.bug.code, error instanceof Error ? (error.stack ?? error.message) : String(error));
}

// A reader that closes its end early (`orrery explain … | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? exitCodes.done.code);
  throw error;
});

const exits = Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`);
const words = hideBin(process.argv);

try {
  await yargs(words)
    .scriptName("orrery")
    .locale("en")
    .usage("$0 <command>\n\nA clockwork model of an OpenStack cloud: the same scenario and seed give the same bytes, every time.")
    .command(run)
    .command(compare)
    .command(validate)
    .command(explain)
    .command(schema)
    .command(diff)
    .command(why)
    .command(interactions)
    .command(sequence)
    .command(policies)
    .command(meters)
    .command(schedule)
    .command(newStart)
    .demandCommand(1, `A command is missing: ${commands.join(", ")}.`)
    .strict()
    .check(givenOnce)
    .wrap(Math.min(120, process.stdout.columns ?? 120))
    .epilogue(`Exit codes:\n${exits.join("\n")}`)
    .fail((message, error, parser) => {
      if (message === null || message === undefined) endWith(error);
      let help = "";
      parser.showHelp((text: string) => {
        help = text;
      });
      end(exitCodes.badInput.code, usageProblem(message, help, commands, words));
    })
    .parseAsync();
} catch (error) {
  endWith(error);
}
