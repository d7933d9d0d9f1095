// The hosts of a decision in the order in which they are to be tried, sorted no further than somebody has read. Nova's scheduler claims along
// the whole list, but nearly always the first claim holds: the rest is kept as it was weighed.
// @source nova/scheduler/manager.py (_schedule, _get_alternate_hosts)

export class Ranking {
  /** How many hosts there are. */
  readonly count: number;
  private readonly hosts: Int32Array;
  private readonly weights: Float64Array;
  /** So many of the front are in order. */
  private sorted: number;

  /** Takes both arrays over; `sorted` of the front are in order already, the weights of the others are not larger. */
  constructor(hosts: Int32Array, weights: Float64Array, sorted: number) {
    this.hosts = hosts;
    this.weights = weights;
    this.count = hosts.length;
    this.sorted = sorted;
  }

  /** The host at a place from 0; -1 behind the last. Of equal weights the earlier one comes first. */
  at(place: number): number {
    if (place >= this.count) return -1;
    while (this.sorted <= place) this.next();
    return this.hosts[place]!;
  }

  /** Hosts other than `chosen`, in order, at most `most`. */
  alternates(chosen: number, most: number): readonly number[] {
    const found: number[] = [];
    for (let place = 0; place < this.count && found.length < most; place++) {
      const host = this.at(place);
      if (host !== chosen) found.push(host);
    }
    return found;
  }

  private next(): void {
    const { hosts, weights } = this;
    const place = this.sorted++;
    let best = place;
    for (let i = place + 1; i < hosts.length; i++) if (weights[i]! > weights[best]!) best = i;
    const host = hosts[best]!;
    const weight = weights[best]!;
    // Rotated rather than swapped: the others keep their order.
    hosts.copyWithin(place + 1, place, best);
    weights.copyWithin(place + 1, place, best);
    hosts[place] = host;
    weights[place] = weight;
  }
}
