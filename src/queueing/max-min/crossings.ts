// Which flow crosses which link, readable from both sides: the hops of a flow in their order, and the flows on a link as one run of entries
// without gaps, so that a link is looked through at the speed of memory. All columns are for the solvers beside this file to read.

export class Crossings {
  // A flow's hops are pairs of numbers, its link and its entry there, from (flow << hopBits) on; hopBits grows with the longest route. Both in
  // one column: whoever asks for one wants the other, and it is the memory that takes the time.
  hopBits = 3;
  hops = new Int32Array(64 << 3);
  /** By flow: where its hops end, which is where they begin for a flow that has none. */
  hopsEnd = Int32Array.from({ length: 64 }, (_, flow) => flow << 3);
  // A link's entries are at first + 0 ... count - 1; there is room for some more before those of another link begin.
  links = 0;
  first = new Int32Array(16);
  count = new Int32Array(16);
  private room = new Int32Array(16);
  /** How many entries there are on all links. */
  entries = 0;
  /** By entry: the place in `hops` that it is the other side of. */
  entryHop = new Int32Array(256);
  /**
   * By entry of a flow that crosses two links, as most do where many meet: its entry on the other, and which that is. To go the way by `hops`
   * would take twice the time. -1 for flows over fewer or more.
   */
  entryPeer = new Int32Array(256);
  entryPeerLink = new Int32Array(256);
  /** By entry: the weight of the flow. */
  entryWeight = new Float64Array(256);
  /** By entry: the level that the flow's own cap allows. */
  entryCap = new Float64Array(256);
  /** By entry: the level that the flow's own cap and its other links allow, for the solver of levels, who keeps it only as true as he needs it. */
  entryLimit = new Float64Array(256);
  /** By entry: 1 if it is this link that holds the flow back, as of the last solution. */
  entryHeld = new Uint8Array(256);
  private used = 0;

  addLink(): number {
    if (this.links === this.first.length) {
      this.first = wider(this.first, 2 * this.links);
      this.count = wider(this.count, 2 * this.links);
      this.room = wider(this.room, 2 * this.links);
    }
    return this.links++;
  }

  /** Puts a flow on the links of its route, as the last entry of each; cap and limit are for the caller to fill in. */
  put(flow: number, route: readonly number[], weight: number): void {
    const length = 2 * route.length;
    if (length > 1 << this.hopBits) this.widenHops(length);
    if (flow >= this.hopsEnd.length) this.growFlows(flow);
    const base = flow << this.hopBits;
    this.hopsEnd[flow] = base + length;
    this.entries += route.length;
    for (let i = 0; i < route.length; i++) {
      const link = route[i]!;
      if (this.count[link] === this.room[link]) this.makeRoom(link);
      const entry = this.first[link]! + this.count[link]!++;
      this.entryHop[entry] = base + 2 * i;
      this.entryPeer[entry] = -1;
      this.entryHeld[entry] = 0;
      this.entryWeight[entry] = weight;
      this.hops[base + 2 * i] = link;
      this.hops[base + 2 * i + 1] = entry;
    }
    if (route.length === 2) this.pair(this.hops[base + 1]!, route[0]!, this.hops[base + 3]!, route[1]!);
  }

  /** Takes a flow off its links. The last entry of each takes the place of the one that goes. */
  take(flow: number): void {
    const { hops, first, count } = this;
    const base = flow << this.hopBits;
    const end = this.hopsEnd[flow]!;
    for (let hop = base; hop < end; hop += 2) {
      const link = hops[hop]!;
      const entry = hops[hop + 1]!;
      const last = first[link]! + --count[link]!;
      if (entry !== last) this.copyEntry(last, entry);
    }
    this.entries -= (end - base) >> 1;
    this.hopsEnd[flow] = base;
  }

  private pair(entry: number, link: number, other: number, otherLink: number): void {
    this.entryPeer[entry] = other;
    this.entryPeerLink[entry] = otherLink;
    this.entryPeer[other] = entry;
    this.entryPeerLink[other] = link;
  }

