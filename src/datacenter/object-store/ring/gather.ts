// The first half of a rebalance: which part-replicas are to find another device. Each of these functions takes some from their devices and adds
// them to `gathered`; the second half (`reassign.ts`) finds them new ones.
// @source swift/common/ring/builder.py (2.30): _adjust_replica2part2dev_size, _gather_parts_*
import type { PartMoves } from "./part-moves.ts";
import type { ReplicaPlan } from "./replica-plan.ts";
import type { Tiers } from "./tiers.ts";

/** No device. */
export const NONE = 0xffff;

/** Part -> its replicas to be assigned, in the order in which parts were first gathered. */
export type Gathered = Map<number, number[]>;

/** A ring while it is rebalanced. Devices by id; `wanted` is how many more part-replicas a device should hold, below 0 if it should give some up. */
export interface RingWork {
  readonly parts: number;
  readonly minPartHours: number;
  readonly table: Uint16Array[];
  readonly tiers: Tiers;
  readonly plan: ReplicaPlan;
  readonly held: number[];
  readonly wanted: number[];
  readonly moves: PartMoves;
}

export function gather(gathered: Gathered, part: number, replica: number): void {
  const replicas = gathered.get(part);
  if (replicas === undefined) gathered.set(part, [replica]);
  else replicas.push(replica);
}

/** Takes a replica of a part from its device. */
function take(work: RingWork, gathered: Gathered, part: number, replica: number): void {
  const device = work.table[replica]![part]!;
  work.wanted[device]!++;
  work.held[device]!--;
  work.table[replica]![part] = NONE;
  gather(gathered, part, replica);
}

/** The number of replicas may have changed: rows of the table come and go, the last may be a fraction of one. */
export function adjustReplicas(table: Uint16Array[], held: number[], parts: number, replicas: number, gathered: Gathered): void {
  const whole = Math.floor(replicas);
  const lengths = new Array<number>(whole).fill(parts);
  if (replicas > whole) lengths.push(Math.trunc(parts * (replicas - whole)));
  const drop = (row: Uint16Array, from: number) => {
    for (const device of row.subarray(from)) held[device]!--;
  };
  for (const row of table.splice(lengths.length)) drop(row, 0);
  for (const [replica, length] of lengths.entries()) {
    const row = table[replica] ?? new Uint16Array(0);
    if (row.length > length) drop(row, length);
    for (let part = row.length; part < length; part++) gather(gathered, part, replica);
    const adjusted = new Uint16Array(length).fill(NONE);
    adjusted.set(row.subarray(0, length));
    table[replica] = adjusted;
  }
}

/** Everything on devices that are removed, whether it was moved lately or not: they may have failed. */
export function gatherFromRemoved({ table, moves, held }: RingWork, removed: readonly number[], gathered: Gathered): void {
  const losing = new Set(removed.filter((device) => held[device]! > 0));
  if (losing.size === 0) return;
  for (const [replica, row] of table.entries()) {
    for (const [part, device] of row.entries()) {
      if (!losing.has(device)) continue;
      row[part] = NONE;
      moves.setMoved(part);
      gather(gathered, part, replica);
    }
  }
}

/** Replicas in tiers that hold more of their part than the plan allows. */
export function gatherForDispersion(work: RingWork, gathered: Gathered): void {
  const { table, tiers, plan, moves, minPartHours, wanted } = work;
  const count = new Int32Array(tiers.count);
  for (let part = 0; part < work.parts; part++) {
    if (!moves.mayMove(part, minPartHours)) continue;
    const placed = placedReplicas(table, part);
    countInto(count, tiers, table, part, placed);
    const crowded = placed.filter((replica) => tiers.of(table[replica]![part]!).some((tier) => count[tier]! > plan.max[tier]!));
    for (const { replica, device } of mostOverweight(crowded, table, part, wanted)) {
      const path = tiers.of(device);
      // Two replicas on one device, which only older versions of Swift have placed, do not wait.
      if (!moves.mayMove(part, minPartHours) && count[path[3]!]! <= 1) continue;
      take(work, gathered, part, replica);
      for (const tier of path) count[tier]!--;
      moves.setMoved(part);
    }
    count.fill(0);
  }
}

/** From devices that hold too much, where another region, zone or node has room and the plan lets the replica go there. */
export function gatherThatCanDisperse(work: RingWork, start: number, gathered: Gathered): void {
  const { table, tiers, plan, moves, minPartHours, wanted, parts } = work;
  const wantedIn = new Float64Array(tiers.count);
  wanted.forEach((more, device) => {
    for (const tier of tiers.of(device)) wantedIn[tier]! += Math.max(more, 0);
  });
  const count = new Int32Array(tiers.count);
  for (let offset = 0; offset < parts; offset++) {
    const part = (start + offset) % parts;
    if (!moves.mayMove(part, minPartHours)) continue;
    const placed = placedReplicas(table, part);
    const overweight = placed.filter((replica) => wanted[table[replica]![part]!]! < 0);
    if (overweight.length === 0) continue;
    countInto(count, tiers, table, part, placed);
    for (const { replica, device } of mostOverweight(overweight, table, part, wanted)) {
      const path = tiers.of(device);
      if (path.some((tier) => plan.min[tier]! <= count[tier]! && count[tier]! < plan.max[tier]!)) continue;
      // The smallest tier that must keep this replica; within it, somebody else must want it.
      const stuck = path.findLast((tier) => count[tier]! - 1 < plan.min[tier]!) ?? path[0]!;
      let room = 0;
      for (const child of tiers.children[stuck]!) if (!path.includes(child)) room += wantedIn[child]!;
      if (room <= 0) continue;
      take(work, gathered, part, replica);
      for (const tier of path) wantedIn[tier]!--;
      moves.setMoved(part);
      break;
    }
    count.fill(0);
  }
}

/** From devices that hold too much, wherever that leads. */
export function gatherForced(work: RingWork, start: number, gathered: Gathered): void {
  const { table, moves, minPartHours, wanted, parts } = work;
  for (let offset = 0; offset < parts; offset++) {
    const part = (start + offset) % parts;
    if (!moves.mayMove(part, minPartHours)) continue;
    const overweight = placedReplicas(table, part).filter((replica) => wanted[table[replica]![part]!]! < 0);
    const first = mostOverweight(overweight, table, part, wanted)[0];
    if (first === undefined) continue;
    take(work, gathered, part, first.replica);
    moves.setMoved(part);
  }
}

/** Replicas of a part that have a device. */
export function placedReplicas(table: readonly Uint16Array[], part: number): readonly number[] {
  const placed: number[] = [];
  for (const [replica, row] of table.entries()) if (part < row.length && row[part] !== NONE) placed.push(replica);
  return placed;
}

/** Adds up how many replicas of a part each tier holds. */
export function countInto(count: Int32Array, tiers: Tiers, table: readonly Uint16Array[], part: number, replicas: readonly number[]): void {
  for (const replica of replicas) for (const tier of tiers.of(table[replica]![part]!)) count[tier]!++;
}

function mostOverweight(
  replicas: readonly number[],
  table: readonly Uint16Array[],
  part: number,
  wanted: readonly number[],
): readonly { readonly replica: number; readonly device: number }[] {
  const held = replicas.map((replica) => ({ replica, device: table[replica]![part]! }));
  return held.sort((a, b) => wanted[a.device]! - wanted[b.device]!);
}
