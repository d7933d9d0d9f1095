// orrery policies: the policies, filters and weighers there are, with their options.
import Table from "cli-table3";
import type { Argv } from "yargs";
import { novaOptions } from "../../policies/nova/config.ts";
import type { Need } from "../../policies/nova/filter.ts";
import { filters } from "../../policies/nova/filters/index.ts";
import { presets } from "../../policies/nova/policy.ts";
import { weighers } from "../../policies/nova/weighers/index.ts";
import { json } from "../../report/run-files.ts";
import { isOffered } from "../../scenario/catalogue.ts";

export const command = "policies";
export const describe = "List the policies, filters and weighers, with their options";

export const builder = (yargs: Argv) => yargs.option("json", { type: "boolean", default: false, describe: "Print as JSON" });

export function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): void {
  if (argv.json) {
    process.stdout.write(
      json({
        policies: [...presets.values()].map((preset) => ({ ...preset, options: Object.fromEntries(preset.options) })),
        filters: filters.map(({ name, source, meaning, needs = null, options = [] }) => ({ name, source, meaning, needs, options })),
        weighers: weighers.map(({ name, source, meaning, needs = null, multiplier, options = [] }) => {
          return { name, source, meaning, needs, multiplier, options };
        }),
        options: novaOptions,
      }),
    );
    return;
  }
  const style = { style: { head: [], border: [] }, wordWrap: true };
  const policyTable = new Table({ ...style, head: ["policy", "what it does"], colWidths: [18, 100] });
  for (const { name, meaning } of presets.values()) policyTable.push([name, meaning]);
  const inScenarios = (policy: { readonly needs?: Need }) => (isOffered(policy) ? "yes" : `no: ${policy.needs}`);
  const filterTable = new Table({ ...style, head: ["filter", "a host passes if", "in scenarios", "source"], colWidths: [36, 52, 18, 64] });
  for (const filter of filters) filterTable.push([filter.name, filter.meaning, inScenarios(filter), filter.source]);
  const weigherTable = new Table({
    ...style,
    head: ["weigher", "what it prefers", "in scenarios", "option", "default"],
    colWidths: [34, 46, 18, 34, 10],
  });
  for (const weigher of weighers) {
    const { name, meaning, multiplier } = weigher;
    weigherTable.push([name, meaning, inScenarios(weigher), multiplier.option ?? multiplier.name, multiplier.default]);
  }
  process.stdout.write(`${policyTable.toString()}\n\n${filterTable.toString()}\n\n${weigherTable.toString()}\n`);
}
