// Servers in a cloud with networks: the ports they are launched with, builds that Neutron's refusals end, what mechanisms make of it, and agents that
// stop.
import { describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import { matrixOf, ready, told, usual } from "./neutron-cloud.ts";
import { hostGroup } from "./tiny-scenario.ts";

const room = { cloud: { hosts: [hostGroup(4, { vcpus: 64, ramMb: 262_144, diskGb: 4000 })] } };
const lastOf = (count: number, { servers }: ReturnType<typeof ready>["cloud"]) =>
  Array.from({ length: count }, (_, server) => servers.outcomeOf(server));

describe("a server that is launched", () => {
  it("has a port on the usual network, bound to its host, and a guest that knows its address", () => {
    const { built } = told(3, []);
    const { network, servers, hosts } = built.cloud;
    const ports = [0, 1, 2].flatMap((server) => network!.portsOn(server)).map((port) => network!.networks.port(port));
    expect(ports.map(({ host }) => host)).toEqual([0, 1, 2].map((server) => hosts.descriptions[servers.host[server]!]!.name));
    expect(new Set(ports.map(({ fixedIps }) => fixedIps[0]!.address)).size).toBe(3);
    expect(ports.every(({ mac, fixedIps }) => mac.startsWith("fa:16:3e:") && fixedIps[0]!.address.startsWith("10.0.0."))).toBe(true);
    expect([0, 1, 2].map((server) => network!.isConfigured(server))).toEqual([true, true, true]);
  });

  it("ends in ERROR with Neutron's refusal when there is no address left, and takes no other host", () => {
    const tiny = [{ name: "blue", cidr: "10.0.0.0/29", external: false, type: "vxlan", dhcp: true } as const];
    const { built } = told(6, [], { networks: tiny }, room);
    // Of six addresses the gateway and DHCP have one each.
    const ends = lastOf(6, built.cloud);
    expect(ends.filter((end) => end === "ACTIVE")).toHaveLength(4);
    expect(ends.filter((end) => end === "IpAddressGenerationFailure")).toHaveLength(2);
    expect([...built.cloud.servers.attempts.slice(0, 6)]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("ends in ERROR with PortLimitExceeded when its project has no port left", () => {
    const { built } = told(3, [], { quota: new Map([["port", 2]]) }, room);
    const ends = lastOf(3, built.cloud);
    expect([...ends].sort((a, b) => (a < b ? -1 : 1))).toEqual(["ACTIVE", "PortLimitExceeded", "PortLimitExceeded"]);
  });

  it("keeps its ports wherever it moves, and Nova leaves a port that it was given when it is deleted", () => {
    const { built, outcomes } = told(1, [
      ["port create", { name: "p", network: "blue" }],
      ["server add port", { server: 0, port: "p" }],
      ["server migrate", { server: 0, live: true }],
      ["server send", { server: 0, size: 1 }],
      ["server delete", { server: 0 }],
    ]);
    expect(outcomes.filter((outcome) => !outcome.endsWith("HostUnreachable") && !/20\d$/.test(outcome))).toEqual([]);
    const { network, names } = built.cloud;
    const port = network!.networks.port(names.find("port", "p"));
    expect(port.host).toBeNull();
    // DHCP's and the one that was given.
    expect(network!.networks.portCount).toBe(2);
  });
});

describe("mechanisms", () => {
  const launched = (mechanism: string) => {
    const networkType = mechanism === "ovn" ? "geneve" : "vxlan";
    const networks = [{ ...usual.networks[0]!, type: networkType } as const];
    // One server a host.
    const { built } = told(4, [], { mechanism, networkType, networks }, { cloud: { hosts: [hostGroup(4, { vcpus: 2 })] } });
    return { built, calls: matrixOf(built) };
  };

  it("have hosts wired by their own agents, and by no others", () => {
    for (const [mechanism, agent, others] of [
      ["openvswitch", "neutron.agent", ["neutron.linuxbridgeAgent", "neutron.ovnController"]],
      ["linuxbridge", "neutron.linuxbridgeAgent", ["neutron.agent", "neutron.ovnController"]],
      ["ovn", "neutron.ovnController", ["neutron.agent", "neutron.linuxbridgeAgent"]],
    ] as const) {
      const { calls } = launched(mechanism);
      expect(calls.get(`nova.compute > ${agent}.plugInterface`)).toBe(4);
      for (const other of others) expect([...calls.keys()].filter((call) => call.includes(`${other}.`))).toEqual([]);
    }
  });

  it("answer DHCP by agents on network nodes, or with OVN on the host", () => {
    expect(launched("openvswitch").calls.get("neutron.dhcpAgent > vm.guest.configureNetwork")).toBe(4);
    const ovn = launched("ovn");
    expect(ovn.calls.get("neutron.ovnController > vm.guest.configureNetwork")).toBe(4);
    expect(ovn.calls.get("vm.guest > neutron.dhcpAgent.answerDhcp")).toBeUndefined();
    // No agents, and so no ports of DHCP.
    expect(ovn.built.cloud.network!.networks.portCount).toBe(4);
  });

  it("take up new members of a group on all hosts that have one: by RPC through the queue, or without it", () => {
    const [ovs, ovn] = [launched("openvswitch"), launched("ovn")];
    const refreshes = ovs.calls.get("neutron.server > neutron.agent.refreshSecurityGroups")!;
    // The first server's host, then two of them, three and four.
    expect(refreshes).toBe(10);
    expect(ovn.calls.get("neutron.ovnNorthd > neutron.ovnController.refreshSecurityGroups")).toBe(10);
    expect(ovs.calls.get("neutron.server > nova.messageQueue.deliver")).toBe(refreshes);
    expect(ovn.calls.get("neutron.ovnNorthd > nova.messageQueue.deliver")).toBeUndefined();
  });

  it("without polling wire a port sooner", () => {
    const boot = (mechanism: string) => {
      const { built } = launched(mechanism);
      const call = built.engine!.calls.find(({ operation, count }) => operation.endsWith("plugInterface") && count > 0)!;
      return call.micros / call.count;
    };
    expect(boot("ovn")).toBeLessThan(0.5 * boot("openvswitch"));
  });

  it("leave as much room in a packet as their tunnels do", () => {
    const mtu = (mechanism: string) => launched(mechanism).built.cloud.network!.networks.all[0]!.mtu;
    expect([mtu("openvswitch"), mtu("ovn")]).toEqual([1450, 1442]);
  });
});

describe("agents that stop", () => {
  it("are taken for dead 75 s after their last report, and their networks go to others after twice that", () => {
    const built = ready(1, [["network agent stop", { host: "compute-3" }]], { networkNodes: [2, 3] });
    const { cloud } = built;
    const { agents, all } = cloud.network!.networks;
    const [blue] = all;
    expect(agents.dhcpHostsOf(blue!.id)).toEqual(["compute-3"]);
    const hostsAfter = (seconds: number) => {
      cloud.simulation.run(5 * MINUTE + seconds * SECOND);
      return agents.dhcpHostsOf(blue!.id).join();
    };
    // 150 s after a report that was up to 30 s before the stop.
    expect([hostsAfter(119), hostsAfter(151)]).toEqual(["compute-3", "compute-4"]);
  });

  it("give no address to guests that boot, until an agent works again", () => {
    const built = ready(1, [], { networkNodes: [3] });
    const { cloud, client } = built;
    client!.send({ operation: "network agent stop", project: 0, user: "", server: -1, args: { host: "compute-4" } });
    cloud.simulation.run(2 * MINUTE);
    expect(cloud.servers.vmStateOf(0)).toBe("active");
    expect(cloud.network!.isConfigured(0)).toBe(false);
    client!.send({ operation: "network agent start", project: 0, user: "", server: -1, args: { host: "compute-4" } });
    cloud.simulation.run(4 * MINUTE);
    expect(cloud.network!.isConfigured(0)).toBe(true);
  });

  it("which operators have disabled get nothing new and keep what they have", () => {
    const { built } = told(
      0,
      [
        ["network agent set", { host: "compute-3", disable: true }],
        ["network create", { name: "n" }],
        ["subnet create", { name: "s", network: "n", subnet_range: "10.5.0.0/24" }],
      ],
      { networkNodes: [2, 3] },
    );
    const { agents, all } = built.cloud.network!.networks;
    expect(all.map(({ id }) => agents.dhcpHostsOf(id))).toEqual([["compute-3"], [], ["compute-4"]]);
  });
});
