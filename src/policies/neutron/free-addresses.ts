// The free addresses of one pool, lowest first. Only those up to the highest that was ever looked at are written down, because a pool of IPv6 has more
// than memory; they are kept in a sorted list, so that a port costs microseconds, not a walk over all that are taken.

export class FreeAddresses {
  readonly #from: bigint;
  readonly #size: bigint;
  /** Distances from the pool's start that are free, ascending, all below `#reached`. */
  readonly #free: number[] = [];
  #reached = 0;
  /** Taken distances from `#reached` on. */
  readonly #takenAhead = new Set<number>();
  #takenCount = 0;

  constructor(from: bigint, to: bigint) {
    this.#from = from;
    this.#size = to - from + 1n;
  }

  get count(): bigint {
    return this.#size - BigInt(this.#takenCount);
  }

  contains(address: bigint): boolean {
    return address >= this.#from && address < this.#from + this.#size;
  }

  /** The `count` lowest free addresses, or all there are. */
  lowest(count: number): FreeWindow {
    const limit = this.#size > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(this.#size);
    while (this.#free.length < count && this.#reached < limit) {
      if (!this.#takenAhead.delete(this.#reached)) this.#free.push(this.#reached);
      this.#reached++;
    }
    const size = Math.min(count, this.#free.length);
    return { size, at: (place) => this.#from + BigInt(this.#free[place]!) };
  }

  /** Takes an address of the pool that is free. */
  take(address: bigint): void {
    this.#takenCount++;
    const distance = Number(address - this.#from);
    if (distance >= this.#reached) this.#takenAhead.add(distance);
    else this.#free.splice(this.#placeOf(distance), 1);
  }

  /** Gives an address of the pool back. */
  release(address: bigint): void {
    this.#takenCount--;
    const distance = Number(address - this.#from);
    if (distance >= this.#reached) this.#takenAhead.delete(distance);
    else this.#free.splice(this.#placeOf(distance), 0, distance);
  }

  /** Where the distance stands in the list, or would. */
  #placeOf(distance: number): number {
    let [low, high] = [0, this.#free.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#free[middle]! < distance) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface FreeWindow {
  readonly size: number;
  /** The address at a place, 0 the lowest; good until the next change. */
  readonly at: (place: number) => bigint;
}
