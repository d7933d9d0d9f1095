// The level of each link: the rate per weight at which it holds flows back, like the water level in a basin that fills up to its capacity with
// those flows that no other link, and no cap of their own, holds back further down. Levels that agree with each other on all links are the
// max-min fair allocation: every flow has a full link on which nobody gets more per weight, or is at its cap. So a change needs only be followed
// where it leads: the links that it touches are looked at anew, the lowest first, because a level depends on lower ones only, and a link whose
// level has moved touches those that its flows go on to.
//
// How far that leads is not known beforehand. Beyond a certain amount of work the levels are found by filling all links from nothing.
//
// @source D. Bertsekas, R. Gallager, Data Networks (1992), section 6.5: max-min fairness by bottleneck links
import { type Crossings, wider } from "./crossings.ts";
import { fillProgressively } from "./progressive-filling.ts";
import { SmallestFirst } from "./smallest-first.ts";

/** Levels that differ by less than this share are the same: it is what the rounding of long sums may come to. */
const SAME = 1e-12;
/** What adding to and taking from a sum many times may come to, as a share. */
const DRIFT = 1e-9;
/** Entries that may be looked at before filling all links is the better way: so many, or so many times all there are. */
const PATIENCE = { least: 1000, times: 6 };

export class WaterLevels {
  /** By link: rate per weight; Infinity where the link holds nobody back. */
  level = new Float64Array(16);
  capacity = new Float64Array(16);
  /** By link: 1 if each of its flows may have all of its capacity, so that it caps but does not share. */
  fat = new Uint8Array(16);
  /** By flow: rate per weight at which its own cap, or the narrowest fat pipe on its way, holds it back. */
  cap = new Float64Array(64);
  /** The links whose level has moved since `settled` was called, each once; `moved` of them count. */
  movedLinks = new Int32Array(16);
  moved = 0;
  /** How often a level was worked out, and how often all links were filled from nothing. */
  evaluations = 0;
  fillings = 0;
  private isMoved = new Uint8Array(16);
  /** By link that holds nobody back: capacity that is certainly left over, so that most rises of its flows need not be looked at. */
  private spare = new Float64Array(16);
  private readonly crossings: Crossings;
  private readonly alwaysFills: boolean;
  /** Links to be looked at, by the level that they have. */
  private readonly open = new SmallestFirst();

  constructor(crossings: Crossings, alwaysFills: boolean) {
    this.crossings = crossings;
    this.alwaysFills = alwaysFills;
  }

  addLink(link: number, capacity: number, fat: boolean): void {
    if (link === this.level.length) {
      const length = 2 * link;
      this.level = wider(this.level, length);
      this.capacity = wider(this.capacity, length);
      this.movedLinks = wider(this.movedLinks, length);
      this.fat = wider(this.fat, length);
      this.isMoved = wider(this.isMoved, length);
      this.spare = wider(this.spare, length);
    }
    this.level[link] = Number.POSITIVE_INFINITY;
    this.capacity[link] = capacity;
    this.fat[link] = fat ? 1 : 0;
  }

  setCap(flow: number, cap: number): void {
    if (flow >= this.cap.length) this.cap = wider(this.cap, Math.max(flow + 1, 2 * this.cap.length));
    this.cap[flow] = cap;
  }

  /** A link has another capacity. */
  touch(link: number): void {
    if (this.fat[link] === 0) this.open.set(link, this.level[link]!);
  }

  /** A flow has come to its links: they may fall. */
  enter(flow: number): void {
    const { hopBits, hops, hopsEnd } = this.crossings;
    this.limit(flow);
    for (let hop = flow << hopBits, end = hopsEnd[flow]!; hop < end; hop += 2) this.touch(hops[hop]!);
  }

  /** A flow is about to leave its links: those that hold anybody back may rise. */
  exit(flow: number): void {
    const { level } = this;
    const { hopBits, hops, hopsEnd } = this.crossings;
    for (let hop = flow << hopBits, end = hopsEnd[flow]!; hop < end; hop += 2) {
      const link = hops[hop]!;
      if (level[link]! < Number.POSITIVE_INFINITY) this.touch(link);
    }
  }

