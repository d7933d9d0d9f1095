// orrery policies: the policies, filters and weighers there are, with their options.
import Table from "cli-table3";
import type { Argv } from "yargs";
import { filters } from "../../policies/nova/filters/index.ts";
import { presets } from "../../policies/nova/policy.ts";
import { weighers } from "../../policies/nova/weighers/index.ts";
import { json } from "../../report/run-files.ts";

export const command = "policies";
export const describe = "List the policies, filters and weighers, with their options";

export const builder = (yargs: Argv) => yargs.option("json", { type: "boolean", default: false, describe: "Print as JSON" });

export function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): void {
  if (argv.json) {
    process.stdout.write(
      json({
        policies: [...presets.values()].map((preset) => ({ ...preset, options: Object.fromEntries(preset.options) })),
        filters: filters.map(({ name, source, meaning }) => ({ name, source, meaning })),
        weighers: weighers.map(({ name, source, meaning, multiplier }) => ({ name, source, meaning, multiplier })),
      }),
    );
    return;
  }
  const style = { style: { head: [], border: [] }, wordWrap: true };
  const policyTable = new Table({ ...style, head: ["policy", "what it does"], colWidths: [18, 100] });
  for (const { name, meaning } of presets.values()) policyTable.push([name, meaning]);
  const filterTable = new Table({ ...style, head: ["filter", "a host passes if", "source"], colWidths: [34, 56, 50] });
  for (const { name, meaning, source } of filters) filterTable.push([name, meaning, source]);
  const weigherTable = new Table({ ...style, head: ["weigher", "what it prefers", "option", "default"], colWidths: [24, 54, 40, 12] });
  for (const { name, meaning, multiplier } of weighers) weigherTable.push([name, meaning, multiplier.name, multiplier.default]);
  process.stdout.write(`${policyTable.toString()}\n\n${filterTable.toString()}\n\n${weigherTable.toString()}\n`);
}
