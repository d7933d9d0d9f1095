// Which hosts weigh most, without weighing them all? A search tree over the blocks of hosts in order, for one size of server: each node knows the
// extremes of every weigher's value among the hosts below it that can take the server, and an upper bound of their weights.
//
// The weight of a host is W = sum of multiplier x (value - low) / span, where low and span are taken over all hosts that can take the server: the
// root has them. A node's bound was true of one pair (low, span) per weigher, its *scale*. When the scale has changed since, the bound is moved:
// the difference between the weights in both scales is linear in the values, and so is greatest at an extreme of each. Only the nodes that a
// search enters get bounds in the new scale; where the scale has not changed, bounds are the very numbers that the plain path computes.
//
// Exact, because a host is passed over only if its weight is known to be smaller, or equal at a higher row: a moved bound is raised by more than all
// roundings can amount to (`ROUNDING`), and the weights of the hosts that are looked at are computed by the plain path's operations in its order.
import type { BestHosts } from "./best-hosts.ts";
import { BLOCK_BITS, type HostOrder } from "./host-order.ts";
import { type HostTable, ROOM } from "./host-table.ts";
import type { Demand } from "./scan.ts";

const BLOCK = 1 << BLOCK_BITS;
/** Scales that bounds may be of; when there are more, all bounds are moved to the present one. */
const SCALES = 64;
/** Of the numbers added up in moving a bound; their roundings come to less than a hundredth of it. */
const ROUNDING = 1e-13;

export class WeightTree {
  /** Hosts with room for the server; of those, how many each of the table's tests refuses first; and how many pass all of them. */
  offered = 0;
  readonly refused: Int32Array;
  passing = 0;
  private readonly table: HostTable;
  private readonly vcpuMilli: number;
  private readonly ramMb: number;
  private readonly diskGb: number;
  private place = Number.NEGATIVE_INFINITY; // in the table's changes
  private readonly multipliers: Float64Array;

  private readonly order: HostOrder;
  private version = 0; // of the order
  private readonly leaves: number;
  private readonly masks: Uint8Array; // by block: a bit for each host that passes
  private readonly offeredIn: Uint8Array; // by block
  private readonly refusedIn: Uint8Array; // by block and test
  private readonly extremes: Float64Array; // by node and weigher: least and greatest value of hosts that pass
  private readonly bounds: Float64Array; // by node; -Infinity where no host passes
  private readonly scaleOf: Uint8Array; // by node: the scale of its bound

  private scale = -1; // the present one
  private scales = 0; // in use
  private readonly lows: Float64Array; // by scale and weigher
  private readonly spans: Float64Array;
  private readonly low: Float64Array; // by weigher, in the present scale; 0 where all values are equal
  private readonly span: Float64Array; // 1 where all values are equal
  private readonly by: Float64Array; // the multiplier, 0 where all values are equal
  // What moves a bound from a scale to the present one: slopes by weigher, and a constant with the allowance for rounding.
  private readonly slopes: Float64Array; // by scale and weigher
  private readonly shifts: Float64Array; // by scale
  private readonly movesTo: Int32Array; // by scale: the number of the present scale for which these hold
  private scaleNumber = 0;

  private readonly queue: Int32Array; // nodes to be dealt with
  private readonly queuedIn: Int32Array; // by node: the last round that it was in the queue
  private readonly movedIn: Int32Array; // by node: the last round that changed the extremes of a child
  private round = 0;
  private entered = 0; // nodes, by the last search

