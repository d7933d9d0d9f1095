// The networks of users in a scenario file: what holds unless it is written, what is refused, and a run from the file to the table of interactions.
import { describe, expect, it } from "vitest";
import { buildRun, buildWorkload } from "../../src/scenario/build.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { neutronOperations } from "../../src/workflows/neutron/index.ts";
import { matrixOf, outcomesOf } from "../workflows/neutron-cloud.ts";
import { folder, problemsOf } from "./folder.ts";

const NETWORKS = `servers_join: blue
    networks:
      - {name: blue, subnet: 10.0.0.0/24}
      - {name: public, subnet: 198.51.100.0/24, external: true}`;

function read(networking: string, actions = "[]") {
  const text = `cloud:
  hosts: [{type: dell-r7515, count: 3}]
  flavors: [{name: m1, vcpus: 2, ram: 2 GiB}]
  images: [{name: cirros, size: 12 MB}]
${networking}
workload:
  requests: [{name: web, flavor: m1}, {name: db, flavor: m1}]
study: {duration: 2 h, policies: [nova-default]}
actions: ${actions}
`;
  return readScenario("net.yaml", { catalogue, cwd: folder({ "net.yaml": text }) });
}

const withNetworking = (keys: string) => `  networking:\n    ${keys}`;

/** Every operation of the networks, once or more often, in an order in which all of them go well. */
const EVERY = `
  - {at: 10 min, do: network create, name: red}
  - {at: 11 min, do: subnet create, name: red-v4, network: red, subnet_range: 10.1.0.0/24, allocation_pool: 10.1.0.10-10.1.0.99}
  - {at: 12 min, do: port create, name: nic, network: red, fixed_ip: 10.1.0.15}
  - {at: 13 min, do: router create, name: edge}
  - {at: 14 min, do: router set, router: edge, external_gateway: public}
  - {at: 15 min, do: router add subnet, router: edge, subnet: blue}
  - {at: 16 min, do: router add subnet, router: edge, subnet: red-v4}
  - {at: 17 min, do: floating ip create, name: fip, network: public}
  - {at: 18 min, do: server add floating ip, server: web, floating_ip: fip}
  - {at: 19 min, do: security group create, name: open}
  - {at: 20 min, do: security group rule create, name: http, group: open, protocol: tcp, dst_port: "80"}
  - {at: 20.5 min, do: server add security group, server: web, group: open}
  - {at: 21 min, do: server add security group, server: db, group: open}
  - {at: 22 min, do: server add port, server: web, port: nic}
  - {at: 23 min, do: server add network, server: db, network: red}
  - {at: 24 min, do: network agent set, host: compute-1, disable: true}
  - {at: 25 min, do: network agent set, host: compute-1}
  - {at: 26 min, do: load balancer create, name: lb, subnet: blue}
  - {at: 28 min, do: load balancer listener create, name: www, load_balancer: lb, protocol_port: 80}
  - {at: 29 min, do: load balancer pool create, name: farm, listener: www}
  - {at: 30 min, do: load balancer member create, name: first, pool: farm, server: web, protocol_port: 8080}
  - {at: 31 min, do: server send, server: web, to: db, size: 1 GB}
  - {at: 32 min, do: server send, server: web, size: 1 GB, port: 443}
  - {at: 32.5 min, do: server receive, server: web, size: 1 GB}
  - {at: 33 min, do: server fetch image, server: web, image: cirros}
  - {at: 34 min, do: network agent stop, host: compute-1}
  - {at: 37 min, do: network agent start, host: compute-1}
  - {at: 38 min, do: load balancer member delete, member: first}
  - {at: 39 min, do: load balancer pool delete, pool: farm}
  - {at: 40 min, do: load balancer listener delete, listener: www}
  - {at: 41 min, do: load balancer delete, load_balancer: lb}
  - {at: 42 min, do: server remove network, server: db, network: red}
  - {at: 43 min, do: server remove port, server: web, port: nic}
  - {at: 44 min, do: server remove security group, server: db, group: open}
  - {at: 44.5 min, do: server remove security group, server: web, group: open}
  - {at: 45 min, do: security group rule delete, rule: http}
  - {at: 46 min, do: security group delete, group: open}
  - {at: 47 min, do: server remove floating ip, server: web, floating_ip: fip}
  - {at: 48 min, do: floating ip delete, floating_ip: fip}
  - {at: 49 min, do: router remove subnet, router: edge, subnet: blue}
  - {at: 50 min, do: router remove subnet, router: edge, subnet: red-v4}
  - {at: 51 min, do: router unset, router: edge}
  - {at: 52 min, do: router delete, router: edge}
  - {at: 53 min, do: port delete, port: nic}
  - {at: 54 min, do: subnet delete, subnet: red-v4}
  - {at: 55 min, do: network delete, network: red}`;

