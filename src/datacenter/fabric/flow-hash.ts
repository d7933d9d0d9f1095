// Which of several equal paths a flow takes: a hash of what stands for its 5-tuple, so that all packets of a flow keep their order and some
// flows share a path while another is idle. After each choice the hash is mixed anew with the number of the switch, as switches are given
// different seeds, lest the choices of all levels be one and the same (polarisation).
//
// @source ECMP of RFC 2992, section 2.1; mixing: fmix32 of MurmurHash3 (A. Appleby, public domain)

/** A permutation of the 32-bit integers in which every input bit reaches every output bit; 0 stays 0. */
export function mix(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export function flowHash(source: number, destination: number, flow: number, seed: number): number {
  let h = mix((seed | 0) + Math.imul(source + 1, 0x9e3779b1));
  h = mix(h + Math.imul(destination + 1, 0x85ebca77));
  return mix(h + Math.imul(flow + 1, 0xc2b2ae3d));
}

/** A download from the image service, which is known by its flow alone: it comes from one address and one port. */
export function downloadHash(flow: number, seed: number): number {
  const hash = Math.imul(flow + 1, 0x9e3779b1);
  return (seed === 0 ? hash : mix(hash + mix(seed))) >>> 8;
}

/** The hash with which the next switch chooses, after `at` has. */
export function rehash(hash: number, at: number): number {
  return mix(hash + Math.imul(at + 1, 0x9e3779b1));
}

/** Probability that m flows hashed over n paths all have a path of their own: n! / (n^m (n - m)!). */
export function chanceOfNoCollision(paths: number, flows: number): number {
  if (!(paths >= 1 && flows >= 0))
    throw new RangeError(`${flows} flows over ${paths} paths: expected at least one path and no less than 0`);
  let chance = 1;
  for (let taken = 1; taken < flows && chance > 0; taken++) chance *= Math.max(0, paths - taken) / paths;
  return chance;
}
