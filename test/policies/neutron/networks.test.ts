import { beforeEach, describe, expect, it } from "vitest";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { Networks } from "../../../src/policies/neutron/networks/networks.ts";
import type { Network, Port, Subnet } from "../../../src/policies/neutron/networks/resources.ts";
import { NeutronError } from "../../../src/policies/neutron/neutron-error.ts";
import { parseTunnelRanges, parseVlanRanges } from "../../../src/policies/neutron/segment-ranges.ts";

const segments = {
  flatNetworks: ["physnet1"],
  vlanRanges: parseVlanRanges(["physnet1:100:101"]),
  vxlanRanges: parseTunnelRanges("vxlan", ["1:1000"]),
  geneveRanges: parseTunnelRanges("geneve", ["1:16777215"]),
  greRanges: [],
};

let networks: Networks;

beforeEach(() => {
  networks = new Networks({ segments }, new RandomStreams("networks", 0));
});

function refusal(ask: () => unknown): string {
  try {
    ask();
  } catch (error) {
    if (error instanceof NeutronError) return `${error.type} ${error.status}`;
    throw error;
  }
  return "allowed";
}

const vxlan = (name = "net"): Network => networks.createNetwork({ name, project: "p1", type: "vxlan" });
const subnetOn = ({ id }: Network, cidr: string, more: object = {}): Subnet => networks.createSubnet({ networkId: id, cidr, ...more });
const portOn = ({ id }: Network, more: object = {}): Port => networks.createPort({ networkId: id, project: "p1", ...more });

describe("networks", () => {
  it("get a free segment of their type, and say how large packets may be", () => {
    const vlans = [1, 2].map((i) => networks.createNetwork({ name: `v${i}`, project: "p1", type: "vlan" }));
    expect(vlans.map(({ segment, mtu }) => [segment.id, mtu]).sort((a, b) => a[0]! - b[0]!)).toEqual([
      [100, 1500],
      [101, 1500],
    ]);
    expect(refusal(() => networks.createNetwork({ name: "v3", project: "p1", type: "vlan" }))).toBe("NoNetworkAvailable 503");
    networks.deleteNetwork(vlans[0]!.id);
    expect(networks.createNetwork({ name: "v3", project: "p1", type: "vlan" }).segment.id).toBe(vlans[0]!.segment.id);
    expect(vxlan().mtu).toBe(1450);
    expect(networks.createNetwork({ name: "g", project: "p1", type: "geneve" }).mtu).toBe(1450);
  });

  it("of an operator may have a segment outside of the ranges, but not one in use", () => {
    const make = (type: "vlan" | "vxlan" | "flat", segmentationId?: number) => () =>
      networks.createNetwork({
        name: "n",
        project: "p1",
        type,
        ...(type === "vxlan" ? {} : { physicalNetwork: "physnet1" }),
        ...(segmentationId === undefined ? {} : { segmentationId }),
      });
    expect([make("vlan", 4000), make("vlan", 4000), make("vlan", 4095), make("vxlan", 5000), make("vxlan", 5000)].map(refusal)).toEqual([
      "allowed",
      "VlanIdInUse 409",
      "InvalidInput 400",
      "allowed",
      "TunnelIdInUse 409",
    ]);
    expect([make("flat"), make("flat")].map(refusal)).toEqual(["allowed", "FlatNetworkInUse 409"]);
  });

  it("and subnets are in use while ports are on them, but not by DHCP", () => {
    networks.agents.addDhcpAgent("net1");
    const network = vxlan();
    const subnet = subnetOn(network, "10.0.0.0/24");
    expect(networks.portsOn(network.id).map(({ deviceOwner, host, fixedIps }) => [deviceOwner, host, fixedIps[0]!.address])).toEqual([
      ["network:dhcp", "net1", "10.0.0.2"],
    ]);
    const port = portOn(network);
    expect([() => networks.deleteSubnet(subnet.id), () => networks.deleteNetwork(network.id)].map(refusal)).toEqual([
      "SubnetInUse 409",
      "NetworkInUse 409",
    ]);
    networks.deletePort(port.id);
    networks.deleteSubnet(subnet.id);
    networks.deleteNetwork(network.id);
    expect(refusal(() => networks.network(network.id))).toBe("NetworkNotFound 404");
  });

  it("draw the same for the same seed", () => {
    const draw = () => {
      networks = new Networks({ segments }, new RandomStreams("again", 1));
      const network = vxlan();
      subnetOn(network, "10.0.0.0/16");
      const { mac, fixedIps } = portOn(network);
      return [network.segment.id, mac, fixedIps[0]!.address];
    };
    const first = draw();
    expect(draw()).toEqual(first);
    expect(first[1]).toMatch(/^fa:16:3e(:[\da-f]{2}){3}$/);
  });
});

