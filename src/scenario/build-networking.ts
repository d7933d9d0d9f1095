// The networks of a run: Neutron's books with the agents of the scenario and the networks that there are from the start, and what is told whom when they
// change.
import { type MtuConfig, usualMtuConfig } from "../policies/neutron/mtu.ts";
import { Networks } from "../policies/neutron/networks/networks.ts";
import { parseTunnelRanges, parseVlanRanges } from "../policies/neutron/segment-ranges.ts";
import { Quotas } from "../policies/quotas/quotas.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { WorkflowEngine } from "../workflows/engine.ts";
import { AgentHealth } from "../workflows/neutron/agent-health.ts";
import { CloudNetwork } from "../workflows/neutron/cloud-network.ts";
import { configureGuest } from "../workflows/neutron/guests.ts";
import { mechanisms } from "../workflows/neutron/mechanisms.ts";
import { refreshHost } from "../workflows/neutron/refresh-host.ts";
import type { NetworkingSpec } from "./resolve-networking.ts";

/** The physical network of flat networks that are there from the start. */
export const START_PHYSICAL_NETWORK = "physnet";

/** Components of which every network node has one. */
export const ofNetworkNodes = ["neutron.dhcpAgent", "neutron.l3Agent"] as const;

/** Before the engine is made: what workflows do depends on it. @throws NeutronError for what the scenario's checks have refused */
export function buildNetworking(spec: NetworkingSpec, cloud: Cloud): void {
  const mechanism = mechanisms.get(spec.mechanism)!;
  const mtu: MtuConfig = {
    ...usualMtuConfig,
    globalPhysnetMtu: spec.globalPhysnetMtu,
    ...(mechanism.maxHeaderSize === null ? {} : { maxHeaderSize: mechanism.maxHeaderSize }),
  };
  const networks = new Networks(
    {
      segments: {
        flatNetworks: ["*"],
        vlanRanges: parseVlanRanges(spec.vlanRanges),
        vxlanRanges: parseTunnelRanges("vxlan", spec.vniRanges),
        geneveRanges: parseTunnelRanges("geneve", spec.vniRanges),
        greRanges: parseTunnelRanges("gre", spec.vniRanges),
      },
      mtu,
      dhcpAgentsPerNetwork: spec.dhcpAgentsPerNetwork,
      maxL3AgentsPerRouter: spec.maxL3AgentsPerRouter,
    },
    cloud.streams,
  );
  for (const [host, { name }] of cloud.hosts.descriptions.entries()) {
    const isNode = spec.networkNodes.includes(host);
    if (isNode && mechanism.hasAgents) networks.agents.addDhcpAgent(name);
    const mode = mechanism.l3ModeOf(isNode, spec.agentMode);
    if (mode !== null) networks.agents.addL3Agent(name, mode);
  }
  const { transfers } = cloud;
  const [outwards, inwards] = [transfers.addLink(spec.externalBytesPerSecond), transfers.addLink(spec.externalBytesPerSecond)];
  const { networkType, routerKind } = spec;
  const net = new CloudNetwork(networks, new Quotas("neutron", spec.quota), { mechanism, networkType, routerKind, outwards, inwards });
  cloud.network = net;
  net.health = new AgentHealth(cloud, spec);
  startNetworks(spec, cloud, net);
}

function startNetworks(spec: NetworkingSpec, { names }: Cloud, net: CloudNetwork): void {
  const project = net.projectOf(0);
  for (const [i, { name, cidr, external, type, dhcp }] of spec.networks.entries()) {
    const physical = type === "flat" ? { physicalNetwork: `${START_PHYSICAL_NETWORK}${i + 1}` } : {};
    const network = net.networks.createNetwork({ name, project, type, external, ...physical });
    const subnet = net.networks.createSubnet({ networkId: network.id, cidr, enableDhcp: dhcp });
    net.quotas.add(project, { network: 1, subnet: 1 });
    names.give("network", name, network.id);
    names.give("subnet", name, subnet.id);
  }
  if (spec.serversJoin !== null) net.usualNetwork = names.find("network", spec.serversJoin);
}

/** What runs by itself: hosts take up changes, guests that have booted ask for their addresses. */
export function connectNetworking(cloud: Cloud, engine: WorkflowEngine): void {
  const { network } = cloud;
  if (network === null) return;
  const refresh = engine.add(refreshHost(network.mechanism));
  const configure = engine.add(configureGuest);
  network.tellHost = (host) => engine.start(refresh, host);
  const ask = (server: number) => {
    if (network.portsOn(server).length > 0 && !network.isConfigured(server)) engine.start(configure, server);
  };
  for (const awake of ["instance.create.end", "instance.power_on.end", "instance.unpause.end", "instance.resume.end"] as const)
    cloud.notifications.on(awake, ask);
}
