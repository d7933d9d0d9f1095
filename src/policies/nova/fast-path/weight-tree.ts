// Which hosts weigh most, without weighing them all? A search tree over the blocks of hosts in order: each node knows the extremes of every weigher's
// value among the hosts below it that pass the filters, and an upper bound of their weights. It may be made for all sizes of server, or for one.
//
// The weight of a host is W = sum of multiplier x (value - low) / span, where low and span are taken over all hosts that can take the server. A node's
// bound was true of one pair (low, span) per weigher, its *scale*. When the scale has changed since, the bound is moved: the difference between the
// weights in both scales is linear in the values, and so is greatest at an extreme of each. Only the nodes that a search enters get bounds in the
// new scale; where the scale has not changed, bounds are the very numbers that the plain path computes.
//
// Exact, because a host is passed over only if its weight is known to be smaller, or equal at a higher row: a moved bound is raised by more than all
// roundings can amount to (`ROUNDING`), hosts without room for the server only make a bound larger, and the weights of the hosts that are looked at
// are computed by the plain path's operations in its order.
import type { BestHosts } from "./best-hosts.ts";
import type { Census } from "./census.ts";
import type { HostOrder } from "./host-order.ts";
import { type HostTable, ROOM } from "./host-table.ts";

/** Scales that bounds may be of; when there are more, all bounds are moved to the present one. */
const SCALES = 128;
/** Of the numbers added up in moving a bound; their roundings come to less than a hundredth of it. */
const ROUNDING = 1e-13;

/** Who asks: which hosts can take the server. */
export interface Asker {
  /** It has caught up with the table. */
  readonly census: Census;
  /** By term of the table: a host that had the least value when it was last asked for, and one that had the greatest; -1: none. */
  readonly extremes: Int32Array;
}

export class WeightTree {
  /** Nodes that the last search has entered. */
  entered = 0;
  private readonly table: HostTable;
  private readonly order: HostOrder;
  private readonly only: Census | null;
  // What it was built for: the version of the order, the table's terms that count (weighers, from here on), its changes.
  private version = 0;
  private varying: readonly number[] = [];
  private terms = 0;
  private place = Number.NEGATIVE_INFINITY;
  private readonly multipliers: Float64Array;
  private readonly floors: Float64Array; // NaN: none

  private readonly leaves: number;
  private readonly masks: Uint8Array; // by block: a bit for each host that passes
  /** By node, `stride` numbers each: the bound (-Infinity where no host passes), then least and greatest value of each weigher. */
  private readonly nodes: Float64Array;
  private stride = 1;
  private readonly scaleOf: Uint8Array; // by node: the scale of its bound

  private readonly extremes: Float64Array; // by weigher, over the hosts that can take the server: the least and the greatest value
  private found = 0; // the last of them
  private foundAt = -1;
  private scale = 0; // the present one
  private scales = 0; // in use
  private readonly lows: Float64Array; // by scale and weigher
  private readonly spans: Float64Array; // 0 where all values are equal
  private readonly low: Float64Array; // by weigher, in the present scale; 0 where all values are equal
  private readonly span: Float64Array; // 1 where all values are equal
  private readonly by: Float64Array; // the multiplier, 0 where all values are equal
  // What moves a bound from a scale to the present one: slopes by weigher, and a constant with the allowance for rounding.
  private readonly slopes: Float64Array; // by scale and weigher
  private readonly shifts: Float64Array; // by scale
  private readonly movesTo: Int32Array; // by scale: the number of the present scale for which these hold
  private scaleNumber = 0;

  /** @param only who may ask it; null: anybody, so that hosts without room for a server are among its hosts */
  constructor(table: HostTable, order: HostOrder, only: Census | null) {
    const terms = table.terms.length;
    const { leaves } = order;
    this.table = table;
    this.order = order;
    this.only = only;
    this.leaves = leaves;
    this.multipliers = new Float64Array(terms);
    this.floors = new Float64Array(terms);
    this.masks = new Uint8Array(leaves);
    this.nodes = new Float64Array(2 * leaves * (1 + 2 * terms));
    this.scaleOf = new Uint8Array(2 * leaves);
    this.extremes = new Float64Array(2 * terms);
    this.lows = new Float64Array(SCALES * terms);
    this.spans = new Float64Array(SCALES * terms);
    this.low = new Float64Array(terms);
    this.span = new Float64Array(terms);
    this.by = new Float64Array(terms);
    this.slopes = new Float64Array(SCALES * terms);
    this.shifts = new Float64Array(SCALES);
    this.movesTo = new Int32Array(SCALES);
  }

