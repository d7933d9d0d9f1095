// The fingerprint of a run: a hash folded over everything that happens, in order. Two runs with the same fingerprint took the same path;
// checkpoints on the way let two that differ be narrowed down to the first happening that does. It is always on, a few nanoseconds an event.
//
// Two 32-bit multiply lanes over (time, event, argument): made to notice regressions, not to resist an adversary.

export interface Checkpoint {
  /** Happenings folded so far. */
  readonly count: number;
  /** Instant of the last of them, in microseconds. */
  readonly time: number;
  readonly hash: string;
}

const FIRST_INTERVAL = 1024;
/** When there would be more, every second checkpoint is dropped and the interval doubles: a manifest stays small on any run. */
const MOST_CHECKPOINTS = 128;

export class Fingerprint {
  count = 0;
  private first = 0x243f6a88 | 0;
  private second = 0x85a308d3 | 0;
  private interval = FIRST_INTERVAL;
  private next = FIRST_INTERVAL;
  private readonly kept: Checkpoint[] = [];

  fold(time: number, event: number, argument: number): void {
    const low = time | 0;
    const high = (time * (1 / 4294967296)) | 0;
    let a = Math.imul(this.first ^ event, 0x9e3779b1);
    a = Math.imul((a ^ (a >>> 15)) + low, 0x85ebca6b);
    let b = Math.imul(this.second ^ argument, 0xc2b2ae35);
    b = Math.imul((b ^ (b >>> 13)) + (low ^ high) + event, 0x27d4eb2f);
    this.first = a ^ (b >>> 16);
    this.second = b ^ (a << 5);
    if (++this.count === this.next) this.check(time);
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return [this.first, this.second].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
  }

  get checkpoints(): readonly Checkpoint[] {
    return this.kept;
  }

  private check(time: number): void {
    this.kept.push({ count: this.count, time, hash: this.hash });
    if (this.kept.length === MOST_CHECKPOINTS) {
      for (let i = 0; i < MOST_CHECKPOINTS / 2; i++) this.kept[i] = this.kept[2 * i + 1]!;
      this.kept.length = MOST_CHECKPOINTS / 2;
      this.interval *= 2;
    }
    this.next = this.count + this.interval;
  }
}
