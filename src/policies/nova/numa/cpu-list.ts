// Lists of CPUs as operators write them: `0-3,^2,8` is 0, 1, 3 and 8. What is excluded is excluded wherever it stands.
// @source nova/virt/hardware.py (parse_cpu_spec)
import { integerIn } from "./integer-text.ts";
import { Refusal } from "./refusal.ts";

/** The CPUs listed, ascending. Refuses a text that is not a list with Invalid. */
export function parseCpuList(text: string): readonly number[] {
  const included = new Set<number>();
  const excluded = new Set<number>();
  for (const part of text.split(",").map((part) => part.trim())) {
    if (part === "") continue;
    const into = part.startsWith("^") ? excluded : included;
    const range = part.startsWith("^") ? part.slice(1) : part;
    const dash = range.indexOf("-");
    const first = integerIn(dash < 0 ? range : range.slice(0, dash));
    const last = dash < 0 ? first : integerIn(range.slice(dash + 1));
    if (first === null || last === null || first > last)
      throw new Refusal("Invalid", `"${part}" in "${text}" is not a CPU or a range of CPUs`);
    for (let cpu = first; cpu <= last; cpu++) into.add(cpu);
  }
  return [...included].filter((cpu) => !excluded.has(cpu)).sort((a, b) => a - b);
}

/** A mask over a server's `vcpus`: one that begins with an exclusion takes away from all of them. */
export function parseCpuMask(text: string, vcpus: number): readonly number[] {
  return parseCpuList(text.trim().startsWith("^") ? `0-${vcpus - 1},${text}` : text);
}
