// Parameters of a scenario: `parameters: {racks: 2}` declares them, `${20 * racks}` uses them, and `--set racks=4` overrides them.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of scenario files are written ${...}
import { suggestion } from "../kernel/did-you-mean.ts";
import type { Problem } from "../kernel/problem.ts";
import { shorten } from "../kernel/units.ts";
import { type ExpressionValue, evaluate, RESERVED_WORDS } from "./expression.ts";
import type { Located, LocatedEntry, LocatedMap, LocatedScalar, Path, Place } from "./located.ts";
import { problemAt } from "./located.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A value from the command line has no line; messages name the option instead. */
export const commandLine = (name: string): Place => ({ file: `--set ${name}`, line: 0, column: 0 });

/** The scenario with every expression replaced by its value. Values from outside replace declared ones and resolve paths against `cwd`. */
export function withParameters(root: LocatedMap, overrides: ReadonlyMap<string, string>, cwd: string, problems: Problem[]): LocatedMap {
  const parameters = readParameters(root, overrides, cwd, problems);
  const values = new Map([...parameters].flatMap(([name, { value }]) => (value === null ? [] : [[name, value] as const])));
  const entries = new Map<string, LocatedEntry>();
  for (const [key, entry] of root.entries) {
    if (key === "parameters" && entry.value.kind === "map") continue;
    entries.set(key, { ...entry, value: substitute(entry.value, [key], parameters, values, problems) });
  }
  const declared = root.entries.get("parameters");
  if (declared?.value.kind === "map") {
    const resolved = new Map<string, LocatedEntry>(
      [...parameters].map(([name, parameter]) => [
        name,
        { keyPlace: parameter.place, value: parameter.value === null ? { kind: "broken", place: parameter.place } : parameter },
      ]),
    );
    entries.set("parameters", { ...declared, value: { ...declared.value, entries: resolved } });
  }
  return { ...root, entries };
}

function readParameters(
  root: LocatedMap,
  overrides: ReadonlyMap<string, string>,
  cwd: string,
  problems: Problem[],
): ReadonlyMap<string, LocatedScalar> {
  const declared = root.entries.get("parameters")?.value;
  const entries = declared?.kind === "map" ? declared.entries : new Map<string, LocatedEntry>();
  for (const name of overrides.keys()) {
    if (entries.has(name)) continue;
    const hint = suggestion(name, [...entries.keys()]) || "the scenario declares no parameters";
    problems.push({ file: null, line: null, column: null, path: "", message: `--set ${name}: unknown parameter "${name}"`, hint });
  }
  const known = new Map<string, LocatedScalar>();
  const values = new Map<string, ExpressionValue>();
  for (const [name, { keyPlace, value: written }] of entries) {
    const path = ["parameters", name];
    if (!NAME.test(name)) {
      problems.push(problemAt(keyPlace, path, "a parameter is named with letters, digits and _", "e.g. racks_per_zone"));
      continue;
    }
    if (RESERVED_WORDS.includes(name)) {
      problems.push(problemAt(keyPlace, path, `"${name}" has a meaning of its own in expressions`, "choose another name"));
      continue;
    }
    const override = overrides.get(name);
    const given: Located =
      override === undefined
        ? substitute(written, path, known, values, problems)
        : { kind: "scalar", value: fromText(override), place: commandLine(name), folder: cwd };
    if (given.kind === "scalar" && given.value !== null) {
      known.set(name, given);
      values.set(name, given.value);
    } else {
      if (given.kind !== "broken") problems.push(problemAt(given.place, path, "expected a number, a text, true or false"));
      // Uses of a broken parameter stay silent: its own problem says enough.
      known.set(name, { kind: "scalar", value: null, place: given.place, folder: cwd });
    }
  }
  return known;
}

function fromText(text: string): ExpressionValue {
  if (NUMBER.test(text.trim())) return Number(text);
  if (text === "true" || text === "false") return text === "true";
  return text;
}

function substitute(
  located: Located,
  path: Path,
  parameters: ReadonlyMap<string, LocatedScalar>,
  values: ReadonlyMap<string, ExpressionValue>,
  problems: Problem[],
): Located {
  switch (located.kind) {
    case "broken":
      return located;
    case "list":
      return { ...located, items: located.items.map((item, index) => substitute(item, [...path, index], parameters, values, problems)) };
    case "map": {
      if (isPlugin(path)) return located;
      const inside = (key: string, value: Located) => substitute(value, [...path, key], parameters, values, problems);
      return {
        ...located,
        entries: new Map([...located.entries].map(([key, entry]) => [key, { ...entry, value: inside(key, entry.value) }])),
      };
    }
    case "scalar":
      return typeof located.value === "string" && located.value.includes("${")
        ? filledIn(located, located.value, path, parameters, values, problems)
        : located;
  }
}

/** The text of a plug-in is code, where `${...}` means something else. */
function isPlugin(path: Path): boolean {
  return path.length === 3 && path[0] === "study" && path[1] === "plugins";
}

/** A text with its expressions evaluated. One that is nothing but an expression keeps the type of its value. */
function filledIn(
  located: LocatedScalar,
  text: string,
  path: Path,
  parameters: ReadonlyMap<string, LocatedScalar>,
  values: ReadonlyMap<string, ExpressionValue>,
  problems: Problem[],
): Located {
  const broken: Located = { kind: "broken", place: located.place };
  let { folder } = located;
  const pieces: (string | ExpressionValue)[] = [];
  let rest = text;
  for (let start = rest.indexOf("${"); start !== -1; start = rest.indexOf("${")) {
    const end = rest.indexOf("}", start);
    if (end === -1) {
      problems.push(problemAt(located.place, path, `the expression in "${shorten(text)}" has no closing brace`, 'e.g. "${2 * racks}"'));
      return broken;
    }
    const expression = rest.slice(start + 2, end);
    const evaluated = evaluate(expression, values);
    if (!evaluated.ok) {
      const silent = [...parameters].some(([name, { value }]) => value === null && new RegExp(`\\b${name}\\b`).test(expression));
      if (!silent) problems.push(problemAt(located.place, path, evaluated.message, evaluated.hint));
      return broken;
    }
    const origin = evaluated.used.map((name) => parameters.get(name)!).find((parameter) => typeof parameter.value === "string");
    if (origin !== undefined) folder = origin.folder;
    if (start > 0) pieces.push(rest.slice(0, start));
    pieces.push(evaluated.value);
    rest = rest.slice(end + 1);
  }
  if (rest !== "") pieces.push(rest);
  const only = pieces.filter((piece) => typeof piece !== "string" || piece.trim() !== "" || pieces.length === 1);
  const value = only.length === 1 ? only[0]! : pieces.join("");
  return { ...located, value, folder };
}
