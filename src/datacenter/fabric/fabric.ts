// The network fabric of a datacenter, whatever its topology: the routes of flows between attach points, over all shortest paths alike, and
// what becomes of them when cables, switches and NICs go down and come up again. Every cable and NIC is two links, one for each direction.
//
// Assumes that routing knows of a failure at once, and that switches themselves never limit.
import { bonds, GLANCE } from "./attach-points.ts";
import { downloadHash, flowHash, rehash } from "./flow-hash.ts";
import { HopDistances } from "./hop-distances.ts";
import { UNLIMITED, type Wiring } from "./wiring.ts";

/** What a fabric needs of the capacity that its links are part of. */
export interface LinkCapacity {
  addLink(bytesPerSecond: number): number;
  setCapacity(link: number, bytesPerSecond: number): void;
}

const ACTIVE_BACKUP = bonds.indexOf("active-backup");
const UNBONDED = bonds.indexOf("none");
const NO_LINK = -1;
const HERE: readonly number[] = [];

export class Fabric {
  readonly wiring: Wiring;
  /** Attach point of the image service; -1: there is none. */
  readonly glance: number;
  private readonly capacity: LinkCapacity;
  private readonly seed: number;
  private readonly distances: HopDistances;
  // By switch and by cable end (`cable * 2 + direction`): see `Neighbours`.
  private readonly firstEnd: Int32Array;
  private readonly ends: Int32Array;
  private readonly farSwitch: Int32Array;
  private readonly linkOfEnd: Int32Array;
  private readonly cableFaults: Int32Array;
  private readonly switchFaults: Int32Array;
  // By port, those of an attach point side by side from `firstPort`.
  private readonly firstPort: Int32Array;
  private readonly portSwitch: Int32Array;
  private readonly portBytesPerSecond: Float64Array;
  private readonly linkUp: Int32Array;
  private readonly linkDown: Int32Array;
  private readonly portFaults: Int32Array;
  private readonly ownCableFaults: Int32Array;
  private readonly ownPortFaults: Int32Array;
  /** Links that are down. */
  private readonly dead = new Set<number>();
  private readonly listeners: (() => void)[] = [];
  private scratch = new Int32Array(64);

  /** Adds the links to `capacity`. `seed` is that of the switches' hash, a setting of theirs. */
  constructor(capacity: LinkCapacity, wiring: Wiring, seed = 0) {
    this.capacity = capacity;
    this.wiring = wiring;
    this.seed = seed;
    this.glance = wiring.serviceNamed(GLANCE);
    const addLink = (bytesPerSecond: number) => (bytesPerSecond === UNLIMITED ? NO_LINK : capacity.addLink(bytesPerSecond));
    const { cableEnds, cableBytesPerSecond, portPoint, portSwitch, portBytesPerSecond } = wiring;
    this.linkOfEnd = Int32Array.from(cableEnds, (_, end) => addLink(cableBytesPerSecond[end >> 1]!));
    this.farSwitch = Int32Array.from(cableEnds, (_, end) => cableEnds[end ^ 1]!);
    [this.firstEnd, this.ends] = grouped(cableEnds, wiring.switchNames.length);
    const [firstPort, ports] = grouped(portPoint, wiring.pointCount);
    this.firstPort = firstPort;
    this.portSwitch = ports.map((port) => portSwitch[port]!);
    this.portBytesPerSecond = Float64Array.from(ports, (port) => portBytesPerSecond[port]!);
    this.linkUp = ports.map((port) => addLink(portBytesPerSecond[port]!));
    this.linkDown = ports.map((port) => addLink(portBytesPerSecond[port]!));
    this.switchFaults = new Int32Array(wiring.switchNames.length);
    this.cableFaults = new Int32Array(cableBytesPerSecond.length);
    this.ownCableFaults = new Int32Array(cableBytesPerSecond.length);
    this.portFaults = new Int32Array(ports.length);
    this.ownPortFaults = new Int32Array(ports.length);
    const { firstEnd, ends, farSwitch, cableFaults } = this;
    this.distances = new HopDistances({ firstEnd, ends, farSwitch, cableFaults });
  }