  /** Offers to `best` all hosts that may be among the wanted. One host can take the server at least. */
  search(best: BestHosts, asker: Asker): void {
    const { table, order } = this;
    const { changes } = table;
    this.entered = 0;
    const standing = this.version === order.version && this.varying === table.varying && changes.remembers(this.place);
    const queued = standing ? this.readChanges() : this.readAll();
    this.place = changes.count;
    this.findExtremes(asker);
    this.settleScale();
    if (standing) this.boundChanges(queued);
    else this.boundAll();
    this.visit(1, best, asker.census);
    order.searched(this.entered);
  }

  private readAll(): number {
    const { table, order, leaves, nodes } = this;
    const terms = table.varying.length;
    this.version = order.version;
    this.varying = table.varying;
    this.terms = terms;
    this.stride = 1 + 2 * terms;
    for (let k = 0; k < terms; k++) {
      const { multiplier, floor } = table.terms[table.varying[k]!]!;
      this.multipliers[k] = multiplier;
      this.floors[k] = floor ?? Number.NaN;
    }
    for (let node = 0; node < 2 * leaves; node++) {
      const at = node * this.stride;
      nodes[at] = Number.NEGATIVE_INFINITY;
      for (let i = at + 1; i < at + this.stride; i += 2) {
        nodes[i] = Number.POSITIVE_INFINITY;
        nodes[i + 1] = Number.NEGATIVE_INFINITY;
      }
    }
    for (let block = 0; block < order.blocks; block++) this.readBlock(block);
    for (let node = leaves - 1; node >= 1; node--) this.pullExtremes(node);
    this.scales = 0;
    this.scale = 0;
    return order.blocks;
  }

  private boundAll(): void {
    const { order, leaves, nodes, stride, scaleOf } = this;
    scaleOf.fill(this.scale);
    for (let block = 0; block < order.blocks; block++) this.weighBlock(block, null, null);
    for (let node = leaves - 1; node >= 1; node--) nodes[node * stride] = Math.max(this.boundOf(2 * node), this.boundOf(2 * node + 1));
  }

  /** Level by level, so that a node in which several changes meet is dealt with once. Returns how many nodes have changed, at the front of the queue. */
  private readChanges(): number {
    const { leaves } = this;
    const { places, queue, queuedIn, movedIn, risen, blockBits } = this.order;
    const { changes } = this.table;
    const round = ++this.order.round;
    let queued = 0;
    for (let place = this.place; place < changes.count; place++) {
      const node = leaves + (places[changes.row(place)]! >> blockBits);
      if (queuedIn[node] === round) continue;
      queuedIn[node] = round;
      queue[queued++] = node;
    }
    for (let i = 0; i < queued; i++) {
      const node = queue[i]!;
      const parent = node >> 1;
      if (node >= leaves ? this.readBlock(node - leaves) : movedIn[node] === round && this.pullExtremes(node)) movedIn[parent] = round;
      if (parent === 0 || queuedIn[parent] === round) continue;
      queuedIn[parent] = round;
      risen[parent] = Number.NEGATIVE_INFINITY;
      queue[queued++] = parent;
    }
    return queued;
  }

  /**
   * No bound above a changed block may be smaller than the weights in it, in the scale that it is of: so it is moved to the present one, even if it is
   * large enough. Those that are too large are left to the searches that meet them.
   */
  private boundChanges(queued: number): void {
    const { leaves, nodes, stride, scaleOf } = this;
    const { queue, risen } = this.order;
    for (let i = 0; i < queued; i++) {
      const node = queue[i]!;
      let weight: number;
      if (node >= leaves) {
        this.weighBlock(node - leaves, null, null);
        weight = nodes[node * stride]!;
      } else {
        weight = risen[node]!;
        const bound = this.boundOf(node);
        nodes[node * stride] = weight > bound ? weight : bound;
        scaleOf[node] = this.scale;
      }
      if (node > 1 && weight > risen[node >> 1]!) risen[node >> 1] = weight;
    }
  }

  /** Asks which hosts of a block pass, and takes extremes from them; says whether the extremes have changed. */
  private readBlock(block: number): boolean {
    const { table, nodes, varying, only } = this;
    const { count, width, numbers, verdicts } = table;
    const { hosts, blockBits } = this.order;
    const tests = table.tests.length;
    const first = block << blockBits;
    const end = Math.min(count, first + (1 << blockBits));
    let mask = 0;
    for (let place = first; place < end; place++) {
      const host = hosts[place]!;
      if (only === null ? verdicts[host] === tests : only.passes(host)) mask |= 1 << (place - first);
    }
    this.masks[block] = mask;
    let at = (this.leaves + block) * this.stride + 1;
    let changed = false;
    for (let k = 0; k < varying.length; k++) {
      const column = ROOM + varying[k]!;
      let least = Number.POSITIVE_INFINITY;
      let greatest = Number.NEGATIVE_INFINITY;
      for (let m = mask; m !== 0; m &= m - 1) {
        const x = numbers[width * hosts[first + 31 - Math.clz32(m & -m)]! + column]!;
        if (x < least) least = x;
        if (x > greatest) greatest = x;
      }
      if (nodes[at] !== least || nodes[at + 1] !== greatest) changed = true;
      nodes[at++] = least;
      nodes[at++] = greatest;
    }
    return changed;
  }

