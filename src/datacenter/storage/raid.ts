// RAID: what an array of equal devices can hold, take and survive, as formulas. The array at work, I/O by I/O, is `raid-array.ts`.
//
// @source Patterson, Gibson and Katz, "A case for redundant arrays of inexpensive disks (RAID)", SIGMOD 1988
import type { Parameter } from "../../kernel/parameter.ts";
import { parameter } from "../../kernel/parameter.ts";
import type { DeviceModel, IoMix } from "./device.ts";
import { iopsOf, requireMix } from "./device.ts";

export const raidLevels = ["raid0", "raid1", "raid5", "raid6", "raid10"] as const;
export type RaidLevel = (typeof raidLevels)[number];

interface LevelFacts {
  readonly fewest: number;
  /** Device I/Os that one small write costs: RAID 5 reads data and parity and writes both, RAID 6 has two parities. */
  readonly writePenalty: number;
  /** Failures that the array survives whichever members they hit. */
  survives(members: number): number;
  dataMembers(members: number): number;
}

export const raidFacts: Readonly<Record<RaidLevel, LevelFacts>> = {
  raid0: { fewest: 1, writePenalty: 1, survives: () => 0, dataMembers: (n) => n },
  raid1: { fewest: 2, writePenalty: 2, survives: (n) => n - 1, dataMembers: () => 1 },
  raid5: { fewest: 3, writePenalty: 4, survives: () => 1, dataMembers: (n) => n - 1 },
  raid6: { fewest: 4, writePenalty: 6, survives: () => 2, dataMembers: (n) => n - 2 },
  raid10: { fewest: 4, writePenalty: 2, survives: () => 1, dataMembers: (n) => n / 2 },
};

export const stripeUnitBytes: Parameter = parameter({
  name: "raid.stripe_unit",
  value: 65_536,
  unit: "B",
  meaning: "Bytes that lie on one member before the next takes over; a write of a whole stripe needs no reading.",
  source: "Linux md chose 64 KiB before 512 KiB; hardware controllers offer both",
  evidence: "from memory",
});

export const rebuildBytesPerSecond: Parameter = parameter({
  name: "raid.rebuild_rate",
  value: 75e6,
  unit: "B/s",
  meaning: "Rate at which a new member is filled, at most.",
  source: "50 to 100 MB/s under load",
  evidence: "from memory",
});

/** @throws RangeError when that level cannot be made of so many members. */
export function requireRaid(level: RaidLevel, members: number): void {
  const { fewest } = raidFacts[level];
  const even = level !== "raid10" || members % 2 === 0;
  if (Number.isInteger(members) && members >= fewest && even) return;
  throw new RangeError(`${level} of ${members} devices: expected ${even ? "" : "an even number of "}at least ${fewest}`);
}

/** Copies that RAID 1 and 10 keep of each byte; 1 for the others. */
export function mirrorsOf(level: RaidLevel, members: number): number {
  return level === "raid1" ? members : level === "raid10" ? 2 : 1;
}

export function writePenaltyOf(level: RaidLevel, members: number): number {
  return level === "raid1" ? members : raidFacts[level].writePenalty;
}

export function usableBytesOf(level: RaidLevel, members: number, deviceBytes: number): number {
  requireRaid(level, members);
  return raidFacts[level].dataMembers(members) * deviceBytes;
}

/** Small I/Os per second of an array whose members do `deviceIops` each: n I / (r + w p). */
export function effectiveIops(level: RaidLevel, members: number, deviceIops: number, writeShare: number): number {
  requireRaid(level, members);
  return (members * deviceIops) / (1 - writeShare + writeShare * writePenaltyOf(level, members));
}

/** Device I/Os that an I/O of an array costs on average. */
export interface DeviceIos {
  readonly reads: number;
  readonly writes: number;
}

/**
 * Device I/Os that a small I/O of the mix costs on average while `failed` members of the array are missing, null once data are lost. A read of
 * a missing block of RAID 5 or 6 reads as many others as there are data members; a write that cannot read what it replaces does likewise.
 */
export function deviceIosPerIo(level: RaidLevel, members: number, writeShare: number, failed = 0): DeviceIos | null {
  requireRaid(level, members);
  const facts = raidFacts[level];
  if (failed > facts.survives(members)) return null;
  const missing = failed / members;
  const there = 1 - missing;
  if (level !== "raid5" && level !== "raid6") {
    return { reads: 1 - writeShare, writes: writeShare * mirrorsOf(level, members) * there };
  }
  const data = facts.dataMembers(members);
  const parities = (members - data) * there;
  // Small writes: block and parities are read and written. With the block's member missing the other data are read instead and only the
  // parities are written; a missing parity is neither read nor written.
  return {
    reads: (1 - writeShare) * (1 + missing * (data - 1)) + writeShare * (there * (1 + parities) + missing * (data - 1)),
    writes: writeShare * (there + parities),
  };
}

/**
 * Fluid: I/Os of the mix per second that the members that are left sustain under an even load; 0 once data are lost. In RAID 10 a mirror that
 * has lost its other half does all the work of both, and the array is as fast as it.
 */
export function arrayIopsOf(level: RaidLevel, members: number, device: DeviceModel, mix: IoMix, failed = 0): number {
  requireMix(mix);
  const perIo = deviceIosPerIo(level, members, mix.writeShare, failed);
  if (perIo === null) return 0;
  if (level === "raid10" && failed > 0) return (members / 2) * iopsOf(device, mix);
  const { reads, writes } = perIo;
  return ((members - failed) * iopsOf(device, { ...mix, writeShare: writes / (reads + writes) })) / (reads + writes);
}

/** Seconds to fill a new member. */
export function rebuildSeconds(deviceBytes: number, bytesPerSecond = rebuildBytesPerSecond.value): number {
  if (!(bytesPerSecond > 0)) throw new RangeError(`a rebuild at ${bytesPerSecond} B/s never ends: expected more than 0`);
  return deviceBytes / bytesPerSecond;
}

/**
 * Mean time to data loss of n devices of which any two at once lose data (RAID 5, or a mirror of two), from the Markov chain of none, one and two
 * failed: ((2n - 1) lambda + mu) / (n (n - 1) lambda^2). In the unit of the arguments.
 */
export function meanTimeToDataLoss(members: number, meanTimeToFailure: number, meanTimeToRepair: number): number {
  if (!(Number.isInteger(members) && members >= 2))
    throw new RangeError(`data loss by two failures of ${members} devices: expected 2 or more`);
  if (!(meanTimeToFailure > 0 && meanTimeToRepair > 0)) {
    throw new RangeError(`a mean time to failure of ${meanTimeToFailure} and to repair of ${meanTimeToRepair}: expected both above 0`);
  }
  const lambda = 1 / meanTimeToFailure;
  const mu = 1 / meanTimeToRepair;
  return ((2 * members - 1) * lambda + mu) / (members * (members - 1) * lambda * lambda);
}
