// Numbers (of links, of clocks) by their keys, the smallest first: a binary heap that knows where each number stands, so that a key can be
// changed or taken out at O(log n).

export class SmallestFirst {
  /** How many numbers there are. */
  size = 0;
  // By place in the heap.
  private numbers = new Int32Array(16);
  private keys = new Float64Array(16);
  /** By number: its place, or -1. */
  private places = new Int32Array(16).fill(-1);

  /** The number with the smallest key; -1 when there is none. */
  get first(): number {
    return this.size === 0 ? -1 : this.numbers[0]!;
  }

  /** The smallest key; Infinity when there is none. */
  get firstKey(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.keys[0]!;
  }

  has(number: number): boolean {
    return number < this.places.length && this.places[number]! >= 0;
  }

  /** The key of a number that is there. */
  keyOf(number: number): number {
    return this.keys[this.places[number]!]!;
  }

  /** Puts a number in, or gives it another key. */
  set(number: number, key: number): void {
    if (number >= this.places.length) this.growNumbers(number);
    let place = this.places[number]!;
    if (place < 0) {
      if (this.size === this.numbers.length) this.growHeap();
      place = this.size++;
      this.rise(place, number, key);
    } else if (key < this.keys[place]!) this.rise(place, number, key);
    else this.sink(place, number, key);
  }

  /** Takes a number out, if it is there. */
  remove(number: number): void {
    if (number >= this.places.length) return;
    const place = this.places[number]!;
    if (place < 0) return;
    this.places[number] = -1;
    const last = --this.size;
    if (place === last) return;
    const moved = this.numbers[last]!;
    const key = this.keys[last]!;
    if (key < this.keys[place]!) this.rise(place, moved, key);
    else this.sink(place, moved, key);
  }

  clear(): void {
    for (let place = 0; place < this.size; place++) this.places[this.numbers[place]!] = -1;
    this.size = 0;
  }

  private rise(from: number, number: number, key: number): void {
    const { numbers, keys, places } = this;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (keys[parent]! <= key) break;
      const above = numbers[parent]!;
      numbers[place] = above;
      keys[place] = keys[parent]!;
      places[above] = place;
      place = parent;
    }
    numbers[place] = number;
    keys[place] = key;
    places[number] = place;
  }

  private sink(from: number, number: number, key: number): void {
    const { numbers, keys, places, size } = this;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      const below = numbers[child]!;
      numbers[place] = below;
      keys[place] = keys[child]!;
      places[below] = place;
      place = child;
    }
    numbers[place] = number;
    keys[place] = key;
    places[number] = place;
  }

  private growNumbers(number: number): void {
    const grown = new Int32Array(Math.max(number + 1, 2 * this.places.length)).fill(-1);
    grown.set(this.places);
    this.places = grown;
  }

  private growHeap(): void {
    const numbers = new Int32Array(2 * this.size);
    const keys = new Float64Array(2 * this.size);
    numbers.set(this.numbers);
    keys.set(this.keys);
    this.numbers = numbers;
    this.keys = keys;
  }
}