  /** Takes a node's extremes from its children; says whether they have changed. */
  private pullExtremes(node: number): boolean {
    const { nodes, stride } = this;
    const at = node * stride;
    let changed = false;
    for (let i = at + 1, left = 2 * at + 1; i < at + stride; i += 2, left += 2) {
      const right = left + stride;
      const least = nodes[left]! < nodes[right]! ? nodes[left]! : nodes[right]!;
      const greatest = nodes[left + 1]! > nodes[right + 1]! ? nodes[left + 1]! : nodes[right + 1]!;
      if (nodes[i] !== least || nodes[i + 1] !== greatest) changed = true;
      nodes[i] = least;
      nodes[i + 1] = greatest;
    }
    return changed;
  }

  /** Of the hosts that can take the server, which is not every host of the tree. */
  private findExtremes(asker: Asker): void {
    const { terms, floors, extremes, varying } = this;
    for (let k = 0; k < terms; k++) {
      const floor = floors[k]!;
      extremes[2 * k] = Number.isNaN(floor) ? this.extreme(k, -1, asker, 2 * varying[k]!) : floor;
      extremes[2 * k + 1] = this.extreme(k, 1, asker, 2 * varying[k]! + 1);
    }
  }

  /** The greatest (side 1) or the least (-1) value of a weigher. The host that had it last, or one like it at the top of the tree, mostly has it still. */
  private extreme(k: number, side: 1 | -1, { census, extremes }: Asker, witness: number): number {
    const { nodes, stride, varying } = this;
    const { numbers, width } = this.table;
    const most = nodes[stride + (side === 1 ? 2 : 1) + 2 * k]!;
    const last = extremes[witness]!;
    if (last >= 0 && census.passes(last) && numbers[width * last + ROOM + varying[k]!] === most) return most;
    this.found = Number.NEGATIVE_INFINITY;
    this.foundAt = -1;
    this.seek(1, k, side, census);
    extremes[witness] = this.foundAt;
    return side * this.found;
  }

  private seek(node: number, k: number, side: 1 | -1, census: Census): void {
    this.entered++;
    if (node >= this.leaves) {
      const { hosts, blockBits } = this.order;
      const { numbers, width } = this.table;
      const block = node - this.leaves;
      const first = block << blockBits;
      const column = ROOM + this.varying[k]!;
      for (let m = this.masks[block]!; m !== 0; m &= m - 1) {
        const host = hosts[first + 31 - Math.clz32(m & -m)]!;
        const x = side * numbers[width * host + column]!;
        if (x <= this.found || !census.passes(host)) continue;
        this.found = x;
        this.foundAt = host;
      }
      return;
    }
    const { nodes, stride } = this;
    const at = (side === 1 ? 2 : 1) + 2 * k;
    const left = side * nodes[2 * node * stride + at]!;
    const right = side * nodes[(2 * node + 1) * stride + at]!;
    const first = left >= right ? 2 * node : 2 * node + 1;
    if (Math.max(left, right) > this.found) this.seek(first, k, side, census);
    if (Math.min(left, right) > this.found) this.seek(first ^ 1, k, side, census);
  }

  /** Takes the scale from the extremes: one that is in use, or a new one. */
  private settleScale(): void {
    const { terms, extremes, low, span, by, multipliers, lows, spans } = this;
    for (let k = 0; k < terms; k++) {
      const least = extremes[2 * k]!;
      const width = extremes[2 * k + 1]! - least;
      low[k] = width === 0 ? 0 : least;
      span[k] = width === 0 ? 1 : width;
      by[k] = width === 0 ? 0 : multipliers[k]!;
    }
    if (this.scales > 0 && this.isScale(this.scale)) return;
    this.scaleNumber++;
    let scale = 0;
    while (scale < this.scales && !this.isScale(scale)) scale++;
    if (scale === SCALES) scale = this.moveAll();
    if (scale === this.scales) this.scales++;
    this.scale = scale;
    // A span of 0 stands for a weigher that does not count.
    for (let k = 0; k < terms; k++) {
      lows[scale * terms + k] = low[k]!;
      spans[scale * terms + k] = by[k] === 0 ? 0 : span[k]!;
    }
  }

