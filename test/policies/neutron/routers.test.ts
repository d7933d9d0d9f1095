import { beforeEach, describe, expect, it } from "vitest";
import { RandomStreams } from "../../../src/kernel/random.ts";
import type { RouterKind } from "../../../src/policies/neutron/networks/agents.ts";
import { Networks } from "../../../src/policies/neutron/networks/networks.ts";
import { OUTSIDE, type PathEnd, pathOf } from "../../../src/policies/neutron/networks/paths.ts";
import type { Network, Port, Subnet } from "../../../src/policies/neutron/networks/resources.ts";
import { type Router, Routers } from "../../../src/policies/neutron/networks/routers.ts";
import { NeutronError } from "../../../src/policies/neutron/neutron-error.ts";

const segments = {
  flatNetworks: ["*"],
  vlanRanges: new Map(),
  vxlanRanges: [[1, 1000]] as const,
  geneveRanges: [],
  greRanges: [],
};

let networks: Networks;
let routers: Routers;
let outside: Network;
let front: { network: Network; subnet: Subnet };
let back: { network: Network; subnet: Subnet };

/** An external network of five usable addresses, and two networks of a project. */
beforeEach(() => {
  networks = new Networks({ segments }, new RandomStreams("routers", 0));
  routers = new Routers(networks);
  outside = networks.createNetwork({ name: "public", project: "", type: "flat", physicalNetwork: "physnet1", external: true });
  networks.createSubnet({ networkId: outside.id, cidr: "192.0.2.0/29", enableDhcp: false });
  front = inside("front", "10.0.0.0/24");
  back = inside("back", "10.0.1.0/24");
});

function inside(name: string, cidr: string) {
  const network = networks.createNetwork({ name, project: "p1", type: "vxlan" });
  return { network, subnet: networks.createSubnet({ networkId: network.id, cidr }) };
}

const portOn = ({ network }: { network: Network }, host?: string): Port =>
  networks.createPort({ networkId: network.id, project: "p1", deviceOwner: "compute:nova", ...(host === undefined ? {} : { host }) });

function joined(kind: RouterKind): Router {
  const { id } = routers.createRouter("r", "p1", kind);
  routers.setGateway(id, outside.id);
  routers.addInterface(id, front.subnet.id);
  routers.addInterface(id, back.subnet.id);
  return routers.router(id);
}

function refusal(ask: () => unknown): string {
  try {
    ask();
  } catch (error) {
    if (error instanceof NeutronError) return `${error.type} ${error.status}`;
    throw error;
  }
  return "allowed";
}

const hosts = (from: PathEnd, to: PathEnd): readonly string[] | string => {
  const path = pathOf(networks, routers, from, to);
  return path.reachable ? path.hosts : path.reason;
};

const floating = (port: Port) => {
  const { id } = routers.createFloatingIp("p1", outside.id);
  return routers.associate(id, port.id);
};

describe("routers", () => {
  it("are the gateways of their subnets, and in use while they are", () => {
    const { id } = routers.createRouter("r", "p1", "legacy");
    expect(routers.addInterface(id, front.subnet.id).fixedIps[0]!.address).toBe("10.0.0.1");
    expect(refusal(() => routers.addInterface(id, front.subnet.id))).toBe("BadRequest 400");
    const clashing = inside("clash", "10.0.0.0/16");
    expect(refusal(() => routers.addInterface(id, clashing.subnet.id))).toBe("BadRequest 400");
    expect(refusal(() => routers.deleteRouter(id))).toBe("RouterInUse 409");
    expect(refusal(() => networks.deleteSubnet(front.subnet.id))).toBe("SubnetInUse 409");
    expect(refusal(() => networks.deletePort(routers.router(id).interfaces.get(front.subnet.id)!))).toBe("ServicePortInUse 409");
    expect(refusal(() => routers.removeInterface(id, back.subnet.id))).toBe("RouterInterfaceNotFoundForSubnet 404");
    routers.removeInterface(id, front.subnet.id);
    routers.deleteRouter(id);
    expect(refusal(() => routers.router(id))).toBe("RouterNotFound 404");
  });

  it("get out through external networks only, and take one address there", () => {
    const { id } = routers.createRouter("r", "p1", "legacy");
    expect(refusal(() => routers.setGateway(id, front.network.id))).toBe("BadRequest 400");
    routers.setGateway(id, outside.id);
    expect(networks.port(routers.router(id).gatewayPort!).fixedIps[0]!.address).toBe("192.0.2.2");
    routers.clearGateway(id);
    expect(networks.portsOn(outside.id)).toEqual([]);
  });
});

