// Files of cases with the answers of the real thing (Nova, Placement, SimGrid), one JSON object a line: those beside this file, or, with ORRERY_ORACLES
// set, all *.jsonl and *.jsonl.gz of that folder. Every file is one test, which counts the cases that hold.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";

export interface OracleCase {
  readonly id: string;
  readonly kind: string;
}

/**
 * Defines a test for each file with cases of these kinds, or of this shape; `check` throws when a case does not hold. `parse` reads a line where
 * JSON.parse forgets something that matters.
 */
export function holdsForAll<C extends OracleCase>(
  ownFile: string,
  kinds: readonly string[] | ((one: OracleCase) => boolean),
  count: number,
  check: (one: C) => void,
  parse?: (line: string) => C,
): void {
  const folder = process.env.ORRERY_ORACLES;
  const files = folder === undefined ? [fileURLToPath(new URL(ownFile, import.meta.url))] : filesOf(folder);
  let found = false;
  for (const file of files) {
    const cases = casesOf<C>(file, parse).filter(typeof kinds === "function" ? kinds : ({ kind }) => kinds.includes(kind));
    if (cases.length === 0) continue;
    found = true;
    it(`hold in all ${cases.length} cases of ${file.split("/").at(-1)}`, () => {
      const failures = cases.flatMap((one) => {
        try {
          check(one);
          return [];
        } catch (error) {
          return [`${one.id}: ${error instanceof Error ? error.message : error}`];
        }
      });
      if (folder !== undefined) console.log(`${file}: ${cases.length - failures.length} of ${cases.length} cases hold`);
      expect(failures).toEqual([]);
      if (folder === undefined) expect(cases).toHaveLength(count);
    });
  }
  if (!found) it.skip(`have no cases in ${folder}`, () => {});
}

export function filesOf(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /\.jsonl(\.gz)?$/.test(name));
  return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(folder, name));
}

export function casesOf<C extends object>(file: string, parse: (line: string) => C = (line) => JSON.parse(line)): readonly C[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map(parse);
}
