// Writes the outputs shown in README.md anew, by running its commands in a copy of the repository. To be done when results have moved, and
// after reading the difference.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await import("./prepare.mjs");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "test/readme/snippets.test.ts"], {
  cwd: root,
  env: { ...process.env, ORRERY_RENEW_README: "1" },
  stdio: ["ignore", "inherit", "inherit"],
});
process.exitCode = status ?? 1;
