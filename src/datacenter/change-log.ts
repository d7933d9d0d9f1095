// Which rows have changed? Whoever keeps something derived from columns asks here instead of looking at every row: a ring of row numbers that the
// store's verbs write, with any number of readers that keep a place of their own. A reader that has fallen behind the ring starts afresh.
//
// Noting a change is one store into the ring, whether or not anybody reads. A row may be noted more than once.

export class ChangeLog {
  /** Changes noted so far: the place of a reader who has seen them all. */
  count = 0;
  private readonly ring: Int32Array;
  private readonly mask: number;

  /** The ring holds about a quarter as many changes as there are rows: to replay more costs as much as to start afresh. */
  constructor(rows: number) {
    let length = 64;
    while (4 * length < rows) length *= 2;
    this.ring = new Int32Array(length);
    this.mask = length - 1;
  }

  /** Changes that are remembered. */
  get length(): number {
    return this.ring.length;
  }

  note(row: number): void {
    this.ring[this.count++ & this.mask] = row;
  }

  /** Everything may have changed: every reader starts afresh. */
  noteAll(): void {
    this.count += this.ring.length + 1;
  }

  /** Are all changes from this place on still remembered? */
  remembers(place: number): boolean {
    return this.count - place <= this.ring.length;
  }

  /** The row of the change at a place that is still remembered. */
  row(place: number): number {
    return this.ring[place & this.mask]!;
  }
}
