// The networking of a scenario as the rest of Orrery works with it: names become rows, and what is not written what it means.
import type { Micros } from "../kernel/time.ts";
import type { NetworkType } from "../policies/neutron/mtu.ts";
import { type AgentMode, mechanisms } from "../workflows/neutron/mechanisms.ts";
import type { HostNames } from "./host-names.ts";
import type { ReadScenario } from "./schema.ts";

export interface StartNetworkSpec {
  readonly name: string;
  readonly cidr: string;
  readonly external: boolean;
  readonly type: NetworkType;
  readonly dhcp: boolean;
}

export interface NetworkingSpec {
  /** Key of the table of mechanisms. */
  readonly mechanism: string;
  readonly networkType: NetworkType;
  readonly vniRanges: readonly string[];
  readonly vlanRanges: readonly string[];
  readonly globalPhysnetMtu: number;
  /** Rows of the hosts with DHCP and L3 agents. */
  readonly networkNodes: readonly number[];
  readonly agentMode: AgentMode;
  readonly routerKind: "legacy" | "dvr" | "ha";
  readonly dhcpAgentsPerNetwork: number;
  readonly maxL3AgentsPerRouter: number;
  readonly reportInterval: Micros;
  readonly agentDownTime: Micros;
  readonly automaticL3Failover: boolean;
  readonly externalBytesPerSecond: number;
  /** By resource. */
  readonly quota: ReadonlyMap<string, number>;
  readonly networks: readonly StartNetworkSpec[];
  /** Name of a network, or null. */
  readonly serversJoin: string | null;
}

export function networkingOf({ networking: read }: ReadScenario["cloud"], hosts: HostNames): { readonly networking?: NetworkingSpec } {
  if (read === undefined) return {};
  const usualType = (read.network_type ?? mechanisms.get(read.mechanism)!.networkTypes[0]!) as NetworkType;
  const nodes = (read.network_nodes ?? []).flatMap((name) => {
    const rows = hosts.rowsOf(name);
    return rows.ok ? rows.rows : [];
  });
  return {
    networking: {
      mechanism: read.mechanism,
      networkType: usualType,
      vniRanges: read.vni_ranges,
      vlanRanges: read.network_vlan_ranges,
      globalPhysnetMtu: read.global_physnet_mtu,
      networkNodes: nodes.length === 0 ? [0] : [...new Set(nodes)],
      agentMode: read.agent_mode === "dvr" ? "dvr" : "legacy",
      routerKind: read.l3_ha ? "ha" : read.router_distributed ? "dvr" : "legacy",
      dhcpAgentsPerNetwork: read.dhcp_agents_per_network,
      maxL3AgentsPerRouter: read.max_l3_agents_per_router,
      reportInterval: read.report_interval,
      agentDownTime: read.agent_down_time,
      automaticL3Failover: read.allow_automatic_l3agent_failover,
      externalBytesPerSecond: read.external_bandwidth,
      quota: new Map(Object.entries(read.quota)),
      networks: read.networks.map(({ name, subnet, external, type, dhcp }) => ({
        name,
        cidr: subnet,
        external,
        type: (type ?? (external ? "flat" : usualType)) as NetworkType,
        dhcp,
      })),
      serversJoin: read.servers_join ?? null,
    },
  };
}
