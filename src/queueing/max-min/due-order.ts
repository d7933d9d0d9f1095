// The flows behind each clock in the order in which they are due: one pairing heap a clock, threaded through columns by flow, so that a flow
// joins at O(1), leaves at O(log n), and a clock that nobody waits for costs nothing.
//
// @source M. L. Fredman, R. Sedgewick, D. D. Sleator, R. E. Tarjan, The pairing heap: a new form of self-adjusting heap, Algorithmica 1 (1986)
import { wider } from "./crossings.ts";

const NONE = -1;

export class DueOrder {
  /** By flow: the reading of its clock at which its last byte arrives. */
  due = new Float64Array(64);
  /** By clock: the flow that is due first, or -1. */
  root = new Int32Array(16).fill(NONE);
  // By flow.
  private child = new Int32Array(64);
  private next = new Int32Array(64);
  /** The sibling before, or the parent of a first child. */
  private before = new Int32Array(64);

  /** Makes sure that there is a place for this clock. */
  addClock(clock: number): void {
    const { length } = this.root;
    if (clock < length) return;
    this.root = wider(this.root, Math.max(clock + 1, 2 * length));
    this.root.fill(NONE, length);
  }

  join(clock: number, flow: number, due: number): void {
    if (flow >= this.due.length) this.growFlows(flow);
    this.due[flow] = due;
    this.child[flow] = NONE;
    this.next[flow] = NONE;
    this.before[flow] = NONE;
    const root = this.root[clock]!;
    this.root[clock] = root === NONE ? flow : this.meld(root, flow);
  }

  leave(clock: number, flow: number): void {
    const { child, next, before, root } = this;
    const below = child[flow] === NONE ? NONE : this.pair(child[flow]!);
    if (root[clock] === flow) {
      root[clock] = below;
      return;
    }
    const previous = before[flow]!;
    const following = next[flow]!;
    if (child[previous] === flow) child[previous] = following;
    else next[previous] = following;
    if (following !== NONE) before[following] = previous;
    if (below !== NONE) root[clock] = this.meld(root[clock]!, below);
  }

  /** Joins two heaps, each given by its root without siblings. Of two flows due together the one with the lower number goes first. */
  private meld(a: number, b: number): number {
    const { due, child, next, before } = this;
    const first = due[a]! < due[b]! || (due[a] === due[b] && a < b) ? a : b;
    const second = first === a ? b : a;
    const eldest = child[first]!;
    next[second] = eldest;
    if (eldest !== NONE) before[eldest] = second;
    before[second] = first;
    child[first] = second;
    next[first] = NONE;
    before[first] = NONE;
    return first;
  }

  /** Makes one heap of a row of siblings: by pairs from the front, then those together from the back. */
  private pair(eldest: number): number {
    const { next } = this;
    let stack = NONE;
    let one = eldest;
    while (one !== NONE) {
      const other = next[one]!;
      if (other === NONE) {
        next[one] = stack;
        stack = one;
        break;
      }
      const rest = next[other]!;
      const pair = this.meld(one, other);
      next[pair] = stack;
      stack = pair;
      one = rest;
    }
    let whole = stack;
    stack = next[whole]!;
    next[whole] = NONE;
    while (stack !== NONE) {
      const rest = next[stack]!;
      next[stack] = NONE;
      whole = this.meld(whole, stack);
      stack = rest;
    }
    this.before[whole] = NONE;
    return whole;
  }

  private growFlows(flow: number): void {
    const length = Math.max(flow + 1, 2 * this.due.length);
    this.due = wider(this.due, length);
    this.child = wider(this.child, length);
    this.next = wider(this.next, length);
    this.before = wider(this.before, length);
  }
}
