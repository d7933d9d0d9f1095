// The second half of a rebalance: each part-replica without a device goes down the tree, at each step to the roomiest tier that may still hold
// one more of its part.
// @source swift/common/ring/builder.py (2.30): _reassign_parts
import type { MersenneTwister } from "../../../kernel/mersenne-twister.ts";
import { countInto, placedReplicas, type RingWork } from "./gather.ts";
import type { RingDevice } from "./ring-device.ts";

/** `devices` in the order of their ids; `gathered` in the order in which they are served. */
export function reassign(
  work: RingWork,
  devices: readonly RingDevice[],
  gathered: readonly (readonly [part: number, replicas: readonly number[]])[],
  random: MersenneTwister,
): void {
  const { table, tiers, plan, moves, wanted, held } = work;
  const room = new Float64Array(tiers.count);
  const ties = devices.map(() => random.randint(0, 0xffff));
  const byKey = devices
    .map(({ id, weight }, i) => ({ id, weight, tie: ties[i]! }))
    .sort((a, b) => wanted[a.id]! - wanted[b.id]! || a.tie - b.tie || a.id - b.id);
  /** Place of the tier's last device in that order. */
  const rank = new Int32Array(tiers.count);
  const deviceOf = new Int32Array(tiers.count);
  for (const [place, { id, weight }] of byKey.entries()) {
    for (const tier of tiers.of(id)) {
      room[tier]! += Math.max(wanted[id]!, 0);
      if (weight > 0) rank[tier] = place;
    }
    deviceOf[tiers.of(id)[3]!] = id;
  }
  const children = tiers.children.map((below) => [...below].sort((a, b) => rank[a]! - rank[b]!));

  const count = new Int32Array(tiers.count);
  for (const [part, replicas] of gathered) {
    moves.assigned(part);
    countInto(count, tiers, table, part, placedReplicas(table, part));
    for (const replica of replicas) {
      let tier = 0;
      for (let depth = 1; depth <= 4; depth++) {
        let best = -1;
        for (const child of children[tier]!) {
          if (count[child]! < plan.max[child]! && (best < 0 || room[child]! > room[best]!)) best = child;
        }
        if (best < 0) throw new Error(`no home for replica ${replica} of part ${part} in tier "${tiers.keys[tier]}"`);
        tier = best;
      }
      const device = deviceOf[tier]!;
      wanted[device]!--;
      held[device]!++;
      for (const on of tiers.of(device)) {
        room[on]!--;
        count[on]!++;
      }
      table[replica]![part] = device;
    }
    count.fill(0);
  }
}
