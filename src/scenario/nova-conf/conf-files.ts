// The configuration files a scenario names: one file, a list of files, or a folder, of which every *.conf is read in the order of names, as
// Nova takes --config-file and --config-dir. A later file has the last word.
import { readdirSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Problem } from "../../kernel/problem.ts";
import { shorten } from "../../kernel/units.ts";
import { type Located, type LocatedScalar, type Path, problemAt } from "../located.ts";
import { type FileWords, readText } from "../source-text.ts";
import { readOptions, type WrittenOption } from "./option-text.ts";

/** What the messages about a file call it. */
const confWords: FileWords = {
  noun: "configuration file",
  example: "a folder counts when it holds files called *.conf",
  tooLarge: "a configuration is far smaller",
  format: "a configuration is text in UTF-8",
};

/** All options of the files that `written`, the value at `path` of the scenario, names. */
export function readConfFiles(written: Located, path: Path, cwd: string, problems: Problem[]): readonly WrittenOption[] {
  const options: WrittenOption[] = [];
  for (const item of written.kind === "list" ? written.items : [written]) {
    if (item.kind === "broken") continue;
    if (item.kind !== "scalar" || typeof item.value !== "string" || item.value.trim() === "") {
      problems.push(problemAt(item.place, path, "expected the path of a configuration file, or a list of paths"));
      continue;
    }
    for (const name of filesAt(nameFor(item, item.value.trim(), cwd), cwd)) {
      const before = problems.length;
      const text = readText(name, resolve(cwd, name), problems, confWords);
      const added = problems.at(-1);
      // A file that is not there is the fault of the line that names it, so that line is the place.
      if (text === undefined && added !== undefined && problems.length === before + 1) {
        problems[before] = problemAt(item.place, path, `cannot read "${shorten(name)}": ${added.message}`, added.hint);
      }
      if (text !== undefined) options.push(...readOptions(text, name, problems));
    }
  }
  return options;
}

/** The path as a user who stands in `cwd` would write it: relative to the file that names it, unless a parameter brought it. */
function nameFor({ folder, place }: LocatedScalar, value: string, cwd: string): string {
  if (isAbsolute(value)) return value;
  const beside = join(dirname(place.file), value);
  if (place.line > 0 && resolve(cwd, beside) === resolve(folder, value)) return beside;
  return resolve(folder) === resolve(cwd) ? value : resolve(folder, value);
}

/** The file itself, or the *.conf files in the folder. */
function filesAt(name: string, cwd: string): readonly string[] {
  try {
    const absolute = resolve(cwd, name);
    if (!statSync(absolute).isDirectory()) return [name];
    const inside = readdirSync(absolute).filter((file) => file.endsWith(".conf") && !file.startsWith("."));
    return inside.length === 0 ? [name] : inside.sort().map((file) => join(name, file));
  } catch {
    return [name]; // what is wrong with it is said when it is read
  }
}
