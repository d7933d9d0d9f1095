// Chance is keyed, not consumed: a draw is a pure function of (seed, replication, stream name, entity, n). A policy that asks for more draws,
// or in another order, cannot change another server's fate, so two policies meet exactly the same workload (common random numbers).
//
// The function is the block cipher Threefry-2x32 with 20 rounds: the stream is the key, (entity, n) is the block.
// @source Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11 (Random123)
import seedrandom from "seedrandom";
import type { Distribution } from "./distribution.ts";

/** A sequence of uniforms for one draw; most distributions take one, rejection methods take as many as they need. */
export interface UniformSource {
  /** The next uniform, in the open interval (0, 1). */
  next(): number;
}

/**
 * Threefry-2x32-20: writes to `out[0]`, `out[1]` the 64 bits that belong to a key and a counter of two 32-bit words each. The rounds are
 * written out because a loop over a table of rotations takes four times as long.
 */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number, out: Uint32Array | Int32Array): void {
  const k0 = key0 | 0;
  const k1 = key1 | 0;
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let x = (counter0 + k0) | 0;
  let y = (counter1 + k1) | 0;
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 1) | 0;
  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k2) | 0;
  y = (y + k0 + 2) | 0;
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k0) | 0;
  y = (y + k1 + 3) | 0;
  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 4) | 0;
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k2) | 0;
  y = (y + k0 + 5) | 0;
  out[0] = x;
  out[1] = y;
}

/** Odd constant (2^32 over the golden ratio) that separates the successive uniforms of one draw by their key. */
const KEY_STEP = 0x9e3779b9;

/**
 * The middle of one of 2^52 equal cells of (0, 1): an odd multiple of 2^-53. So 0 and 1 never occur, 1 - u is exact and as likely as u, and
 * the smallest value is 2^-53. (53 bits and a half would round to 1 at the upper end.)
 */
function openUniform(bits: Int32Array): number {
  return ((bits[0]! >>> 6) * 67108864 + (bits[1]! >>> 6) + 0.5) * Number.EPSILON;
}

/** The uniforms of one draw: the k-th is a pure function of (key, entity, n, k). */
class KeyedSource implements UniformSource {
  private readonly key0: number;
  private readonly key1: number;
  private readonly bits = new Int32Array(2);
  private key = 0;
  private entity = 0;
  private n = 0;

  constructor(key0: number, key1: number) {
    this.key0 = key0;
    this.key1 = key1;
  }

  moveTo(entity: number, n: number): void {
    this.key = this.key1;
    this.entity = entity;
    this.n = n;
  }

  next(): number {
    threefry2x32(this.key0, this.key, this.entity, this.n, this.bits);
    this.key = (this.key + KEY_STEP) | 0;
    return openUniform(this.bits);
  }
}

/**
 * One named stream of one replication, named after what it decides (`"server.lifetime"`). `entity` says whose draw it is (a server, a host,
 * 0 when there is only one), `n` which of its draws; both are integers taken modulo 2^32. No method keeps state between calls.
 */
export class Stream {
  readonly name: string;
  private readonly key0: number;
  private readonly key1: number;
  private readonly bits = new Int32Array(2);
  private readonly source: KeyedSource;

  constructor(name: string, key0: number, key1: number) {
    this.name = name;
    this.key0 = key0 | 0;
    this.key1 = key1 | 0;
    this.source = new KeyedSource(this.key0, this.key1);
  }

  /** A uniform in the open interval (0, 1): an odd multiple of 2^-53. */
  uniform(entity: number, n: number): number {
    threefry2x32(this.key0, this.key1, entity, n, this.bits);
    return openUniform(this.bits);
  }

  /** An integer from 0 to bound - 1; the probabilities differ from 1 / bound by less than 2^-52. */
  integer(entity: number, n: number, bound: number): number {
    if (!(bound >= 1)) throw new RangeError(`stream ${this.name} cannot choose among ${bound} integers: the bound must be at least 1`);
    return Math.floor(this.uniform(entity, n) * bound);
  }

  /** A draw from a distribution; one that takes a single uniform takes `uniform(entity, n)`. */
  sample(distribution: Distribution, entity: number, n: number): number {
    this.source.moveTo(entity, n);
    return distribution.sample(this.source);
  }
}

/** The streams of one replication. The 64-bit key of a stream is what `seedrandom` makes of the text `seed/replication/name`. */
export class RandomStreams {
  readonly seed: string;
  readonly replication: number;
  private readonly streams = new Map<string, Stream>();

  constructor(seed: string, replication: number) {
    this.seed = seed;
    this.replication = replication;
  }

  /** The stream of that name, the same object each time. */
  stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      const keys = seedrandom(`${this.seed}/${this.replication}/${name}`);
      const key0 = keys.int32();
      const key1 = keys.int32();
      stream = new Stream(name, key0, key1);
      this.streams.set(name, stream);
    }
    return stream;
  }
}
