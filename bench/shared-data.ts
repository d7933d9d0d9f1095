// Public data sets beside the repository, which does not contain them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BenchResult } from "./bench.ts";

/** `../shared/data/NAME` as seen from the root of the repository, where benches are started; null when it is not there. */
export function sharedData(name: string): string | null {
  const folder = join(process.cwd(), "..", "shared", "data", name);
  return existsSync(folder) ? folder : null;
}

/** What a bench answers whose data set is not there. */
export function skipped(workload: string, name: string): BenchResult {
  return { workload, figure: 0, unit: "(skipped)", notes: `skipped: there is no ../shared/data/${name}` };
}
