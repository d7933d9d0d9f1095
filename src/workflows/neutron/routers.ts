// Routers, their gateways and interfaces, and floating IPs.
// @source neutron/db/l3_db.py, neutron/agent/l3/agent.py (Zed)
import { NeutronError } from "../../policies/neutron/neutron-error.ts";
import { neutron } from "../../services/neutron.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { cast } from "../vocabulary.ts";
import { type Ask, byAgents, byOvn, called, flag, makes, neutronOperation } from "./asking.ts";

/** The router's agents learn of it. */
const tellRouters = [
  byAgents(cast(neutron.l3Agent.updateRouter, "router id")),
  byOvn(cast(neutron.ovnNorthd.translate, "logical router")),
] as const;
const router = called("router", "The router");
const subnet = called("subnet", "The subnet");

const routerCreate = neutronOperation({
  name: "router create",
  meaning: "Make a router: on one agent, distributed over the hosts, or on several agents of which one is active",
  rule: "create_router",
  parameters: {
    name: makes("router"),
    distributed: flag("It routes on every host, and translates addresses on one"),
    ha: flag("It is on several agents, of which one is active"),
  },
  operation: neutron.server.createRouter,
  status: 201,
  does: (ask) => {
    const { net, project } = ask;
    const asked = ask.flag("ha") ? "ha" : ask.flag("distributed") ? "dvr" : net.options.routerKind;
    net.knowProject(project);
    const make = () => net.routers.createRouter(ask.text("name")!, project, net.mechanism.onlyRouters ?? asked);
    ask.give("router", net.within(ask.cloud, project, { router: 1 }, make).id);
  },
});

const routerDelete = neutronOperation({
  name: "router delete",
  meaning: "Delete a router that has no interfaces",
  rule: "delete_router",
  parameters: { router },
  operation: neutron.server.deleteRouter,
  status: 204,
  does: (ask) => {
    const id = ask.id("router", "router");
    const { project } = ask.net.routers.router(id);
    ask.net.routers.deleteRouter(id);
    ask.net.quotas.add(project, { router: -1 });
    ask.drop("router", "router");
  },
  after: tellRouters,
});

const routerSet = neutronOperation({
  name: "router set",
  meaning: "Give a router its way out",
  rule: "update_router",
  parameters: { router, external_gateway: called("network", "The external network") },
  operation: neutron.server.updateRouter,
  status: 200,
  does: (ask) => ask.net.routers.setGateway(ask.id("router", "router"), ask.id("network", "external_gateway")),
  after: tellRouters,
});

const routerUnset = neutronOperation({
  name: "router unset",
  meaning: "Take a router its way out",
  rule: "update_router",
  parameters: { router },
  operation: neutron.server.updateRouter,
  status: 200,
  does: (ask) => ask.net.routers.clearGateway(ask.id("router", "router")),
  after: tellRouters,
});

const routerAddSubnet = neutronOperation({
  name: "router add subnet",
  meaning: "Make a router the gateway of a subnet",
  rule: "add_router_interface",
  parameters: { router, subnet },
  operation: neutron.server.addRouterInterface,
  status: 200,
  does: (ask) => {
    ask.net.routers.addInterface(ask.id("router", "router"), ask.id("subnet", "subnet"));
  },
  after: tellRouters,
});

const routerRemoveSubnet = neutronOperation({
  name: "router remove subnet",
  meaning: "A router is the gateway of a subnet no more",
  rule: "remove_router_interface",
  parameters: { router, subnet },
  operation: neutron.server.removeRouterInterface,
  status: 200,
  does: (ask) => ask.net.routers.removeInterface(ask.id("router", "router"), ask.id("subnet", "subnet")),
  after: tellRouters,
});

const floatingIp = called("floating ip", "The floating IP");

const floatingIpCreate = neutronOperation({
  name: "floating ip create",
  meaning: "Take an address of an external network",
  rule: "create_floatingip",
  parameters: { name: makes("floating ip"), network: called("network", "The external network") },
  operation: neutron.server.createFloatingIp,
  status: 201,
  does: (ask) => {
    const { net, project } = ask;
    net.knowProject(project);
    const make = () => net.routers.createFloatingIp(project, ask.id("network", "network"));
    ask.give("floating ip", net.within(ask.cloud, project, { floatingip: 1 }, make).id);
  },
});

const floatingIpDelete = neutronOperation({
  name: "floating ip delete",
  meaning: "Give the address back, whatever it stands for",
  rule: "delete_floatingip",
  parameters: { floating_ip: floatingIp },
  operation: neutron.server.deleteFloatingIp,
  status: 204,
  does: (ask) => {
    const id = ask.id("floating ip", "floating_ip");
    const { project } = ask.net.routers.floatingIp(id);
    ask.net.routers.deleteFloatingIp(id);
    ask.net.quotas.add(project, { floatingip: -1 });
    ask.drop("floating ip", "floating_ip");
  },
  after: tellRouters,
});

/** @throws NeutronError PortNotFound where the server has none: the client has nothing to name */
function firstPort({ net, server }: Ask): number {
  const [port] = net.portsOn(server);
  if (port === undefined) throw new NeutronError("PortNotFound", "The server has no port.");
  return port;
}

const serverAddFloatingIp = neutronOperation({
  name: "server add floating ip",
  meaning: "Let a floating IP stand for the server's first port",
  rule: "update_floatingip",
  parameters: { server: theServer, floating_ip: floatingIp },
  operation: neutron.server.updateFloatingIp,
  status: 200,
  does: (ask) => {
    ask.net.routers.associate(ask.id("floating ip", "floating_ip"), firstPort(ask));
  },
  after: tellRouters,
});

const serverRemoveFloatingIp = neutronOperation({
  name: "server remove floating ip",
  meaning: "A floating IP stands for the server no more",
  rule: "update_floatingip",
  parameters: { server: theServer, floating_ip: floatingIp },
  operation: neutron.server.updateFloatingIp,
  status: 200,
  does: (ask) => ask.net.routers.disassociate(ask.id("floating ip", "floating_ip")),
  after: tellRouters,
});

export const routerOperations: readonly ApiOperation[] = [
  routerCreate,
  routerDelete,
  routerSet,
  routerUnset,
  routerAddSubnet,
  routerRemoveSubnet,
  floatingIpCreate,
  floatingIpDelete,
  serverAddFloatingIp,
  serverRemoveFloatingIp,
];