describe("floating IPs", () => {
  it("stand for a port that a router leads out from, one for each port", () => {
    const server = portOn(front, "c1");
    const alone = routers.createFloatingIp("p1", outside.id);
    expect(refusal(() => routers.associate(alone.id, server.id))).toBe("ExternalGatewayForFloatingIPNotFound 404");
    const { id } = joined("legacy");
    routers.associate(alone.id, server.id);
    expect(routers.floatingIpOf(server.id)?.address).toBe(alone.address);
    const second = routers.createFloatingIp("p1", outside.id);
    expect(refusal(() => routers.associate(second.id, server.id))).toBe("FloatingIPPortAlreadyAssociated 409");
    expect(refusal(() => routers.clearGateway(id))).toBe("RouterExternalGatewayInUseByFloatingIp 409");
    expect(refusal(() => routers.removeInterface(id, front.subnet.id))).toBe("RouterInterfaceInUseByFloatingIP 409");
    expect(refusal(() => routers.removeInterface(id, back.subnet.id))).toBe("allowed");
    networks.deletePort(server.id);
    expect(routers.floatingIp(alone.id).association).toBeNull();
    expect(refusal(() => routers.removeInterface(id, front.subnet.id))).toBe("allowed");
  });

  it("run out, and come back when they are deleted", () => {
    expect(refusal(() => routers.createFloatingIp("p1", front.network.id))).toBe("BadRequest 400");
    const all = Array.from({ length: 5 }, () => routers.createFloatingIp("p1", outside.id));
    expect(new Set(all.map(({ address }) => address)).size).toBe(5);
    expect(refusal(() => routers.createFloatingIp("p1", outside.id))).toBe("IpAddressGenerationFailure 409");
    routers.deleteFloatingIp(all[0]!.id);
    expect(routers.createFloatingIp("p1", outside.id).address).toBe(all[0]!.address);
  });
});

describe("the path of traffic", () => {
  it("within a network is straight, and needs no router", () => {
    const [a, b, c] = [portOn(front, "c1"), portOn(front, "c2"), portOn(front, "c1")];
    expect(hosts(a.id, b.id)).toEqual(["c1", "c2"]);
    expect(hosts(a.id, c.id)).toEqual(["c1"]);
    const unbound = portOn(front);
    expect(hosts(a.id, unbound.id)).toMatch(/is on no host$/);
    networks.bindPort(unbound.id, "c3");
    expect(hosts(a.id, unbound.id)).toEqual(["c1", "c3"]);
    expect(hosts(a.id, portOn(back, "c2").id)).toMatch(/^no router joins/);
  });

  it("through a legacy router goes over the network node, even between servers side by side", () => {
    networks.agents.addL3Agent("net1", "legacy");
    networks.agents.addL3Agent("net2", "legacy");
    const router = joined("legacy");
    const [a, b] = [portOn(front, "c1"), portOn(back, "c1")];
    expect(hosts(a.id, b.id)).toEqual(["c1", "net1", "c1"]);
    expect(pathOf(networks, routers, a.id, OUTSIDE)).toEqual({
      reachable: true,
      hosts: ["c1", "net1"],
      routerId: router.id,
      nat: { kind: "snat", host: "net1" },
    });
    expect(hosts(OUTSIDE, a.id)).toMatch(/has no floating IP$/);
    floating(a);
    expect(pathOf(networks, routers, OUTSIDE, a.id)).toMatchObject({ hosts: ["net1", "c1"], nat: { kind: "floating IP", host: "net1" } });
    networks.agents.setAlive("net1", false);
    expect(hosts(a.id, b.id)).toMatch(/no L3 agent that is alive$/);
    networks.agents.rescheduleRouter(router.id, "legacy");
    expect(hosts(a.id, b.id)).toEqual(["c1", "net2", "c1"]);
  });

  it("through an HA router goes over the active agent, and over the next one when that fails", () => {
    for (const host of ["net1", "net2", "net3", "net4"]) networks.agents.addL3Agent(host, "legacy");
    const router = joined("ha");
    expect(networks.agents.hostsOf(router.id)).toEqual(["net1", "net2", "net3"]);
    const [a, b] = [portOn(front, "c1"), portOn(back, "c2")];
    expect(hosts(a.id, b.id)).toEqual(["c1", "net1", "c2"]);
    networks.agents.setAlive("net1", false);
    expect(hosts(a.id, b.id)).toEqual(["c1", "net2", "c2"]);
    expect(hosts(a.id, OUTSIDE)).toEqual(["c1", "net2"]);
  });

  it("through a distributed router is routed on the sender's host; only SNAT is central", () => {
    networks.agents.addL3Agent("net1", "dvr_snat");
    for (const host of ["c1", "c2"]) networks.agents.addL3Agent(host, "dvr");
    networks.agents.addL3Agent("c3", "dvr_no_external");
    joined("dvr");
    const [a, b, c] = [portOn(front, "c1"), portOn(back, "c2"), portOn(back, "c3")];
    expect(hosts(a.id, b.id)).toEqual(["c1", "c2"]);
    expect(hosts(a.id, portOn(back, "c1").id)).toEqual(["c1"]);
    expect(hosts(a.id, OUTSIDE)).toEqual(["c1", "net1"]);
    for (const port of [a, c]) floating(port);
    expect(pathOf(networks, routers, a.id, OUTSIDE)).toMatchObject({ hosts: ["c1"], nat: { kind: "floating IP", host: "c1" } });
    expect(hosts(OUTSIDE, a.id)).toEqual(["c1"]);
    expect(pathOf(networks, routers, c.id, OUTSIDE)).toMatchObject({ hosts: ["c3", "net1"], nat: { kind: "floating IP", host: "net1" } });
    expect(hosts(portOn(front, "c9").id, b.id)).toMatch(/has no L3 agent/);
  });

  it("of a server on the external network itself leads straight out", () => {
    const port = networks.createPort({ networkId: outside.id, project: "p1", host: "c1" });
    expect([hosts(port.id, OUTSIDE), hosts(OUTSIDE, port.id), hosts(OUTSIDE, OUTSIDE)]).toEqual([["c1"], ["c1"], "both ends are outside"]);
  });
});
