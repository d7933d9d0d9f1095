// How many cables lie between switches, as far as routes need to know. Distances to a switch are found by breadth-first search when something
// is first sent there, no further than the sender, and kept until a cable goes down or comes up.

/** Distances kept at most, over all destinations: beyond, they are forgotten and found again. */
const MOST_KEPT = 1 << 23;

interface Search {
  /** By switch: cables to the destination plus 1; 0 = not found yet. */
  readonly reach: Int32Array;
  readonly queue: Int32Array;
  head: number;
  tail: number;
}

/** The switches next to each switch: `ends[firstEnd[s]..firstEnd[s + 1]]` are its cable ends, `cable * 2 + direction`. */
export interface Neighbours {
  readonly firstEnd: Int32Array;
  readonly ends: Int32Array;
  /** By cable end: the switch on the other side. */
  readonly farSwitch: Int32Array;
  /** By cable: reasons why it is down; 0 = up. */
  readonly cableFaults: Int32Array;
}

export class HopDistances {
  private readonly net: Neighbours;
  private readonly switches: number;
  private searches = new Map<number, Search>();

  constructor(net: Neighbours) {
    this.net = net;
    this.switches = net.firstEnd.length - 1;
  }

  /** Forgets everything: a cable went down or came up. */
  forget(): void {
    this.searches.clear();
  }

  /**
   * Cables from each switch to `target` plus 1, known for `from` and for all switches nearer to `target` than it; where 0 stands for `from`
   * there is no way.
   */
  towards(target: number, from: number): Int32Array {
    const search = this.searches.get(target) ?? this.begin(target);
    const { reach, queue } = search;
    const { firstEnd, ends, farSwitch, cableFaults } = this.net;
    while (reach[from] === 0 && search.head < search.tail) {
      const at = queue[search.head++]!;
      const next = reach[at]! + 1;
      for (let i = firstEnd[at]!; i < firstEnd[at + 1]!; i++) {
        const end = ends[i]!;
        const far = farSwitch[end]!;
        if (reach[far] !== 0 || cableFaults[end >> 1] !== 0) continue;
        reach[far] = next;
        queue[search.tail++] = far;
      }
    }
    return reach;
  }

  private begin(target: number): Search {
    if ((this.searches.size + 1) * this.switches > MOST_KEPT) this.searches.clear();
    const search = { reach: new Int32Array(this.switches), queue: new Int32Array(this.switches), head: 0, tail: 1 };
    search.reach[target] = 1;
    search.queue[0] = target;
    this.searches.set(target, search);
    return search;
  }
}
