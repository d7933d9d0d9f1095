// The configuration of segment ids: `network_vlan_ranges = physnet1:100:200, physnet2` and `vni_ranges = 1:1000`.
// @source neutron_lib/plugins/utils.py, neutron/plugins/ml2/drivers/type_tunnel.py
import { PythonError, strip, toInt } from "../python/python-values.ts";
import { NeutronError } from "./neutron-error.ts";

/** From the first to the last id, both included. */
export type SegmentRange = readonly [number, number];

export const VLAN_RANGE: SegmentRange = [1, 4094];
/** Largest ids of tunnels: 24 bits, GRE keys 32. */
export const LARGEST_TUNNEL_ID = { vxlan: 16_777_215, geneve: 16_777_215, gre: 4_294_967_295 };
export type TunnelType = keyof typeof LARGEST_TUNNEL_ID;

/**
 * Ranges of VLANs of each physical network. One that is named alone has all of them, whatever else is said of it.
 * @throws NeutronError NetworkVlanRangeError, PhysicalNetworkNameError
 */
export function parseVlanRanges(entries: readonly string[]): ReadonlyMap<string, readonly SegmentRange[]> {
  const ranges = new Map<string, SegmentRange[]>();
  for (const written of entries) {
    const entry = strip(written);
    const parts = entry.split(":");
    const [network, from, to] = parts as [string, string, string];
    const known = ranges.get(network);
    if (parts.length === 1) ranges.set(network, [VLAN_RANGE]);
    else {
      const range = vlanRange(entry, parts.length, network, from, to);
      if (known === undefined) ranges.set(network, [range]);
      else if (known.length !== 1 || known[0]![0] !== VLAN_RANGE[0] || known[0]![1] !== VLAN_RANGE[1]) known.push(range);
    }
  }
  return ranges;
}

function vlanRange(entry: string, parts: number, network: string, from: string, to: string): SegmentRange {
  const fail = (why: string): never => {
    throw new NeutronError("NetworkVlanRangeError", `Invalid network VLAN range: '${entry}' - '${why}'.`);
  };
  if (parts !== 3) return fail("Need exactly two values for VLAN range");
  if (network === "") throw new NeutronError("PhysicalNetworkNameError", "Empty physical network name.");
  const [first, last] = [from, to].map((tag) => {
    const number = whole(tag);
    return number !== null && number >= VLAN_RANGE[0] && number <= VLAN_RANGE[1] ? number : fail(`${tag} is not a valid VLAN tag`);
  }) as [number, number];
  return last < first ? fail("End of VLAN range is less than start of VLAN range") : [first, last];
}

/** @throws NeutronError NetworkTunnelRangeError */
export function parseTunnelRanges(type: TunnelType, entries: readonly string[]): readonly SegmentRange[] {
  return entries.map((written) => {
    const entry = strip(written);
    const fail = (why: string): never => {
      throw new NeutronError("NetworkTunnelRangeError", `Invalid network tunnel range: '${entry}' - ${why}.`);
    };
    const parts = entry.split(":").map(whole);
    const [first, last] = parts;
    if (parts.length !== 2 || first === null || last === null) return fail("expected a first and a last id, e.g. 1:1000");
    const wrong = [first!, last!].find((id) => id < 1 || id > LARGEST_TUNNEL_ID[type]);
    if (wrong !== undefined) return fail(`${wrong} is not a valid ${type} identifier`);
    return last! < first! ? fail("End of tunnel range is less than start of tunnel range") : [first!, last!];
  });
}

function whole(text: string): number | null {
  try {
    return toInt(text);
  } catch (error) {
    if (error instanceof PythonError) return null;
    throw error;
  }
}