  constructor(table: HostTable, order: HostOrder, { vcpuMilli, ramMb, diskGb }: Demand) {
    const terms = table.terms.length;
    this.table = table;
    this.vcpuMilli = vcpuMilli;
    this.ramMb = ramMb;
    this.diskGb = diskGb;
    this.multipliers = Float64Array.from(table.terms, (term) => term.multiplier);
    const { leaves } = order;
    this.order = order;
    this.leaves = leaves;
    this.masks = new Uint8Array(leaves);
    this.offeredIn = new Uint8Array(leaves);
    this.refusedIn = new Uint8Array(leaves * table.tests.length);
    this.refused = new Int32Array(table.tests.length);
    this.extremes = new Float64Array(2 * leaves * 2 * terms);
    this.bounds = new Float64Array(2 * leaves);
    this.scaleOf = new Uint8Array(2 * leaves);
    this.lows = new Float64Array(SCALES * terms);
    this.spans = new Float64Array(SCALES * terms);
    this.low = new Float64Array(terms);
    this.span = new Float64Array(terms);
    this.by = new Float64Array(terms);
    this.slopes = new Float64Array(SCALES * terms);
    this.shifts = new Float64Array(SCALES);
    this.movesTo = new Int32Array(SCALES);
    this.queue = new Int32Array(2 * leaves);
    this.queuedIn = new Int32Array(2 * leaves);
    this.movedIn = new Int32Array(2 * leaves);
  }

  /** Reads what has changed in the table. */
  catchUp(): void {
    const { table, queue, queuedIn, movedIn, leaves } = this;
    const { places } = this.order;
    const { changes } = table;
    if (this.version !== this.order.version || !changes.remembers(this.place)) {
      this.build();
    } else if (this.place < changes.count) {
      // Level by level, so that a node that several changes meet in is dealt with once.
      const round = ++this.round;
      let queued = 0;
      for (let place = this.place; place < changes.count; place++) {
        const node = leaves + (places[changes.row(place)]! >> BLOCK_BITS);
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
        queue[queued++] = parent;
      }
      this.settleScale();
      for (let i = 0; i < queued; i++) {
        const node = queue[i]!;
        if (node >= leaves) this.weighBlock(node - leaves, null);
        else this.pullBound(node);
      }
    }
    this.place = changes.count;
  }

  /** Offers to `best` all hosts that may be among the wanted. */
  search(best: BestHosts): void {
    this.entered = 0;
    if (this.passing > 0) this.visit(1, best);
    this.order.searched(this.entered);
  }

  private build(): void {
    const { leaves, bounds, scaleOf } = this;
    const { blocks } = this.order;
    this.version = this.order.version;
    for (let block = 0; block < blocks; block++) this.readBlock(block);
    // Blocks beyond the last host have none that pass: their extremes must say so once.
    for (let node = leaves + blocks; node < 2 * leaves; node++) this.clearExtremes(node);
    for (let node = leaves - 1; node >= 1; node--) this.pullExtremes(node);
    this.scales = 0;
    this.scale = -1;
    this.settleScale();
    bounds.fill(Number.NEGATIVE_INFINITY);
    scaleOf.fill(this.scale);
    for (let block = 0; block < blocks; block++) this.weighBlock(block, null);
    for (let node = leaves - 1; node >= 1; node--) bounds[node] = Math.max(bounds[2 * node]!, bounds[2 * node + 1]!);
  }