  private isScale(scale: number): boolean {
    const { terms, low, span, by, lows, spans } = this;
    for (let k = 0; k < terms; k++) {
      if (lows[scale * terms + k] !== low[k] || spans[scale * terms + k] !== (by[k] === 0 ? 0 : span[k])) return false;
    }
    return true;
  }

  /** Moves every bound to the present scale, so that all other scales are free again; returns the number that it shall have. */
  private moveAll(): number {
    this.scale = SCALES; // none of the numbers in use
    const { nodes, stride, scaleOf } = this;
    for (let node = 1; node < scaleOf.length; node++) nodes[node * stride] = this.boundOf(node);
    scaleOf.fill(0);
    this.scales = 0;
    return 0;
  }

  /** An upper bound of the weights below a node, in the present scale. */
  private boundOf(node: number): number {
    const { nodes, stride } = this;
    const scale = this.scaleOf[node]!;
    let at = node * stride;
    let bound = nodes[at]!;
    if (scale === this.scale || bound === Number.NEGATIVE_INFINITY) return bound;
    if (this.movesTo[scale] !== this.scaleNumber) this.prepareMove(scale);
    const { slopes, terms } = this;
    if (terms > 0 && nodes[at + 1]! > nodes[at + 2]!) return Number.NEGATIVE_INFINITY; // no host passes any more
    let slope = scale * terms;
    for (const end = slope + terms; slope < end; slope++, at += 2) {
      const by = slopes[slope]!;
      if (by !== 0) bound += by * nodes[by > 0 ? at + 2 : at + 1]!;
    }
    return bound + this.shifts[scale]!;
  }

  private prepareMove(scale: number): void {
    const { terms, multipliers, low, span, by, lows, spans, slopes, nodes, stride } = this;
    let shift = 0;
    let size = 0;
    for (let k = 0; k < terms; k++) {
      const multiplier = multipliers[k]!;
      const was = spans[scale * terms + k]! === 0 ? 0 : 1 / spans[scale * terms + k]!;
      const is = by[k] === 0 ? 0 : 1 / span[k]!;
      slopes[scale * terms + k] = multiplier * (is - was);
      shift += multiplier * (lows[scale * terms + k]! * was - low[k]! * is);
      const least = Math.abs(nodes[stride + 1 + 2 * k]!);
      const greatest = Math.abs(nodes[stride + 2 + 2 * k]!);
      const largest = Math.max(least, greatest, Math.abs(low[k]!), Math.abs(lows[scale * terms + k]!));
      size += Math.abs(multiplier) * largest * (is + was);
    }
    this.shifts[scale] = shift + ROUNDING * size;
    this.movesTo[scale] = this.scaleNumber;
  }

  /** Weighs the hosts of a block that pass; the greatest weight is its bound. */
  private weighBlock(block: number, best: BestHosts | null, census: Census | null): void {
    const { terms, low, span, by, varying } = this;
    const { hosts, blockBits } = this.order;
    const { numbers, width } = this.table;
    const first = block << blockBits;
    let bound = Number.NEGATIVE_INFINITY;
    for (let m = this.masks[block]!; m !== 0; m &= m - 1) {
      const host = hosts[first + 31 - Math.clz32(m & -m)]!;
      const row = width * host + ROOM;
      let weight = 0;
      for (let k = 0; k < terms; k++) weight += by[k]! * ((numbers[row + varying[k]!]! - low[k]!) / span[k]!);
      if (weight > bound) bound = weight;
      if (best !== null && census!.passes(host)) best.offer(host, weight);
    }
    this.nodes[(this.leaves + block) * this.stride] = bound;
    this.scaleOf[this.leaves + block] = this.scale;
  }

  private visit(node: number, best: BestHosts, census: Census): void {
    this.entered++;
    if (node >= this.leaves) {
      this.weighBlock(node - this.leaves, best, census);
      return;
    }
    const { lowest } = this.order;
    const { nodes, stride } = this;
    const left = 2 * node;
    let leftBound = this.boundOf(left);
    let rightBound = this.boundOf(left + 1);
    const rightFirst = rightBound > leftBound || (rightBound === leftBound && lowest[left + 1]! < lowest[left]!);
    for (let turn = 0; turn < 2; turn++) {
      const right = rightFirst ? turn === 0 : turn === 1;
      const child = right ? left + 1 : left;
      const bound = right ? rightBound : leftBound;
      if (bound === Number.NEGATIVE_INFINITY || !best.admits(lowest[child]!, bound)) continue;
      this.visit(child, best, census);
      if (right) rightBound = nodes[child * stride]!;
      else leftBound = nodes[child * stride]!;
    }
    nodes[node * stride] = rightBound > leftBound ? rightBound : leftBound;
    this.scaleOf[node] = this.scale;
  }
}
