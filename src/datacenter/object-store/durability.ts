// How long a ring keeps what it is given, and how often it can be read and written, when devices fail and are rebuilt from their peers.
//
// Devices fail and come back independently of each other. Data are lost when fewer replicas (or fragments) of some part are left than it takes to
// read it; while devices are only unreachable nothing is lost, but parts with too few of them cannot be read or written. Simulated over a ring's
// own table, so that it matters which devices share parts; the closed forms beside it hold for the cases they are made for.
//
// Time is in hours as plain numbers: data last for longer than the kernel's microseconds count.
import type { Distribution } from "../../kernel/distribution.ts";
import type { RandomStreams, Stream } from "../../kernel/random.ts";
import type { Ring } from "./ring/ring.ts";

/** Hours until a device that is up fails, and from then on until it is up and holds everything again. */
export interface DeviceLaw {
  readonly lifetime: Distribution;
  readonly repair: Distribution;
}

/** The devices of a ring, going down and coming back. Parts with the same devices share their fate and are counted as one. */
class DeviceLives {
  /** By group of such parts: how many there are, and how many of their devices are up. */
  readonly sizes: number[] = [];
  readonly live: number[] = [];
  private readonly law: DeviceLaw;
  private readonly lifetimes: Stream;
  private readonly repairs: Stream;
  private readonly groupsOf: readonly (readonly number[])[];
  /** By device: when its state changes next, how often it has done so; it is up after an even number of times. */
  private readonly changesAt: Float64Array;
  private readonly changes: Int32Array;

  constructor(ring: Ring, law: DeviceLaw, streams: RandomStreams) {
    const groups = new Map<string, number>();
    const groupsOf = new Map<number, number[]>(ring.devices.map(({ id }) => [id, []]));
    for (let part = 0; part < ring.parts; part++) {
      const devices = [...ring.primaries(part)].sort((a, b) => a - b);
      const known = groups.get(devices.join());
      if (known !== undefined) {
        this.sizes[known]!++;
        continue;
      }
      for (const id of devices) groupsOf.get(id)!.push(groups.size);
      groups.set(devices.join(), groups.size);
      this.sizes.push(1);
      this.live.push(devices.length);
    }
    this.law = law;
    this.lifetimes = streams.stream("swift.device.lifetime");
    this.repairs = streams.stream("swift.device.repair");
    this.groupsOf = [...groupsOf.values()];
    this.changes = new Int32Array(this.groupsOf.length);
    this.changesAt = Float64Array.from(this.groupsOf, (_, device) => this.lifetimes.sample(law.lifetime, device, 0));
  }

  /** The device whose state changes next, and when. */
  next(): { readonly device: number; readonly at: number } {
    let device = 0;
    for (let other = 1; other < this.changesAt.length; other++) if (this.changesAt[other]! < this.changesAt[device]!) device = other;
    return { device, at: this.changesAt[device]! };
  }

  /** Lets it change. Returns the groups that have a device less or more. */
  change(device: number): readonly number[] {
    const number = this.changes[device]!++;
    const fails = number % 2 === 0;
    const groups = this.groupsOf[device]!;
    for (const group of groups) this.live[group]! += fails ? -1 : 1;
    const [stream, law] = fails ? [this.repairs, this.law.repair] : [this.lifetimes, this.law.lifetime];
    this.changesAt[device]! += stream.sample(law, device, Math.floor((number + 1) / 2));
    return groups;
  }
}

/** Hours until some part has fewer than `needed` replicas (1) or fragments (the number of data fragments) left. */
export function hoursToDataLoss(ring: Ring, needed: number, law: DeviceLaw, streams: RandomStreams): number {
  const lives = new DeviceLives(ring, law, streams);
  for (;;) {
    const { device, at } = lives.next();
    if (lives.change(device).some((group) => lives.live[group]! < needed)) return at;
  }
}

/** Share of the hours in which a part has at least `needed` of its devices up, on average over the parts. */
export function measuredAvailability(ring: Ring, needed: number, law: DeviceLaw, streams: RandomStreams, hours: number): number {
  const lives = new DeviceLives(ring, law, streams);
  let [partHours, since] = [0, 0];
  for (;;) {
    const { device, at } = lives.next();
    let available = 0;
    for (const [group, size] of lives.sizes.entries()) if (lives.live[group]! >= needed) available += size;
    partHours += available * (Math.min(at, hours) - since);
    if (at >= hours) return partHours / (hours * ring.parts);
    since = at;
    lives.change(device);
  }
}

/** The chance that at least `needed` of `replicas` devices are up, each of them with the chance `availability`, independently. */
export function quorumAvailability(replicas: number, needed: number, availability: number): number {
  let [sum, ways] = [0, 1];
  for (let down = 0; down <= replicas - needed; down++) {
    sum += ways * power(availability, replicas - down) * power(1 - availability, down);
    ways = (ways * (replicas - down)) / (down + 1);
  }
  return sum;
}

/**
 * Mean time until `tolerated` + 1 of so many devices are down at once, when they fail and come back at constant rates (exponential times, every
 * device repaired on its own): that of a birth and death chain. With one tolerated it is the `meanTimeToDataLoss` of RAID. Throws a RangeError for
 * means that are not above 0, or fewer devices than have to fail.
 */
export function meanHoursToDataLoss(devices: number, tolerated: number, meanLifetime: number, meanRepair: number): number {
  if (!(meanLifetime > 0 && meanRepair > 0)) {
    throw new RangeError(`a mean lifetime of ${meanLifetime} h and a mean repair of ${meanRepair} h: expected both above 0`);
  }
  if (!(tolerated >= 0 && tolerated < devices)) {
    throw new RangeError(`${tolerated} failures tolerated by ${devices} devices: expected 0 or more, and fewer than devices`);
  }
  let [total, step] = [0, 0];
  for (let down = 0; down <= tolerated; down++) {
    // The mean time from `down` devices down to one more: some steps lead back first.
    step = (1 + (down / meanRepair) * step) / ((devices - down) / meanLifetime);
    total += step;
  }
  return total;
}

function power(base: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product *= base;
  return product;
}
