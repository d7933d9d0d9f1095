// Networks, subnets and ports.
// @source neutron/plugins/ml2/plugin.py, neutron/db/db_base_plugin_v2.py (Zed)
import type { NetworkType } from "../../policies/neutron/mtu.ts";
import { NeutronError } from "../../policies/neutron/neutron-error.ts";
import { neutron } from "../../services/neutron.ts";
import type { ApiOperation } from "../api/api-operation.ts";
import { cast } from "../vocabulary.ts";
import { byAgents, byOvn, called, count, flag, makes, neutronOperation, text, word } from "./asking.ts";

const types: readonly NetworkType[] = ["flat", "vlan", "vxlan", "gre", "geneve", "local"];

const networkCreate = neutronOperation({
  name: "network create",
  meaning: "Make a network; it has a segment of its own",
  rule: "create_network",
  parameters: {
    name: makes("network"),
    external: flag("Routers may have their gateways on it, and floating IPs their addresses"),
    provider_network_type: word(types, "How it is carried between hosts", "the usual type of the cloud"),
    provider_physical_network: text("Physical network of a flat or VLAN network", "the first with a free VLAN"),
    provider_segment: count("Its VLAN or tunnel id", "a free one"),
  },
  operation: neutron.server.createNetwork,
  status: 201,
  does: (ask) => {
    const { net, project } = ask;
    const type = types.find((one) => one === ask.text("provider_network_type")) ?? net.options.networkType;
    if (!net.mechanism.networkTypes.includes(type))
      throw new NeutronError("InvalidInput", `Mechanism ${net.mechanism.name} has no ${type} networks.`);
    const [physicalNetwork, segmentationId] = [ask.text("provider_physical_network"), ask.number("provider_segment")];
    net.knowProject(project);
    const made = net.within(ask.cloud, project, { network: 1 }, () =>
      net.networks.createNetwork({
        name: ask.text("name")!,
        project,
        type,
        external: ask.flag("external"),
        ...(physicalNetwork === undefined ? {} : { physicalNetwork }),
        ...(segmentationId === undefined ? {} : { segmentationId }),
      }),
    );
    ask.give("network", made.id);
  },
});

const networkDelete = neutronOperation({
  name: "network delete",
  meaning: "Delete a network with its subnets; no port may be left on it",
  rule: "delete_network",
  parameters: { network: called("network", "The network") },
  operation: neutron.server.deleteNetwork,
  status: 204,
  does: (ask) => {
    const { net } = ask;
    const id = ask.id("network", "network");
    const { project } = net.networks.network(id);
    const subnets = net.networks.subnetsOf(id).length;
    net.networks.deleteNetwork(id);
    net.quotas.add(project, { network: -1, subnet: -subnets });
    ask.drop("network", "network");
  },
});

/** Who serves the network hears of it. */
const tellDhcp = [
  byAgents(cast(neutron.dhcpAgent.serveNetwork, "network id")),
  byOvn(cast(neutron.ovnNorthd.translate, "DHCP options")),
] as const;

const subnetCreate = neutronOperation({
  name: "subnet create",
  meaning: "Give a network addresses, and DHCP agents where DHCP is on",
  rule: "create_subnet",
  parameters: {
    name: makes("subnet"),
    network: called("network", "The network"),
    subnet_range: text("Its addresses, as 10.0.0.0/24"),
    gateway: text("Address of its gateway, or none", "the first address"),
    allocation_pool: text("Addresses that ports get, as 10.0.0.10-10.0.0.20", "all but the gateway"),
    no_dhcp: flag("Nobody answers DHCP"),
  },
  operation: neutron.server.createSubnet,
  status: 201,
  does: (ask) => {
    const { net } = ask;
    const [networkId, gateway, pool] = [ask.id("network", "network"), ask.text("gateway"), ask.text("allocation_pool")];
    const [first, last] = pool?.split("-").map((end) => end.trim()) ?? [];
    const { project } = net.networks.network(networkId);
    const made = net.within(ask.cloud, project, { subnet: 1 }, () =>
      net.networks.createSubnet({
        networkId,
        cidr: ask.text("subnet_range")!,
        // With OVN there are no agents that would need ports.
        enableDhcp: !ask.flag("no_dhcp"),
        ...(gateway === undefined ? {} : { gateway: gateway === "none" ? null : gateway }),
        ...(first === undefined ? {} : { pools: [[first, last ?? first] as const] }),
      }),
    );
    ask.give("subnet", made.id);
  },
  after: tellDhcp,
});

const subnetDelete = neutronOperation({
  name: "subnet delete",
  meaning: "Delete a subnet; no port may have an address of it",
  rule: "delete_subnet",
  parameters: { subnet: called("subnet", "The subnet") },
  operation: neutron.server.deleteSubnet,
  status: 204,
  does: (ask) => {
    const { net } = ask;
    const id = ask.id("subnet", "subnet");
    const { project } = net.networks.network(net.networks.subnet(id).networkId);
    net.networks.deleteSubnet(id);
    net.quotas.add(project, { subnet: -1 });
    ask.drop("subnet", "subnet");
  },
  after: tellDhcp,
});

/** dnsmasq, or OVN's database, learns which address a MAC has. */
const tellAllocations = [
  byAgents(cast(neutron.dhcpAgent.reloadAllocations, "MAC, address")),
  byOvn(cast(neutron.ovnNorthd.translate, "logical port")),
] as const;

const portCreate = neutronOperation({
  name: "port create",
  meaning: "Make a port with an address, for a server to be given later",
  rule: "create_port",
  parameters: {
    name: makes("port"),
    network: called("network", "The network"),
    fixed_ip: text("Address it shall have", "a free one of each version"),
    security_group: { kind: { is: "names", of: "security group" }, meaning: "Its security groups", absent: "the project's default group" },
  },
  operation: neutron.server.createPort,
  status: 201,
  does: (ask) => {
    const { net, project } = ask;
    const [address, groups] = [ask.text("fixed_ip"), ask.ids("security group", "security_group")];
    const made = net.createPort(ask.cloud, {
      networkId: ask.id("network", "network"),
      project,
      ...(address === undefined ? {} : { fixedIps: [{ address }] }),
      ...(groups.length === 0 ? {} : { securityGroups: groups }),
    });
    ask.give("port", made.id);
  },
  after: tellAllocations,
});

const portDelete = neutronOperation({
  name: "port delete",
  meaning: "Delete a port; a server that has it loses it",
  rule: "delete_port",
  parameters: { port: called("port", "The port") },
  operation: neutron.server.deletePort,
  status: 204,
  does: (ask) => {
    ask.net.deletePort(ask.id("port", "port"));
    ask.drop("port", "port");
  },
  after: tellAllocations,
});

export const networkOperations: readonly ApiOperation[] = [
  networkCreate,
  networkDelete,
  subnetCreate,
  subnetDelete,
  portCreate,
  portDelete,
];
