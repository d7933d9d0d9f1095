// A leaf-spine: every rack has a leaf switch, every leaf a cable to every spine. Services hang on a border leaf, whose cables never limit.
import { type AttachPoints, hostBytesPerSecond, rackCount } from "./attach-points.ts";
import { checkCount, Wiring } from "./wiring.ts";

export const MAX_SPINES = 1024;

/** The speed of each cable between a leaf and a spine, or how many times a rack's NICs exceed its cables. */
export type Uplinks = { readonly uplinkBytesPerSecond: number } | { readonly oversubscription: number };
export type LeafSpine = { readonly spines: number } & Uplinks;

/** @source oversubscription o = (n_host c_host) / (n_up c_up), as leaf-spine designs are dimensioned */
export function leafSpine(points: AttachPoints, description: LeafSpine): Wiring {
  const { spines } = description;
  checkCount("spines of a leaf-spine", spines, MAX_SPINES);
  const wiring = new Wiring(points);
  const ofRack = uplinks(points, description);
  const leaves = ofRack.map((_, rack) => wiring.addSwitch(`leaf-${rack + 1}`));
  const top = Array.from({ length: spines }, (_, spine) => wiring.addSwitch(`spine-${spine + 1}`));
  for (const [rack, leaf] of leaves.entries()) for (const spine of top) wiring.addCable(leaf, spine, ofRack[rack]!);
  for (let host = 0; host < wiring.hostCount; host++) wiring.attachHost(host, leaves[points.racks[host]!]!);
  wiring.addBorder(top, leaves);
  return wiring;
}

/** Speed of each cable up, by rack. */
function uplinks(points: AttachPoints, description: LeafSpine): readonly number[] {
  const racks = rackCount(points);
  if ("uplinkBytesPerSecond" in description) return new Array<number>(racks).fill(description.uplinkBytesPerSecond);
  const { spines, oversubscription } = description;
  if (!(oversubscription > 0)) throw new RangeError(`oversubscription of a leaf-spine: expected more than 0, got ${oversubscription}`);
  const down = new Array<number>(racks).fill(0);
  for (let host = 0; host < points.racks.length; host++) down[points.racks[host]!]! += hostBytesPerSecond(points, host);
  for (const { rack = -1, bytesPerSecond } of points.services) if (rack >= 0) down[rack]! += bytesPerSecond;
  // A rack without hosts has a leaf too, on which nothing depends.
  return down.map((bytesPerSecond) => (bytesPerSecond > 0 ? bytesPerSecond / (oversubscription * spines) : 1));
}
