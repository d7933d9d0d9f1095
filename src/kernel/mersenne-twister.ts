// Python's `random.Random(seed)`, as far as ring building needs it. Orrery's own chance is keyed (`random.ts`); this generator is consumed in an
// order, and is here for one reason: a ring rebalanced with a seed must be the ring that Swift builds with that seed.
// @source Matsumoto and Nishimura, "Mersenne Twister", 1998; CPython's Modules/_randommodule.c and Lib/random.py

const SIZE = 624;

export class MersenneTwister {
  private readonly state = new Uint32Array(SIZE);
  private index = SIZE;

  /** `random.seed(seed)` for a whole number of 0 or more. */
  constructor(seed: number) {
    if (!(Number.isSafeInteger(seed) && seed >= 0)) throw new RangeError(`a seed of ${seed}: expected a whole number of 0 or more`);
    const high = Math.floor(seed / 4294967296);
    this.initByArray(high > 0 ? [seed >>> 0, high] : [seed]);
  }

  /** A whole number from `low` to `high`, both possible. */
  randint(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** In place. */
  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
  }

  /** From 0 to n - 1: as many bits as n has, drawn again until they are below it. */
  private below(n: number): number {
    const unused = Math.clz32(n);
    let drawn = this.next() >>> unused;
    while (drawn >= n) drawn = this.next() >>> unused;
    return drawn;
  }

  private initByArray(key: readonly number[]): void {
    const { state } = this;
    state[0] = 19650218;
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, mixed(state[i - 1]!)) + i;
    let [i, j] = [1, 0];
    for (let k = Math.max(SIZE, key.length); k > 0; k--) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1664525)) + key[j]! + j;
      if (++i >= SIZE) [state[0], i] = [state[SIZE - 1]!, 1];
      if (++j >= key.length) j = 0;
    }
    for (let k = SIZE - 1; k > 0; k--) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1566083941)) - i;
      if (++i >= SIZE) [state[0], i] = [state[SIZE - 1]!, 1];
    }
    state[0] = 0x80000000;
  }

  /** The next 32 bits. */
  private next(): number {
    if (this.index >= SIZE) this.twist();
    let y = this.state[this.index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < SIZE; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
      state[i] = state[(i + 397) % SIZE]! ^ (y >>> 1) ^ ((y & 1) === 1 ? 0x9908b0df : 0);
    }
    this.index = 0;
  }
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}