describe("subnets", () => {
  it("have their first address as gateway and leave it out of their pools; DHCP takes the next", () => {
    const network = vxlan();
    expect(subnetOn(network, "10.0.0.7/24")).toMatchObject({ cidr: "10.0.0.0/24", gateway: "10.0.0.1" });
    expect(subnetOn(network, "10.1.0.0/24", { gateway: null }).addresses.freeCount).toBe(254n);
    expect(subnetOn(network, "fd00::/64").gateway).toBe("fd00::1");
  });

  it("do not overlap on a network, and their pools are within them and apart", () => {
    const network = vxlan();
    subnetOn(network, "10.0.0.0/16");
    const pools =
      (...list: readonly (readonly [string, string])[]) =>
      () =>
        subnetOn(network, "10.1.0.0/24", { pools: list });
    expect(refusal(() => subnetOn(network, "10.0.3.0/24"))).toBe("InvalidInput 400");
    expect(refusal(() => subnetOn(network, "10.1.0.0/24", { gateway: "10.1.0.255" }))).toBe("InvalidInput 400");
    expect(
      [
        pools(["10.1.0.9", "10.1.0.5"]),
        pools(["10.1.0.200", "10.1.1.5"]),
        pools(["10.1.0.5", "10.1.0.9"], ["10.1.0.9", "10.1.0.20"]),
        pools(["10.1.0.1", "10.1.0.9"]),
        pools(["10.1.0.5", "10.1.0.9"]),
      ].map(refusal),
    ).toEqual([
      "InvalidAllocationPool 400",
      "OutOfBoundsAllocationPool 400",
      "OverlappingAllocationPools 409",
      "GatewayConflictWithAllocationPools 409",
      "allowed",
    ]);
  });
});

describe("ports", () => {
  it("get one address of each IP version, and make their own where the network says so", () => {
    const network = vxlan();
    const [four, six] = [subnetOn(network, "10.0.0.0/24"), subnetOn(network, "fd00::/64", { ipv6AddressMode: "slaac" })];
    const port = portOn(network, { mac: "FA:16:3E:00:00:01" });
    expect(port.mac).toBe("fa:16:3e:00:00:01");
    expect(port.fixedIps.map(({ subnetId }) => subnetId)).toEqual([four.id, six.id]);
    expect(port.fixedIps[1]!.address).toBe("fd00::f816:3eff:fe00:1");
    expect(refusal(() => portOn(network, { mac: "fa:16:3e:00:00:01" }))).toBe("MacAddressInUse 409");
  });

  it("can ask for an address, if it is one and free", () => {
    const network = vxlan();
    const { id } = subnetOn(network, "10.0.0.0/24");
    const ask = (address: string, subnetId?: number) => () =>
      portOn(network, { fixedIps: [{ address, ...(subnetId === undefined ? {} : { subnetId }) }] });
    expect([ask("10.0.0.9"), ask("10.0.0.9"), ask("10.9.0.9"), ask("10.9.0.9", id), ask("10.0.0.255")].map(refusal)).toEqual([
      "allowed",
      "IpAddressAlreadyAllocated 409",
      "InvalidIpForNetwork 400",
      "InvalidIpForSubnet 400",
      "InvalidIpForSubnet 400",
    ]);
  });

  it("fill a subnet, go on in the next, and are refused when all are full, without leaving anything behind", () => {
    const network = vxlan();
    const [small, other] = [subnetOn(network, "10.0.0.0/30", { enableDhcp: false }), subnetOn(network, "10.0.1.0/30")];
    const [first, second] = [portOn(network), portOn(network)];
    expect([first, second].map(({ fixedIps }) => fixedIps[0])).toEqual([
      { subnetId: small.id, address: "10.0.0.2" },
      { subnetId: other.id, address: "10.0.1.2" },
    ]);
    expect(refusal(() => portOn(network))).toBe("IpAddressGenerationFailure 409");
    const both = [{ subnetId: small.id }, { subnetId: other.id }];
    networks.deletePort(first.id);
    expect(refusal(() => portOn(network, { fixedIps: both }))).toBe("IpAddressGenerationFailure 409");
    expect(small.addresses.takenCount).toBe(0);
  });
});

