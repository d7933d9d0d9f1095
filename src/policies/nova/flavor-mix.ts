// The mix of flavors that a cloud is asked for, by which a rule can tell what is left of a host may still be good for.
import type { Flavor } from "../../datacenter/flavor.ts";

export interface FlavorShare {
  readonly flavor: Flavor;
  /** Share of the servers that are of this flavor; the shares of a mix add up to 1. */
  readonly share: number;
}

/** The mix of the servers whose flavors are given by number; flavors that nobody asks for are left out. */
export function mixOf(flavors: readonly Flavor[], flavorOfServer: Int32Array): readonly FlavorShare[] {
  const counts = new Float64Array(flavors.length);
  for (const flavor of flavorOfServer) counts[flavor]!++;
  return flavors.flatMap((flavor, i) => (counts[i]! > 0 ? [{ flavor, share: counts[i]! / flavorOfServer.length }] : []));
}
