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
/** Weighers whose part of a weight is computed without a loop. */
const LANES = 4;
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
  /** By place of the host, `lanes` numbers each: what the weighers give it, then zeros. */
  private readonly values: Float64Array;
  private lanes = LANES;
  private readonly bounds: Float64Array; // by node; -Infinity where no host passes
  private readonly scaleOf: Uint8Array; // by node: the scale of its bound
  /** By node, two numbers a weigher: least and greatest value. */
  private readonly ranges: Float64Array;

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
    this.values = new Float64Array(Math.max(LANES, terms) * table.count);
    this.bounds = new Float64Array(2 * leaves);
    this.ranges = new Float64Array(2 * leaves * 2 * terms);
    this.scaleOf = new Uint8Array(2 * leaves);
    this.extremes = new Float64Array(2 * terms);
    this.lows = new Float64Array(SCALES * terms);
    this.spans = new Float64Array(SCALES * terms);
    this.low = new Float64Array(Math.max(LANES, terms));
    this.span = new Float64Array(Math.max(LANES, terms));
    this.by = new Float64Array(Math.max(LANES, terms));
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
    const { table, order, leaves, bounds, ranges } = this;
    const terms = table.varying.length;
    this.version = order.version;
    this.varying = table.varying;
    this.terms = terms;
    this.lanes = Math.max(LANES, terms);
    this.low.fill(0);
    this.span.fill(1);
    this.by.fill(0);
    this.values.fill(0);
    for (let k = 0; k < terms; k++) {
      const { multiplier, floor } = table.terms[table.varying[k]!]!;
      this.multipliers[k] = multiplier;
      this.floors[k] = floor ?? Number.NaN;
    }
    bounds.fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < ranges.length; i += 2) {
      ranges[i] = Number.POSITIVE_INFINITY;
      ranges[i + 1] = Number.NEGATIVE_INFINITY;
    }
    for (let block = 0; block < order.blocks; block++) this.readBlock(block);
    for (let node = leaves - 1; node >= 1; node--) this.pullExtremes(node);
    this.scales = 0;
    this.scale = 0;
    return order.blocks;
  }

  private boundAll(): void {
    const { order, leaves, bounds, scaleOf } = this;
    scaleOf.fill(this.scale);
    for (let block = 0; block < order.blocks; block++) this.weighBlock(block, null, null);
    for (let node = leaves - 1; node >= 1; node--) bounds[node] = Math.max(bounds[2 * node]!, bounds[2 * node + 1]!);
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
    const { leaves, bounds, scaleOf } = this;
    const { queue, risen } = this.order;
    for (let i = 0; i < queued; i++) {
      const node = queue[i]!;
      let weight: number;
      if (node >= leaves) {
        this.weighBlock(node - leaves, null, null);
        weight = bounds[node]!;
      } else {
        weight = risen[node]!;
        const bound = this.boundOf(node);
        bounds[node] = weight > bound ? weight : bound;
        scaleOf[node] = this.scale;
      }
      if (node > 1 && weight > risen[node >> 1]!) risen[node >> 1] = weight;
    }
  }

  /** Asks which hosts of a block pass, and takes extremes from them; says whether the extremes have changed. */
  private readBlock(block: number): boolean {
    const { table, values, lanes, ranges, terms, varying, only } = this;
    const { count, width, numbers, verdicts } = table;
    const { hosts, blockBits } = this.order;
    const tests = table.tests.length;
    const first = block << blockBits;
    const end = Math.min(count, first + (1 << blockBits));
    let mask = 0;
    for (let place = first; place < end; place++) {
      const host = hosts[place]!;
      if (only === null ? verdicts[host] === tests : only.passes(host)) mask |= 1 << (place - first);
      const row = width * host + ROOM;
      for (let k = 0; k < terms; k++) values[lanes * place + k] = numbers[row + varying[k]!]!;
    }
    this.masks[block] = mask;
    let at = (this.leaves + block) * 2 * terms;
    let changed = false;
    for (let k = 0; k < terms; k++) {
      let least = Number.POSITIVE_INFINITY;
      let greatest = Number.NEGATIVE_INFINITY;
      for (let m = mask; m !== 0; m &= m - 1) {
        const x = values[lanes * (first + 31 - Math.clz32(m & -m)) + k]!;
        if (x < least) least = x;
        if (x > greatest) greatest = x;
      }
      if (ranges[at] !== least || ranges[at + 1] !== greatest) changed = true;
      ranges[at++] = least;
      ranges[at++] = greatest;
    }
    return changed;
  }

  /** Takes a node's extremes from its children; says whether they have changed. */
  private pullExtremes(node: number): boolean {
    const { ranges, terms } = this;
    const at = node * 2 * terms;
    const end = at + 2 * terms;
    let changed = false;
    for (let i = at, left = 2 * at; i < end; i += 2, left += 2) {
      const right = left + 2 * terms;
      const least = ranges[left]! < ranges[right]! ? ranges[left]! : ranges[right]!;
      const greatest = ranges[left + 1]! > ranges[right + 1]! ? ranges[left + 1]! : ranges[right + 1]!;
      if (ranges[i] !== least || ranges[i + 1] !== greatest) changed = true;
      ranges[i] = least;
      ranges[i + 1] = greatest;
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
    const { ranges, terms, varying } = this;
    const { numbers, width } = this.table;
    const most = ranges[2 * terms + 2 * k + (side === 1 ? 1 : 0)]!;
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
      const { values, lanes } = this;
      const block = node - this.leaves;
      const first = block << blockBits;
      for (let m = this.masks[block]!; m !== 0; m &= m - 1) {
        const place = first + 31 - Math.clz32(m & -m);
        const host = hosts[place]!;
        const x = side * values[lanes * place + k]!;
        if (x <= this.found || !census.passes(host)) continue;
        this.found = x;
        this.foundAt = host;
      }
      return;
    }
    const { ranges, terms } = this;
    const at = 4 * terms * node + 2 * k + (side === 1 ? 1 : 0);
    const left = side * ranges[at]!;
    const right = side * ranges[at + 2 * terms]!;
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
    const { bounds, scaleOf } = this;
    for (let node = 1; node < scaleOf.length; node++) bounds[node] = this.boundOf(node);
    scaleOf.fill(0);
    this.scales = 0;
    return 0;
  }

  /** An upper bound of the weights below a node, in the present scale. */
  private boundOf(node: number): number {
    const scale = this.scaleOf[node]!;
    const bound = this.bounds[node]!;
    return scale === this.scale || bound === Number.NEGATIVE_INFINITY ? bound : this.moved(node, scale, bound);
  }

  private moved(node: number, scale: number, was: number): number {
    if (this.movesTo[scale] !== this.scaleNumber) this.prepareMove(scale);
    const { ranges, slopes, terms } = this;
    let at = 2 * terms * node;
    if (terms > 0 && ranges[at]! > ranges[at + 1]!) return Number.NEGATIVE_INFINITY; // no host passes any more
    let bound = was;
    let slope = scale * terms;
    for (const end = slope + terms; slope < end; slope++, at += 2) {
      const by = slopes[slope]!;
      if (by !== 0) bound += by * ranges[by > 0 ? at + 1 : at]!;
    }
    return bound + this.shifts[scale]!;
  }

  private prepareMove(scale: number): void {
    const { terms, multipliers, low, span, by, lows, spans, slopes, ranges } = this;
    let shift = 0;
    let size = 0;
    for (let k = 0; k < terms; k++) {
      const multiplier = multipliers[k]!;
      const was = spans[scale * terms + k]! === 0 ? 0 : 1 / spans[scale * terms + k]!;
      const is = by[k] === 0 ? 0 : 1 / span[k]!;
      slopes[scale * terms + k] = multiplier * (is - was);
      shift += multiplier * (lows[scale * terms + k]! * was - low[k]! * is);
      const least = Math.abs(ranges[2 * terms + 2 * k]!);
      const greatest = Math.abs(ranges[2 * terms + 2 * k + 1]!);
      const largest = Math.max(least, greatest, Math.abs(low[k]!), Math.abs(lows[scale * terms + k]!));
      size += Math.abs(multiplier) * largest * (is + was);
    }
    this.shifts[scale] = shift + ROUNDING * size;
    this.movesTo[scale] = this.scaleNumber;
  }

  /** Weighs the hosts of a block that pass; the greatest weight is its bound. Four weighers are what nova-default has that differ, so four come unrolled. */
  private weighBlock(block: number, best: BestHosts | null, census: Census | null): void {
    const { low, span, by, values, lanes } = this;
    const { hosts, blockBits } = this.order;
    const first = block << blockBits;
    const [low0, low1, low2, low3] = [low[0]!, low[1]!, low[2]!, low[3]!];
    const [span0, span1, span2, span3] = [span[0]!, span[1]!, span[2]!, span[3]!];
    const [by0, by1, by2, by3] = [by[0]!, by[1]!, by[2]!, by[3]!];
    let bound = Number.NEGATIVE_INFINITY;
    for (let m = this.masks[block]!; m !== 0; m &= m - 1) {
      const place = first + 31 - Math.clz32(m & -m);
      const at = lanes * place;
      let weight = 0 + by0 * ((values[at]! - low0) / span0); // 0 + -0 is 0, as on the plain path
      weight += by1 * ((values[at + 1]! - low1) / span1);
      weight += by2 * ((values[at + 2]! - low2) / span2);
      weight += by3 * ((values[at + 3]! - low3) / span3);
      for (let k = LANES; k < lanes; k++) weight += by[k]! * ((values[at + k]! - low[k]!) / span[k]!);
      if (weight > bound) bound = weight;
      if (best === null) continue;
      const host = hosts[place]!;
      if (census!.passes(host)) best.offer(host, weight);
    }
    this.bounds[this.leaves + block] = bound;
    this.scaleOf[this.leaves + block] = this.scale;
  }

  private visit(node: number, best: BestHosts, census: Census): void {
    this.entered++;
    if (node >= this.leaves) {
      this.weighBlock(node - this.leaves, best, census);
      return;
    }
    const { lowest } = this.order;
    const { bounds } = this;
    const left = 2 * node;
    const right = left + 1;
    let leftBound = this.boundOf(left);
    let rightBound = this.boundOf(right);
    const rightFirst = rightBound > leftBound || (rightBound === leftBound && lowest[right]! < lowest[left]!);
    if (!rightFirst && this.mayHold(left, leftBound, best)) {
      this.visit(left, best, census);
      leftBound = bounds[left]!;
    }
    if (this.mayHold(right, rightBound, best)) {
      this.visit(right, best, census);
      rightBound = bounds[right]!;
    }
    if (rightFirst && this.mayHold(left, leftBound, best)) {
      this.visit(left, best, census);
      leftBound = bounds[left]!;
    }
    bounds[node] = rightBound > leftBound ? rightBound : leftBound;
    this.scaleOf[node] = this.scale;
  }

  private mayHold(node: number, bound: number, best: BestHosts): boolean {
    return bound !== Number.NEGATIVE_INFINITY && best.admits(this.order.lowest[node]!, bound);
  }
}
