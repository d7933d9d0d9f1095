// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of scenario files are written ${...}
// From a file on disk to located values: the guards (size, encoding, nesting, aliases), and YAML with a line and column for every node.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLParseError,
  type YAMLWarning,
} from "yaml";
import { didYouMean } from "../kernel/did-you-mean.ts";
import type { Problem } from "../kernel/problem.ts";
import { type Located, type LocatedEntry, type Path, type Place, problemAt } from "./located.ts";

/** Bulk data belongs in traces; YAML reads about a megabyte a second. */
const MAX_BYTES = 5_000_000;
/** Values that aliases may add: enough for any honest file, far too few for an alias bomb. */
const MAX_ALIASED_VALUES = 10_000;
const MAX_DEPTH = 40;
/**
 * Brackets open at once, and columns of indentation (with the dashes that open lists in lists), quotes and comments not considered. Beyond
 * this the YAML parser, which recurses, would exhaust the stack.
 */
const MAX_ROUGH_DEPTH = 400;
const MAX_SYNTAX_PROBLEMS = 20;

const wholeFile = (file: string, message: string, hint = ""): Problem => ({ file, line: null, column: null, path: "", message, hint });

/** What messages say of a file that cannot be used. */
export interface FileWords {
  readonly noun: string;
  /** What to name instead of a folder. */
  readonly example: string;
  readonly tooLarge: string;
  readonly format: string;
}

const scenarioWords: FileWords = {
  noun: "scenario file",
  example: "name a file in it, e.g. scenarios/quickstart.yaml",
  tooLarge: "put bulk data into a trace file",
  format: "a scenario is YAML in UTF-8",
};

/** How messages speak of a plug-in. */
export const pluginWords: FileWords = {
  noun: "plug-in file",
  example: "name a file in it, e.g. my-policies.ts",
  tooLarge: "",
  format: "a plug-in is text in UTF-8",
};

/** The text of `absolute`, which the user knows as `file`; undefined when problems were added. */
export function readText(file: string, absolute: string, problems: Problem[], words: FileWords = scenarioWords): string | undefined {
  const refuse = (message: string, hint = ""): undefined => {
    problems.push(wholeFile(file, message, hint));
    return undefined;
  };
  let bytes: Buffer;
  try {
    const status = statSync(absolute);
    if (status.isDirectory()) return refuse(`is a folder, expected a ${words.noun}`, words.example);
    if (!status.isFile()) return refuse("is not an ordinary file");
    if (status.size > MAX_BYTES) return refuse(`is ${status.size} bytes long, at most ${MAX_BYTES} are read`, words.tooLarge);
    bytes = readFileSync(absolute);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return refuse("there is no such file", similarFile(absolute));
    return refuse(`cannot be read (${code ?? "unknown reason"})`);
  }
  if (bytes.includes(0)) return refuse("is not a text file: it contains NUL bytes", words.format);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("is not valid UTF-8", "save the file in UTF-8");
  }
}

function similarFile(absolute: string): string {
  try {
    const near = didYouMean(basename(absolute), readdirSync(dirname(absolute)).sort());
    return near === null ? "" : `did you mean "${near}"?`;
  } catch {
    return "the folder does not exist either";
  }
}

/** Reads one file. Undefined when it cannot be used at all; the reasons are added to `problems`. */
export function readSource(file: string, absolute: string, problems: Problem[]): Located | undefined {
  const text = readText(file, absolute, problems);
  if (text === undefined) return undefined;
  return readYaml(text, file, dirname(absolute), problems);
}

/** Located values of a YAML text, as far as they can be used; `folder` is where relative paths in it start. */
export function readYaml(text: string, file: string, folder: string, problems: Problem[]): Located | undefined {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tooDeep = wholeFile(file, "cannot be read as YAML: it is nested too deeply");
  let document: Document.Parsed;
  if (roughDepth(text) > MAX_ROUGH_DEPTH) {
    problems.push(tooDeep);
    return undefined;
  }
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, strict: true });
  } catch {
    problems.push(tooDeep);
    return undefined;
  }
  if (document.errors.some((fault) => fault.message.includes("call stack"))) {
    problems.push(tooDeep);
    return undefined;
  }
  // One slip makes the parser stumble over everything after it; only the first such stumble says where the slip is.
  const faults = [...document.errors, ...document.warnings].filter((fault, index) => index === 0 || fault.code !== "UNEXPECTED_TOKEN");
  for (const fault of faults.slice(0, MAX_SYNTAX_PROBLEMS)) {
    const [offset] = fault.pos;
    problems.push(problemAt(placeOf(offset), [], `not valid YAML: ${sentence(fault)}`, syntaxHint(text, offset, fault)));
  }
  if (faults.length > 0) return undefined;
  if (document.contents === null) {
    problems.push(wholeFile(file, "the file is empty", "a scenario has the keys cloud, workload and study"));
    return undefined;
  }
  return locate(document, placeOf, folder, problems);
}

