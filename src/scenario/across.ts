// What checks across several values work with: the scenario as located and as read, value by value, and a way to complain.
import type { z } from "zod";
import type { Problem } from "../kernel/problem.ts";
import { schemaAt } from "./grammar.ts";
import { keyPlaceAt, type Located, nearest, type Path, problemAt, toPlain, valueAt } from "./located.ts";

export class Across {
  readonly root: Located;
  readonly problems: Problem[] = [];
  private readonly schema: z.ZodType;
  private readonly written: unknown;

  constructor(schema: z.ZodType, root: Located) {
    this.schema = schema;
    this.root = root;
    this.written = toPlain(root);
  }

  /** The value at `path`, or its default; undefined when it is wrong by itself, or not known. */
  read(path: Path): unknown {
    const inside = schemaAt(this.schema, this.written, path);
    if (inside === undefined) return undefined;
    const located = valueAt(this.root, path);
    const result = inside.safeParse(located === undefined ? undefined : toPlain(located));
    return result.success ? result.data : undefined;
  }

  number(path: Path): number | undefined {
    const value = this.read(path);
    return typeof value === "number" ? value : undefined;
  }

  /** How many entries the list at `path` has; 0 for what is no list. */
  length(path: Path): number {
    const list = valueAt(this.root, path);
    return list?.kind === "list" ? list.items.length : 0;
  }

  /** Points at the value, or at the nearest one above it that was written. */
  complain(path: Path, message: string, hint = ""): void {
    this.problems.push(problemAt(nearest(this.root, path).located.place, path, message, hint));
  }

  /** Points at the key. */
  complainOfKey(path: Path, message: string, hint = ""): void {
    this.problems.push(problemAt(keyPlaceAt(this.root, path), path, message, hint));
  }
}
