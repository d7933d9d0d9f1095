// One RAID array: the state of its members, and which device I/Os an I/O of the array becomes as they are now. Data are rotated over the
// members stripe unit by stripe unit; where an I/O begins is the caller's draw.
//
// A missing member is read from its mirror or from all others; writes leave it out. Too many missing lose the data, and every further I/O is
// refused. A new member is filled by a rebuild, whose I/Os compete with the others; until it is full nothing is read from it.
import type { DeviceModel, Io } from "./device.ts";
import type { IoPlan, Stage } from "./io-plan.ts";
import { deviceLeg } from "./io-plan.ts";
import type { RaidLevel } from "./raid.ts";
import { mirrorsOf, raidFacts, requireRaid, stripeUnitBytes, usableBytesOf } from "./raid.ts";

export type MemberState = "active" | "failed" | "rebuilding";

export interface RaidDescription {
  readonly level: RaidLevel;
  readonly device: DeviceModel;
  /** Numbers of the members among the devices of the whole storage. */
  readonly members: readonly number[];
  readonly stripeUnitBytes?: number;
}

export class RaidArray {
  readonly level: RaidLevel;
  readonly device: DeviceModel;
  readonly members: readonly number[];
  readonly usableBytes: number;
  private readonly unit: number;
  private readonly states: MemberState[];
  private isLost = false;

  constructor({ level, device, members, stripeUnitBytes: unit = stripeUnitBytes.value }: RaidDescription) {
    requireRaid(level, members.length);
    if (!(unit >= 512 && Number.isInteger(unit))) throw new RangeError(`${level}: a stripe unit of ${unit} bytes; expected 512 or more`);
    this.level = level;
    this.device = device;
    this.members = members;
    this.unit = unit;
    this.usableBytes = usableBytesOf(level, members.length, device.capacityBytes);
    this.states = members.map(() => "active");
  }

  get lost(): boolean {
    return this.isLost;
  }

  get missing(): number {
    return this.states.filter((state) => state !== "active").length;
  }

  stateOf(member: number): MemberState {
    return this.states[this.row(member)]!;
  }

  /** A member (its place in the array) fails. Returns whether the array still has all data. */
  fail(member: number): boolean {
    this.states[this.row(member)] = "failed";
    if (!this.hasAllData()) this.isLost = true;
    return !this.isLost;
  }

  /** A new device takes the place of a failed one and is to be filled: reads of `rebuildPlan`. @throws RangeError when nothing is left to fill it from. */
  replace(member: number): void {
    if (this.states[this.row(member)] !== "failed")
      throw new RangeError(`${this.level}: member ${member} has not failed, so nothing replaces it`);
    if (this.isLost) throw new RangeError(`${this.level}: its data are lost, so member ${member} cannot be rebuilt; restore a new array`);
    this.states[member] = "rebuilding";
  }

  rebuilt(member: number): void {
    if (this.states[this.row(member)] !== "rebuilding") throw new RangeError(`${this.level}: member ${member} is not being rebuilt`);
    this.states[member] = "active";
  }

  /** Reads of the members that are left, then a write of the new one: one chunk of a rebuild. Others move the arms meanwhile, so each chunk is sought. */
  rebuildPlan(member: number, bytes: number): IoPlan {
    const read: Io = { write: false, bytes, sequential: false };
    const write: Io = { write: true, bytes, sequential: false };
    return [this.sourcesOf(member).map((source) => deviceLeg(this.members[source]!, read)), [deviceLeg(this.members[member]!, write)]];
  }

