// The hosts of a decision in the order in which they are to be tried, sorted no further than somebody has read. Nova's scheduler claims along
// the whole list, but nearly always the first claim holds: the rest is kept as it was weighed.
// @source nova/scheduler/manager.py (_schedule, _get_alternate_hosts)

export class Ranking {
  /** How many hosts there are. */
  count = 0;
  private hosts = new Int32Array(0);
  private weights = new Float64Array(0);
  /** So many of the front are in order. */
  private sorted = 0;

  /**
   * Becomes a copy of the first `count` of both; `sorted` of the front are in order already, the weights of the others are not larger. A list
   * that is done with is filled again rather than made anew: a cloud of 1,000 hosts needs 12 kB for each.
   */
  fill(hosts: Int32Array, weights: Float64Array, count: number, sorted: number): this {
    if (this.hosts.length < count) {
      this.hosts = new Int32Array(hosts.length);
      this.weights = new Float64Array(hosts.length);
    }
    this.hosts.set(hosts.subarray(0, count));
    this.weights.set(weights.subarray(0, count));
    this.count = count;
    this.sorted = sorted;
    return this;
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
    for (let i = place + 1; i < this.count; i++) if (weights[i]! > weights[best]!) best = i;
    const host = hosts[best]!;
    const weight = weights[best]!;
    // Rotated rather than swapped: the others keep their order.
    hosts.copyWithin(place + 1, place, best);
    weights.copyWithin(place + 1, place, best);
    hosts[place] = host;
    weights[place] = weight;
  }
}
