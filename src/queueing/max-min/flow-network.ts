// Flows over a network of links, all sharing max-min fairly by weight: the rates, the bytes, and when each flow ends. It has no clock of its own:
// the caller says what time it is, makes the changes of an instant, and asks when the next flow ends. Time is counted in ticks, any real number
// of them; rates are bytes per second.
//
// A flow is a number, given by `start` and free for another once the flow has ended or was stopped. Nothing of a flow is touched while others
// come and go, unless another link becomes the one that holds it back.
import { Crossings, wider } from "./crossings.ts";
import { OWN_PACE, ServiceClocks } from "./service-clocks.ts";
import { WaterLevels } from "./water-levels.ts";

/** Levels that differ by less than this share are the same level; a flow does not change its bottleneck for that. */
const SAME = 1e-12;

const WAITING = 0; // for `settle`, or for a pipe that is shut
const MOVING = 1;
const AT_ONCE = 2; // nothing to move, or nothing that holds it back: ends as soon as ends are asked for
const GONE = 3;

export class FlowNetwork {
  /** Flows that have not ended. */
  active = 0;
  private readonly crossings = new Crossings();
  private readonly levels: WaterLevels;
  private readonly clocks: ServiceClocks;
  private readonly ticksPerSecond: number;
  private settledNow = true;
  // By flow.
  private state = new Uint8Array(64);
  private weight = new Float64Array(64);
  private maxBytesPerSecond = new Float64Array(64);
  /** Bytes left when its bytes were last counted to its links; what is left now is known to the clocks. */
  private counted = new Float64Array(64);
  private order = new Float64Array(64);
  private flows = 0;
  private started = 0;
  private readonly free: number[] = [];
  /** Flows whose bottleneck is to be found. */
  private readonly loose: number[] = [];
  private readonly atOnce: number[] = [];
  // By link.
  private carriedByLink = new Float64Array(16);
  private carriedBytes = 0;

  /** `alwaysFills`: solves the plain way, from nothing at every change, as a judge of the quick one. */
  constructor(ticksPerSecond = 1, alwaysFills = false) {
    this.ticksPerSecond = ticksPerSecond;
    this.levels = new WaterLevels(this.crossings, alwaysFills);
    this.clocks = new ServiceClocks(ticksPerSecond);
  }

  get links(): number {
    return this.crossings.links;
  }

  get now(): number {
    return this.clocks.now;
  }

  /** How often a link's level was worked out, and how often all links were filled from nothing. */
  get effort(): { readonly evaluations: number; readonly fillings: number } {
    return { evaluations: this.levels.evaluations, fillings: this.levels.fillings };
  }

  /** Adds a link and returns its number. Each flow may have all of a fat pipe; other links are shared. */
  addLink(bytesPerSecond: number, fatPipe = false): number {
    requireCapacity("a link", bytesPerSecond);
    const link = this.crossings.addLink();
    this.levels.addLink(link, bytesPerSecond, fatPipe);
    this.clocks.addClock(0);
    if (link === this.carriedByLink.length) this.carriedByLink = wider(this.carriedByLink, 2 * link);
    return link;
  }

  /** From now on the link has this capacity, in bytes per second; 0 stalls what runs over it. */
  setCapacity(link: number, bytesPerSecond: number): void {
    this.requireLink(link, "the capacity");
    requireCapacity(`link ${link}`, bytesPerSecond);
    const { levels, crossings } = this;
    if (levels.capacity[link] === bytesPerSecond) return;
    levels.capacity[link] = bytesPerSecond;
    this.settledNow = false;
    if (levels.fat[link] === 0) {
      levels.touch(link);
      return;
    }
    const from = crossings.first[link]!;
    for (let entry = from, end = from + crossings.count[link]!; entry < end; entry++) {
      const flow = crossings.entryHop[entry]! >> crossings.hopBits;
      levels.setCap(flow, this.capOf(flow));
      levels.exit(flow);
      levels.enter(flow);
      this.loose.push(flow);
    }
  }

  capacityOf(link: number): number {
    return this.levels.capacity[link]!;
  }

  /** Starts a flow over the links of a route (each at most once) and returns its number. Without bytes, or with nothing that holds it back, it ends at once. */
  start(bytes: number, route: readonly number[], weight = 1, maxBytesPerSecond = Number.POSITIVE_INFINITY): number {
    this.require(bytes, route, weight, maxBytesPerSecond);
    const flow = this.free.length > 0 ? this.free.pop()! : this.flows++;
    if (flow === this.state.length) this.growFlows();
    this.active++;
    this.weight[flow] = weight;
    this.maxBytesPerSecond[flow] = maxBytesPerSecond;
    this.counted[flow] = bytes;
    this.order[flow] = this.started++;
    this.enter(flow, route);
    return flow;
  }

