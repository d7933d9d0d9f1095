// Runs before `npm start`, `npm test` and `npm run bench`: installs what package-lock.json names when node_modules is missing or older
// than the lock, and compiles when a source is newer than the last build. On a fresh clone this is all the set-up there is.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mtime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function newest(path) {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return mtime(path);
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (mtime(join(root, "node_modules/.package-lock.json")) < mtime(join(root, "package-lock.json"))) {
  process.stderr.write("Installing what package-lock.json names (once)...\n");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}
const built = mtime(join(root, ".build/tsconfig.tsbuildinfo"));
if (Math.max(newest(join(root, "src")), newest(join(root, "bench")), mtime(join(root, "tsconfig.json"))) > built) {
  process.stderr.write("Compiling...\n");
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.json")]);
}
