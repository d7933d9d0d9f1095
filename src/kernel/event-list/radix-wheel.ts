// The default event list: a monotone radix wheel over whole microseconds. Time only moves forward, so an event is filed by the highest byte
// in which its time differs from the wheel's reference time: level 0 holds one bucket per microsecond of the current 256, level 1 one per
// 256 us, and so on up to level 6. A bucket is a first-in-first-out chain of 16-entry chunks; memory order is what makes it fast at a
// million events. All events of one time are always in one bucket and are always moved in order, so ties need no sequence number.
//
// The next bucket, once small, is sorted into the "front", a short sorted run from which events leave; events that fall due before the
// front's limit are inserted into it. A large bucket is dealt out one level down instead.
import type { EventList } from "./event-list.ts";

const LEVELS = 7; // 7 bytes cover the 53 bits of a time
const CHUNK = 16;
const CHUNK_MASK = CHUNK - 1;
const INVERSE_2_32 = 1 / 4294967296;
/** Microseconds that one bucket of each level spans. */
const WIDTHS = [1, 0x100, 0x1_0000, 0x100_0000, 0x1_0000_0000, 0x100_0000_0000, 0x1_0000_0000_0000];

/** Small buckets are gathered into the front up to this size; measured best between 16 and 96 on the hold model from 10^3 to 10^6 events. */
const FRONT_FILL = 24;
/** A front grown past this by insertions is put back into the wheel, so that a burst of near events never costs quadratic time. */
const FRONT_SPILL = 1024;
/** A bucket up to this size is sorted into the front by one distribution pass instead of being dealt out. */
const DISTRIBUTE = 384;
/** That pass has this many slots: the top bits of the next byte of the time. */
const SLOT_BITS = 7;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const FRONT_CAPACITY = 2048;

export class RadixWheel implements EventList {
  size = 0;
  time = 0;
  event = 0;
  argument = 0;

  // The pool: entry w has its time at doubles[2w] and its two words at words[4w + 2] and words[4w + 3] of the same buffer.
  private doubles = new Float64Array(2 * CHUNK * 256);
  private words = new Int32Array(this.doubles.buffer);
  private nextChunk = new Int32Array(256); // chain within a bucket, and of the free chunks
  private freeChunk = 0; // 0 = none: chunk 0 is never used
  private usedChunks = 1;

  // A bucket is level * 256 + digit: its first chunk, and where the next entry goes (a multiple of 16 means: into a new chunk; 0: empty).
  private readonly head = new Int32Array(LEVELS * 256);
  private readonly write = new Int32Array(LEVELS * 256);
  private readonly occupied = new Int32Array(LEVELS * 8); // one bit a bucket
  private levels = 0; // one bit a level

  // Wheel events are filed relative to the reference and are due at the limit or later; everything earlier is in the front.
  private referenceLow = 0;
  private referenceHigh = 0;
  private reference = 0;
  private limit = 0;

  /** The time on its way to `insert`: as an argument of a call that is not inlined it would become an object on the heap. */
  private readonly due = new Float64Array(1);
  private frontTimes = new Float64Array(FRONT_CAPACITY);
  private frontEvents = new Int32Array(FRONT_CAPACITY);
  private frontArguments = new Int32Array(FRONT_CAPACITY);
  private readonly slots = new Int32Array(SLOT_MASK + 1);
  private frontHead = 0;
  private frontTail = 0;

  push(time: number, event: number, argument: number): void {
    this.size++;
    if (time < this.limit) {
      this.due[0] = time;
      this.insert(event, argument);
    } else this.file(time, event, argument);
  }

  pop(until: number): boolean {
    let at = this.frontHead;
    if (at === this.frontTail) {
      if (!this.refill(until)) return false;
      at = 0;
    }
    const time = this.frontTimes[at]!;
    if (time > until) return false;
    this.frontHead = at + 1;
    this.time = time;
    this.event = this.frontEvents[at]!;
    this.argument = this.frontArguments[at]!;
    this.size--;
    return true;
  }

  peek(): boolean {
    if (this.frontHead < this.frontTail) {
      this.time = this.frontTimes[this.frontHead]!;
      this.event = this.frontEvents[this.frontHead]!;
      this.argument = this.frontArguments[this.frontHead]!;
      return true;
    }
    if (this.levels === 0) return false;
    const at = this.earliestIn(this.lowestBucket());
    this.time = this.doubles[at << 1]!;
    this.event = this.words[(at << 2) + 2]!;
    this.argument = this.words[(at << 2) + 3]!;
    return true;
  }