describe("networking in a scenario", () => {
  it("is absent unless it is written", () => {
    expect(read("").cloud.networking).toBeUndefined();
  });

  it("has Neutron's own defaults, and tunnels of the mechanism's usual kind", () => {
    expect(read(withNetworking(NETWORKS)).cloud.networking).toMatchObject({
      mechanism: "openvswitch",
      networkType: "vxlan",
      networkNodes: [0],
      dhcpAgentsPerNetwork: 1,
      maxL3AgentsPerRouter: 3,
      reportInterval: 30e6,
      agentDownTime: 75e6,
      globalPhysnetMtu: 1500,
      serversJoin: "blue",
      networks: [
        { name: "blue", type: "vxlan", external: false },
        { name: "public", type: "flat", external: true },
      ],
    });
    expect(read(withNetworking("mechanism: ovn")).cloud.networking!.networkType).toBe("geneve");
    expect(read(withNetworking("network_nodes: [compute-2..compute-3]")).cloud.networking!.networkNodes).toEqual([1, 2]);
  });

  it.each([
    ["mechanism: vswitch", "vswitch"],
    ["vni_ranges: [1-10]", "Invalid network tunnel range"],
    ["network_vlan_ranges: [physnet1:9:5]", "Invalid network VLAN range"],
    ["{mechanism: linuxbridge, network_type: geneve}", "linuxbridge has no geneve networks"],
    ["{mechanism: ovn, l3_ha: true}", "l3_ha has no effect with ovn"],
    ["{mechanism: linuxbridge, agent_mode: dvr}", "agent_mode has no effect with linuxbridge"],
    ["network_nodes: [compute-9]", 'there is no host "compute-9"'],
    ["servers_join: blue", 'there is no network "blue"'],
    ["networks: [{name: a, subnet: 10.0.0.0/24}, {name: a, subnet: 10.0.1.0/24}]", 'there are two networks "a"'],
    ["networks: [{name: a, subnet: 10.0.0/x}]", "10.0.0/x"],
    ["quota: {port: -2}", "-2"],
  ])("is refused where it cannot be: %s", (keys, why) => {
    const problems = problemsOf(() => read(withNetworking(keys)));
    expect(problems.map(({ message }) => message).join("\n")).toContain(why);
  });

  it("is needed by those who ask for networks", () => {
    const problems = problemsOf(() => read("", "[{at: 5 min, do: network create, name: red}]"));
    expect(problems.map(({ message }) => message)).toEqual(["network create needs networks, and the cloud has none"]);
  });

  it("lets every operation be asked for from a file, and shows who works with whom", () => {
    const scenario = read(withNetworking(NETWORKS), EVERY);
    const built = buildRun(scenario, scenario.study.policies[0]!, 0, buildWorkload(scenario, 0), "wheel");
    built.cloud.simulation.run(scenario.study.duration);
    const { requests, network } = built.cloud;
    const asked = new Set(Array.from({ length: requests.count }, (_, i) => requests.row(i).operation));
    expect(neutronOperations.map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([]);
    expect(outcomesOf(built).filter((outcome) => !/ 20\d$/.test(outcome))).toEqual([]);
    // What is left: the two servers' ports and those of DHCP on both networks.
    expect(network!.networks.portCount).toBe(4);
    const calls = [...matrixOf(built).keys()];
    for (const call of [
      "neutron.dhcpAgent > vm.guest.configureNetwork",
      "neutron.server > keystone.api.validateToken",
      "vm.guest > keystone.api.issueToken",
      "vm.guest > glance.api.sendImage",
      "glance.api > vm.guest.receiveImage",
    ])
      expect(calls).toContain(call);
  });
});
