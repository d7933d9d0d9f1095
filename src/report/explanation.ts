// Every effective value of a scenario as a person reads it: a line for the value and what it is, a line for why.
import type { ExplainedValue } from "../scenario/scenario.ts";

const LONGEST_PATH = 44;

/** `cloud.hosts.0.nic   25 Gbit/s   assumed: usual leaf-spine design …` with the meaning below it; sections are set apart by an empty line. */
export function explanation(values: readonly ExplainedValue[]): string {
  const lines: string[] = [];
  const width = Math.min(LONGEST_PATH, Math.max(0, ...values.map(({ path }) => path.length)));
  let section = "";
  for (const { path, value, source, evidence, meaning } of values) {
    const [first, second] = path.split(".");
    const here = first === "cloud" ? `${first}.${second}` : first!;
    if (section !== "" && here !== section) lines.push("");
    section = here;
    const because = evidence === "scenario" ? source : `${evidence}: ${source.replace(/^default: /, "")}`;
    lines.push(`${path.padEnd(width)}  ${value}`, `    ${meaning}; ${because}`);
  }
  return lines.join("\n");
}
