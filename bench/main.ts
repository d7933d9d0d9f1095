// `npm run bench`: asks every bench its question and prints the answers as a table, or as JSON for machines.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { didYouMean } from "../src/kernel/did-you-mean.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { benches } from "./benches.ts";

const USAGE = `npm run bench -- [--small] [--only NAME[,NAME...]] [--json FILE]

  --small   the small sizes, some seconds in all
  --only    only these benches: ${benches.map((bench) => bench.name).join(", ")}
  --json    write the results to FILE as JSON; "-" writes them to the standard output instead of the table
`;

function fail(message: string): never {
  process.stderr.write(`${message}\n\n${USAGE}`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      options: { small: { type: "boolean" }, only: { type: "string" }, json: { type: "string" }, help: { type: "boolean", short: "h" } },
    }).values;
  } catch (error) {
    return fail((error as Error).message);
  }
}

function chosen(only: string | undefined): readonly Bench[] {
  if (only === undefined) return benches;
  const names = benches.map((bench) => bench.name);
  return only.split(",").map((name) => {
    const bench = benches.find((one) => one.name === name);
    if (bench !== undefined) return bench;
    const meant = didYouMean(name, names);
    return fail(`there is no bench "${name}"${meant === null ? "" : `: did you mean "${meant}"?`}`);
  });
}

/** Three or four significant digits, thousands and millions as k and M. */
function readable(figure: number): string {
  const size = Math.abs(figure);
  if (size >= 1e6) return `${(figure / 1e6).toPrecision(4)} M`;
  if (size >= 1e4) return `${(figure / 1e3).toPrecision(4)} k`;
  return String(Number(size >= 100 ? figure.toFixed(0) : figure.toPrecision(3)));
}

function tableOf(results: readonly BenchResult[]): string {
  const table = new Table({
    head: ["workload", "figure", "held against", "hash", "counts, notes"],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [36, 22, 44, 18, 46],
  });
  for (const { workload, figure, unit, references = [], hash = "", counts = {}, notes = "" } of results) {
    const against = references.map(({ name, figure: other, ratio }) => `${name} ${readable(other)}: ${readable(ratio)} x`);
    const facts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
    table.push([workload, `${readable(figure)} ${unit}`, against.join("\n"), hash, [facts.join(", "), notes].filter(Boolean).join("\n")]);
  }
  return table.toString();
}

const options = readArguments();
if (options.help === true) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const size: Size = options.small === true ? "small" : "large";
const tableToStdout = options.json !== "-";
const answers: { bench: string; question: string; results: BenchResult[] }[] = [];
for (const bench of chosen(options.only)) {
  process.stderr.write(`${bench.name}...\n`);
  const results = await bench.run(size);
  answers.push({ bench: bench.name, question: bench.question, results });
  if (tableToStdout) process.stdout.write(`\n${bench.name}: ${bench.question}\n${tableOf(results)}\n`);
}
if (options.json !== undefined) {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };
  const text = `${JSON.stringify({ size, machine, answers }, null, 2)}\n`;
  if (options.json === "-") process.stdout.write(text);
  else writeFileSync(options.json, text);
}
