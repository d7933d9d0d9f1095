// Cases with the answers of the real Nova 26.2.2 (Zed), one JSON object a line. With ORRERY_ORACLES=DIR the cases of that folder stand in for the
// ones here: other seeds, the same kinds.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const elsewhere = process.env.ORRERY_ORACLES;
const folder = elsewhere ?? fileURLToPath(new URL(".", import.meta.url));

/** True: the cases are not those that are counted here. */
export const broughtAlong = elsewhere !== undefined;

/** The cases of one file, named without its ending, as text. */
export function readLines(file: string): readonly string[] {
  const path = [join(folder, `${file}.jsonl`), join(folder, `${file}.jsonl.gz`)].find((path) => existsSync(path));
  if (path === undefined) throw new Error(`there is no ${file}.jsonl or ${file}.jsonl.gz in ${folder}`);
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}

/** Every file of cases, without its ending. */
export function caseFiles(): readonly string[] {
  const files = readdirSync(folder).filter((file) => /\.jsonl(\.gz)?$/.test(file));
  return [...new Set(files.map((file) => file.replace(/\.jsonl(\.gz)?$/, "")))].sort();
}

/** Says how many cases of a file passed, where somebody brought their own. */
export function report(file: string, passed: number, of: number): void {
  if (elsewhere !== undefined) process.stdout.write(`${file}: ${passed} of ${of}\n`);
}