  private copyEntry(from: number, to: number): void {
    const hop = this.entryHop[from]!;
    this.entryHop[to] = hop;
    const peer = this.entryPeer[from]!;
    this.entryPeer[to] = peer;
    this.entryPeerLink[to] = this.entryPeerLink[from]!;
    if (peer >= 0) this.entryPeer[peer] = to;
    this.entryWeight[to] = this.entryWeight[from]!;
    this.entryCap[to] = this.entryCap[from]!;
    this.entryLimit[to] = this.entryLimit[from]!;
    this.entryHeld[to] = this.entryHeld[from]!;
    this.hops[hop + 1] = to;
  }

  /** Moves the entries of a link to where there is more room. */
  private makeRoom(link: number): void {
    const wanted = Math.max(4, 2 * this.room[link]!);
    if (this.used + wanted > this.entryHop.length) this.growEntries(wanted);
    const from = this.first[link]!;
    for (let i = 0; i < this.count[link]!; i++) this.copyEntry(from + i, this.used + i);
    this.first[link] = this.used;
    this.room[link] = wanted;
    this.used += wanted;
  }

  /** Closes the gaps that moved links have left, in columns twice as long if need be. */
  private growEntries(wanted: number): void {
    let needed = wanted;
    for (let link = 0; link < this.links; link++) needed += this.room[link]!;
    const { length } = this.entryHop;
    const before = this.entryColumns();
    const room = 2 * needed > length ? 2 * length + wanted : length;
    this.entryHop = new Int32Array(room);
    this.entryPeer = new Int32Array(room);
    this.entryPeerLink = new Int32Array(room);
    this.entryWeight = new Float64Array(room);
    this.entryCap = new Float64Array(room);
    this.entryLimit = new Float64Array(room);
    this.entryHeld = new Uint8Array(room);
    const after = this.entryColumns();
    let to = 0;
    for (let link = 0; link < this.links; link++) {
      const from = this.first[link]!;
      const end = from + this.count[link]!;
      for (let i = 0; i < before.length; i++) after[i]!.set(before[i]!.subarray(from, end), to);
      this.first[link] = to;
      to += this.room[link]!;
    }
    this.used = to;
    for (let link = 0; link < this.links; link++) {
      for (let entry = this.first[link]!, end = entry + this.count[link]!; entry < end; entry++)
        this.hops[this.entryHop[entry]! + 1] = entry;
    }
    for (let link = 0; link < this.links; link++) {
      for (let entry = this.first[link]!, end = entry + this.count[link]!; entry < end; entry++) {
        // The peer of one that crosses two links is the other of its two hops.
        if (this.entryPeer[entry]! >= 0) this.entryPeer[entry] = this.hops[(this.entryHop[entry]! ^ 2) + 1]!;
      }
    }
  }

  private entryColumns() {
    return [this.entryHop, this.entryPeer, this.entryPeerLink, this.entryWeight, this.entryCap, this.entryLimit, this.entryHeld] as const;
  }

  private growFlows(flow: number): void {
    const before = this.hopsEnd.length;
    const flows = Math.max(flow + 1, 2 * before);
    this.hopsEnd = wider(this.hopsEnd, flows);
    for (let added = before; added < flows; added++) this.hopsEnd[added] = added << this.hopBits;
    this.hops = wider(this.hops, flows << this.hopBits);
  }

  private widenHops(length: number): void {
    const before = this.hopBits;
    while (length > 1 << this.hopBits) this.hopBits++;
    const hops = new Int32Array(this.hopsEnd.length << this.hopBits);
    for (let flow = 0; flow < this.hopsEnd.length; flow++) {
      const from = flow << before;
      const to = flow << this.hopBits;
      const many = this.hopsEnd[flow]! - from;
      for (let i = 0; i < many; i++) hops[to + i] = this.hops[from + i]!;
      for (let i = 1; i < many; i += 2) this.entryHop[hops[to + i]!] = to + i - 1;
      this.hopsEnd[flow] = to + many;
    }
    this.hops = hops;
  }
}

/** The same column, with room for `length` rows. */
export function wider<C extends Int32Array | Float64Array | Uint8Array>(column: C, length: number): C {
  const grown = new (column.constructor as new (length: number) => C)(length);
  grown.set(column);
  return grown;
}
