// Writes a result so that it is either complete or not there at all: into a hidden folder beside its place, which is then given its name in
// one step. A result that is there already is compared byte by byte.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { ResultFile } from "./run-files.ts";

export type WriteOutcome = "written" | "the same bytes as before" | "replaced";

/** A folder that is there, but holds something other than a result. */
export class NotAResult extends Error {}

const partial = new Set<string>();
process.on("exit", () => {
  for (const folder of partial) rmSync(folder, { recursive: true, force: true });
});

/** @throws NotAResult when `folder` holds something that is not a result: it is left as it is */
export async function writeResult(folder: string, files: readonly ResultFile[]): Promise<WriteOutcome> {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, "manifest.json"))) {
    throw new NotAResult(`${folder} is there already and is not a result (it has no manifest.json); choose another folder with --out`);
  }
  mkdirSync(dirname(folder), { recursive: true });
  const hidden = join(dirname(folder), `.partial-${process.pid}-${partial.size}`);
  partial.add(hidden);
  try {
    mkdirSync(hidden);
    for (const file of files) {
      const path = join(hidden, file.name);
      writeFileSync(path, "");
      for (const piece of file.text) {
        appendFileSync(path, piece);
        await setImmediate(); // an interrupt is heard here
      }
    }
    if (!existsSync(folder)) {
      renameSync(hidden, folder);
      return "written";
    }
    if (sameBytes(folder, hidden)) {
      rmSync(hidden, { recursive: true });
      return "the same bytes as before";
    }
    const old = `${hidden}-old`;
    renameSync(folder, old);
    renameSync(hidden, folder);
    rmSync(old, { recursive: true });
    return "replaced";
  } finally {
    rmSync(hidden, { recursive: true, force: true });
    partial.delete(hidden);
  }
}

function sameBytes(a: string, b: string): boolean {
  const names = readdirSync(a).sort();
  if (names.join("\n") !== readdirSync(b).sort().join("\n")) return false;
  return names.every((name) => readFileSync(join(a, name)).equals(readFileSync(join(b, name))));
}