  /** Asks which hosts of a block can take the server, and takes counts and extremes from them; says whether the extremes have changed. */
  private readBlock(block: number): boolean {
    const { table, vcpuMilli, ramMb, diskGb, refusedIn, refused, extremes } = this;
    const { count, width, numbers, verdicts } = table;
    const tests = table.tests.length;
    const terms = table.terms.length;
    const { hosts } = this.order;
    const first = block << BLOCK_BITS;
    const end = Math.min(count, first + BLOCK);
    const refusals = block * tests;
    let passing = this.passing;
    for (let m = this.masks[block]!; m !== 0; m &= m - 1) passing--;
    for (let test = 0; test < tests; test++) {
      refused[test]! -= refusedIn[refusals + test]!;
      refusedIn[refusals + test] = 0;
    }
    let offered = 0;
    let mask = 0;
    for (let place = first; place < end; place++) {
      const host = hosts[place]!;
      const row = width * host;
      if (numbers[row]! >= vcpuMilli && numbers[row + 1]! >= ramMb && numbers[row + 2]! >= diskGb) {
        offered++;
        const verdict = verdicts[host]!;
        if (verdict === tests) {
          mask |= 1 << (place - first);
          passing++;
        } else refusedIn[refusals + verdict]!++;
      }
    }
    for (let test = 0; test < tests; test++) refused[test]! += refusedIn[refusals + test]!;
    this.offered += offered - this.offeredIn[block]!;
    this.offeredIn[block] = offered;
    this.passing = passing;
    this.masks[block] = mask;
    let at = (this.leaves + block) * 2 * terms;
    let changed = false;
    for (let k = 0; k < terms; k++) {
      const column = ROOM + k;
      let least = Number.POSITIVE_INFINITY;
      let greatest = Number.NEGATIVE_INFINITY;
      for (let m = mask; m !== 0; m &= m - 1) {
        const x = numbers[width * hosts[first + 31 - Math.clz32(m & -m)]! + column]!;
        if (x < least) least = x;
        if (x > greatest) greatest = x;
      }
      if (extremes[at] !== least || extremes[at + 1] !== greatest) changed = true;
      extremes[at++] = least;
      extremes[at++] = greatest;
    }
    return changed;
  }

  private clearExtremes(node: number): void {
    const terms = this.table.terms.length;
    for (let k = 0; k < terms; k++) {
      this.extremes[(node * terms + k) * 2] = Number.POSITIVE_INFINITY;
      this.extremes[(node * terms + k) * 2 + 1] = Number.NEGATIVE_INFINITY;
    }
  }

  /** Takes a node's extremes from its children; says whether they have changed. */
  private pullExtremes(node: number): boolean {
    const { extremes } = this;
    const width = 2 * this.table.terms.length;
    const at = node * width;
    let left = 2 * at;
    let changed = false;
    for (let i = at; i < at + width; i += 2, left += 2) {
      const right = left + width;
      const least = extremes[left]! < extremes[right]! ? extremes[left]! : extremes[right]!;
      const greatest = extremes[left + 1]! > extremes[right + 1]! ? extremes[left + 1]! : extremes[right + 1]!;
      if (extremes[i] !== least || extremes[i + 1] !== greatest) changed = true;
      extremes[i] = least;
      extremes[i + 1] = greatest;
    }
    return changed;
  }