  /** Brings all levels to agree again. `flows`: one more than the highest number of a flow. */
  settle(flows: number): void {
    const { open, level, crossings } = this;
    const patience = this.alwaysFills ? 0 : Math.max(PATIENCE.least, PATIENCE.times * crossings.entries);
    let work = 0;
    while (open.size > 0) {
      const link = open.first;
      work += crossings.count[link]!;
      if (work > patience) {
        this.fill(flows);
        return;
      }
      open.remove(link);
      const before = level[link]!;
      if (before === Number.POSITIVE_INFINITY) this.renew(link, 0);
      let now = this.levelOf(link);
      if (now > before && this.renew(link, before)) now = this.levelOf(link);
      this.evaluations++;
      if (now === before || (now < Number.POSITIVE_INFINITY && Math.abs(now - before) <= SAME * now)) continue;
      level[link] = now;
      if (this.isMoved[link] === 0) this.markMoved(link);
      this.spread(link, before, now);
    }
  }

  /** Works out all levels from nothing. */
  private fill(flows: number): void {
    const { crossings, level } = this;
    this.open.clear();
    this.fillings++;
    const before = level.slice(0, crossings.links);
    fillProgressively(crossings, this.capacity, this.fat, this.cap, flows, level);
    for (let link = 0; link < crossings.links; link++) if (level[link] !== before[link] && this.isMoved[link] === 0) this.markMoved(link);
    for (let flow = 0; flow < flows; flow++) this.limit(flow);
    this.spare.fill(0);
  }

  /** Forgets which links have moved. */
  settled(): void {
    for (let i = 0; i < this.moved; i++) this.isMoved[this.movedLinks[i]!] = 0;
    this.moved = 0;
  }

  /** Notes on each link of a flow how far its other links and its cap let it rise. */
  limit(flow: number): void {
    const { hopBits, hops, hopsEnd, entryLimit, entryCap } = this.crossings;
    const { level } = this;
    const base = flow << hopBits;
    const end = hopsEnd[flow]!;
    const cap = this.cap[flow]!;
    let lowest = cap;
    let second = cap;
    let narrowest = -1;
    for (let hop = base; hop < end; hop += 2) {
      const height = level[hops[hop]!]!;
      if (height < lowest) {
        second = lowest;
        lowest = height;
        narrowest = hop;
      } else if (height < second) second = height;
    }
    for (let hop = base; hop < end; hop += 2) {
      const entry = hops[hop + 1]!;
      entryCap[entry] = cap;
      entryLimit[entry] = hop === narrowest ? second : lowest;
    }
  }

  /** The level of a link, given how far its flows can rise elsewhere: Newton's method on a concave curve made of straight pieces. */
  private levelOf(link: number): number {
    const { entryLimit, entryWeight } = this.crossings;
    const from = this.crossings.first[link]!;
    const end = from + this.crossings.count[link]!;
    const capacity = this.capacity[link]!;
    let guess = this.level[link]!;
    for (let round = 0; ; round++) {
      let taken = 0; // by flows that are held back elsewhere
      let weight = 0; // of the others
      let below = 0;
      let above = Number.POSITIVE_INFINITY;
      for (let entry = from; entry < end; entry++) {
        const limit = entryLimit[entry]!;
        if (limit < guess) {
          taken += entryWeight[entry]! * limit;
          if (limit > below) below = limit;
        } else {
          weight += entryWeight[entry]!;
          if (limit < above) above = limit;
        }
      }
      if (weight === 0) {
        if (taken <= capacity * (1 + SAME)) {
          this.spare[link] = capacity - taken - DRIFT * capacity;
          return Number.POSITIVE_INFINITY;
        }
        guess = below;
        continue;
      }
      const next = taken < capacity ? (capacity - taken) / weight : 0;
      if ((next >= below && next <= above) || round >= 100) return next;
      guess = next;
    }
  }

