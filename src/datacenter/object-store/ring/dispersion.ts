// How far apart the replicas of a ring are, and how far from their weights its devices: what `swift-ring-builder` prints.
//
// As Swift does, looks at the parts that have all replicas: in a ring of 2.5 replicas at half of them.
// @source swift/common/ring/builder.py (2.30): _build_dispersion_graph, get_balance; swift/common/ring/utils.py: dispersion_report
import { weightOfOnePart } from "./replica-plan.ts";
import type { RingDevice } from "./ring-device.ts";
import type { Tiers } from "./tiers.ts";

/** Part-replicas by device, by replica (row) and part; the last row may be shorter. */
export type PartTable = readonly Uint16Array[];

export interface Dispersion {
  /** Part-replicas that are on another device than before. */
  readonly changed: number;
  /** Percentage of part-replicas that share a tier with more of their part than they need to. */
  readonly dispersion: number;
  /** By the key of a tier: parts of which it holds 0, 1, 2, ... replicas. Tiers that hold none are not in it. */
  readonly graph: ReadonlyMap<string, readonly number[]>;
}

export function disperse(
  table: PartTable,
  before: PartTable,
  tiers: Tiers,
  most: Float64Array,
  parts: number,
  replicas: number,
): Dispersion {
  const graph = new Map<number, number[]>();
  const held = new Int32Array(tiers.count);
  const complete = Math.min(...table.map((row) => row.length));
  let [changed, atRisk] = [0, 0];
  for (let part = 0; part < complete; part++) {
    const touched: number[] = [];
    for (const [replica, row] of table.entries()) {
      const device = row[part]!;
      if (before[replica]?.[part] !== device) changed++;
      for (const tier of tiers.of(device)) if (held[tier]!++ === 0) touched.push(tier);
    }
    const riskByDepth = [0, 0, 0, 0, 0];
    for (const tier of touched) {
      const count = held[tier]!;
      held[tier] = 0;
      let counts = graph.get(tier);
      if (counts === undefined) graph.set(tier, (counts = [parts, ...new Array<number>(Math.ceil(replicas)).fill(0)]));
      counts[0]!--;
      counts[count]!++;
      if (count > most[tier]!) riskByDepth[tiers.depths[tier]!]! += count - most[tier]!;
    }
    atRisk += Math.max(...riskByDepth);
  }
  const inOrder = [...graph].sort(([a], [b]) => a - b).map(([tier, counts]) => [tiers.keys[tier]!, counts] as const);
  return { changed, dispersion: (100 * atRisk) / (parts * replicas), graph: new Map(inOrder) };
}

export interface DispersionReport {
  /** The largest percentage of a tier's part-replicas beyond what it needs to hold. */
  readonly maxDispersion: number;
  /** Swift's name of that tier: `r1`, `r1z3`, `r1z3-10.0.0.1`, `r1z3-10.0.0.1/sdb`; null when nothing is amiss. */
  readonly worstTier: string | null;
}

export function dispersionReport(
  graph: ReadonlyMap<string, readonly number[]>,
  tiers: Tiers,
  most: Float64Array,
  devices: readonly RingDevice[],
): DispersionReport {
  let [maxDispersion, worst] = [0, -1];
  for (let tier = 1; tier < tiers.count; tier++) {
    const counts = graph.get(tiers.keys[tier]!);
    if (counts === undefined) continue;
    let [atRisk, placed] = [0, 0];
    for (const [held, parts] of counts.entries()) {
      atRisk += parts * Math.max(0, held - Math.trunc(most[tier]!));
      placed += parts * held;
    }
    const share = (100 * atRisk) / placed;
    if (share > maxDispersion) [maxDispersion, worst] = [share, tier];
  }
  return { maxDispersion, worstTier: worst < 0 ? null : tierName(tiers.keys[worst]!, devices) };
}

function tierName(key: string, devices: readonly RingDevice[]): string {
  const [region, zone, ip, id] = key.split("|");
  const device = devices.find((one) => String(one.id) === id);
  return [`r${region}`, zone === undefined ? "" : `z${zone}`, ip === undefined ? "" : `-${ip}`, device ? `/${device.device}` : ""].join("");
}

/** What Swift shows for a device without weight that still has parts. */
const MAX_BALANCE = 999.99;

/** By device (in their order): how many percent more parts it holds than its weight says. */
export function balancePerDevice(
  devices: readonly RingDevice[],
  held: readonly number[],
  parts: number,
  replicas: number,
): readonly number[] {
  const onePart = weightOfOnePart(devices, parts, replicas);
  return devices.map(({ weight }, i) => {
    if (weight === 0) return held[i]! > 0 ? MAX_BALANCE : 0;
    return (100 * held[i]!) / (weight * onePart) - 100;
  });
}