/** An upper bound of the nesting, found without parsing. */
function roughDepth(text: string): number {
  let open = 0;
  let indent = 0;
  let most = 0;
  let leading = true;
  for (const character of text) {
    if (character === "\n") {
      leading = true;
      indent = 0;
    } else if (leading && (character === " " || character === "-" || character === "?" || character === ":" || character === "\t")) {
      most = Math.max(most, ++indent);
    } else {
      leading = false;
      if (character === "[" || character === "{") most = Math.max(most, ++open);
      else if (character === "]" || character === "}") open = Math.max(0, open - 1);
    }
  }
  return most;
}

function sentence(fault: YAMLParseError | YAMLWarning): string {
  return fault.code === "MULTIPLE_DOCS" ? "the file holds more than one document" : fault.message.replace(/\s+/g, " ").trim();
}

function syntaxHint(text: string, offset: number, fault: YAMLParseError | YAMLWarning): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const line = text.slice(start, end === -1 ? text.length : end);
  if (line.includes("${")) return 'put the expression in quotes: "${...}"';
  if (fault.code === "TAB_AS_INDENT" || line.includes("	")) return "indent with spaces";
  if (fault.code === "MULTIPLE_DOCS") return "one scenario per file";
  return "";
}

/** Walks the YAML nodes once, following aliases under a limit, and finds duplicate and unusable keys on the way. */
function locate(document: Document.Parsed, placeOf: (offset: number) => Place, folder: string, problems: Problem[]): Located | undefined {
  const open: Node[] = [];
  // An alias means the last anchor of its name above it. (The parser's own look-up searches the whole document each time.)
  const anchors = new Map<string, Node>();
  let aliased = 0;
  let abused = false;

  const fail = (place: Place, path: Path, message: string, hint = ""): Located => {
    problems.push(problemAt(place, path, message, hint));
    return { kind: "broken", place };
  };

  /** What no honest file does; nothing else is said about it. */
  const abuse = (place: Place, path: Path, message: string): Located => {
    abused = true;
    return fail(place, path, message);
  };

  const visit = (node: Node | null, fallback: Place, path: Path, alias: Place | null): Located => {
    if (node === null) return { kind: "scalar", value: null, place: fallback, folder };
    const place = node.range ? placeOf(node.range[0]) : fallback;
    if (path.length > MAX_DEPTH) return abuse(place, path.slice(0, 5), `is nested more than ${MAX_DEPTH} levels deep`);
    if (alias !== null && ++aliased > MAX_ALIASED_VALUES) {
      return abused
        ? { kind: "broken", place }
        : abuse(alias, path.slice(0, 1), `aliases expand to more than ${MAX_ALIASED_VALUES} values`);
    }
    if (alias === null && !isAlias(node) && typeof node.anchor === "string") anchors.set(node.anchor, node);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return fail(place, path, `there is no anchor "&${node.source}" above`);
      if (open.includes(target)) return abuse(place, path, `the alias "*${node.source}" contains itself`);
      return visit(target, place, path, alias ?? place);
    }
    if (isScalar(node)) {
      const value = node.value;
      if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
        return { kind: "scalar", value, place, folder };
      }
      return fail(place, path, "expected text, a number, true or false");
    }
    open.push(node);
    const located = isSeq(node) ? visitList(node.items as Node[], place, path, alias) : visitMap(node, place, path, alias);
    open.pop();
    return located;
  };

  const visitList = (items: readonly (Node | null)[], place: Place, path: Path, alias: Place | null): Located => {
    const visited: Located[] = [];
    for (const item of items) {
      if (aliased > MAX_ALIASED_VALUES) break;
      visited.push(visit(item, place, [...path, visited.length], alias));
    }
    return { kind: "list", items: visited, place };
  };

  const visitMap = (node: Node, place: Place, path: Path, alias: Place | null): Located => {
    const entries = new Map<string, LocatedEntry>();
    if (!isMap(node)) return fail(place, path, "expected a map of keys, a list or a single value");
    for (const pair of node.items) {
      if (aliased > MAX_ALIASED_VALUES) break;
      const keyNode = pair.key as Node | null;
      const keyPlace = keyNode?.range ? placeOf(keyNode.range[0]) : place;
      const key = isScalar(keyNode) && keyNode.value !== null ? String(keyNode.value) : null;
      if (key === null || key === "" || key === "__proto__") {
        fail(keyPlace, path, "expected a key before the colon");
        continue;
      }
      const first = entries.get(key);
      if (first !== undefined) {
        fail(keyPlace, [...path, key], `the key is given twice (first in line ${first.keyPlace.line})`, "remove one of the two");
        continue;
      }
      entries.set(key, { keyPlace, value: visit(pair.value as Node | null, keyPlace, [...path, key], alias) });
    }
    return { kind: "map", entries, place };
  };

  const located = visit(document.contents as Node, placeOf(0), [], null);
  return abused ? undefined : located;
}
