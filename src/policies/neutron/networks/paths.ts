// Through which hosts traffic goes. Within a network it goes straight from host to host. Between networks, and to the outside, it goes through the host
// of the router's agent; a distributed router routes on the host of the sender instead, and lets a port with a floating IP out from there.
// @source OpenStack Networking Guide: Open vSwitch self-service, HA using VRRP, HA using DVR
// Assumes that a single router joins two networks and that servers have no routes of their own.
import type { Networks } from "./networks.ts";
import type { Port } from "./resources.ts";
import type { Router, Routers } from "./routers.ts";

/** The other end of a path that leaves the cloud. */
export const OUTSIDE = "outside";
export type PathEnd = number | typeof OUTSIDE;

export type Path =
  | {
      readonly reachable: true;
      /** In order, without repeats; the last of a path to the outside sends on the external network. */
      readonly hosts: readonly string[];
      /** The router it passes, or null. */
      readonly routerId: number | null;
      /** Where addresses are translated: the source's on the way out, a floating IP's both ways; null where they are not. */
      readonly nat: { readonly kind: "snat" | "floating IP"; readonly host: string } | null;
    }
  | { readonly reachable: false; readonly reason: string };

/** The path of the packets from one end to the other; at most one end is `OUTSIDE`. */
export function pathOf(networks: Networks, routers: Routers, from: PathEnd, to: PathEnd): Path {
  if (from === OUTSIDE && to === OUTSIDE) return unreachable("both ends are outside");
  if (to === OUTSIDE) return outwards(networks, routers, networks.port(from as number));
  if (from === OUTSIDE) return inwards(networks, routers, networks.port(to));
  return between(networks, routers, networks.port(from), networks.port(to));
}

function between(networks: Networks, routers: Routers, from: Port, to: Port): Path {
  if (from.host === null || to.host === null) return unbound(from.host === null ? from : to);
  if (from.networkId === to.networkId) return through([from.host, to.host], null);
  const router = routersOf(routers, from).find((one) => joins(one, to));
  if (router === undefined) return unreachable(`no router joins the networks of ports ${from.id} and ${to.id}`);
  if (router.kind === "dvr") {
    // The sender's own host routes; the answers are routed on the other.
    if (routesFor(networks, from.host)) return through([from.host, to.host], router);
    return unreachable(`host ${from.host} has no L3 agent for distributed routers`);
  }
  const host = networks.agents.activeHostOf(router.id);
  return host === null ? noAgent(router) : through([from.host, host, to.host], router);
}

function outwards(networks: Networks, routers: Routers, port: Port): Path {
  if (port.host === null) return unbound(port);
  if (networks.network(port.networkId).external) return through([port.host], null);
  const floatingIp = routers.floatingIpOf(port.id);
  const router =
    floatingIp === null
      ? routersOf(routers, port).find((one) => one.gatewayPort !== null)
      : routers.router(floatingIp.association!.routerId);
  if (router === undefined) return unreachable(`no router with a gateway is on the network of port ${port.id}`);
  const kind = floatingIp === null ? "snat" : "floating IP";
  if (router.kind === "dvr") {
    if (!routesFor(networks, port.host)) return unreachable(`host ${port.host} has no L3 agent for distributed routers`);
    const local = networks.agents.l3ModeOn(port.host) !== "dvr_no_external";
    if (floatingIp !== null && local) return through([port.host], router, { kind, host: port.host });
  }
  const host = networks.agents.activeHostOf(router.id);
  return host === null ? noAgent(router) : through([port.host, host], router, { kind, host });
}

/** From outside there is a way to a port only if it has a floating IP or is on the external network. */
function inwards(networks: Networks, routers: Routers, port: Port): Path {
  if (!networks.network(port.networkId).external && routers.floatingIpOf(port.id) === null)
    return unreachable(`port ${port.id} has no floating IP`);
  const path = outwards(networks, routers, port);
  return path.reachable ? { ...path, hosts: [...path.hosts].reverse() } : path;
}

function routersOf(routers: Routers, { fixedIps }: Port): readonly Router[] {
  return fixedIps.flatMap(({ subnetId }) => routers.on(subnetId));
}

function joins({ interfaces }: Router, { fixedIps }: Port): boolean {
  return fixedIps.some(({ subnetId }) => interfaces.has(subnetId));
}

function routesFor(networks: Networks, host: string): boolean {
  const mode = networks.agents.l3ModeOn(host);
  return mode !== null && mode !== "legacy";
}

function through(hosts: readonly string[], router: Router | null, nat: (Path & { reachable: true })["nat"] = null): Path {
  return { reachable: true, hosts: hosts.filter((host, i) => host !== hosts[i - 1]), routerId: router?.id ?? null, nat };
}

function unreachable(reason: string): Path {
  return { reachable: false, reason };
}

function unbound({ id }: Port): Path {
  return unreachable(`port ${id} is on no host`);
}

function noAgent({ id }: Router): Path {
  return unreachable(`router ${id} is on no L3 agent that is alive`);
}
