// The fenced blocks of README.md, and how their outputs are shown. A block is named by its language and what follows it on the fence:
//
//   sh, `sh exits 2`             run by bash in the folder of the tour; ends with 0 or the code named
//   text                         what the block before it prints; a line `...` stands for lines left out
//   yaml NAME, js NAME, ts NAME  a file of the tour; a scenario is valid, unless it is `yaml NAME broken`
//   diff NAME                    lines to add to a file that is there
export interface Fence {
  readonly language: string;
  /** The words after the language. */
  readonly info: readonly string[];
  readonly text: string;
  /** Line of README.md at which the text begins, from 1, and the one after its end. */
  readonly from: number;
  readonly to: number;
}

export function fencesOf(markdown: string): readonly Fence[] {
  const lines = markdown.split("\n");
  const fences: Fence[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (!lines[i]!.startsWith("```")) continue;
    const [language = "", ...info] = lines[i]!.slice(3).trim().split(/\s+/);
    const end = lines.indexOf("```", i + 1);
    if (end < 0) throw new Error(`README.md:${i + 1}: the block does not end`);
    fences.push({ language, info, text: lines.slice(i + 1, end).join("\n"), from: i + 2, to: end + 1 });
    i = end;
  }
  return fences;
}

const ELIDED = "...";

/** Ids and fingerprints move with every change of the code: they are shown as `...`. */
function withoutIds(output: string): string {
  return output.replace(/(?<=fingerprint )[0-9a-f]{16}\b/g, ELIDED).replace(/(?<=[-/])[0-9a-f]{12}(?=:)/g, ELIDED);
}

/** `output` as the block `before` shows it: as many lines from the start and from the end, all of them when it leaves nothing out. */
export function shownLike(before: string, output: string): string {
  const lines = withoutIds(output.trimEnd()).split("\n");
  const old = before.split("\n");
  const gap = old.indexOf(ELIDED);
  if (gap < 0) return lines.join("\n");
  const after = old.length - gap - 1;
  if (lines.length <= gap + after) return lines.join("\n");
  return [...lines.slice(0, gap), ELIDED, ...lines.slice(lines.length - after)].join("\n");
}

/** The text with the additions of a diff made: context lines are looked for in order, lines with + come in behind them. */
export function patched(text: string, diff: string): string {
  const lines = text.split("\n");
  let at = 0;
  for (const line of diff.split("\n")) {
    if (line.startsWith("@@")) continue;
    if (line.startsWith("+")) {
      lines.splice(at++, 0, line.slice(1));
      continue;
    }
    const found = lines.indexOf(line.slice(1), at);
    if (!line.startsWith(" ") || found < 0) throw new Error(`the diff does not fit: ${JSON.stringify(line)} is not there`);
    at = found + 1;
  }
  return lines.join("\n");
}
