// What the tests of configuration files share: a scenario beside a nova.conf, what became of it, and what its run decides.
import { runOnce } from "../../../src/experiment/run.ts";
import type { Problem } from "../../../src/kernel/problem.ts";
import { novaWeigherClasses } from "../../../src/policies/nova/releases.ts";
import { runFiles } from "../../../src/report/run-files.ts";
import { catalogue } from "../../../src/scenario/catalogue.ts";
import { readScenario } from "../../../src/scenario/parse.ts";
import type { ConfOption, Scenario } from "../../../src/scenario/scenario.ts";
import { folder, problemsOf } from "../folder.ts";

export interface Parts {
  /** Keys of `cloud` besides hosts and flavors, one a line. */
  readonly cloud?: readonly string[];
  readonly policies?: string;
  readonly hosts?: string;
  /** Flavors besides the two there are. */
  readonly flavors?: readonly string[];
}

/** Twelve hosts of 32 threads, nearly full at times, so that ratios, limits and weights all matter. */
export function scenarioText({
  cloud = [],
  policies,
  hosts = "{type: dell-r7525, count: 12, vcpus: 32, ram: 96 GiB, disk: 1 TiB}",
  flavors = [],
}: Parts): string {
  return [
    "cloud:",
    ...cloud.map((line) => `  ${line}`),
    `  hosts: [${hosts}]`,
    `  flavors: [${["{name: m1.small, vcpus: 2, ram: 4 GiB, disk: 20 GiB}", "{name: m1.large, vcpus: 8, ram: 24 GiB, disk: 80 GiB}", ...flavors].join(", ")}]`,
    "workload: {arrivals: {poisson: {rate: 100 /h}}, batch: {discrete: {values: [1, 3], weights: [3, 1]}}, lifetime: 2 h, projects: 3}",
    `study: {duration: 2 h${policies === undefined ? "" : `, policies: ${policies}`}}`,
    "",
  ].join("\n");
}

/** The scenario beside files of configuration. */
export function read(parts: Parts, files: Readonly<Record<string, string>> = {}): Scenario {
  const cwd = folder({ "a.yaml": scenarioText(parts), ...files });
  return readScenario("a.yaml", { catalogue, cwd });
}

export const withConf = (conf: string, parts: Parts = {}) =>
  read({ ...parts, cloud: ["nova_conf: nova.conf", ...(parts.cloud ?? [])] }, { "nova.conf": conf });
export const faults = (run: () => unknown): readonly string[] =>
  problemsOf(run).map(({ file, line, column, path, message, hint }: Problem) => `${file}:${line}:${column} ${path}: ${message} (${hint})`);
export const optionOf = (scenario: Scenario, name: string): ConfOption => scenario.configuration!.find((option) => option.name === name)!;
export const valueAt = (scenario: Scenario, path: string) => scenario.values.find((value) => value.path === path);

/** What a run decides: the fingerprint of its events, and every decision of the scheduler. */
export function decisions(scenario: Scenario): { readonly fingerprint: string; readonly decisions: string } {
  const result = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0 });
  const file = runFiles(scenario, result, { version: "0", sources: "0" }).find(({ name }) => name === "decisions.csv")!;
  return { fingerprint: result.fingerprint, decisions: [...file.text].join("") };
}

/** The weighers of Nova that scenarios have, as `all_weighers` gives them, and which of some filters they have. */
const nova = novaWeigherClasses.map(({ name }) => name);
export const allWeighers = `[${catalogue.weighers.filter((name) => nova.includes(name)).join(", ")}]`;
export const offeredOf = (names: readonly string[]) => names.filter((name) => catalogue.filters.includes(name));
