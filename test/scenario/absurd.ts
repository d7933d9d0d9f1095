// A scenario as text, and what becomes of it when the numbers in it are others.
import { parse, stringify } from "yaml";
import { runOnce } from "../../src/experiment/run.ts";
import { InputError } from "../../src/kernel/problem.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { folder } from "./folder.ts";

type Plain = Record<string, unknown>;
export type Path = readonly (string | number)[];
type Change = (old: unknown) => unknown;

/** Every place of a number, with or without a unit; texts without one are left out. */
function* numbers(at: unknown, path: Path = []): Generator<Path> {
  if (typeof at === "number" || (typeof at === "string" && /^\d+(\.\d+)?( ?[a-z/%]+)?$/i.test(at))) yield path;
  else if (Array.isArray(at)) for (const [index, value] of at.entries()) yield* numbers(value, [...path, index]);
  else if (typeof at === "object" && at !== null) for (const [key, value] of Object.entries(at)) yield* numbers(value, [...path, key]);
}

/** But those of the study. */
export const placesOf = (base: string): readonly Path[] => [...numbers(parse(base))].filter(([part]) => part !== "study");
export const nameOf = (path: Path) => path.join(".");

/** The scenario with the numbers at some places changed. */
export function changed(base: string, paths: readonly Path[], value: Change): string {
  const root = parse(base) as Plain;
  for (const path of paths) {
    let at = root;
    for (const key of path.slice(0, -1)) at = at[key] as Plain;
    at[path.at(-1)!] = value(at[path.at(-1)!]);
  }
  return stringify(root);
}

/** `0`, and so on, with the unit of the value that was there. */
export const withUnit = (number: string) => (old: unknown) => {
  const unit = typeof old === "string" ? old.replace(/^[\d.]+/, "") : "";
  return unit === "" ? Number(number) : `${number}${unit}`;
};

const read = (text: string) => readScenario("s.yaml", { catalogue, cwd: folder({ "s.yaml": text }) });

/** What was complained of, or the figures of a run that is anything but right. */
export function tried(text: string): { readonly problems: readonly string[]; readonly wrong: readonly string[] } {
  try {
    const scenario = read(text);
    const { values, built } = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true });
    const wrong = [...values]
      .filter(([, value]) => Math.abs(value) === Number.POSITIVE_INFINITY)
      .map(([name, value]) => `${name} = ${value}`);
    if (built.cloud.simulation.now !== scenario.study.duration) wrong.push("it did not come to its end");
    return { problems: [], wrong };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { problems: error.problems.map(({ message }) => message), wrong: [] };
  }
}

function problemsOf(text: string) {
  try {
    read(text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** Places where what `value` makes of all numbers at once is not complained of. */
export function taken(base: string, value: Change): readonly string[] {
  const places = placesOf(base);
  const refused = [...new Set(problemsOf(changed(base, places, value)).map(({ path }) => path.replaceAll(/\[(\d+)\]/g, ".$1")))];
  return places.map(nameOf).filter((place) => !refused.some((path) => place === path || place.startsWith(`${path}.`)));
}

/** What goes wrong where one number after another is another, and is neither refused nor borne. */
export function harmOf(base: string, paths: readonly Path[], value: Change): readonly string[] {
  return paths.flatMap((path) => {
    try {
      return tried(changed(base, [path], value)).wrong.map((what) => `${nameOf(path)}: ${what}`);
    } catch (error) {
      return [`${nameOf(path)}: ${error}`];
    }
  });
}
