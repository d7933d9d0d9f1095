// Runs before `npm start`, `npm test` and `npm run bench`: installs what package-lock.json names when node_modules is missing or older
// than the lock, and compiles when a source is newer than the last build. On a fresh clone this is all the set-up there is.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mtime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function run(command, args) {
  // What they say goes to stderr: stdout belongs to the command that follows.
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** A folder changes when a file in it comes or goes. */
function newest(path) {
  if (!existsSync(path) || !statSync(path).isDirectory()) return mtime(path);
  return Math.max(mtime(path), ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (mtime(join(root, "node_modules/.package-lock.json")) < mtime(join(root, "package-lock.json"))) {
  process.stderr.write("Installing what package-lock.json names (once)...\n");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}
// Of the last compilation that went well; the compiler's own notes are written in any case.
const compiled = join(root, ".build/compiled");
if (Math.max(newest(join(root, "src")), newest(join(root, "bench")), mtime(join(root, "tsconfig.json"))) > mtime(compiled)) {
  process.stderr.write("Compiling...\n");
  const begun = new Date();
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.json")]);
  writeFileSync(compiled, "");
  utimesSync(compiled, begun, begun); // what was written meanwhile is newer
}