describe("security groups", () => {
  const ssh = { ethertype: "IPv4", protocol: "tcp", port: 22 } as const;

  it("let members of the default group reach each other, and nobody else in", () => {
    const network = vxlan();
    subnetOn(network, "10.0.0.0/24");
    const [a, b] = [portOn(network), portOn(network)];
    const stranger = portOn(network, { project: "p2" });
    expect(networks.lets(a, b, ssh)).toBe(true);
    expect(networks.lets(stranger, a, ssh)).toBe(false);
    expect(networks.lets(stranger, a, { ...ssh, established: true })).toBe(true);
  });

  it("let in what a rule allows: protocol, ports, and where it comes from", () => {
    const network = vxlan();
    subnetOn(network, "10.0.0.0/24");
    const { securityGroups } = networks;
    const web = securityGroups.create("p1", "web");
    expect([...web.rules.values()].map(({ direction, ethertype }) => `${direction} ${ethertype}`)).toEqual(["egress IPv4", "egress IPv6"]);
    const client = portOn(network, { fixedIps: [{ address: "10.0.0.77" }] });
    const server = portOn(network, { securityGroups: [web.id] });
    const tcp = (port: number) => networks.lets(client, server, { ethertype: "IPv4", protocol: "6", port });
    securityGroups.addRule(web.id, { direction: "ingress", protocol: "tcp", portRangeMin: 80, portRangeMax: 90 });
    expect([79, 80, 90, 91].map(tcp)).toEqual([false, true, true, false]);
    securityGroups.putAddressGroup("office", ["192.0.2.0/24", "10.0.0.64/26"]);
    securityGroups.addRule(web.id, {
      direction: "ingress",
      protocol: "tcp",
      portRangeMin: 22,
      portRangeMax: 22,
      remoteAddressGroupId: "office",
    });
    securityGroups.addRule(web.id, {
      direction: "ingress",
      protocol: "tcp",
      portRangeMin: 23,
      portRangeMax: 23,
      remoteIpPrefix: "10.0.0.0/26",
    });
    expect([22, 23].map(tcp)).toEqual([true, false]);
    const ping = securityGroups.addRule(web.id, { direction: "ingress", protocol: "icmp", portRangeMin: 8 });
    const icmp = (port: number) => networks.lets(client, server, { ethertype: "IPv4", protocol: "icmp", port, code: 0 });
    expect([icmp(8), icmp(0)]).toEqual([true, false]);
    securityGroups.deleteRule(ping);
    expect(icmp(8)).toBe(false);
  });

  it("have every rule once, and are in use while a port has them", () => {
    const network = vxlan();
    subnetOn(network, "10.0.0.0/24");
    const { securityGroups } = networks;
    const web = securityGroups.create("p1", "web");
    securityGroups.addRule(web.id, { direction: "ingress", protocol: "tcp", remoteIpPrefix: "0.0.0.0/0" });
    expect(refusal(() => securityGroups.addRule(web.id, { direction: "ingress", protocol: 6 }))).toBe("SecurityGroupRuleExists 409");
    expect(refusal(() => securityGroups.addRule(web.id, { direction: "ingress", remoteGroupId: "99" }))).toBe("SecurityGroupNotFound 404");
    const port = portOn(network, { securityGroups: [web.id] });
    expect(refusal(() => networks.deleteSecurityGroup(web.id))).toBe("SecurityGroupInUse 409");
    networks.deletePort(port.id);
    expect(refusal(() => networks.deleteSecurityGroup(web.id))).toBe("allowed");
    expect(refusal(() => networks.deleteSecurityGroup(securityGroups.defaultOf("p1").id))).toBe("SecurityGroupCannotRemoveDefault 409");
  });
});

describe("DHCP agents", () => {
  it("share the networks, the least loaded first, and others take over from one that is not heard of", () => {
    networks = new Networks({ segments, dhcpAgentsPerNetwork: 2 }, new RandomStreams("dhcp", 0));
    for (const host of ["net1", "net2", "net3"]) networks.agents.addDhcpAgent(host);
    const both = [vxlan("a"), vxlan("b")];
    for (const network of both) subnetOn(network, "10.0.0.0/24");
    expect(both.map(({ id }) => networks.agents.dhcpHostsOf(id))).toEqual([
      ["net1", "net2"],
      ["net3", "net1"],
    ]);
    networks.agents.setAlive("net1", false);
    for (const { id } of both) networks.scheduleDhcp(id);
    expect(both.map(({ id }) => networks.agents.dhcpHostsOf(id))).toEqual([
      ["net2", "net3"],
      ["net3", "net2"],
    ]);
    expect(both.map(({ id }) => networks.portsOn(id).map(({ host }) => host))).toEqual([
      ["net2", "net3"],
      ["net3", "net2"],
    ]);
  });

  it("have an address on every subnet with DHCP", () => {
    networks.agents.addDhcpAgent("net1");
    const network = vxlan();
    subnetOn(network, "10.0.0.0/24");
    subnetOn(network, "10.0.1.0/24", { enableDhcp: false });
    subnetOn(network, "10.0.2.0/24");
    expect(networks.portsOn(network.id)[0]!.fixedIps.map(({ address }) => address)).toEqual(["10.0.0.2", "10.0.2.2"]);
  });
});