  /**
   * The links from one attach point to another, each once, for a flow of that number; empty from a point to itself, null when there is no way.
   * Nothing of it depends on other flows.
   */
  route(from: number, to: number, flow: number): readonly number[] | null {
    this.checkPoint(from);
    this.checkPoint(to);
    if (from === to) return HERE;
    let hash = from === this.glance ? downloadHash(flow, this.seed) : flowHash(from, to, flow, this.seed);
    let out = this.firstPort[from]!;
    let into = this.firstPort[to]!;
    if (this.firstPort[from + 1]! - out === 1 && this.firstPort[to + 1]! - into === 1) {
      if (this.portFaults[out] !== 0 || this.portFaults[into] !== 0) return null;
    } else {
      const pairs = this.nearestPorts(from, to, hash);
      if (pairs.length === 0) return null;
      [out, into] = pairs[hash % pairs.length]!;
      hash = rehash(hash, -2 - from);
    }
    let at = this.portSwitch[out]!;
    const target = this.portSwitch[into]!;
    const reach = this.distances.towards(target, at);
    if (reach[at] === 0) return null;
    if (reach[at]! + 1 > this.scratch.length) this.scratch = new Int32Array(2 * reach[at]!);
    const { scratch, linkOfEnd, farSwitch } = this;
    let length = 0;
    scratch[length++] = this.linkUp[out]!;
    while (at !== target) {
      const equal = this.countNextHops(at, target, reach);
      const end = this.nextHop(at, target, reach, equal === 1 ? 0 : hash % equal);
      if (equal > 1) hash = rehash(hash, at);
      if (linkOfEnd[end] !== NO_LINK) scratch[length++] = linkOfEnd[end]!;
      at = farSwitch[end]!;
    }
    scratch[length++] = this.linkDown[into]!;
    const route = new Array<number>(length);
    for (let i = 0; i < length; i++) route[i] = scratch[i]!;
    return route;
  }

  /** The links over which a host downloads from the image service. */
  routeFromGlance(host: number, flow: number): readonly number[] | null {
    if (this.glance < 0) throw new RangeError("the fabric has no image service: attach one called glance");
    return this.route(this.glance, host, flow);
  }

  /** Switches that a flow between two attach points passes on a shortest path; 0 at one point, -1 when there is no way. */
  switchesBetween(from: number, to: number): number {
    this.checkPoint(from);
    this.checkPoint(to);
    if (from === to) return 0;
    const [pair] = this.nearestPorts(from, to, null);
    return pair === undefined ? -1 : this.reach(pair[0], pair[1]);
  }

  /** Different shortest paths between the switches of two attach points of one NIC each, over any that are up; 0 when there is no way. */
  pathCount(from: number, to: number): number {
    if (from === to) return 1;
    const [pair] = this.nearestPorts(from, to, null);
    if (pair === undefined) return 0;
    const target = this.portSwitch[pair[1]]!;
    const reach = this.distances.towards(target, this.portSwitch[pair[0]]!);
    let level = new Map([[this.portSwitch[pair[0]]!, 1]]);
    while (!level.has(target)) {
      const next = new Map<number, number>();
      for (const [at, paths] of level) {
        for (let choice = this.countNextHops(at, target, reach) - 1; choice >= 0; choice--) {
          const far = this.farSwitch[this.nextHop(at, target, reach, choice)]!;
          next.set(far, (next.get(far) ?? 0) + paths);
        }
      }
      level = next;
    }
    return level.get(target)!;
  }

  /** Whether every link of a route is up. */
  carries(route: readonly number[]): boolean {
    return this.dead.size === 0 || !route.some((link) => this.dead.has(link));
  }

  /** Is called after every change of what is up, once routes are the new ones. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** The switch that a NIC of an attach point is plugged into. */
  switchOf(point: number, nic = 0): number {
    return this.portSwitch[this.portOf(point, nic)]!;
  }

  nicCount(point: number): number {
    this.checkPoint(point);
    return this.firstPort[point + 1]! - this.firstPort[point]!;
  }

  /**
   * All links that may limit a flow. `ends` are switches, the first that which the link leads from; -1 is the attach point `point`, which then
   * sends or receives; `point` is -1 for the links of cables.
   */
  links(): readonly { link: number; point: number; sends: boolean; ends: readonly [number, number]; bytesPerSecond: number }[] {
    const all: { link: number; point: number; sends: boolean; ends: readonly [number, number]; bytesPerSecond: number }[] = [];
    for (let point = 0; point < this.firstPort.length - 1; point++) {
      for (let port = this.firstPort[point]!; port < this.firstPort[point + 1]!; port++) {
        const [at, bytesPerSecond] = [this.portSwitch[port]!, this.portBytesPerSecond[port]!];
        all.push({ link: this.linkUp[port]!, point, sends: true, ends: [-1, at], bytesPerSecond });
        all.push({ link: this.linkDown[port]!, point, sends: false, ends: [at, -1], bytesPerSecond });
      }
    }
    for (const [end, link] of this.linkOfEnd.entries()) {
      const ends = [this.farSwitch[end ^ 1]!, this.farSwitch[end]!] as const;
      if (link !== NO_LINK) all.push({ link, point: -1, sends: false, ends, bytesPerSecond: this.wiring.cableBytesPerSecond[end >> 1]! });
    }
    return all;
  }

