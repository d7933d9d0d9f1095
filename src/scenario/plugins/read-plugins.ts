// The plug-ins and formulas that a scenario names: found relative to the file that names them, made safe, run once to see what they export, and
// added to the words the scenario may use. Every problem of every file is found before anything is thrown.
import { createHash } from "node:crypto";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import type { Problem } from "../../kernel/problem.ts";
import { shorten } from "../../kernel/units.ts";
import { childOf, type Located, type LocatedScalar, type Path, type Place, problemAt, valueAt } from "../located.ts";
import { POLICY_KEYS } from "../schema-study.ts";
import { pluginWords, readText } from "../source-text.ts";
import type { Catalogue } from "../vocabulary.ts";
import { type Complaint, guard } from "./guard.ts";
import { type FormulaWeigher, formulaMultiplier, type OwnPolicies, type PluginModule, withOwnPolicies } from "./own-policies.ts";
import { Sandbox } from "./sandbox.ts";
import { type DeclaredOption, exportedPolicies } from "./shape.ts";
import { stripTypes } from "./strip-types.ts";

const PLUGINS = ["study", "plugins"] as const;
const FORMULAS = ["study", "weighers"] as const;
const ENDINGS = [".ts", ".mts", ".js", ".mjs"];

export interface ReadPolicies {
  readonly own: OwnPolicies;
  /** With the scenario's own names. */
  readonly catalogue: Catalogue;
  /** False: some file could not be used, so that names may be missing that the user has written. */
  readonly complete: boolean;
}

/** Problems are added; values that the schema refuses anyway are passed over. */
export function readOwnPolicies(root: Located, catalogue: Catalogue, problems: Problem[]): ReadPolicies {
  const before = problems.length;
  const modules = itemsOf(root, PLUGINS).flatMap((item, index) => readModule(item, [...PLUGINS, index], problems) ?? []);
  const formulas = itemsOf(root, FORMULAS).flatMap((item) => formulaOf(item) ?? []);
  const own = { modules, formulas };
  checkNames(own, catalogue, problems);
  return { own, catalogue: withOwnPolicies(catalogue, own), complete: problems.length === before };
}

function itemsOf(root: Located, path: Path): readonly Located[] {
  const list = valueAt(root, path);
  return list?.kind === "list" ? list.items : [];
}

const textOf = (located: Located | undefined): (LocatedScalar & { readonly value: string }) | null =>
  located?.kind === "scalar" && typeof located.value === "string" && located.value.trim() !== ""
    ? { ...located, value: located.value.trim() }
    : null;

/** A plug-in is a path, or a name and the text itself. */
function readModule(item: Located, path: Path, problems: Problem[]): PluginModule | null {
  const written = item.kind === "map" ? textOf(childOf(item, "file")) : textOf(item);
  if (written === null) return null;
  if (!ENDINGS.includes(extname(written.value))) {
    const message = `"${shorten(written.value)}" is no plug-in, expected a file that ends in ${ENDINGS.join(", ")}`;
    problems.push(problemAt(written.place, path, message, "a plug-in is TypeScript or JavaScript, as a module"));
    return null;
  }
  if (item.kind === "map") {
    const source = childOf(item, "source");
    return source?.kind === "scalar" && typeof source.value === "string" ? moduleOf(written.value, source.value, problems) : null;
  }
  const file = nameOf(written.value, written.place);
  const found: Problem[] = [];
  const source = readText(file, isAbsolute(written.value) ? written.value : resolve(written.folder, written.value), found, pluginWords);
  for (const { message, hint } of found) {
    const where = hint || "the path is relative to the file that names it";
    problems.push(problemAt(written.place, path, `cannot use the plug-in "${shorten(written.value)}": ${message}`, where));
  }
  return source === undefined ? null : moduleOf(file, source, problems);
}

/** As a user in the current folder would name it. */
function nameOf(written: string, { file, line }: Place): string {
  return line === 0 || isAbsolute(written) ? written : join(dirname(file), written);
}

