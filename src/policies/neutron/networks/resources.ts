// Networks, subnets and ports, and what a user says to get one.
// @source Networking API v2.0
import type { AllocationPool } from "../allocation-pools.ts";
import type { SubnetAddresses } from "../ip-allocation.ts";
import type { NetworkType } from "../mtu.ts";
import type { Segment } from "../segments.ts";

export interface Network {
  readonly id: number;
  readonly name: string;
  readonly project: string;
  readonly segment: Segment;
  /** Bytes. */
  readonly mtu: number;
  /** Routers may have their gateways, and floating IPs their addresses, on it. */
  readonly external: boolean;
}

export type Ipv6AddressMode = "slaac" | "dhcpv6-stateless" | "dhcpv6-stateful";

export interface Subnet {
  readonly id: number;
  readonly networkId: number;
  readonly cidr: string;
  readonly gateway: string | null;
  readonly enableDhcp: boolean;
  readonly ipv6AddressMode: Ipv6AddressMode | null;
  readonly addresses: SubnetAddresses;
}

export interface FixedIp {
  readonly subnetId: number;
  readonly address: string;
}

export interface Port {
  readonly id: number;
  readonly networkId: number;
  readonly project: string;
  readonly mac: string;
  readonly fixedIps: readonly FixedIp[];
  /** `compute:nova`, `network:dhcp`, `network:router_interface`, … or "" */
  readonly deviceOwner: string;
  readonly deviceId: string;
  /** Where it is bound, or null. */
  readonly host: string | null;
  readonly securityGroups: readonly number[];
}

export interface NetworkRequest {
  readonly name: string;
  readonly project: string;
  readonly type: NetworkType;
  readonly physicalNetwork?: string;
  readonly segmentationId?: number;
  readonly external?: boolean;
}

export interface SubnetRequest {
  readonly networkId: number;
  readonly cidr: string;
  /** The first address unless it is given; null for none. */
  readonly gateway?: string | null;
  readonly pools?: readonly AllocationPool[];
  readonly enableDhcp?: boolean;
  readonly ipv6AddressMode?: Ipv6AddressMode;
}

export interface PortRequest {
  readonly networkId: number;
  readonly project: string;
  readonly mac?: string;
  /** A subnet to take an address from, a certain address, or both; without any, one address of each IP version there is. */
  readonly fixedIps?: readonly { readonly subnetId?: number; readonly address?: string }[];
  readonly deviceOwner?: string;
  readonly deviceId?: string;
  readonly host?: string;
  /** The project's default group unless they are given. */
  readonly securityGroups?: readonly number[];
}
