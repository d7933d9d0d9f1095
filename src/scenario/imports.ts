// A scenario can be put together from files: `import: base.yaml` merges the parts of another file under its own. Maps merge key by key and
// the importing file wins; lists, single values and alternatives (two kinds of arrivals) replace. Every value keeps the place it came from.
import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { z } from "zod";
import type { Problem } from "../kernel/problem.ts";
import { factsOf } from "./grammar.ts";
import { formatPlace, type Located, type LocatedEntry, type LocatedMap, type Place, problemAt, toPlain } from "./located.ts";
import { readSource } from "./source-text.ts";

const MAX_FILES = 100;

interface Link {
  readonly identity: string;
  readonly file: string;
  /** Where the import that led here is written; null for the first file. */
  readonly from: Place | null;
}

/** The file and everything it imports as one map. Undefined when a file cannot be used; the reasons are added to `problems`. */
export function readWithImports(file: string, absolute: string, schema: z.ZodType, problems: Problem[]): LocatedMap | undefined {
  let files = 0;

  const load = (name: string, path: string, chain: readonly Link[], from: Place | null): LocatedMap | undefined => {
    const link: Link = { identity: identityOf(path), file: name, from };
    const again = chain.findIndex((earlier) => earlier.identity === link.identity);
    if (again !== -1 && from !== null) {
      const circle = [...chain.slice(again + 1), link].map((step) => `${formatPlace(step.from!)} imports ${step.file}`).join(", ");
      problems.push(problemAt(from, ["import"], `files import each other in a circle: ${circle}`));
      return undefined;
    }
    if (++files > MAX_FILES) {
      if (files === MAX_FILES + 1 && from !== null) problems.push(problemAt(from, ["import"], `more than ${MAX_FILES} files are imported`));
      return undefined;
    }
    const before = problems.length;
    const located = readSource(name, path, problems);
    if (located === undefined) {
      // A file that is not there is the importing line's fault, so that line is the place.
      const added = problems.at(-1);
      if (from !== null && added !== undefined && problems.length === before + 1 && added.line === null) {
        problems[before] = problemAt(from, ["import"], `cannot import "${name}": ${added.message}`, added.hint);
      }
      return undefined;
    }
    if (located.kind !== "map") {
      problems.push(problemAt(located.place, [], "expected a map with the keys cloud, workload and study"));
      return undefined;
    }
    return withImports(located, name, path, [...chain, link]);
  };

  const withImports = (own: LocatedMap, name: string, path: string, chain: readonly Link[]): LocatedMap | undefined => {
    const entry = own.entries.get("import");
    if (entry === undefined) return own;
    const written = entry.value.kind === "list" ? entry.value.items : [entry.value];
    let base: LocatedMap | undefined;
    let failed = false;
    for (const item of written) {
      if (item.kind !== "scalar" || typeof item.value !== "string" || item.value.trim() === "") {
        problems.push(problemAt(item.place, ["import"], "expected the path of a file, or a list of paths"));
        failed = true;
        continue;
      }
      if (item.value.includes("${")) {
        problems.push(problemAt(item.place, ["import"], "the path of an import cannot contain an expression"));
        failed = true;
        continue;
      }
      const target = isAbsolute(item.value) ? item.value : join(dirname(name), item.value);
      const imported = load(target, resolve(dirname(path), item.value), chain, item.place);
      if (imported === undefined) failed = true;
      else base = base === undefined ? imported : merged(base, imported, schema);
    }
    const rest: LocatedMap = { ...own, entries: new Map([...own.entries].filter(([key]) => key !== "import")) };
    if (failed) return undefined;
    // The name belongs to the file it stands in; everything else may be taken over.
    return base === undefined ? rest : merged(without(base, "name"), rest, schema);
  };

  return load(file, absolute, [], null);
}

function identityOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const without = (map: LocatedMap, name: string): LocatedMap => ({
  ...map,
  entries: new Map([...map.entries].filter(([key]) => key !== name)),
});

/** `over` laid upon `base`; keys keep the order of `base`, new ones follow. */
export function merged(base: LocatedMap, over: LocatedMap, schema: z.ZodType | undefined): LocatedMap {
  const entries = new Map<string, LocatedEntry>(base.entries);
  for (const [key, entry] of over.entries) {
    const below = base.entries.get(key);
    const value = below === undefined ? entry.value : mergedValue(below.value, entry.value, inner(schema, key));
    entries.set(key, { keyPlace: entry.keyPlace, value });
  }
  return { kind: "map", entries, place: over.place };
}

function inner(schema: z.ZodType | undefined, key: string): z.ZodType | undefined {
  if (schema === undefined) return undefined;
  const facts = factsOf(schema);
  if (facts.kind === "section") return Object.hasOwn(facts.shape, key) ? facts.shape[key] : undefined;
  return facts.kind === "table" ? facts.value : undefined;
}

function mergedValue(base: Located, over: Located, schema: z.ZodType | undefined): Located {
  if (base.kind !== "map" || over.kind !== "map" || schema === undefined) return over;
  const facts = factsOf(schema);
  if (facts.kind === "section" || facts.kind === "table") return merged(base, over, schema);
  if (facts.kind !== "choice") return over;
  const option = facts.pick(toPlain(over));
  return option !== null && option === facts.pick(toPlain(base)) ? merged(base, over, facts.options[option]) : over;
}

/** Every group of `cloud.hosts` with `cloud.host_defaults` under it. */
export function withHostDefaults(root: LocatedMap): LocatedMap {
  const cloud = root.entries.get("cloud");
  if (cloud === undefined || cloud.value.kind !== "map") return root;
  const defaults = cloud.value.entries.get("host_defaults")?.value;
  const hosts = cloud.value.entries.get("hosts");
  if (defaults?.kind !== "map" || hosts?.value.kind !== "list") return root;
  const items = hosts.value.items.map((host) => (host.kind === "map" ? { ...merged(defaults, host, undefined), place: host.place } : host));
  const filled = new Map(cloud.value.entries).set("hosts", { ...hosts, value: { ...hosts.value, items } });
  return { ...root, entries: new Map(root.entries).set("cloud", { ...cloud, value: { ...cloud.value, entries: filled } }) };
}
