// Which code made a result: the package's version and a hash over the sources. A result of other code has another id, so it is never taken
// for the same run.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface CodeVersion {
  readonly version: string;
  /** First 16 hexadecimal digits of the SHA-256 over the names and contents of all files under src/. */
  readonly sources: string;
}

/** The folder that holds package.json: two floors up from the sources, three from the compiled files. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (readdirSync(folder).includes("package.json")) return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error("Orrery's package.json is not above its own code");
    folder = parent;
  }
}

export function codeVersion(): CodeVersion {
  const root = packageFolder();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const hash = createHash("sha256");
  for (const file of sourceFiles(join(root, "src"), "src")) {
    hash.update(`${file}\n`);
    hash.update(readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n"));
  }
  return { version, sources: hash.digest("hex").slice(0, 16) };
}

function sourceFiles(folder: string, name: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${name}/${entry.name}`;
    if (entry.isDirectory()) return sourceFiles(join(folder, entry.name), path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}
