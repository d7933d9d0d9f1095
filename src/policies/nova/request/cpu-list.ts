// Lists of CPUs as operators write them: `0-3,^1` is 0, 2 and 3. What is excluded wins over what is included, in any order.
// @source nova/virt/hardware.py, parse_cpu_spec (nova 26.2.2)
import { RequestRefused } from "./scheduling-request.ts";
import { integerOf } from "./text-values.ts";

/** Throws `Invalid` for what is no list, such as `3-1` or `a`. */
export function parseCpuList(text: string): ReadonlySet<number> {
  const included = new Set<number>();
  const excluded = new Set<number>();
  for (const part of text.split(",").map((piece) => piece.trim())) {
    if (part === "") continue;
    const target = part.startsWith("^") ? excluded : included;
    const range = part.startsWith("^") ? part.slice(1) : part;
    const dash = range.indexOf("-");
    const first = integerOf(dash < 0 ? range : range.slice(0, dash));
    const last = dash < 0 ? first : integerOf(range.slice(dash + 1));
    if (first === null || last === null || first > last) throw new RequestRefused("Invalid", `"${part}" in "${text}" is no range of CPUs`);
    for (let cpu = first; cpu <= last; cpu++) target.add(cpu);
  }
  for (const cpu of excluded) included.delete(cpu);
  return included;
}

/** A mask that begins by excluding means all of the flavor's CPUs but those. */
export function parseCpuMask(mask: string, vcpus: number): ReadonlySet<number> {
  return parseCpuList(mask.trim().startsWith("^") ? `0-${vcpus - 1},${mask}` : mask);
}