  /** The flow goes on over another route with what it has left. */
  reroute(flow: number, route: readonly number[]): void {
    this.requireFlow(flow, "rerouted");
    this.requireRoute(route);
    this.leave(flow);
    this.enter(flow, route);
  }

  /** Takes a flow away and returns the bytes that it had left. */
  stop(flow: number): number {
    this.requireFlow(flow, "stopped");
    this.leave(flow);
    this.discard(flow);
    return this.counted[flow]!;
  }

  /** Now it is `tick`. */
  advance(tick: number): void {
    if (!(tick >= this.clocks.now)) throw new RangeError(`the time of a network cannot go from tick ${this.clocks.now} to ${tick}`);
    if (tick > this.clocks.now) this.settle();
    this.clocks.now = tick;
  }

  /** The tick of the next end as things stand; Infinity if nothing that moves is left. */
  get nextEnd(): number {
    this.settle();
    return this.atOnce.length > 0 ? this.clocks.now : this.clocks.nextEnd;
  }

  /** Ticks from now to the next end: to the last digit even after months. */
  get ticksToNextEnd(): number {
    this.settle();
    return this.atOnce.length > 0 ? 0 : this.clocks.ticksToNextEnd;
  }

  /** Ends all flows that are through by tick `by`, a little after now at most, and returns them in the order of their start. */
  endBy(by: number): readonly number[] {
    this.settle();
    const { clocks, atOnce } = this;
    let flow = clocks.takeEnded(by);
    const ended: number[] = flow < 0 ? [] : [flow];
    if (flow >= 0) for (flow = clocks.takeEnded(by); flow >= 0; flow = clocks.takeEnded(by)) ended.push(flow);
    while (atOnce.length > 0) ended.push(atOnce.pop()!);
    for (const flow of ended) {
      this.count(flow, 0);
      this.state[flow] = WAITING;
      this.leave(flow);
      this.discard(flow);
    }
    return ended.length > 1 ? ended.sort((a, b) => this.order[a]! - this.order[b]!) : ended;
  }

  /** Solves the rates, if anything has changed since. All changes of one instant are one solution. */
  settle(): void {
    if (this.settledNow) return;
    this.settledNow = true;
    const { levels, clocks, loose } = this;
    levels.settle(this.flows);
    const { level, movedLinks, moved } = levels;
    for (let i = 0; i < moved; i++) {
      const link = movedLinks[i]!;
      clocks.setRate(link + 1, level[link]! < Number.POSITIVE_INFINITY ? level[link]! : 0);
    }
    for (let i = 0; i < moved; i++) this.review(movedLinks[i]!);
    levels.settled();
    if (this.atOnce.length > 0) this.reviewAtOnce();
    for (let i = 0; i < loose.length; i++) if (this.state[loose[i]!]! <= MOVING) this.follow(loose[i]!);
    while (loose.length > 0) loose.pop();
  }

  /** Bytes per second as of the last solution. */
  rateOf(flow: number): number {
    if (this.state[flow] === AT_ONCE) return Number.POSITIVE_INFINITY;
    if (this.state[flow] !== MOVING) return 0;
    const clock = this.clocks.clockOf[flow]!;
    return this.weight[flow]! * (clock === OWN_PACE ? this.levels.cap[flow]! : this.clocks.rate[clock]!);
  }

  /** Bytes that a flow has left. */
  bytesLeft(flow: number): number {
    return this.state[flow] === MOVING ? this.clocks.left(flow) : this.counted[flow]!;
  }

  /** The links that a flow crosses, in their order; none for one that ends at once. */
  routeOf(flow: number): readonly number[] {
    const { hopBits, hops, hopsEnd } = this.crossings;
    const route: number[] = [];
    for (let hop = flow << hopBits, end = hopsEnd[flow]!; hop < end; hop += 2) route.push(hops[hop]!);
    return route;
  }

  /** The flows on a link, in the order of their numbers. */
  flowsOn(link: number): readonly number[] {
    const { first, count, entryHop, hopBits } = this.crossings;
    const from = first[link]!;
    return Array.from(entryHop.subarray(from, from + count[link]!), (hop) => hop >> hopBits).sort((a, b) => a - b);
  }

  /** The link that holds a flow back, or -1: its own cap, a fat pipe, or nothing yet. */
  bottleneckOf(flow: number): number {
    return this.state[flow] === MOVING ? this.clocks.clockOf[flow]! - 1 : -1;
  }

