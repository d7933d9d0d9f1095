// How large a packet may be inside a network: what the physical network carries, less what a tunnel puts around it.
// @source neutron/plugins/ml2/drivers/helpers.py, type_vlan.py, type_flat.py, type_tunnel.py get_mtu
import { parameter } from "../../kernel/parameter.ts";

export type NetworkType = "flat" | "vlan" | "vxlan" | "gre" | "geneve" | "local";
export const tunnelTypes: readonly NetworkType[] = ["vxlan", "gre", "geneve"];

export const globalPhysnetMtu = parameter({
  name: "neutron.global_physnet_mtu",
  value: 1500,
  unit: "B",
  meaning: "Largest packet of the physical network.",
  source: "neutron/conf/common.py",
  evidence: "verified",
});

export const pathMtu = parameter({
  name: "neutron.ml2.path_mtu",
  value: 0,
  unit: "B",
  meaning: "Largest packet between the ends of tunnels; 0 takes global_physnet_mtu.",
  source: "neutron/conf/plugins/ml2/config.py",
  evidence: "verified",
});

export const maxHeaderSize = parameter({
  name: "neutron.ml2_type_geneve.max_header_size",
  value: 30,
  unit: "B",
  meaning: "Room that Geneve takes besides the IP header; OVN needs 38.",
  source: "neutron/conf/plugins/ml2/drivers/driver_type.py",
  evidence: "verified",
});

const VXLAN_HEADER = 30;
const GRE_HEADER = 22;
const IP_HEADER = { 4: 20, 6: 40 };

export interface MtuConfig {
  readonly globalPhysnetMtu: number;
  readonly pathMtu: number;
  /** `physical_network_mtus`, for physical networks that carry less than the rest, or of which nothing else is known. */
  readonly physicalNetworkMtus: ReadonlyMap<string, number>;
  readonly overlayIpVersion: 4 | 6;
  readonly maxHeaderSize: number;
}

export const usualMtuConfig: MtuConfig = {
  globalPhysnetMtu: globalPhysnetMtu.value,
  pathMtu: pathMtu.value,
  physicalNetworkMtus: new Map(),
  overlayIpVersion: 4,
  maxHeaderSize: maxHeaderSize.value,
};

/** Bytes; 0 where nothing is known of the networks below. */
export function mtuOf(type: NetworkType, physicalNetwork: string | null, config: MtuConfig): number {
  if (tunnelTypes.includes(type)) {
    const around = type === "vxlan" ? VXLAN_HEADER : type === "gre" ? GRE_HEADER : config.maxHeaderSize;
    const base = least([config.globalPhysnetMtu, config.pathMtu]);
    return Math.max(0, base - IP_HEADER[config.overlayIpVersion] - around);
  }
  const own = physicalNetwork === null ? undefined : config.physicalNetworkMtus.get(physicalNetwork);
  return least([config.globalPhysnetMtu, own ?? 0]);
}

/** The least of those that are known. */
function least(sizes: readonly number[]): number {
  const known = sizes.filter((size) => size > 0);
  return known.length === 0 ? 0 : Math.min(...known);
}