  /**
   * Works out anew how far flows can rise elsewhere that could not rise beyond this level here, now that they may: until then `spread` saves itself
   * the work. True if anything was out of date.
   */
  private renew(link: number, level: number): boolean {
    const { entryLimit, entryCap, entryPeer, entryPeerLink, entryHop, hopBits, hops, hopsEnd } = this.crossings;
    const levels = this.level;
    let changed = false;
    const from = this.crossings.first[link]!;
    for (let entry = from, last = from + this.crossings.count[link]!; entry < last; entry++) {
      const old = entryLimit[entry]!;
      if (old < level) continue;
      let limit = entryCap[entry]!;
      if (entryPeer[entry]! >= 0) limit = Math.min(limit, levels[entryPeerLink[entry]!]!);
      else {
        const own = entryHop[entry]!;
        const flow = own >> hopBits;
        for (let hop = flow << hopBits, end = hopsEnd[flow]!; hop < end; hop += 2) {
          if (hop !== own) limit = Math.min(limit, levels[hops[hop]!]!);
        }
      }
      if (limit === old) continue;
      entryLimit[entry] = limit;
      changed = true;
    }
    return changed;
  }

  /**
   * The level of a link has moved: notes it with its flows, and opens the links further on for which it matters. Two things are left to `renew`:
   * how far a flow that another link holds back could rise if that link let go, and how far it can rise on a link that holds nobody back, for
   * which the sum is enough.
   */
  private spread(link: number, before: number, now: number): void {
    const { level, open } = this;
    const { hopBits, hops, hopsEnd, entryHop, entryPeer, entryPeerLink, entryCap, entryLimit, entryWeight } = this.crossings;
    const from = this.crossings.first[link]!;
    for (let entry = from, last = from + this.crossings.count[link]!; entry < last; entry++) {
      const elsewhere = entryLimit[entry]!;
      if (elsewhere < before && elsewhere <= now) continue;
      const more = entryWeight[entry]! * (Math.min(elsewhere, now) - Math.min(elsewhere, before));
      const peer = entryPeer[entry]!;
      if (peer >= 0) {
        const on = entryPeerLink[entry]!;
        const height = level[on]!;
        if (height === Number.POSITIVE_INFINITY) {
          if (this.runsShort(on, more)) open.set(on, height);
          continue;
        }
        const limit = Math.min(entryCap[entry]!, now);
        const old = entryLimit[peer]!;
        entryLimit[peer] = limit;
        if ((old < height || limit < height) && old !== limit && !open.has(on)) open.set(on, height);
        continue;
      }
      const own = entryHop[entry]!;
      const flow = own >> hopBits;
      const base = flow << hopBits;
      const end = hopsEnd[flow]!;
      // As a rule the link holds the flow back before and after.
      let lowest = now;
      let second = now;
      let narrowest = -1;
      if (elsewhere < now || elsewhere < before) {
        lowest = entryCap[entry]!;
        second = lowest;
        for (let hop = base; hop < end; hop += 2) {
          const height = level[hops[hop]!]!;
          if (height < lowest) {
            second = lowest;
            lowest = height;
            narrowest = hop;
          } else if (height < second) second = height;
        }
      }
      for (let hop = base; hop < end; hop += 2) {
        if (hop === own) continue;
        const on = hops[hop]!;
        const height = level[on]!;
        if (height === Number.POSITIVE_INFINITY) {
          if (this.runsShort(on, more)) open.set(on, height);
          continue;
        }
        const there = hops[hop + 1]!;
        const limit = hop === narrowest ? second : lowest;
        const old = entryLimit[there]!;
        if (limit === old) continue;
        entryLimit[there] = limit;
        if ((old < height || limit < height) && !open.has(on)) open.set(on, height);
      }
    }
  }

  /** A link that holds nobody back carries so much more (or less): whether it has to be looked at. */
  private runsShort(link: number, more: number): boolean {
    const spare = this.spare[link]! - more;
    this.spare[link] = spare;
    return !(spare >= 0) && this.fat[link] === 0 && !this.open.has(link);
  }

  private markMoved(link: number): void {
    this.isMoved[link] = 1;
    this.movedLinks[this.moved++] = link;
  }
}