  private file(time: number, event: number, argument: number): void {
    const low = time | 0;
    const high = (time * INVERSE_2_32) | 0;
    let difference = high ^ this.referenceHigh;
    let bucket: number;
    if (difference === 0) {
      difference = low ^ this.referenceLow;
      const level = (31 - Math.clz32(difference | 1)) >> 3;
      bucket = (level << 8) | ((low >>> (level << 3)) & 255);
    } else {
      const level = (31 - Math.clz32(difference)) >> 3;
      bucket = ((level + 4) << 8) | ((high >>> (level << 3)) & 255);
    }
    let at = this.write[bucket]!;
    if ((at & CHUNK_MASK) === 0) at = this.openChunk(bucket, at);
    this.write[bucket] = at + 1;
    this.doubles[at << 1] = time;
    this.words[(at << 2) + 2] = event;
    this.words[(at << 2) + 3] = argument;
  }

  /** Gives the bucket another chunk and returns its first entry. `full` is the bucket's write position, 0 for an empty bucket. */
  private openChunk(bucket: number, full: number): number {
    let chunk = this.freeChunk;
    if (chunk !== 0) {
      this.freeChunk = this.nextChunk[chunk]!;
    } else {
      chunk = this.usedChunks++;
      if (chunk === this.nextChunk.length) this.grow();
    }
    this.nextChunk[chunk] = 0;
    if (full === 0) {
      this.head[bucket] = chunk;
      this.occupied[bucket >> 5]! |= 1 << (bucket & 31);
      this.levels |= 1 << (bucket >> 8);
    } else {
      this.nextChunk[(full - 1) >> 4] = chunk;
    }
    return chunk << 4;
  }

  private grow(): void {
    const doubles = new Float64Array(this.doubles.length * 2);
    doubles.set(this.doubles);
    this.doubles = doubles;
    this.words = new Int32Array(doubles.buffer);
    const nextChunk = new Int32Array(this.nextChunk.length * 2);
    nextChunk.set(this.nextChunk);
    this.nextChunk = nextChunk;
  }

  /** Sorted insertion into the front, behind events of the same time. The time comes in `due`. */
  private insert(event: number, argument: number): void {
    const time = this.due[0]!;
    if (this.frontHead === this.frontTail) this.frontHead = this.frontTail = 0;
    else if (this.frontTail - this.frontHead >= FRONT_SPILL && this.frontTimes[this.frontHead]! >= this.reference) {
      this.spill();
      this.push(time, event, argument);
      this.size--; // counted twice
      return;
    } else if (this.frontTail === this.frontTimes.length) this.makeFrontRoom();
    const { frontTimes: times, frontEvents: events, frontArguments: args, frontHead } = this;
    if (frontHead > 0 && time < times[(frontHead + this.frontTail) >> 1]!) {
      // Nearer to the head: the earlier part moves one down, into the room that pops have left.
      let to = frontHead - 1;
      this.frontHead = to;
      while (times[to + 1]! <= time) {
        times[to] = times[to + 1]!;
        events[to] = events[to + 1]!;
        args[to] = args[to + 1]!;
        to++;
      }
      times[to] = time;
      events[to] = event;
      args[to] = argument;
      return;
    }
    let at = this.frontTail++;
    while (at > frontHead && times[at - 1]! > time) {
      times[at] = times[at - 1]!;
      events[at] = events[at - 1]!;
      args[at] = args[at - 1]!;
      at--;
    }
    times[at] = time;
    events[at] = event;
    args[at] = argument;
  }

  private makeFrontRoom(): void {
    const count = this.frontTail - this.frontHead;
    if (this.frontHead > 0) {
      this.frontTimes.copyWithin(0, this.frontHead, this.frontTail);
      this.frontEvents.copyWithin(0, this.frontHead, this.frontTail);
      this.frontArguments.copyWithin(0, this.frontHead, this.frontTail);
    } else {
      const times = new Float64Array(count * 2);
      times.set(this.frontTimes);
      this.frontTimes = times;
      const events = new Int32Array(count * 2);
      events.set(this.frontEvents);
      this.frontEvents = events;
      const args = new Int32Array(count * 2);
      args.set(this.frontArguments);
      this.frontArguments = args;
    }
    this.frontHead = 0;
    this.frontTail = count;
  }

  /** Files the front back into the wheel, whose reference moves up to the front's first time: the levels below are empty then. */
  private spill(): void {
    const { frontTimes, frontEvents, frontArguments, frontHead, frontTail } = this;
    this.setReference(frontTimes[frontHead]!);
    this.limit = this.reference;
    this.frontHead = this.frontTail = 0;
    for (let at = frontHead; at < frontTail; at++) this.file(frontTimes[at]!, frontEvents[at]!, frontArguments[at]!);
  }

  private setReference(time: number): void {
    this.reference = time;
    this.referenceLow = time | 0;
    this.referenceHigh = (time * INVERSE_2_32) | 0;
  }