  /** Takes the scale from the root's extremes: one that is in use, or a new one. */
  private settleScale(): void {
    if (this.passing === 0) {
      if (this.scale < 0) this.scale = 0; // no bound will be asked for
      return;
    }
    const { table, low, span, by, multipliers, extremes, lows, spans } = this;
    const terms = table.terms.length;
    for (let k = 0; k < terms; k++) {
      const floor = table.terms[k]!.floor;
      const least = floor ?? extremes[2 * (terms + k)]!;
      const width = extremes[2 * (terms + k) + 1]! - least;
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
    const { low, span, by, lows, spans } = this;
    const terms = low.length;
    for (let k = 0; k < terms; k++) {
      if (lows[scale * terms + k] !== low[k] || spans[scale * terms + k] !== (by[k] === 0 ? 0 : span[k])) return false;
    }
    return true;
  }

  /** Moves every bound to the present scale, so that all other scales are free again; returns the number that it shall have. */
  private moveAll(): number {
    this.scale = SCALES; // none of the numbers in use
    const { bounds, scaleOf } = this;
    for (let node = 1; node < bounds.length; node++) bounds[node] = this.boundOf(node);
    scaleOf.fill(0);
    this.scales = 0;
    return 0;
  }

  /** An upper bound of the weights below a node, in the present scale. */
  private boundOf(node: number): number {
    const scale = this.scaleOf[node]!;
    let bound = this.bounds[node]!;
    if (scale === this.scale || bound === Number.NEGATIVE_INFINITY) return bound;
    if (this.movesTo[scale] !== this.scaleNumber) this.prepareMove(scale);
    const { extremes, slopes } = this;
    const terms = this.low.length;
    let slope = scale * terms;
    let at = 2 * node * terms;
    if (extremes[at]! > extremes[at + 1]!) return Number.NEGATIVE_INFINITY; // no host passes any more
    for (const end = slope + terms; slope < end; slope++, at += 2) {
      const by = slopes[slope]!;
      if (by !== 0) bound += by * extremes[by > 0 ? at + 1 : at]!;
    }
    return bound + this.shifts[scale]!;
  }

  private prepareMove(scale: number): void {
    const { multipliers, low, span, by, lows, spans, slopes, extremes } = this;
    const terms = low.length;
    let shift = 0;
    let size = 0;
    for (let k = 0; k < terms; k++) {
      const multiplier = multipliers[k]!;
      const was = spans[scale * terms + k]! === 0 ? 0 : 1 / spans[scale * terms + k]!;
      const is = by[k] === 0 ? 0 : 1 / span[k]!;
      slopes[scale * terms + k] = multiplier * (is - was);
      shift += multiplier * (lows[scale * terms + k]! * was - low[k]! * is);
      const least = Math.abs(extremes[2 * (terms + k)]!);
      const greatest = Math.abs(extremes[2 * (terms + k) + 1]!);
      const largest = Math.max(least, greatest, Math.abs(low[k]!), Math.abs(lows[scale * terms + k]!));
      size += Math.abs(multiplier) * largest * (is + was);
    }
    this.shifts[scale] = shift + ROUNDING * size;
    this.movesTo[scale] = this.scaleNumber;
  }

  private pullBound(node: number): void {
    const left = this.boundOf(2 * node);
    const right = this.boundOf(2 * node + 1);
    this.bounds[node] = right > left ? right : left;
    this.scaleOf[node] = this.scale;
  }

  /** Weighs the hosts of a block that pass; the greatest weight is its bound. */
  private weighBlock(block: number, best: BestHosts | null): void {
    const { low, span, by } = this;
    const { hosts } = this.order;
    const { numbers, width } = this.table;
    const terms = low.length;
    const first = block << BLOCK_BITS;
    let bound = Number.NEGATIVE_INFINITY;
    for (let m = this.masks[block]!; m !== 0; m &= m - 1) {
      const host = hosts[first + 31 - Math.clz32(m & -m)]!;
      let weight = 0;
      for (let k = 0, at = width * host + ROOM; k < terms; k++, at++) weight += by[k]! * ((numbers[at]! - low[k]!) / span[k]!);
      if (weight > bound) bound = weight;
      if (best !== null) best.offer(host, weight);
    }
    this.bounds[this.leaves + block] = bound;
    this.scaleOf[this.leaves + block] = this.scale;
  }

  private visit(node: number, best: BestHosts): void {
    this.entered++;
    if (node >= this.leaves) {
      this.weighBlock(node - this.leaves, best);
      return;
    }
    const left = 2 * node;
    let leftBound = this.boundOf(left);
    let rightBound = this.boundOf(left + 1);
    const { lowest } = this.order;
    const rightFirst = rightBound > leftBound || (rightBound === leftBound && lowest[left + 1]! < lowest[left]!);
    for (let turn = 0; turn < 2; turn++) {
      const right = rightFirst ? turn === 0 : turn === 1;
      const child = right ? left + 1 : left;
      const bound = right ? rightBound : leftBound;
      if (bound === Number.NEGATIVE_INFINITY || !best.admits(lowest[child]!, bound)) continue;
      this.visit(child, best);
      if (right) rightBound = this.bounds[child]!;
      else leftBound = this.bounds[child]!;
    }
    this.bounds[node] = rightBound > leftBound ? rightBound : leftBound;
    this.scaleOf[node] = this.scale;
  }
}
