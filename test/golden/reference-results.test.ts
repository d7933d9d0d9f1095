import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { codeVersion } from "../../src/experiment/code-version.ts";
import { runOnce } from "../../src/experiment/run.ts";
import { runFiles } from "../../src/report/run-files.ts";
import { buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { done, noAzureTrace, scenario as scenarioFile, temporaryFolder } from "../cli/orrery.ts";

const names = readdirSync("scenarios")
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => basename(file, ".yaml"));
const needsTrace = (name: string) => "trace" in parse(readFileSync(scenarioFile(name), "utf8")).workload;
const reference = (name: string, policy: string) => join("results", name, `${policy}.json`);
const renew = "if the model was meant to change, run `npm run results` and say in the commit which modelling decision moved it";

/** Lines `path: reference -> now` of all that differs between two pieces of JSON. */
function differences(before: unknown, now: unknown, path = ""): string[] {
  if (before === now) return [];
  const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
  if (!isMap(before) || !isMap(now)) return [`${path}: ${JSON.stringify(before)} -> ${JSON.stringify(now)}`];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.flatMap((key) => differences(before[key], now[key], path === "" ? key : `${path}.${key}`));
}

describe("every shipped scenario gives its reference results", () => {
  for (const name of names) {
    describe.skipIf(needsTrace(name) && noAzureTrace)(name, () => {
      const read = () => readScenario(scenarioFile(name), { catalogue });
      const policies = parse(readFileSync(scenarioFile(name), "utf8")).study.policies as (string | { name: string })[];

      it("has a reference for each of its policies, and for nothing else", () => {
        const expected = policies.map((policy) => `${typeof policy === "string" ? policy : policy.name}.json`).sort();
        expect(existsSync(join("results", name)) ? readdirSync(join("results", name)).sort() : [], renew).toEqual(expected);
      });

      it.each(policies.map((policy) => (typeof policy === "string" ? policy : policy.name)))("%s", (policyName) => {
        const scenario = read();
        const policy = scenario.study.policies.find((entry) => entry.name === policyName)!;
        const result = runOnce({ scenario, policy, replication: 0, workload: buildWorkload(scenario, 0) });
        const now = [...runFiles(scenario, result, codeVersion()).find((file) => file.name === "summary.json")!.text].join("");
        const before = readFileSync(reference(name, policyName), "utf8");
        expect(differences(JSON.parse(before), JSON.parse(now)), renew).toEqual([]);
        expect(now, renew).toBe(before);
      });
    });
  }

  it("and the command line prints the very same bytes", async () => {
    const out = join(temporaryFolder(), "result");
    const printed = await done(["run", scenarioFile("boot-storm"), "--policy", "nova-pack", "--json", "--out", out]);
    expect(printed, renew).toBe(readFileSync(reference("boot-storm", "nova-pack"), "utf8"));
    expect(readFileSync(join(out, "summary.json"), "utf8")).toBe(printed);
  });
});
