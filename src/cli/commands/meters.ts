// orrery meters: the meters there are.
import Table from "cli-table3";
import type { Argv } from "yargs";
import { json } from "../../report/run-files.ts";
import { meters } from "../../telemetry/meters.ts";

export const command = "meters";
export const describe = "List the meters: name, type, unit, resource and origin";

export const builder = (yargs: Argv) => yargs.option("json", { type: "boolean", default: false, describe: "Print as JSON" });

export function handler(argv: Awaited<ReturnType<typeof builder>["argv"]>): void {
  const rows = meters.map(({ name, type, unit, resource, on, meaning }) => ({
    name,
    type,
    unit,
    resource,
    origin: on === "poll" ? "pollster" : `notification ${on}`,
    meaning,
  }));
  if (argv.json) {
    process.stdout.write(json(rows));
    return;
  }
  const table = new Table({ head: ["meter", "type", "unit", "resource", "origin", "meaning"], style: { head: [], border: [] } });
  for (const row of rows) table.push([row.name, row.type, row.unit, row.resource, row.origin, row.meaning]);
  process.stdout.write(`${table.toString()}\n`);
}