  private lowestBucket(): number {
    const level = 31 - Math.clz32(this.levels & -this.levels);
    let word = level << 3;
    while (this.occupied[word] === 0) word++;
    const bits = this.occupied[word]!;
    return (word << 5) | (31 - Math.clz32(bits & -bits));
  }

  /** The pool entry of a bucket's earliest event, the first in the chain of those with that time. */
  private earliestIn(bucket: number): number {
    const { doubles, nextChunk } = this;
    const end = this.write[bucket]!;
    let earliest = this.head[bucket]! << 4;
    for (let chunk = this.head[bucket]!; ; chunk = nextChunk[chunk]!) {
      const stop = chunk === (end - 1) >> 4 ? end : (chunk + 1) << 4;
      for (let at = chunk << 4; at < stop; at++) if (doubles[at << 1]! < doubles[earliest << 1]!) earliest = at;
      if (stop === end) return earliest;
    }
  }

  /** Fills the empty front from the lowest buckets if the earliest event is due by `until`. */
  private refill(until: number): boolean {
    for (;;) {
      if (this.levels === 0) return false;
      let bucket = this.lowestBucket();
      const level = bucket >> 8;
      const width = WIDTHS[level]!;
      const first = this.head[bucket]!;
      const base = Math.floor(this.doubles[first << 5]! / width) * width;
      // The reference must never pass `until`: the caller may stop there and push earlier events than this bucket's.
      if (base + width - 1 > until && this.doubles[this.earliestIn(bucket) << 1]! > until) return false;
      this.setReference(base);
      const entries = this.entriesUpTo(DISTRIBUTE, bucket);
      let room = FRONT_FILL - entries;
      if (room < 0) {
        this.limit = base;
        if (level === 0) {
          this.takeChunk(bucket);
          return true;
        }
        if (entries <= DISTRIBUTE && level <= 4) {
          this.limit = base + width;
          this.distributeIntoFront(bucket, (level << 3) - SLOT_BITS);
          return true;
        }
        this.deal(bucket);
        continue;
      }
      // Small buckets are gathered, in order, until the front is well filled: the overhead is paid once a front, not once a bucket.
      let gathered = bucket;
      this.frontHead = this.frontTail = 0;
      do {
        this.sortIntoFront(bucket);
        gathered = bucket;
        bucket = this.nextBucket(bucket);
        if (bucket < 0) break;
        room -= this.entriesUpTo(room, bucket);
      } while (room >= 0);
      this.limit = base + width * (gathered - (level << 8) - this.digitOf(base, level) + 1);
      return true;
    }
  }

  private digitOf(time: number, level: number): number {
    return level < 4 ? ((time | 0) >>> (level << 3)) & 255 : (((time * INVERSE_2_32) | 0) >>> ((level - 4) << 3)) & 255;
  }

  /** The number of entries of a bucket, or some number above `most` if there are more. */
  private entriesUpTo(most: number, bucket: number): number {
    const end = this.write[bucket]!;
    let entries = end & CHUNK_MASK || CHUNK;
    const lastChunk = (end - 1) >> 4;
    for (let chunk = this.head[bucket]!; chunk !== lastChunk && entries <= most; chunk = this.nextChunk[chunk]!) entries += CHUNK;
    return entries;
  }

  /** The next occupied bucket of the same level, -1 if there is none. */
  private nextBucket(bucket: number): number {
    let word = bucket >> 5;
    const shift = (bucket & 31) + 1;
    let bits = shift === 32 ? 0 : this.occupied[word]! & (-1 << shift);
    while (bits === 0) {
      if ((++word & 7) === 0) return -1;
      bits = this.occupied[word]!;
    }
    return (word << 5) | (31 - Math.clz32(bits & -bits));
  }

  private clear(bucket: number): void {
    this.write[bucket] = 0;
    const word = bucket >> 5;
    if ((this.occupied[word]! &= ~(1 << (bucket & 31))) !== 0) return;
    const level = bucket >> 8;
    for (let other = level << 3; other < (level + 1) << 3; other++) if (this.occupied[other] !== 0) return;
    this.levels &= ~(1 << level);
  }

  /** All events of a level-0 bucket have one time: its first chunk leaves as it is. */
  private takeChunk(bucket: number): void {
    const chunk = this.head[bucket]!;
    const { doubles, words, frontTimes, frontEvents, frontArguments } = this;
    for (let i = 0, at = chunk << 4; i < CHUNK; i++, at++) {
      frontTimes[i] = doubles[at << 1]!;
      frontEvents[i] = words[(at << 2) + 2]!;
      frontArguments[i] = words[(at << 2) + 3]!;
    }
    this.frontHead = 0;
    this.frontTail = CHUNK;
    this.head[bucket] = this.nextChunk[chunk]!;
    this.nextChunk[chunk] = this.freeChunk;
    this.freeChunk = chunk;
  }