  /** The cables between two switches, by name, in the order in which they were plugged in. */
  cablesBetween(one: string, other: string): readonly number[] {
    const [a, b] = [this.wiring.switchNamed(one), this.wiring.switchNamed(other)];
    const between: number[] = [];
    for (let i = this.firstEnd[a]!; i < this.firstEnd[a + 1]!; i++)
      if (this.farSwitch[this.ends[i]!] === b) between.push(this.ends[i]! >> 1);
    return between;
  }

  // A part that is failed for two reasons is up again when both have ended.

  failCable(cable: number): void {
    this.checkCable(cable);
    this.ownCableFaults[cable]!++;
    this.faultCable(cable, 1);
    this.changed();
  }

  repairCable(cable: number): void {
    this.checkCable(cable);
    if (this.ownCableFaults[cable] === 0) throw new RangeError(`cable ${cable} has not failed: there is nothing to repair`);
    this.ownCableFaults[cable]!--;
    this.faultCable(cable, -1);
    this.changed();
  }

  /** Takes all its cables and the ports on it along. */
  failSwitch(at: number): void {
    this.faultSwitch(at, 1);
    this.changed();
  }

  repairSwitch(at: number): void {
    if (this.switchFaults[at] === 0)
      throw new RangeError(`switch "${this.wiring.switchNames[at]}" has not failed: there is nothing to repair`);
    this.faultSwitch(at, -1);
    this.changed();
  }

  failNic(point: number, nic = 0): void {
    const port = this.portOf(point, nic);
    this.ownPortFaults[port]!++;
    this.faultPort(port, 1);
    this.changed();
  }

  repairNic(point: number, nic = 0): void {
    const port = this.portOf(point, nic);
    if (this.ownPortFaults[port] === 0)
      throw new RangeError(`NIC ${nic} of ${this.wiring.pointName(point)} has not failed: there is nothing to repair`);
    this.ownPortFaults[port]!--;
    this.faultPort(port, -1);
    this.changed();
  }

  /**
   * Pairs of ports, one at each end, with the shortest way between them. A bond shows the NICs that are up, or the first of them; without one
   * the flow has a NIC of its own, by its hash; null = any flow.
   */
  private nearestPorts(from: number, to: number, hash: number | null): readonly (readonly [number, number])[] {
    let best = Number.POSITIVE_INFINITY;
    let pairs: (readonly [number, number])[] = [];
    const arrivals = this.usablePorts(to, hash === null ? null : rehash(hash, -2 - to));
    for (const out of this.usablePorts(from, hash)) {
      for (const into of arrivals) {
        const reach = this.reach(out, into);
        if (reach === 0 || reach > best) continue;
        if (reach < best) pairs = [];
        best = reach;
        pairs.push([out, into]);
      }
    }
    return pairs;
  }

  private usablePorts(point: number, hash: number | null): readonly number[] {
    const first = this.firstPort[point]!;
    const count = this.firstPort[point + 1]! - first;
    const bond = this.wiring.points.bonds?.[point] ?? 0;
    const own = bond === UNBONDED && hash !== null ? first + (hash % count) : -1;
    const usable: number[] = [];
    for (let port = first; port < first + count; port++) {
      if (this.portFaults[port] !== 0 || (own >= 0 && port !== own)) continue;
      usable.push(port);
      if (bond === ACTIVE_BACKUP) break;
    }
    return usable;
  }

  /** Switches on the way from one port to another; 0: there is none. */
  private reach(out: number, into: number): number {
    const at = this.portSwitch[out]!;
    return this.distances.towards(this.portSwitch[into]!, at)[at]!;
  }

