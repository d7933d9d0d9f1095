// Networks, routers, floating IPs, security groups and load balancers as users ask for them: what they get, what they are refused, and that nothing is
// left behind.
import { describe, expect, it } from "vitest";
import { type Ask, told } from "./neutron-cloud.ts";

/** From nothing to two servers that the outside can reach, and back. */
const whole: readonly Ask[] = [
  ["network create", { name: "red" }],
  ["subnet create", { name: "red-v4", network: "red", subnet_range: "10.1.0.0/24", allocation_pool: "10.1.0.10-10.1.0.20" }],
  ["port create", { name: "nic", network: "red", fixed_ip: "10.1.0.15" }],
  ["router create", { name: "edge" }],
  ["router set", { router: "edge", external_gateway: "public" }],
  ["router add subnet", { router: "edge", subnet: "blue" }],
  ["router add subnet", { router: "edge", subnet: "red-v4" }],
  ["floating ip create", { name: "fip", network: "public" }],
  ["server add floating ip", { server: 0, floating_ip: "fip" }],
  ["security group create", { name: "web" }],
  ["security group rule create", { name: "http", group: "web", protocol: "tcp", dst_port: "80:81" }],
  ["server add security group", { server: 1, group: "web" }],
  ["server add port", { server: 0, port: "nic" }],
  ["server add network", { server: 1, network: "red" }],
  ["network agent set", { host: "compute-4", disable: true }],
  ["network agent set", { host: "compute-4" }],
  ["load balancer create", { name: "lb", subnet: "blue" }],
  ["load balancer listener create", { name: "www", load_balancer: "lb", protocol_port: 80 }],
  ["load balancer pool create", { name: "farm", listener: "www" }],
  ["load balancer member create", { name: "first", pool: "farm", server: 0, protocol_port: 8080 }],
  ["server send", { server: 0, to: 1, size: 1e6 }],
  ["server send", { server: 0, size: 1e6 }],
  ["server fetch image", { server: 0, image: "cirros" }],
];

const back: readonly Ask[] = [
  ["load balancer member delete", { member: "first" }],
  ["load balancer pool delete", { pool: "farm" }],
  ["load balancer listener delete", { listener: "www" }],
  ["load balancer delete", { load_balancer: "lb" }],
  ["server remove network", { server: 1, network: "red" }],
  ["server remove port", { server: 0, port: "nic" }],
  ["server remove security group", { server: 1, group: "web" }],
  ["security group rule delete", { rule: "http" }],
  ["security group delete", { group: "web" }],
  ["server remove floating ip", { server: 0, floating_ip: "fip" }],
  ["floating ip delete", { floating_ip: "fip" }],
  ["router remove subnet", { router: "edge", subnet: "blue" }],
  ["router remove subnet", { router: "edge", subnet: "red-v4" }],
  ["router unset", { router: "edge" }],
  ["router delete", { router: "edge" }],
  ["port delete", { port: "nic" }],
  ["subnet delete", { subnet: "red-v4" }],
  ["network delete", { network: "red" }],
  ["server delete", { server: 0 }],
  ["server delete", { server: 1 }],
  ["network delete", { network: "blue" }],
  ["network delete", { network: "public" }],
];

const isFine = (outcome: string) => /^\D+ 20\d$/.test(outcome);

describe("networks of users", () => {
  it.each(["openvswitch", "ovn", "linuxbridge"])("are made, used and deleted with %s, and nothing is left behind", (mechanism) => {
    const networkType = mechanism === "ovn" ? "geneve" : "vxlan";
    const { built, outcomes } = told(2, [...whole, ...back], { mechanism, networkType });
    const { network } = built.cloud;
    expect(outcomes.filter((outcome) => !isFine(outcome))).toEqual([]);
    expect(outcomes).toHaveLength(whole.length + back.length);
    expect(network!.networks.portCount).toBe(0);
    expect(network!.networks.all).toEqual([]);
    expect(network!.routers.all).toEqual([]);
    expect(network!.routers.floatingIpCount).toBe(0);
    expect([network!.loadBalancers.count, network!.loadBalancers.partCount]).toEqual([0, 0]);
    const used = ["network", "subnet", "router", "floatingip"].map((resource) => network!.quotas.usedBy("project-1", resource));
    expect(used).toEqual([0, 0, 0, 0]);
    expect(["security_group", "security_group_rule"].map((one) => network!.quotas.usedBy("project-1", one))).toEqual([1, 4]);
    expect(built.engine!.strands).toBe(0);
  });

  it("give their segments and addresses back, so that the last ones can be had again and again", () => {
    const once: readonly Ask[] = [
      ["network create", { name: "n", provider_network_type: "vlan" }],
      ["network create", { name: "m", provider_network_type: "vlan" }],
      ["network create", { name: "o", provider_network_type: "vlan" }],
      ["subnet create", { name: "s", network: "n", subnet_range: "10.9.0.0/24", allocation_pool: "10.9.0.5-10.9.0.5", no_dhcp: true }],
      ["port create", { name: "p", network: "n" }],
      ["port create", { name: "q", network: "n" }],
      ["port delete", { port: "p" }],
      ["network delete", { network: "n" }],
      ["network delete", { network: "m" }],
    ];
    const { outcomes } = told(0, [...once, ...once]);
    const expected = [
      "network create 201",
      "network create 201",
      "network create 503 NoNetworkAvailable",
      "subnet create 201",
      "port create 201",
      "port create 409 IpAddressGenerationFailure",
      "port delete 204",
      "network delete 204",
      "network delete 204",
    ];
    expect(outcomes).toEqual([...expected, ...expected]);
  });
});

