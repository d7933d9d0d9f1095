// CRUSH, as far as a replicated pool needs it: which OSDs hold a placement group follows from a hash, so nobody has to ask. Every item draws
// ln(u) / weight, u being a hash of the group and the item, and the largest draws win (straw2): hosts first, then one OSD on each of them.
// When weights change, only groups whose winners change move.
//
// Takes the largest draws where CRUSH draws again after a collision: both choose without replacement in proportion to the weights. Assumes that
// an OSD that is out takes its weight from its host. The hash is Threefry, not Jenkins: the same distribution, other places.
//
// @source Weil et al., "CRUSH: controlled, scalable, decentralized placement of replicated data", SC'06; ceph/src/crush/mapper.c, straw2
import { log } from "../../kernel/elementary.ts";
import { threefry2x32 } from "../../kernel/random.ts";

const bits = new Int32Array(2);
const HOSTS = 1;
const OSDS = 2;

/** The draw of an item for a group: below 0, and the closer to 0 the greater its weight. -Infinity for a weight of 0. */
export function straw(group: number, level: number, item: number, weight: number): number {
  if (!(weight > 0)) return Number.NEGATIVE_INFINITY;
  threefry2x32(group, level, item, 0, bits);
  const u = ((bits[0]! >>> 6) * 67108864 + (bits[1]! >>> 6) + 0.5) * Number.EPSILON;
  return log(u) / weight;
}

/**
 * The OSDs of a group, the primary first: `copies` of them on as many hosts, fewer where there are not so many hosts with weight. `hosts` and
 * `weights` by OSD; an OSD that is out has the weight 0.
 */
export function chooseOsds(group: number, copies: number, hosts: ArrayLike<number>, weights: ArrayLike<number>): readonly number[] {
  const hostWeight: number[] = [];
  for (let osd = 0; osd < hosts.length; osd++) hostWeight[hosts[osd]!] = (hostWeight[hosts[osd]!] ?? 0) + weights[osd]!;
  const draws: { host: number; draw: number }[] = [];
  hostWeight.forEach((weight, host) => {
    if (weight > 0) draws.push({ host, draw: straw(group, HOSTS, host, weight) });
  });
  draws.sort((a, b) => b.draw - a.draw || a.host - b.host);
  return draws.slice(0, copies).map(({ host }) => {
    let best = -1;
    let longest = Number.NEGATIVE_INFINITY;
    for (let osd = 0; osd < hosts.length; osd++) {
      if (hosts[osd] !== host) continue;
      const draw = straw(group, OSDS, osd, weights[osd]!);
      if (draw <= longest) continue;
      longest = draw;
      best = osd;
    }
    return best;
  });
}

/** Placement groups of a pool: about `perOsd` on each OSD, rounded to a power of two as Ceph wants it. */
export function placementGroups(osds: number, copies: number, perOsd: number): number {
  const wanted = Math.max(1, (osds * perOsd) / copies);
  let groups = 1;
  while (groups * 2 <= wanted) groups *= 2;
  return wanted / groups > (groups * 2) / wanted ? groups * 2 : groups;
}