function moduleOf(file: string, source: string, problems: Problem[]): PluginModule | null {
  const complaints: Complaint[] = [];
  const module = examined(file, source, complaints);
  for (const { message, hint, at } of complaints) {
    problems.push({ file, line: at?.line ?? null, column: at?.column ?? null, path: "", message, hint });
  }
  return complaints.length > 0 ? null : module;
}

function examined(file: string, source: string, complaints: Complaint[]): PluginModule | null {
  const refused = (...found: readonly Complaint[]): null => {
    complaints.push(...found);
    return null;
  };
  let code = source;
  if (/\.m?ts$/.test(file)) {
    const stripped = stripTypes(source);
    if (!stripped.ok) return refused({ message: `not valid TypeScript: ${stripped.message}`, hint: "", at: stripped.at });
    code = stripped.code;
  }
  const guarded = guard(code);
  if (!guarded.ok) return refused(...guarded.complaints.map((complaint) => withHint(complaint, code === source)));
  const sandbox = new Sandbox(guarded.module);
  try {
    const policies = exportedPolicies(sandbox.load(), guarded.module, complaints).map(({ declared }) => declared);
    const sha256 = createHash("sha256").update(source).digest("hex");
    return { file, name: file.split(/[/\\]/).at(-1)!, source, sha256, guarded: guarded.module, policies };
  } catch (thrown) {
    const { what, hint, at } = sandbox.mishap(thrown);
    return refused({ message: `${what}, while it was read`, hint, at });
  }
}

/** Code that cannot be read, in a file that may not have types. */
function withHint(complaint: Complaint, plain: boolean): Complaint {
  if (!plain || complaint.hint !== "" || !complaint.message.startsWith("not valid")) return complaint;
  return { ...complaint, hint: "with types, a file ends in .ts" };
}

function formulaOf(item: Located): FormulaWeigher | null {
  const name = textOf(childOf(item, "name"));
  const expression = textOf(childOf(item, "expression"));
  if (name === null || expression === null) return null;
  const number = (key: string): number | null => {
    const value = childOf(item, key);
    return value?.kind === "scalar" && typeof value.value === "number" ? value.value : null;
  };
  const { file, line, column } = expression.place;
  return {
    name: name.value,
    expression: expression.value,
    multiplier: number("multiplier") ?? 1,
    minval: number("minval"),
    place: line === 0 ? { file, line: null, column: null } : { file, line, column },
  };
}

/** Every name means one thing, Nova's own included. */
function checkNames({ modules, formulas }: OwnPolicies, catalogue: Catalogue, problems: Problem[]): void {
  const taken = new Set([...catalogue.filters, ...catalogue.weighers, ...(catalogue.taken ?? [])]);
  const options = new Set([...catalogue.options.keys(), ...(catalogue.taken ?? []), ...POLICY_KEYS]);
  const mine = new Map<string, string>();
  const check = (name: string, own: readonly DeclaredOption[], place: Pick<Problem, "file" | "line" | "column">) => {
    const complain = (message: string): void => {
      problems.push({ ...place, path: "", message, hint: "choose another name" });
    };
    const first = mine.get(name);
    if (taken.has(name)) return complain(`${name} is the name of a filter or weigher that is there already`);
    if (first !== undefined) return complain(`${name} is named twice (first in ${first})`);
    mine.set(name, place.line === null ? `${place.file}` : `${place.file}:${place.line}`);
    for (const option of own) {
      if (options.has(option.name)) complain(`the option ${option.name} of ${name} is there already`);
      options.add(option.name);
    }
  };
  for (const { file, policies } of modules) {
    for (const { name, at, options: own, multiplier } of policies) {
      check(name, multiplier === null ? own : [multiplier, ...own], { file, line: at?.line ?? null, column: at?.column ?? null });
    }
  }
  for (const formula of formulas) check(formula.name, [formulaMultiplier(formula)], formula.place);
}
