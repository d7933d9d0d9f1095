// Lists of CPUs as operators write them: `0-3,^2,8` is 0, 1, 3 and 8. What is excluded is excluded wherever it stands.
// @source nova/virt/hardware.py, parse_cpu_spec (nova 26.2.2)
import { integerIn } from "../python/text-values.ts";

/** The CPUs listed, ascending; null for what is no list, such as `3-1` or `a`. */
export function cpusIn(text: string): readonly number[] | null {
  const included = new Set<number>();
  const excluded = new Set<number>();
  for (const part of text.split(",").map((piece) => piece.trim())) {
    if (part === "") continue;
    const into = part.startsWith("^") ? excluded : included;
    const range = part.startsWith("^") ? part.slice(1) : part;
    const dash = range.indexOf("-");
    const first = integerIn(dash < 0 ? range : range.slice(0, dash));
    const last = dash < 0 ? first : integerIn(range.slice(dash + 1));
    if (first === null || last === null || first > last) return null;
    for (let cpu = first; cpu <= last; cpu++) into.add(cpu);
  }
  return [...included].filter((cpu) => !excluded.has(cpu)).sort((a, b) => a - b);
}

/** The CPUs of a mask over a server's `vcpus`: one that begins by excluding means all of them but those. */
export function cpusInMask(mask: string, vcpus: number): readonly number[] | null {
  return cpusIn(mask.trim().startsWith("^") ? `0-${vcpus - 1},${mask}` : mask);
}
