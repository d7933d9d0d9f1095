// A value of a scenario file together with the place it was written at. Imports, parameters and host defaults are merged in this form, so
// that every message, however late, can point at the line the user typed.
import type { Problem } from "../kernel/problem.ts";

export interface Place {
  /** File as the user named it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Keys and list positions from the root. */
export type Path = readonly (string | number)[];

export type Scalar = string | number | boolean | null;

export interface LocatedScalar {
  readonly kind: "scalar";
  readonly value: Scalar;
  readonly place: Place;
  /** Absolute folder against which a relative path written here is resolved. */
  readonly folder: string;
}

export interface LocatedList {
  readonly kind: "list";
  readonly items: readonly Located[];
  readonly place: Place;
}

export interface LocatedEntry {
  readonly keyPlace: Place;
  readonly value: Located;
}

export interface LocatedMap {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  readonly place: Place;
}

/** A value that a problem was already reported for; nothing more is said about it. */
export interface Broken {
  readonly kind: "broken";
  readonly place: Place;
}

export type Located = LocatedScalar | LocatedList | LocatedMap | Broken;

/** The plain value, as YAML alone would give it. Broken values become null. */
export function toPlain(located: Located): unknown {
  switch (located.kind) {
    case "scalar":
      return located.value;
    case "list":
      return located.items.map(toPlain);
    case "map":
      return Object.fromEntries([...located.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
    case "broken":
      return null;
  }
}

export function childOf(located: Located | undefined, key: string | number): Located | undefined {
  if (located?.kind === "map") return located.entries.get(String(key))?.value;
  if (located?.kind === "list" && typeof key === "number") return located.items[key];
  return undefined;
}

export function valueAt(root: Located, path: Path): Located | undefined {
  return path.reduce<Located | undefined>(childOf, root);
}

/** The value at `path`, or the nearest one above it that was written: where to point when something is missing. */
export function nearest(root: Located, path: Path): { readonly located: Located; readonly exact: boolean } {
  let located = root;
  for (const key of path) {
    const child = childOf(located, key);
    if (child === undefined) return { located, exact: false };
    located = child;
  }
  return { located, exact: true };
}

/** Where the key that ends `path` was written; the nearest value above when it was not. */
export function keyPlaceAt(root: Located, path: Path): Place {
  const parent = valueAt(root, path.slice(0, -1));
  const entry = parent?.kind === "map" ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.keyPlace ?? nearest(root, path).located.place;
}

export function formatPlace(place: Place): string {
  return place.line === 0 ? place.file : `${place.file}:${place.line}:${place.column}`;
}

/** A problem at a place. Line 0 stands for a value that came from the command line. */
export function problemAt(place: Place, path: Path, message: string, hint = ""): Problem {
  const written = place.line > 0;
  return {
    file: written ? place.file : null,
    line: written ? place.line : null,
    column: written ? place.column : null,
    path: path.join("."),
    message: written ? message : `${message}, from ${place.file}`,
    hint,
  };
}
