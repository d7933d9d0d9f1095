// The text of a configuration file as oslo.config reads it: groups in brackets, `name = value` or `name: value`, comments with # or ; at the
// start of a line, and lines that begin with a blank, which go on with the value above. Every option keeps its line.
// @source oslo_config/iniparser.py and cfg.py ConfigParser (oslo.config 9.0.0)
import type { Problem } from "../../kernel/problem.ts";
import { shorten } from "../../kernel/units.ts";
import { type Place, problemAt } from "../located.ts";

/** An option as it stands in a file. */
export interface WrittenOption {
  /** In lower case, as oslo.config compares groups; only DEFAULT keeps its capitals. */
  readonly group: string;
  readonly name: string;
  /** Without the quotes around it; lines are joined by line ends. */
  readonly value: string;
  readonly place: Place;
}

/** The options in the order of the file. Lines that cannot be read are added to `problems`, all of them. */
export function readOptions(text: string, file: string, problems: Problem[]): readonly WrittenOption[] {
  const options: WrittenOption[] = [];
  /** Undefined before the first group; null in a group whose name cannot be read, of which nothing more is said. */
  let group: string | null | undefined;
  let current: { readonly name: string; readonly lines: string[]; readonly place: Place } | null = null;

  const flush = () => {
    if (current === null) return;
    const { name, lines, place } = current;
    if (group === undefined) {
      problems.push(problemAt(place, [], `the option "${shorten(name)}" stands in no group`, "begin with [DEFAULT]"));
    } else if (group !== null) {
      options.push({ group, name, value: lines.join("\n"), place });
    }
    current = null;
  };

  text.split(/\r\n|\r|\n/).forEach((raw, index) => {
    const line = raw.trimEnd();
    const place: Place = { file, line: index + 1, column: 1 };
    const refuse = (message: string, hint = "") => problems.push(problemAt(place, [], message, hint));
    if (line === "") {
      flush();
      return;
    }
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (current !== null) current.lines.push(line.trimStart());
      else refuse("a line that begins with a blank goes on with a value, and there is none above it", "remove the blanks at its start");
      return;
    }
    flush();
    if (line.startsWith("[")) {
      group = null;
      if (!line.endsWith("]")) refuse(`the group "${shorten(line)}" has no closing bracket`, "nothing may follow the bracket");
      else if (line.length === 2) refuse("a group needs a name between its brackets", "e.g. [DEFAULT]");
      else group = groupName(line.slice(1, -1));
    } else if (!line.startsWith("#") && !line.startsWith(";")) {
      const { name, value } = assignment(line);
      if (name === null)
        refuse('expected "name = value"', "a comment begins with #"); // the line is not shown: it may hold a secret
      else if (name === "") refuse("the name before the sign is missing", "e.g. max_attempts = 3");
      else current = { name, lines: [value], place };
    }
  });
  flush();
  return options;
}

/** As oslo.config compares the names of groups. */
export const groupName = (written: string): string => (written === "DEFAULT" ? written : written.toLowerCase());

/** Split at the first = or :, whichever comes first; quotes around the whole value are taken off. */
function assignment(line: string): { readonly name: string | null; readonly value: string } {
  const at = line.search(/[:=]/);
  if (at === -1) return { name: null, value: "" };
  const value = line.slice(at + 1).trim();
  const quoted = /^["']/.test(value) && value.at(-1) === value[0];
  return { name: line.slice(0, at).trim(), value: quoted ? value.slice(1, -1) : value };
}
