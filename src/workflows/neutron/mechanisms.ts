// Mechanism drivers of ML2: who wires ports on the hosts, who answers DHCP there, who routes, and whom a changed security group has to be told.
// @source neutron/plugins/ml2/drivers/openvswitch, linuxbridge, ovn (Zed)
import type { NetworkType } from "../../policies/neutron/mtu.ts";
import type { L3Mode } from "../../policies/neutron/networks/agents.ts";
import { neutron } from "../../services/neutron.ts";
import type { Component, Operation } from "../../services/service.ts";

/** Where the L3 agents of hosts that are no network nodes work: nowhere, or each for the servers beside it. */
export const agentModes = ["legacy", "dvr"] as const;
export type AgentMode = (typeof agentModes)[number];

export interface Mechanism {
  readonly name: string;
  /** What is on every host and wires its ports. */
  readonly onHost: Component;
  readonly plugInterface: Operation;
  readonly unplugInterface: Operation;
  /** The work of a host when the members of a security group change. */
  readonly refreshSecurityGroups: Operation;
  /** DHCP and routers are the work of agents on network nodes, told by RPC; otherwise ovn-northd writes flows, and each host answers DHCP itself. */
  readonly hasAgents: boolean;
  /** Types of networks it can carry; the first is the usual one. */
  readonly networkTypes: readonly NetworkType[];
  /** How routers work on network nodes and on the other hosts; null: the others have no part in them. */
  readonly l3ModeOf: (networkNode: boolean, agentMode: AgentMode) => L3Mode | null;
  /** Every router is of this kind, whatever is asked for; null: as asked. */
  readonly onlyRouters: "dvr" | null;
  /** Bytes of a Geneve header, where it needs more than the usual 30. */
  readonly maxHeaderSize: number | null;
}

const openvswitch: Mechanism = {
  name: "openvswitch",
  onHost: neutron.agent,
  plugInterface: neutron.agent.plugInterface,
  unplugInterface: neutron.agent.unplugInterface,
  refreshSecurityGroups: neutron.agent.refreshSecurityGroups,
  hasAgents: true,
  networkTypes: ["vxlan", "gre", "geneve", "vlan", "flat", "local"],
  l3ModeOf: (networkNode, agentMode) => (networkNode ? "dvr_snat" : agentMode === "dvr" ? "dvr" : null),
  onlyRouters: null,
  maxHeaderSize: null,
};

/** Has no distributed routers: all traffic between networks passes a network node. */
const linuxbridge: Mechanism = {
  name: "linuxbridge",
  onHost: neutron.linuxbridgeAgent,
  plugInterface: neutron.linuxbridgeAgent.plugInterface,
  unplugInterface: neutron.linuxbridgeAgent.unplugInterface,
  refreshSecurityGroups: neutron.linuxbridgeAgent.refreshSecurityGroups,
  hasAgents: true,
  networkTypes: ["vxlan", "vlan", "flat", "local"],
  l3ModeOf: (networkNode) => (networkNode ? "legacy" : null),
  onlyRouters: null,
  maxHeaderSize: null,
};

/**
 * Routes between networks on every host; the way out and floating IPs are on a gateway chassis, as with enable_distributed_floating_ip off.
 * @source neutron/conf/plugins/ml2/drivers/ovn/ovn_conf.py
 */
const ovn: Mechanism = {
  name: "ovn",
  onHost: neutron.ovnController,
  plugInterface: neutron.ovnController.plugInterface,
  unplugInterface: neutron.ovnController.unplugInterface,
  refreshSecurityGroups: neutron.ovnController.refreshSecurityGroups,
  hasAgents: false,
  networkTypes: ["geneve", "vlan", "flat", "local"],
  l3ModeOf: (networkNode) => (networkNode ? "dvr_snat" : "dvr_no_external"),
  onlyRouters: "dvr",
  maxHeaderSize: 38,
};

export const mechanisms: ReadonlyMap<string, Mechanism> = new Map([openvswitch, ovn, linuxbridge].map((one) => [one.name, one]));
