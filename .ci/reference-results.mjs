// `npm run results`: renews results/<scenario>/<policy>.json, the summary of replication 0 of every shipped scenario under each of its
// policies. A commit that moves one of them says which modelling decision moved it. Scenarios whose trace is not there are left as they are.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { status } = spawnSync(process.execPath, [join(root, ".ci/prepare.mjs")], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
const built = (file) => import(pathToFileURL(join(root, ".build/src", file)).href);
const { codeVersion } = await built("experiment/code-version.js");
const { runOnce } = await built("experiment/run.js");
const { runFiles } = await built("report/run-files.js");
const { catalogue } = await built("scenario/catalogue.js");
const { readScenario } = await built("scenario/parse.js");

for (const file of readdirSync(join(root, "scenarios")).sort()) {
  if (!file.endsWith(".yaml")) continue;
  let scenario;
  try {
    scenario = readScenario(join("scenarios", file), { catalogue, cwd: root });
  } catch (error) {
    if (!/there is no trace file/.test(error.message)) throw error;
    process.stdout.write(`${basename(file, ".yaml")}: left as it is, its trace is not there\n`);
    continue;
  }
  const folder = join(root, "results", scenario.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const policy of scenario.study.policies) {
    const result = runOnce({ scenario, policy, replication: 0 });
    const summary = runFiles(scenario, result, codeVersion()).find(({ name }) => name === "summary.json");
    writeFileSync(join(folder, `${policy.name}.json`), [...summary.text].join(""));
    process.stdout.write(`${scenario.name}, ${policy.name}: ${result.events} events, fingerprint ${result.fingerprint}\n`);
  }
}
