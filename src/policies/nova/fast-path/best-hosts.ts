// The best few hosts so far, by weight, the lower row first among equals. They may be offered in any order.

export class BestHosts {
  readonly hosts: Int32Array;
  readonly weights: Float64Array;
  size = 0;
  private wanted = 0;

  /** @param most the most that will ever be wanted */
  constructor(most: number) {
    this.hosts = new Int32Array(most);
    this.weights = new Float64Array(most);
  }

  /** Forgets all, and keeps the `wanted` best from now on (1 at least). */
  begin(wanted: number): void {
    this.size = 0;
    this.wanted = wanted;
  }

  /** Would a host of this row and weight, or of a smaller weight or higher row, be among them? */
  admits(host: number, weight: number): boolean {
    if (this.size < this.wanted) return true;
    const last = this.wanted - 1;
    return weight > this.weights[last]! || (weight === this.weights[last]! && host < this.hosts[last]!);
  }

  offer(host: number, weight: number): void {
    if (!this.admits(host, weight)) return;
    const { hosts, weights } = this;
    let place = this.size < this.wanted ? this.size++ : this.wanted - 1;
    for (; place > 0; place--) {
      const better = weights[place - 1]!;
      if (better > weight || (better === weight && hosts[place - 1]! < host)) break;
      weights[place] = better;
      hosts[place] = hosts[place - 1]!;
    }
    weights[place] = weight;
    hosts[place] = host;
  }
}