describe("Neutron refuses", () => {
  const cases: readonly (readonly [why: string, servers: number, asks: readonly Ask[], expected: string])[] = [
    ["a network that is not there", 0, [["network delete", { network: "x" }]], "network delete 404 NetworkNotFound"],
    ["a subnet that is not there", 0, [["subnet delete", { subnet: "x" }]], "subnet delete 404 SubnetNotFound"],
    ["a port that is not there", 0, [["port delete", { port: "x" }]], "port delete 404 PortNotFound"],
    ["a router that is not there", 0, [["router delete", { router: "x" }]], "router delete 404 RouterNotFound"],
    ["a floating IP that is not there", 0, [["floating ip delete", { floating_ip: "x" }]], "floating ip delete 404 FloatingIPNotFound"],
    ["a group that is not there", 0, [["security group delete", { group: "x" }]], "security group delete 404 SecurityGroupNotFound"],
    [
      "a rule that is not there",
      0,
      [["security group rule delete", { rule: "x" }]],
      "security group rule delete 404 SecurityGroupRuleNotFound",
    ],
    ["agents that are not there", 0, [["network agent set", { host: "compute-1" }]], "network agent set 404 AgentNotFound"],
    ["to delete a network with a server's port", 1, [["network delete", { network: "blue" }]], "network delete 409 NetworkInUse"],
    ["to delete a subnet with a server's port", 1, [["subnet delete", { subnet: "blue" }]], "subnet delete 409 SubnetInUse"],
    [
      "addresses that are none",
      0,
      [["subnet create", { name: "s", network: "blue", subnet_range: "10.0/x" }]],
      "subnet create 400 InvalidInput",
    ],
    [
      "a subnet that overlaps",
      0,
      [["subnet create", { name: "s", network: "blue", subnet_range: "10.0.0.128/25" }]],
      "subnet create 400 InvalidInput",
    ],
    [
      "a pool outside of the subnet",
      0,
      [["subnet create", { name: "s", network: "blue", subnet_range: "10.2.0.0/24", allocation_pool: "10.3.0.1-10.3.0.9" }]],
      "subnet create 400 OutOfBoundsAllocationPool",
    ],
    [
      "a flat network without a physical network",
      0,
      [["network create", { name: "n", provider_network_type: "flat" }]],
      "network create 400 InvalidInput",
    ],
    [
      "an address twice",
      0,
      [
        ["port create", { name: "p", network: "blue", fixed_ip: "10.0.0.9" }],
        ["port create", { name: "q", network: "blue", fixed_ip: "10.0.0.9" }],
      ],
      "port create 409 IpAddressAlreadyAllocated",
    ],
    [
      "an address of another network",
      0,
      [["port create", { name: "p", network: "blue", fixed_ip: "10.7.0.9" }]],
      "port create 400 InvalidIpForNetwork",
    ],
    [
      "to delete a router with interfaces",
      0,
      [
        ["router create", { name: "r" }],
        ["router add subnet", { router: "r", subnet: "blue" }],
        ["router delete", { router: "r" }],
      ],
      "router delete 409 RouterInUse",
    ],
    [
      "a gateway on a network that is not external",
      0,
      [
        ["router create", { name: "r" }],
        ["router set", { router: "r", external_gateway: "blue" }],
      ],
      "router set 400 BadRequest",
    ],
    [
      "to take what the router has not",
      0,
      [
        ["router create", { name: "r" }],
        ["router remove subnet", { router: "r", subnet: "blue" }],
      ],
      "router remove subnet 404 RouterInterfaceNotFoundForSubnet",
    ],
    [
      "a floating IP where no router leads out",
      1,
      [
        ["floating ip create", { name: "f", network: "public" }],
        ["server add floating ip", { server: 0, floating_ip: "f" }],
      ],
      "server add floating ip 404 ExternalGatewayForFloatingIPNotFound",
    ],
    [
      "to take a way out that a floating IP needs",
      1,
      [
        ["router create", { name: "r" }],
        ["router set", { router: "r", external_gateway: "public" }],
        ["router add subnet", { router: "r", subnet: "blue" }],
        ["floating ip create", { name: "f", network: "public" }],
        ["server add floating ip", { server: 0, floating_ip: "f" }],
        ["router unset", { router: "r" }],
      ],
      "router unset 409 RouterExternalGatewayInUseByFloatingIp",
    ],
    [
      "to take an interface that a floating IP needs",
      1,
      [
        ["router create", { name: "r" }],
        ["router set", { router: "r", external_gateway: "public" }],
        ["router add subnet", { router: "r", subnet: "blue" }],
        ["floating ip create", { name: "f", network: "public" }],
        ["server add floating ip", { server: 0, floating_ip: "f" }],
        ["router remove subnet", { router: "r", subnet: "blue" }],
      ],
      "router remove subnet 409 RouterInterfaceInUseByFloatingIP",
    ],
    [
      "to delete a group that a server has",
      1,
      [
        ["security group create", { name: "g" }],
        ["server add security group", { server: 0, group: "g" }],
        ["security group delete", { group: "g" }],
      ],
      "security group delete 409 SecurityGroupInUse",
    ],
    [
      "the same rule twice",
      0,
      [
        ["security group create", { name: "g" }],
        ["security group rule create", { name: "a", group: "g", protocol: "tcp", dst_port: "22" }],
        ["security group rule create", { name: "b", group: "g", protocol: "6", dst_port: "22" }],
      ],
      "security group rule create 409 SecurityGroupRuleExists",
    ],
    [
      "ports without a protocol",
      0,
      [
        ["security group create", { name: "g" }],
        ["security group rule create", { name: "a", group: "g", dst_port: "22" }],
      ],
      "security group rule create 400 SecurityGroupProtocolRequiredWithPorts",
    ],
    [
      "a port that another server has",
      2,
      [
        ["port create", { name: "p", network: "blue" }],
        ["server add port", { server: 0, port: "p" }],
        ["server add port", { server: 1, port: "p" }],
      ],
      "server add port 409 PortInUse",
    ],
    [
      "to take a port that the server has not",
      1,
      [["server remove network", { server: 0, network: "public" }]],
      "server remove network 400 PortNotFound",
    ],
    [
      "an interface for a server in the wrong state",
      1,
      [
        ["server suspend", { server: 0 }],
        ["server add network", { server: 0, network: "blue" }],
      ],
      "server add network 409 InstanceInvalidState",
    ],
    [
      "an interface on what is not there",
      1,
      [["server add network", { server: 0, network: "x" }]],
      "server add network 400 NetworkNotFound",
    ],
    [
      "a listener where there is one",
      0,
      [
        ["load balancer create", { name: "lb", subnet: "blue" }],
        ["load balancer listener create", { name: "a", load_balancer: "lb", protocol_port: 80 }],
        ["load balancer listener create", { name: "b", load_balancer: "lb", protocol_port: 80 }],
      ],
      "load balancer listener create 409 DuplicateListenerEntry",
    ],
    [
      "to delete a load balancer with listeners",
      0,
      [
        ["load balancer create", { name: "lb", subnet: "blue" }],
        ["load balancer listener create", { name: "a", load_balancer: "lb", protocol_port: 80 }],
        ["load balancer delete", { load_balancer: "lb" }],
      ],
      "load balancer delete 400 ValidationException",
    ],
    ["a load balancer that is not there", 0, [["load balancer delete", { load_balancer: "x" }]], "load balancer delete 404 NotFound"],
  ];

  it.each(cases)("%s", (_why, servers, asks, expected) => {
    const { outcomes, built } = told(servers, asks);
    expect(outcomes.at(-1)).toBe(expected);
    expect(outcomes.slice(0, -1).filter((outcome) => !/20\d$/.test(outcome))).toEqual([]);
    expect(built.engine!.strands).toBe(0);
  });

  it.each([
    ["network", [["network create", { name: "n" }]]],
    ["subnet", [["subnet create", { name: "s", network: "blue", subnet_range: "10.2.0.0/24" }]]],
    ["port", [["port create", { name: "p", network: "blue" }]]],
    ["router", [["router create", { name: "r" }]]],
    ["floatingip", [["floating ip create", { name: "f", network: "public" }]]],
    ["security_group", [["security group create", { name: "g" }]]],
  ] as const)("more than the quota of %s", (resource, asks) => {
    // What there is from the start counts: two networks and subnets, DHCP's port, the default group.
    const { outcomes } = told(0, asks, { quota: new Map([[resource, resource === "router" || resource === "floatingip" ? 0 : 1]]) });
    expect(outcomes).toEqual([`${asks[0][0]} 409 OverQuota`]);
  });

  it("a change of a load balancer that is being changed", () => {
    const { outcomes, built } = told(
      0,
      [
        ["load balancer create", { name: "lb", subnet: "blue" }],
        ["load balancer listener create", { name: "a", load_balancer: "lb", protocol_port: 80 }],
      ],
      {},
      { cloud: { serviceTimes: new Map([["octavia.worker.bootAmphora", 300e6]]) } },
    );
    expect(outcomes).toEqual(["load balancer create 201", "load balancer listener create 409 ImmutableObject"]);
    expect(built.cloud.network!.loadBalancers.statusOf(1)).toBe("ACTIVE");
  });
});
