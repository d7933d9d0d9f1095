// orrery validate: is this scenario right? Every problem at once, each with its place.
import type { Argv } from "yargs";
import { configurationCounts } from "../../report/configuration-listing.ts";
import { remarkLines } from "../../report/remark-listing.ts";
import { buildWorkload } from "../../scenario/build.ts";
import { readScenarioFrom, scenarioArguments } from "../terminal.ts";

export const command = "validate <file>";
export const describe = "Check a scenario, and the trace it names, without running it";

export const builder = (yargs: Argv) => scenarioArguments(yargs);

export function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): void {
  const scenario = readScenarioFrom({ file: argv.file, set: argv.set, seed: argv.seed });
  const { requests } = buildWorkload(scenario, 0);
  const hosts = scenario.cloud.hosts.reduce((sum, group) => sum + group.count, 0);
  const policies = scenario.study.policies.map((policy) => policy.name).join(", ");
  process.stdout.write(
    `${argv.file} is valid: ${hosts} hosts, ${requests.count} servers asked for in replication 0, ${scenario.study.replications} replications of ${policies}.\n`,
  );
  process.stdout.write(configurationCounts(scenario.configuration ?? []));
  process.stdout.write(remarkLines(scenario.policyRemarks ?? []));
}