  /** Cables that lead from `at` one hop nearer to `target`. */
  private countNextHops(at: number, target: number, reach: Int32Array): number {
    let count = 0;
    const { firstEnd, ends, farSwitch, cableFaults } = this;
    if (reach[at] === 2) {
      // Next to the target, which may have far fewer cables: a leaf under a spine.
      for (let i = firstEnd[target]!; i < firstEnd[target + 1]!; i++)
        if (farSwitch[ends[i]!] === at && cableFaults[ends[i]! >> 1] === 0) count++;
      return count;
    }
    const nearer = reach[at]! - 1;
    for (let i = firstEnd[at]!; i < firstEnd[at + 1]!; i++)
      if (reach[farSwitch[ends[i]!]!] === nearer && cableFaults[ends[i]! >> 1] === 0) count++;
    return count;
  }

  /** The `choice`-th of them, as the cable end that leaves `at`. */
  private nextHop(at: number, target: number, reach: Int32Array, choice: number): number {
    let left = choice;
    const { firstEnd, ends, farSwitch, cableFaults } = this;
    const beside = reach[at] === 2;
    const where = beside ? target : at;
    const nearer = reach[at]! - 1;
    for (let i = firstEnd[where]!; i < firstEnd[where + 1]!; i++) {
      const end = ends[i]!;
      const far = farSwitch[end]!;
      if ((beside ? far !== at : reach[far] !== nearer) || cableFaults[end >> 1] !== 0) continue;
      if (left-- === 0) return beside ? end ^ 1 : end;
    }
    throw new RangeError(`switch ${this.wiring.switchNames[at]} has no ${choice + 1} ways to ${this.wiring.switchNames[target]}`);
  }

  private faultCable(cable: number, by: 1 | -1): void {
    const wasUp = this.cableFaults[cable] === 0;
    this.cableFaults[cable]! += by;
    if (wasUp === (this.cableFaults[cable] === 0)) return;
    const bytesPerSecond = this.wiring.cableBytesPerSecond[cable]!;
    for (const end of [2 * cable, 2 * cable + 1]) this.turn(this.linkOfEnd[end]!, bytesPerSecond, !wasUp);
  }

  private faultPort(port: number, by: 1 | -1): void {
    const wasUp = this.portFaults[port] === 0;
    this.portFaults[port]! += by;
    if (wasUp === (this.portFaults[port] === 0)) return;
    for (const link of [this.linkUp[port]!, this.linkDown[port]!]) this.turn(link, this.portBytesPerSecond[port]!, !wasUp);
  }

  private faultSwitch(at: number, by: 1 | -1): void {
    if (!(at >= 0 && at < this.switchFaults.length)) throw new RangeError(`there is no switch ${at} among ${this.switchFaults.length}`);
    this.switchFaults[at]! += by;
    for (let i = this.firstEnd[at]!; i < this.firstEnd[at + 1]!; i++) this.faultCable(this.ends[i]! >> 1, by);
    for (const [port, where] of this.portSwitch.entries()) if (where === at) this.faultPort(port, by);
  }

  private turn(link: number, bytesPerSecond: number, on: boolean): void {
    if (link === NO_LINK) return;
    if (on) this.dead.delete(link);
    else this.dead.add(link);
    this.capacity.setCapacity(link, on ? bytesPerSecond : 0);
  }

  private changed(): void {
    this.distances.forget();
    for (const listener of this.listeners) listener();
  }

  private checkPoint(point: number): void {
    if (!(point >= 0 && point < this.firstPort.length - 1))
      throw new RangeError(`there is no attach point ${point} among ${this.firstPort.length - 1}`);
  }

  private checkCable(cable: number): void {
    if (!(cable >= 0 && cable < this.cableFaults.length))
      throw new RangeError(`there is no cable ${cable} among ${this.cableFaults.length}`);
    if (this.wiring.cableBytesPerSecond[cable] === UNLIMITED)
      throw new RangeError(`cable ${cable} never limits and cannot fail by itself: fail the switch at one of its ends`);
  }

  private portOf(point: number, nic: number): number {
    const nics = this.nicCount(point);
    if (!(nic >= 0 && nic < nics)) throw new RangeError(`${this.wiring.pointName(point)} has no NIC ${nic}: expected 0 to ${nics - 1}`);
    return this.firstPort[point]! + nic;
  }
}

/** The indexes of `keys` in the order of their keys, those of one key in their own order, and where each key's begin. */
function grouped(keys: readonly number[], count: number): [Int32Array, Int32Array] {
  const first = new Int32Array(count + 1);
  for (const key of keys) first[key + 1]!++;
  for (let key = 0; key < count; key++) first[key + 1]! += first[key]!;
  const next = first.slice(0, count);
  const order = new Int32Array(keys.length);
  for (let index = 0; index < keys.length; index++) order[next[keys[index]!]!++] = index;
  return [first, order];
}
