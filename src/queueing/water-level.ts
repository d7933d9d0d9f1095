// Weighted max-min shares of one thing among many who want it, each up to a limit of his own. Water fills all vessels to one level: vessel i
// is weight_i wide and holds limit_i; he gets min(limit_i, weight_i x level), and the level is the one at which all is given out.
//
// The vessels lie in a heap by the level at which they overflow, and only those that do are taken out of it: O(k + s log k) for s of k.
//
// @source Bertsekas & Gallager, Data Networks (1992), section 6.5.2: max-min fairness; one bottleneck with weights and caps

export class WaterLevel {
  // Scratch: entry numbers as a binary heap, and the level at which each entry is full, by entry.
  private heap = new Int32Array(64);
  private fullAt = new Float64Array(64);

  /**
   * The level at which `count` entries together get `capacity`; Infinity when their limits fit in it (equality fits).
   * `limits` are 0 or more, `weights` above 0, and both are only read.
   */
  of(limits: ArrayLike<number>, weights: ArrayLike<number>, count: number, capacity: number): number {
    let wanted = 0;
    for (let entry = 0; entry < count; entry++) wanted += limits[entry]!;
    if (wanted <= capacity) return Number.POSITIVE_INFINITY;
    if (!(capacity > 0)) return 0;
    if (count > this.heap.length) this.grow(count);
    const { heap, fullAt } = this;
    let weight = 0;
    for (let entry = 0; entry < count; entry++) {
      heap[entry] = entry;
      fullAt[entry] = limits[entry]! / weights[entry]!;
      weight += weights[entry]!;
    }
    for (let at = (count >> 1) - 1; at >= 0; at--) this.sink(at, count);
    let left = capacity;
    let size = count;
    while (size > 1) {
      const entry = heap[0]!;
      if (fullAt[entry]! * weight > left) break;
      left -= limits[entry]!;
      weight -= weights[entry]!;
      heap[0] = heap[--size]!;
      heap[size] = entry; // the full ones stay behind the heap
      this.sink(0, size);
    }
    // Summed again: differences of weights that are millions apart would keep nothing of the small ones.
    left = capacity;
    for (let at = count - 1; at >= size; at--) left -= limits[heap[at]!]!;
    weight = 0;
    for (let at = 0; at < size; at++) weight += weights[heap[at]!]!;
    return Math.max(0, left) / weight;
  }

  private sink(at: number, size: number): void {
    const { heap, fullAt } = this;
    const entry = heap[at]!;
    const level = fullAt[entry]!;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && fullAt[heap[child + 1]!]! < fullAt[heap[child]!]!) child++;
      if (fullAt[heap[child]!]! >= level) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = entry;
  }

  private grow(count: number): void {
    const length = Math.max(count, this.heap.length * 2);
    this.heap = new Int32Array(length);
    this.fullAt = new Float64Array(length);
  }
}
