// What is done once, by the first to come: others with the same key wait for it, and later ones pass.

/** Who has been through a `once`, by key; under way are the keys that have a line of waiting strands, which may be empty. */
export class Gate {
  private readonly done = new Set<number>();
  private readonly line = new Map<number, number[]>();
  /** Keys of the strands at work or in line. */
  private readonly keyOf = new Map<number, number>();

  /** A strand comes. */
  come(strand: number, key: number): "passes" | "waits" | "goes first" {
    if (this.done.has(key)) return "passes";
    this.keyOf.set(strand, key);
    const waiting = this.line.get(key);
    if (waiting !== undefined) {
      waiting.push(strand);
      return "waits";
    }
    this.line.set(key, []);
    return "goes first";
  }

  /** What was done is undone: the next to come does it again. Nothing happens if it was not done. */
  forget(key: number): void {
    this.done.delete(key);
  }

  /** The strand at work has done it: all in line, who pass. */
  finish(strand: number): readonly number[] {
    const key = this.leave(strand);
    const line = this.line.get(key)!;
    this.done.add(key);
    this.line.delete(key);
    for (const waiting of line) this.keyOf.delete(waiting);
    return line;
  }

  /** The strand at work has failed: the first in line, who does it himself, while the others go on waiting; null: nobody waits. */
  fail(strand: number): number | null {
    const key = this.leave(strand);
    const next = this.line.get(key)!.shift();
    if (next !== undefined) return next;
    this.line.delete(key);
    return null;
  }

  private leave(strand: number): number {
    const key = this.keyOf.get(strand)!;
    this.keyOf.delete(strand);
    return key;
  }
}
