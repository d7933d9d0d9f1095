// How many part-replicas each device should hold by the plan, in whole numbers: tier by tier, rounded down, then what is left one by one.
// @source swift/common/ring/builder.py (2.30): _set_parts_wanted
import type { ReplicaPlan } from "./replica-plan.ts";
import type { Tiers } from "./tiers.ts";

/** By tier. `total`: part-replicas of the ring. */
export function partsByTier(tiers: Tiers, plan: ReplicaPlan, parts: number, total: number): Int32Array {
  const placed = new Int32Array(tiers.count);
  const place = (tier: number, count: number) => {
    placed[tier] = count;
    const below = tiers.children[tier]!;
    if (below.length === 0) return;
    let left = count;
    for (const child of below) {
      placed[child] = Math.min(left, Math.floor(plan.target[child]! * parts));
      left -= placed[child]!;
    }
    const least = [...below].sort((a, b) => plan.target[a]! - plan.target[b]!);
    for (let i = 0; left > 0; i++, left--) placed[least[i % least.length]!]!++;
    for (const child of below) place(child, placed[child]!);
  };
  place(0, total);
  return placed;
}