  /** Sum of the rates over a link, in bytes per second, as of the last solution. */
  load(link: number): number {
    let sum = 0;
    const { first, count, entryHop, hopBits } = this.crossings;
    for (let entry = first[link]!, end = entry + count[link]!; entry < end; entry++) sum += this.rateOf(entryHop[entry]! >> hopBits);
    return sum;
  }

  /** What does not hold of the present rates, in words; null: no link carries more than it can, and flows held back by a link find it full. */
  violation(rounding: number): string | null {
    for (let link = 0; link < this.links; link++) {
      const [load, capacity] = [this.load(link), this.capacityOf(link)];
      if (!(this.carriedOn(link) >= 0)) return `link ${link} has carried ${this.carriedOn(link)} bytes`;
      for (const flow of this.flowsOn(link)) {
        if (this.bottleneckOf(flow) !== link) continue;
        if (load > capacity * (1 + rounding)) return `link ${link} carries ${load} B/s; its capacity is ${capacity}`;
        if (load < capacity * (1 - rounding)) return `flow ${flow} is held back by link ${link}, which carries ${load} of ${capacity} B/s`;
      }
    }
    return null;
  }

  /** Bytes that a link has carried so far. */
  carriedOn(link: number): number {
    let sum = this.carriedByLink[link]!;
    const { first, count, entryHop, hopBits } = this.crossings;
    for (let entry = first[link]!, end = entry + count[link]!; entry < end; entry++) sum += this.uncounted(entryHop[entry]! >> hopBits);
    return sum;
  }

  /** Bytes that all flows have moved so far. */
  get carried(): number {
    let sum = this.carriedBytes;
    for (let flow = 0; flow < this.flows; flow++) sum += this.uncounted(flow);
    return sum;
  }

  /** The level of a link has moved: finds the flows that it holds back from now on, and those that it lets go. */
  private review(link: number): void {
    const { entryHop, entryLimit, entryHeld, hopBits, first, count } = this.crossings;
    const { level, cap } = this.levels;
    const { clockOf } = this.clocks;
    const height = level[link]!;
    for (let entry = first[link]!, end = entry + count[link]!; entry < end; entry++) {
      const limit = entryLimit[entry]!;
      const held = entryHeld[entry]!;
      if (height === Number.POSITIVE_INFINITY ? held === 0 : Number(height <= limit) === held) continue;
      const flow = entryHop[entry]! >> hopBits;
      if (this.state[flow] !== MOVING) continue;
      const clock = clockOf[flow]!;
      const holds = clock === OWN_PACE ? cap[flow]! : level[clock - 1]!;
      if (holds < Number.POSITIVE_INFINITY && holds <= Math.min(height, limit) * (1 + SAME)) continue;
      this.follow(flow);
    }
  }

  /** Flows that nothing held back may be held back now, if they have not ended in the meantime. */
  private reviewAtOnce(): void {
    const { hopBits, hopsEnd } = this.crossings;
    const onLinks = (flow: number) => hopsEnd[flow]! > flow << hopBits;
    const atOnce = this.atOnce.filter((flow) => !onLinks(flow));
    for (const flow of this.atOnce) {
      if (!onLinks(flow)) continue;
      this.state[flow] = WAITING;
      this.loose.push(flow);
    }
    this.atOnce.length = 0;
    this.atOnce.push(...atOnce);
  }

  private uncounted(flow: number): number {
    return this.state[flow] === MOVING ? this.counted[flow]! - this.clocks.left(flow) : 0;
  }

  /** Counts to its links what a flow has moved, so that it has `left`. */
  private count(flow: number, left: number): void {
    const bytes = this.counted[flow]! - left;
    this.counted[flow] = left;
    if (bytes === 0) return;
    this.carriedBytes += bytes;
    const { hopBits, hops, hopsEnd } = this.crossings;
    for (let hop = flow << hopBits, end = hopsEnd[flow]!; hop < end; hop += 2) this.carriedByLink[hops[hop]!]! += bytes;
  }

  private enter(flow: number, route: readonly number[]): void {
    if (this.counted[flow] === 0 || (route.length === 0 && this.maxBytesPerSecond[flow] === Number.POSITIVE_INFINITY)) {
      this.state[flow] = AT_ONCE;
      this.atOnce.push(flow);
      return;
    }
    this.state[flow] = WAITING;
    this.crossings.put(flow, route, this.weight[flow]!);
    this.levels.setCap(flow, this.capOf(flow));
    this.levels.enter(flow);
    this.loose.push(flow);
    this.settledNow = false;
  }