  /**
   * The device I/Os of an I/O that begins in stripe unit number `start` of the array, or null when data are lost. Two stages where old data and
   * parities must be read before the new ones can be written.
   */
  plan(io: Io, start: number): IoPlan | null {
    if (this.isLost) return null;
    const reads: Stage[number][] = [];
    const writes: Stage[number][] = [];
    const width = raidFacts[this.level].dataMembers(this.members.length);
    let left = io.bytes;
    for (let unit = start; left > 0; ) {
      const whole = io.write && left >= width * this.unit && unit % width === 0 && this.hasParity;
      if (whole) {
        for (let member = 0; member < this.members.length; member++) this.write(writes, member, this.unit, io.sequential);
        left -= width * this.unit;
        unit += width;
        continue;
      }
      const bytes = Math.min(left, this.unit);
      this.unitIo(io, unit, bytes, reads, writes);
      left -= bytes;
      unit++;
    }
    return [reads, writes].filter((stage) => stage.length > 0);
  }

  private get hasParity(): boolean {
    return this.level === "raid5" || this.level === "raid6";
  }

  private unitIo({ write, sequential }: Io, unit: number, bytes: number, reads: Stage[number][], writes: Stage[number][]): void {
    const n = this.members.length;
    if (!this.hasParity) {
      const copies = mirrorsOf(this.level, n);
      const groups = n / copies;
      const first = (unit % groups) * copies;
      const those = Array.from({ length: copies }, (_, i) => first + i);
      if (write) for (const member of those) this.write(writes, member, bytes, sequential);
      else {
        const readable = those.filter((member) => this.states[member] === "active");
        // Reads go round over the copies.
        this.read(reads, readable[Math.floor(unit / groups) % readable.length]!, bytes, sequential);
      }
      return;
    }
    const width = raidFacts[this.level].dataMembers(n);
    const stripe = Math.floor(unit / width);
    const at = (place: number) => (place + stripe) % n; // parities rotate: the last n - width places of the stripe
    const member = at(unit % width);
    const parities = Array.from({ length: n - width }, (_, i) => at(width + i));
    const there = this.states[member] === "active";
    if (!write) {
      if (there) this.read(reads, member, bytes, sequential);
      else for (const source of this.sourcesOf(member)) this.read(reads, source, bytes, sequential);
      return;
    }
    const others = Array.from({ length: width }, (_, i) => at(i)).filter((other) => other !== member);
    const stillRead = there ? [member, ...parities] : others;
    for (const source of stillRead) if (this.states[source] === "active") this.read(reads, source, bytes, sequential);
    for (const target of [member, ...parities]) this.write(writes, target, bytes, sequential);
  }

  private read(reads: Stage[number][], member: number, bytes: number, sequential: boolean): void {
    reads.push(deviceLeg(this.members[member]!, { write: false, bytes, sequential }));
  }

  /** A member that is being rebuilt is written like an active one; a failed one is left out. */
  private write(writes: Stage[number][], member: number, bytes: number, sequential: boolean): void {
    if (this.states[member] !== "failed") writes.push(deviceLeg(this.members[member]!, { write: true, bytes, sequential }));
  }

  /** Members from which the content of one that is missing follows: a mirror, or as many others as there are data members. */
  private sourcesOf(member: number): readonly number[] {
    const n = this.members.length;
    const active = (other: number) => other !== member && this.states[other] === "active";
    if (this.hasParity) {
      const all = Array.from({ length: n }, (_, i) => i).filter(active);
      return all.slice(0, raidFacts[this.level].dataMembers(n));
    }
    const copies = mirrorsOf(this.level, n);
    const first = Math.floor(member / copies) * copies;
    return Array.from({ length: copies }, (_, i) => first + i)
      .filter(active)
      .slice(0, 1);
  }

  private hasAllData(): boolean {
    const n = this.members.length;
    if (this.hasParity) return this.missing <= raidFacts[this.level].survives(n);
    const copies = mirrorsOf(this.level, n);
    for (let first = 0; first < n; first += copies) {
      const group = this.states.slice(first, first + copies);
      if (!group.includes("active")) return false;
    }
    return true;
  }

  private row(member: number): number {
    if (this.states[member] === undefined) throw new RangeError(`${this.level}: no member ${member} among ${this.members.length}`);
    return member;
  }
}
