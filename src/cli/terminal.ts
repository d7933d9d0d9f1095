// What the commands share at the terminal: reading the scenario they are given, showing progress, hearing Ctrl-C between two slices of work.
import { setImmediate } from "node:timers/promises";
import { Presets, SingleBar } from "cli-progress";
import picocolors from "picocolors";
import type { Argv } from "yargs";
import type { EventListName } from "../kernel/event-list/event-list.ts";
import { InputError } from "../kernel/problem.ts";
import { catalogue } from "../scenario/catalogue.ts";
import { readScenario } from "../scenario/parse.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { exitCodes } from "./exit-codes.ts";

export interface ScenarioArguments {
  readonly file: string;
  readonly set: readonly string[];
  readonly seed: string | undefined;
}

export function scenarioArguments<T>(yargs: Argv<T>) {
  return scenarioOptions(yargs).positional("file", { type: "string", demandOption: true, describe: "Scenario file (YAML)" });
}

export function scenarioOptions<T>(yargs: Argv<T>) {
  return yargs
    .option("set", {
      type: "string",
      array: true,
      requiresArg: true,
      nargs: 1,
      default: [] as string[],
      describe: "Override a parameter of the scenario: name=value",
    })
    .option("seed", { type: "string", requiresArg: true, describe: "Seed instead of the scenario's" });
}

export function eventListArgument<T>(yargs: Argv<T>) {
  return yargs.option("event-list", {
    choices: ["wheel", "heap", "reference"] as const satisfies readonly EventListName[],
    default: "wheel" as EventListName,
    describe: "Event list of the kernel; results do not depend on it",
  });
}

export function commandLineProblem(message: string, hint: string): InputError {
  return new InputError([{ file: null, line: null, column: null, path: "", message, hint }]);
}

/** @throws InputError */
export function readScenarioFrom({ file, set, seed }: ScenarioArguments): Scenario {
  const parameters = new Map<string, string>();
  for (const assignment of set) {
    const at = assignment.indexOf("=");
    if (at < 1) {
      throw commandLineProblem(`--set ${assignment}: expected name=value`, "for example --set scale=2");
    }
    parameters.set(assignment.slice(0, at), assignment.slice(at + 1));
  }
  const scenario = readScenario(file, { catalogue, parameters });
  if (seed === undefined) return scenario;
  if (seed.trim() === "") throw commandLineProblem("--seed: expected a text or a number", "for example --seed 2");
  const given = { value: seed, source: "--seed", evidence: "scenario" } as const;
  const values = scenario.values.map((value) => (value.path === "study.seed" ? { ...value, ...given } : value));
  const written = { ...scenario.written, study: { ...(scenario.written.study as Record<string, unknown>), seed } };
  return { ...scenario, study: { ...scenario.study, seed }, values, written };
}

/** Drains a generator of shares, letting the process breathe between two of them; a bar on a terminal, nothing in a pipe. */
export async function drain<T>(steps: Generator<number, T>, title: string): Promise<T> {
  const progress = new Progress(title);
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      progress.show(step.value);
      await setImmediate();
    }
  } finally {
    progress.end();
  }
}

/** A bar on a terminal, nothing in a pipe. */
export class Progress {
  private readonly bar: SingleBar | null;

  constructor(title: string) {
    const format = `${title} [{bar}] {percentage} % | {eta_formatted} left`;
    const visible = process.stderr.isTTY === true;
    this.bar = visible ? new SingleBar({ format, hideCursor: true, clearOnComplete: true }, Presets.shades_classic) : null;
    this.bar?.start(1, 0);
  }

  /** @param share 0 to 1 */
  show(share: number): void {
    this.bar?.update(share);
  }

  end(): void {
    this.bar?.stop();
  }
}

/** Colours are for a terminal; elsewhere only for who asks for them (FORCE_COLOR). */
const coloured = picocolors.isColorSupported && (process.stdout.isTTY === true || (process.env.FORCE_COLOR ?? "") !== "");
const colours = picocolors.createColors(coloured);

export function paint(verdict: string, text: string): string {
  if (verdict === "better") return colours.green(text);
  if (verdict === "worse") return colours.red(text);
  return text;
}

/** Ctrl-C ends the command at the next breath; half-written results go with it. */
export function hearInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      process.stderr.write("\nInterrupted; nothing was written.\n");
      process.exit(exitCodes.interrupted.code);
    });
  }
}
