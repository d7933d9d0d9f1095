// Changes to a text that leave its lines where they are and know the way back: what the engine reports of the changed text is told in lines and
// columns of the user's own.

export interface TextPosition {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** A piece of the original that stands unchanged in the result. */
interface Kept {
  readonly from: number;
  readonly to: number;
  /** Where it begins in the result. */
  readonly at: number;
}

/** How to get from the changed text back to the original. */
export interface WayBack {
  readonly kept: readonly Kept[];
  /** Offsets at which the lines of each text begin. */
  readonly lines: readonly number[];
  readonly originalLines: readonly number[];
}

interface Change {
  /** What opens here, outer before inner. */
  readonly opening: string[];
  /** What closes here, inner before outer. */
  readonly closing: string[];
  /** Characters of the original that go. */
  removed: number;
}

export class Edits {
  private readonly original: string;
  private readonly changes = new Map<number, Change>();

  constructor(original: string) {
    this.original = original;
  }

  /** To be called for outer parts before the inner ones. */
  open(at: number, text: string): void {
    this.at(at).opening.push(text);
  }

  close(at: number, text: string): void {
    this.at(at).closing.unshift(text);
  }

  around(from: number, to: number, before: string, after: string): void {
    this.open(from, before);
    this.close(to, after);
  }

  /** The text between goes, but for its line ends; `instead` comes. */
  replace(from: number, to: number, instead: string): void {
    const lineEnds = this.original.slice(from, to).replace(/[^\r\n\u2028\u2029]/g, "");
    const change = this.at(from);
    change.opening.push(instead + lineEnds);
    change.removed = to - from;
  }

  apply(): { readonly text: string; readonly back: WayBack } {
    const kept: Kept[] = [];
    let text = "";
    let from = 0;
    const keep = (to: number) => {
      if (to > from) kept.push({ from, to, at: text.length });
      text += this.original.slice(from, to);
      from = to;
    };
    for (const [at, { opening, closing, removed }] of [...this.changes].sort(([a], [b]) => a - b)) {
      keep(at);
      text += closing.join("") + opening.join("");
      from = at + removed;
    }
    keep(this.original.length);
    return { text, back: { kept, lines: lineStarts(text), originalLines: lineStarts(this.original) } };
  }

  private at(at: number): Change {
    let change = this.changes.get(at);
    if (change === undefined) {
      change = { opening: [], closing: [], removed: 0 };
      this.changes.set(at, change);
    }
    return change;
  }
}

/** The place in the original; in something inserted, where it was inserted. */
export function original({ kept, lines, originalLines }: WayBack, { line, column }: TextPosition): TextPosition {
  const offset = (lines[line - 1] ?? 0) + column - 1;
  const piece = kept.findLast(({ at }) => at <= offset);
  if (piece === undefined) return { line: 1, column: 1 };
  return positionOf(originalLines, Math.min(piece.to, piece.from + offset - piece.at));
}

/** @param lines offsets at which lines begin */
export function positionOf(lines: readonly number[], offset: number): TextPosition {
  const line = Math.max(
    0,
    lines.findLastIndex((start) => start <= offset),
  );
  return { line: line + 1, column: offset - lines[line]! + 1 };
}

/** A line ends where JavaScript says so. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(end.index + end[0].length);
  return starts;
}