  /** Takes a flow off its links; `counted` is what it has left. */
  private leave(flow: number): void {
    if (this.state[flow] === MOVING) {
      this.count(flow, this.clocks.left(flow));
      this.clocks.leave(flow);
    } else if (this.state[flow] === AT_ONCE) this.atOnce.splice(this.atOnce.indexOf(flow), 1);
    this.levels.exit(flow);
    this.crossings.take(flow);
    this.settledNow = false;
  }

  private discard(flow: number): void {
    this.state[flow] = GONE;
    this.free.push(flow);
    this.active--;
  }

  /** Lets a flow follow the clock of what holds it back now. */
  private follow(flow: number): void {
    const { clocks, levels, crossings } = this;
    let left = this.counted[flow]!;
    if (this.state[flow] === MOVING) {
      left = clocks.left(flow);
      clocks.leave(flow);
    }
    const cap = levels.cap[flow]!;
    let lowest = cap;
    let bottleneck = -1;
    const { hopBits, hops, hopsEnd, entryHeld } = crossings;
    const base = flow << hopBits;
    const end = hopsEnd[flow]!;
    for (let hop = base; hop < end; hop += 2) {
      entryHeld[hops[hop + 1]!] = 0;
      const height = levels.level[hops[hop]!]!;
      if (height < lowest) {
        lowest = height;
        bottleneck = hop;
      }
    }
    if (bottleneck >= 0) {
      this.state[flow] = MOVING;
      entryHeld[hops[bottleneck + 1]!] = 1;
      clocks.join(hops[bottleneck]! + 1, flow, left, this.weight[flow]!);
    } else if (cap > 0 && cap < Number.POSITIVE_INFINITY) {
      this.state[flow] = MOVING;
      clocks.join(OWN_PACE, flow, left, (cap * this.weight[flow]!) / this.ticksPerSecond);
    } else {
      this.count(flow, left);
      this.state[flow] = cap === 0 ? WAITING : AT_ONCE;
      if (cap > 0) this.atOnce.push(flow);
    }
  }

  /** Rate per weight that a flow can have by its own cap and the fat pipes on its way. */
  private capOf(flow: number): number {
    const { hopBits, hops, hopsEnd } = this.crossings;
    const { fat, capacity } = this.levels;
    let cap = this.maxBytesPerSecond[flow]!;
    for (let hop = flow << hopBits, end = hopsEnd[flow]!; hop < end; hop += 2) {
      const link = hops[hop]!;
      if (fat[link] === 1 && capacity[link]! < cap) cap = capacity[link]!;
    }
    return cap / this.weight[flow]!;
  }

  /** Throws a RangeError that says what is wrong with such a flow, if anything is. */
  require(bytes: number, route: readonly number[], weight = 1, maxBytesPerSecond = Number.POSITIVE_INFINITY): void {
    if (!(bytes >= 0 && bytes < Number.POSITIVE_INFINITY)) throw new RangeError(`${bytes} bytes to move: expected 0 or more`);
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) throw new RangeError(`a weight of ${weight}: expected more than 0`);
    if (!(maxBytesPerSecond > 0)) throw new RangeError(`a cap of ${maxBytesPerSecond} B/s: expected more than 0; to hold a flow, stop it`);
    this.requireRoute(route);
  }

  private requireFlow(flow: number, what: string): void {
    if (!(flow >= 0 && flow < this.flows) || this.state[flow] === GONE)
      throw new RangeError(`flow ${flow} cannot be ${what}: it is not running`);
  }

  private requireLink(link: number, what: string): void {
    if (!(link >= 0 && link < this.links && Number.isInteger(link)))
      throw new RangeError(`${what} of link ${link}: no link ${link} among ${this.links}`);
  }

  private requireRoute(route: readonly number[]): void {
    for (let i = 0; i < route.length; i++) {
      const link = route[i]!;
      if (!(link >= 0 && link < this.links) || !Number.isInteger(link)) throw new RangeError(`no link ${link} among ${this.links}`);
      for (let j = 0; j < i; j++) if (route[j] === link) throw new RangeError(`link ${link} twice on a route: expected each link once`);
    }
  }

  private growFlows(): void {
    const length = 2 * this.flows;
    const state = new Uint8Array(length);
    state.set(this.state);
    this.state = state;
    this.weight = wider(this.weight, length);
    this.maxBytesPerSecond = wider(this.maxBytesPerSecond, length);
    this.counted = wider(this.counted, length);
    this.order = wider(this.order, length);
  }
}

function requireCapacity(what: string, bytesPerSecond: number): void {
  if (!(bytesPerSecond >= 0)) throw new RangeError(`${what} of ${bytesPerSecond} B/s: expected 0 or more`);
}
