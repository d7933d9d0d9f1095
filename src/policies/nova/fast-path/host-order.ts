// The order in which hosts stand in search trees: like beside like. The bound of a node is close only if its hosts are alike, and what is alike
// changes with every server that comes and goes; so hosts are arranged anew when searches have become longer. Each node divides its hosts at the
// median of the weigher's value in which they differ most (a k-d tree).
//
// Measured at 100,000 hosts of four types: 970 nodes a search with each type in one run, 200 with the hosts arranged.
import { type HostTable, ROOM } from "./host-table.ts";

/** Larger fleets have blocks of 8 hosts, the most that a byte is a set of, and half the nodes; smaller ones of 4, which is a tenth faster there. */
const MOST_HOSTS_IN_FOURS = 4096;
/** Searches after an arrangement that say how many nodes a search takes at best. */
const FIRST_SEARCHES = 64;
/** To arrange the hosts, and to build the trees anew, takes as long as to enter this many nodes for each host. */
const NODES_PER_HOST = 6;

export class HostOrder {
  /** Counts the arrangements. */
  version = 0;
  /** By place: the host. */
  readonly hosts: Int32Array;
  /** By host: its place. */
  readonly places: Int32Array;
  /** Binary logarithm of the hosts in a block. */
  readonly blockBits: number;
  readonly blocks: number;
  /** A power of two: block b is node leaves + b, node n has the children 2n and 2n + 1, the root is 1. */
  readonly leaves: number;
  /** By node: the lowest row of its hosts. */
  readonly lowest: Int32Array;
  /** For the trees, one at a time: nodes to be dealt with, and by node what has come up to it in this round. */
  readonly queue: Int32Array;
  readonly queuedIn: Int32Array;
  readonly movedIn: Int32Array;
  readonly risen: Float64Array;
  round = 0;
  private readonly table: HostTable;
  private readonly keys: Float64Array; // by place, while hosts are being arranged
  private readonly widths: Float64Array; // by weigher
  private searches = 0;
  private firstNodes = 0; // entered by the first searches
  private excess = 0; // nodes entered beyond that since

  constructor(table: HostTable) {
    const { count } = table;
    this.table = table;
    this.hosts = new Int32Array(count);
    this.places = new Int32Array(count);
    this.keys = new Float64Array(count);
    this.widths = new Float64Array(table.terms.length);
    this.blockBits = count <= MOST_HOSTS_IN_FOURS ? 2 : 3;
    this.blocks = (count + (1 << this.blockBits) - 1) >> this.blockBits;
    let leaves = 1;
    while (leaves < this.blocks) leaves *= 2;
    this.leaves = leaves;
    this.lowest = new Int32Array(2 * leaves);
    this.queue = new Int32Array(2 * leaves);
    this.queuedIn = new Int32Array(2 * leaves);
    this.movedIn = new Int32Array(2 * leaves);
    this.risen = new Float64Array(leaves);
    this.arrange();
  }

  /** A search has entered so many nodes. Arranges the hosts anew when the searches since the last time have cost more than that. */
  searched(nodes: number): void {
    if (this.searches < FIRST_SEARCHES) {
      this.searches++;
      this.firstNodes += nodes;
      return;
    }
    this.excess += nodes - this.firstNodes / FIRST_SEARCHES;
    if (this.excess > NODES_PER_HOST * this.table.count) this.arrange();
    else if (this.excess < 0) this.excess = 0;
  }

  private arrange(): void {
    const { hosts, places, leaves, lowest, widths, blockBits } = this;
    const { count } = this.table;
    this.version++;
    this.searches = 0;
    this.firstNodes = 0;
    this.excess = 0;
    for (let host = 0; host < count; host++) hosts[host] = host;
    for (let k = 0; k < widths.length; k++) widths[k] = this.width(k, 0, count);
    this.divide(0, count, leaves);
    lowest.fill(count);
    for (let place = 0; place < count; place++) {
      const host = hosts[place]!;
      places[host] = place;
      const node = leaves + (place >> blockBits);
      if (host < lowest[node]!) lowest[node] = host;
    }
    for (let node = leaves - 1; node >= 1; node--) lowest[node] = Math.min(lowest[2 * node]!, lowest[2 * node + 1]!);
  }

  /** Arranges the places from `first` to before `end`, which a node with so many leaves has. */
  private divide(first: number, end: number, leaves: number): void {
    const block = 1 << this.blockBits;
    if (end - first <= block) return;
    const middle = first + (leaves / 2) * block;
    if (middle < end) {
      const widest = this.widest(first, end);
      if (widest < 0) return; // all alike: they keep their order
      this.select(first, end, middle, widest);
      this.divide(middle, end, leaves / 2);
    }
    this.divide(first, Math.min(middle, end), leaves / 2);
  }

  /** The weigher whose values differ most among these places, as parts of its weight in the sum; -1 if none differ. */
  private widest(first: number, end: number): number {
    const { table, widths } = this;
    let most = 0;
    let widest = -1;
    for (let k = 0; k < widths.length; k++) {
      if (widths[k] === 0) continue;
      const share = (Math.abs(table.terms[k]!.multiplier) * this.width(k, first, end)) / widths[k]!;
      if (share > most) {
        most = share;
        widest = k;
      }
    }
    return widest;
  }

  private width(k: number, first: number, end: number): number {
    const { hosts } = this;
    const { numbers, width } = this.table;
    const column = ROOM + k;
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let place = first; place < end; place++) {
      const x = numbers[width * hosts[place]! + column]!;
      if (x < least) least = x;
      if (x > greatest) greatest = x;
    }
    return greatest - least;
  }

  /** Quickselect: the hosts with the smaller values come before `middle`, the lower row first among equals. */
  private select(first: number, end: number, middle: number, k: number): void {
    const { hosts, keys } = this;
    const { numbers, width } = this.table;
    const column = ROOM + k;
    for (let place = first; place < end; place++) keys[place] = numbers[width * hosts[place]! + column]!;
    let low = first;
    let high = end - 1;
    while (low < high) {
      const key = keys[(low + high) >> 1]!;
      const row = hosts[(low + high) >> 1]!;
      let i = low;
      let j = high;
      while (i <= j) {
        while (keys[i]! < key || (keys[i] === key && hosts[i]! < row)) i++;
        while (keys[j]! > key || (keys[j] === key && hosts[j]! > row)) j--;
        if (i > j) break;
        this.swap(i++, j--);
      }
      if (middle <= j) high = j;
      else if (middle >= i) low = i;
      else return;
    }
  }

  private swap(i: number, j: number): void {
    const { hosts, keys } = this;
    const host = hosts[i]!;
    hosts[i] = hosts[j]!;
    hosts[j] = host;
    const key = keys[i]!;
    keys[i] = keys[j]!;
    keys[j] = key;
  }
}