  /** Appends a bucket's events to the front in time order; buckets come in ascending order, so each sorts only among its own. */
  private sortIntoFront(bucket: number): void {
    const { doubles, words, nextChunk, frontTimes, frontEvents, frontArguments } = this;
    const floor = this.frontTail;
    let tail = floor;
    const first = this.head[bucket]!;
    const end = this.write[bucket]!;
    const lastChunk = (end - 1) >> 4;
    for (let chunk = first; ; ) {
      const stop = chunk === lastChunk ? end : (chunk + 1) << 4;
      for (let at = chunk << 4; at < stop; at++) {
        const time = doubles[at << 1]!;
        let slot = tail++;
        while (slot > floor && frontTimes[slot - 1]! > time) {
          frontTimes[slot] = frontTimes[slot - 1]!;
          frontEvents[slot] = frontEvents[slot - 1]!;
          frontArguments[slot] = frontArguments[slot - 1]!;
          slot--;
        }
        frontTimes[slot] = time;
        frontEvents[slot] = words[(at << 2) + 2]!;
        frontArguments[slot] = words[(at << 2) + 3]!;
      }
      if (chunk === lastChunk) break;
      chunk = nextChunk[chunk]!;
    }
    this.frontTail = tail;
    this.clear(bucket);
    // The whole chain goes back to the pool.
    nextChunk[lastChunk] = this.freeChunk;
    this.freeChunk = first;
  }

  /** Sorts a middling bucket into the empty front: stable distribution by the bits above `shift`, then insertion over nearly sorted times. */
  private distributeIntoFront(bucket: number, shift: number): void {
    const { doubles, words, nextChunk, frontTimes, frontEvents, frontArguments, slots } = this;
    const first = this.head[bucket]!;
    const end = this.write[bucket]!;
    const lastChunk = (end - 1) >> 4;
    slots.fill(0);
    for (let chunk = first; ; chunk = nextChunk[chunk]!) {
      const stop = chunk === lastChunk ? end : (chunk + 1) << 4;
      for (let at = chunk << 4; at < stop; at++) slots[((doubles[at << 1]! | 0) >>> shift) & SLOT_MASK]!++;
      if (chunk === lastChunk) break;
    }
    let start = 0;
    for (let slot = 0; slot <= SLOT_MASK; slot++) {
      const count = slots[slot]!;
      slots[slot] = start;
      start += count;
    }
    for (let chunk = first; ; chunk = nextChunk[chunk]!) {
      const stop = chunk === lastChunk ? end : (chunk + 1) << 4;
      for (let at = chunk << 4; at < stop; at++) {
        const time = doubles[at << 1]!;
        const to = slots[((time | 0) >>> shift) & SLOT_MASK]!++;
        frontTimes[to] = time;
        frontEvents[to] = words[(at << 2) + 2]!;
        frontArguments[to] = words[(at << 2) + 3]!;
      }
      if (chunk === lastChunk) break;
    }
    for (let i = 1; i < start; i++) {
      const time = frontTimes[i]!;
      if (frontTimes[i - 1]! <= time) continue;
      const event = frontEvents[i]!;
      const argument = frontArguments[i]!;
      let slot = i;
      do {
        frontTimes[slot] = frontTimes[slot - 1]!;
        frontEvents[slot] = frontEvents[slot - 1]!;
        frontArguments[slot] = frontArguments[slot - 1]!;
        slot--;
      } while (slot > 0 && frontTimes[slot - 1]! > time);
      frontTimes[slot] = time;
      frontEvents[slot] = event;
      frontArguments[slot] = argument;
    }
    this.frontHead = 0;
    this.frontTail = start;
    this.clear(bucket);
    nextChunk[lastChunk] = this.freeChunk;
    this.freeChunk = first;
  }

  /** Deals a large bucket's events out over the levels below; in chain order, so ties keep theirs. */
  private deal(bucket: number): void {
    const end = this.write[bucket]!;
    const lastChunk = (end - 1) >> 4;
    const first = this.head[bucket]!;
    this.clear(bucket);
    for (let chunk = first; ; ) {
      const stop = chunk === lastChunk ? end : (chunk + 1) << 4;
      for (let at = chunk << 4; at < stop; at++) {
        this.file(this.doubles[at << 1]!, this.words[(at << 2) + 2]!, this.words[(at << 2) + 3]!);
      }
      const next = this.nextChunk[chunk]!;
      this.nextChunk[chunk] = this.freeChunk;
      this.freeChunk = chunk;
      if (chunk === lastChunk) break;
      chunk = next;
    }
  }
}
