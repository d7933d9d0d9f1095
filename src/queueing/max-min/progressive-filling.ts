// All levels from nothing: every flow grows alike until a link is full or its own cap is reached; flows over a full link stay as they are, the
// others grow on. The plain way, and the judge of the quick one.
//
// @source D. Bertsekas, R. Gallager, Data Networks (1992), section 6.5.2: progressive filling
import type { Crossings } from "./crossings.ts";
import { SmallestFirst } from "./smallest-first.ts";

/** What subtracting instead of adding up may come to, as a share. */
const ROUNDING = 1e-12;

/** Fills in `level` by link: the rate per weight at which it was full, Infinity if it never was. Flows are those below `flows` that have hops. */
export function fillProgressively(
  crossings: Crossings,
  capacity: Float64Array,
  fat: Uint8Array,
  cap: Float64Array,
  flows: number,
  level: Float64Array,
): void {
  const { hopBits, hops, hopsEnd, entryHop, entryWeight, first, count, links } = crossings;
  /** By flow: rate per weight once it grows no more, -1 before. */
  const rate = new Float64Array(flows).fill(-1);
  const left = new Float64Array(links);
  const growingWeight = new Float64Array(links);
  const growing = new Int32Array(links);
  /** Links that have flows growing, by the level at which they were to be full when last looked at; as flows stop elsewhere it can only rise. */
  const next = new SmallestFirst();
  for (let link = 0; link < links; link++) {
    level[link] = Number.POSITIVE_INFINITY;
    if (fat[link] === 1 || count[link] === 0) continue;
    let weight = 0;
    for (let entry = first[link]!, end = entry + count[link]!; entry < end; entry++) weight += entryWeight[entry]!;
    left[link] = capacity[link]!;
    growing[link] = count[link]!;
    growingWeight[link] = weight;
    next.set(link, capacity[link]! / weight);
  }
  const stop = (flow: number, at: number) => {
    rate[flow] = at;
    for (let hop = flow << hopBits, end = hopsEnd[flow]!; hop < end; hop += 2) {
      const link = hops[hop]!;
      const weight = entryWeight[hops[hop + 1]!]!;
      growing[link]!--;
      growingWeight[link]! -= weight;
      left[link]! -= weight * at;
    }
  };
  const capped = cappedFlows(crossings, cap, flows);
  let reached = 0;
  while (next.size > 0) {
    const link = next.first;
    if (growing[link] === 0) {
      next.remove(link);
      continue;
    }
    const ownAt = reached < capped.length ? cap[capped[reached]!]! : Number.POSITIVE_INFINITY;
    if (ownAt === Number.POSITIVE_INFINITY && next.firstKey === Number.POSITIVE_INFINITY) break;
    if (ownAt <= next.firstKey) {
      const flow = capped[reached++]!;
      if (rate[flow]! < 0) stop(flow, ownAt);
      continue;
    }
    const about = left[link]! / growingWeight[link]!;
    if (about > next.firstKey) {
      next.set(link, about);
      continue;
    }
    // Now exactly, instead of what so many subtractions have left.
    let taken = 0;
    let weight = 0;
    for (let entry = first[link]!, end = entry + count[link]!; entry < end; entry++) {
      const at = rate[entryHop[entry]! >> hopBits]!;
      if (at < 0) weight += entryWeight[entry]!;
      else taken += at * entryWeight[entry]!;
    }
    left[link] = Math.max(0, capacity[link]! - taken);
    growingWeight[link] = weight;
    const fullAt = left[link]! / weight;
    if (fullAt > next.firstKey * (1 + ROUNDING)) {
      next.set(link, fullAt);
      continue;
    }
    level[link] = fullAt;
    for (let entry = first[link]!, end = entry + count[link]!; entry < end; entry++) {
      const flow = entryHop[entry]! >> hopBits;
      if (rate[flow]! < 0) stop(flow, fullAt);
    }
    next.remove(link);
  }
}

/** The flows that have a cap of their own, the lowest first. */
function cappedFlows(crossings: Crossings, cap: Float64Array, flows: number): Int32Array {
  let many = 0;
  const capped = new Int32Array(flows);
  for (let flow = 0; flow < flows; flow++) {
    if (crossings.hopsEnd[flow]! > flow << crossings.hopBits && cap[flow]! < Number.POSITIVE_INFINITY) capped[many++] = flow;
  }
  return capped.subarray(0, many).sort((a, b) => cap[a]! - cap[b]! || a - b);
}
