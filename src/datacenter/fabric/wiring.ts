// What is plugged into what: switches, the cables between them, and the ports by which hosts and services hang on switches. A topology is a
// function that draws a wiring; how flows find their way through it is the same for all (`fabric.ts`). Every cable and port carries its
// bandwidth in both directions at once.
import type { AttachPoints } from "./attach-points.ts";

/** A cable that never limits: inside a switch, or dimensioned for whatever it joins. It cannot fail by itself. */
export const UNLIMITED = Number.POSITIVE_INFINITY;

export class Wiring {
  readonly points: AttachPoints;
  readonly switchNames: string[] = [];
  /** By cable: two switches. */
  readonly cableEnds: number[] = [];
  readonly cableBytesPerSecond: number[] = [];
  /** By port. */
  readonly portPoint: number[] = [];
  readonly portSwitch: number[] = [];
  readonly portBytesPerSecond: number[] = [];
  private readonly numberOfSwitch = new Map<string, number>();

  constructor(points: AttachPoints) {
    this.points = points;
    if (points.racks.length !== points.nicBytesPerSecond.length)
      throw new RangeError(`${points.nicBytesPerSecond.length} hosts have NICs, but ${points.racks.length} are in racks: expected as many`);
  }

  get hostCount(): number {
    return this.points.nicBytesPerSecond.length;
  }

  /** Hosts and services. */
  get pointCount(): number {
    return this.hostCount + this.points.services.length;
  }

  addSwitch(name: string): number {
    if (this.numberOfSwitch.has(name)) throw new RangeError(`two switches are called "${name}": give each a name of its own`);
    this.numberOfSwitch.set(name, this.switchNames.length);
    return this.switchNames.push(name) - 1;
  }

  /** Joins two switches. */
  addCable(a: number, b: number, bytesPerSecond: number): number {
    this.checkSwitch(a);
    this.checkSwitch(b);
    if (a === b) throw new RangeError(`switch "${this.switchNames[a]}" cannot be joined to itself`);
    if (!(bytesPerSecond > 0)) {
      const ends = `"${this.switchNames[a]}" and "${this.switchNames[b]}"`;
      throw new RangeError(`a cable of ${bytesPerSecond} B/s between ${ends}: expected more than 0 (fail it to take it away)`);
    }
    this.cableEnds.push(a, b);
    return this.cableBytesPerSecond.push(bytesPerSecond) - 1;
  }

  /** Plugs one NIC of a host, or the link of a service, into a switch. */
  attach(point: number, at: number, bytesPerSecond: number): void {
    this.checkSwitch(at);
    if (!(point >= 0 && point < this.pointCount)) throw new RangeError(`there is no attach point ${point} among ${this.pointCount}`);
    if (!(bytesPerSecond > 0 && bytesPerSecond < UNLIMITED)) {
      throw new RangeError(`${this.pointName(point)} is attached with ${bytesPerSecond} B/s: expected more than 0, and a finite number`);
    }
    this.portPoint.push(point);
    this.portSwitch.push(at);
    this.portBytesPerSecond.push(bytesPerSecond);
  }

  /** Plugs all NICs of a host into one switch. */
  attachHost(host: number, at: number): void {
    const nics = this.points.nics?.[host] ?? 1;
    if (!(Number.isInteger(nics) && nics >= 1)) throw new RangeError(`host ${host} has ${nics} NICs: expected 1 or more`);
    for (let nic = 0; nic < nics; nic++) this.attach(host, at, this.points.nicBytesPerSecond[host]!);
  }

  /** Plugs services into the switch of their rack, those that stand in none into `at`. */
  attachServices(at: number, switchOfRack: readonly number[] = []): void {
    for (const [index, { bytesPerSecond, rack = -1 }] of this.points.services.entries())
      this.attach(this.hostCount + index, switchOfRack[rack] ?? at, bytesPerSecond);
  }

  /** A switch for the services, next to each of `others`: the border leaf of a fabric, with uplinks that never limit. */
  addBorder(others: readonly number[], switchOfRack: readonly number[] = []): void {
    const border = this.addSwitch("border");
    for (const other of others) this.addCable(border, other, UNLIMITED);
    this.attachServices(border, switchOfRack);
  }

  switchNamed(name: string): number {
    const found = this.numberOfSwitch.get(name);
    if (found === undefined) throw new RangeError(`there is no switch "${name}" among ${this.switchNames.length}`);
    return found;
  }

  pointName(point: number): string {
    return point < this.hostCount ? `host ${point}` : this.points.services[point - this.hostCount]!.name;
  }

  /** The number of a service as an attach point; -1: there is none. */
  serviceNamed(name: string): number {
    const index = this.points.services.findIndex((service) => service.name === name);
    return index < 0 ? -1 : this.hostCount + index;
  }

  /** Bandwidth of all NICs on a switch over that of its cables to other switches: 1 is full bisection; Infinity without cables. */
  oversubscriptionOf(at: number): number {
    let [down, up] = [0, 0];
    for (const [port, where] of this.portSwitch.entries()) if (where === at) down += this.portBytesPerSecond[port]!;
    for (const [cable, bytesPerSecond] of this.cableBytesPerSecond.entries())
      if (this.cableEnds[2 * cable] === at || this.cableEnds[2 * cable + 1] === at) up += bytesPerSecond;
    return down === 0 ? 0 : down / up;
  }

  private checkSwitch(number: number): void {
    if (this.switchNames[number] === undefined) throw new RangeError(`there is no switch ${number} among ${this.switchNames.length}`);
  }
}

/** @throws RangeError unless `value` is a whole number from 1 to `most`. */
export function checkCount(what: string, value: number, most: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= most))
    throw new RangeError(`${what}: expected a whole number from 1 to ${most}, got ${value}`);
}
