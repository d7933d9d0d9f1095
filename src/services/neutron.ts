// Neutron, the network service: ports are made by the server and wired by the agent on the host, which looks for work every two seconds. With OVN the
// hosts' controllers follow a database instead, and nobody polls.
import { MILLISECOND, SECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const neutron = defineService({
  name: "neutron",
  type: "network",
  components: {
    server: {
      workers: 8,
      workersSource: "neutron-server: one API worker per CPU, 8 assumed",
      transport: "http",
      operations: {
        bindPort: { time: 370 * MILLISECOND, source: "PUT of a port with another host, as create_port", evidence: "assumed" },
        listNetworks: { time: 100 * MILLISECOND, source: "list_networks 0.08 to 0.15 s, performance-docs (Rally)", evidence: "verified" },
        createPort: {
          time: 370 * MILLISECOND,
          source: "create_port median 0.370 to 0.398 s, performance-docs (Rally)",
          evidence: "verified",
        },
        deletePort: {
          time: 200 * MILLISECOND,
          source: "floating-ip delete takes 0.24 s in performance-docs; a port is taken to be like it",
          evidence: "assumed",
        },
        createBinding: { time: 200 * MILLISECOND, source: "POST /ports/{id}/bindings, taken to be like a delete", evidence: "assumed" },
        activateBinding: { time: 200 * MILLISECOND, source: "PUT /ports/{id}/bindings/{host}/activate, the same", evidence: "assumed" },
        deleteBinding: { time: 200 * MILLISECOND, source: "DELETE /ports/{id}/bindings/{host}, the same", evidence: "assumed" },
        updatePort: { time: 200 * MILLISECOND, source: "PUT binding:host_id, the same", evidence: "assumed" },
        createNetwork: { time: 197 * MILLISECOND, source: "create_network median 0.197 s, performance-docs (Rally)", evidence: "verified" },
        deleteNetwork: { time: 240 * MILLISECOND, source: "taken to be like the deletion of a floating IP", evidence: "assumed" },
        createSubnet: { time: 440 * MILLISECOND, source: "create_subnet median 0.44 s, performance-docs (Rally)", evidence: "verified" },
        deleteSubnet: { time: 240 * MILLISECOND, source: "taken to be like the deletion of a floating IP", evidence: "assumed" },
        createRouter: { time: 87 * MILLISECOND, source: "create_router median 0.087 s, performance-docs (Rally)", evidence: "verified" },
        updateRouter: { time: 850 * MILLISECOND, source: "a gateway, taken to be like an interface", evidence: "assumed" },
        deleteRouter: { time: 240 * MILLISECOND, source: "taken to be like the deletion of a floating IP", evidence: "assumed" },
        addRouterInterface: {
          time: 850 * MILLISECOND,
          source: "add_interface_router median 0.85 s, performance-docs (Rally)",
          evidence: "verified",
        },
        removeRouterInterface: { time: 850 * MILLISECOND, source: "taken to be like adding one", evidence: "assumed" },
        createFloatingIp: {
          time: 700 * MILLISECOND,
          source: "floating-ip create medians 0.66 to 0.76 s, performance-docs (Rally)",
          evidence: "derived",
        },
        updateFloatingIp: { time: 240 * MILLISECOND, source: "taken to be like the deletion of a floating IP", evidence: "assumed" },
        deleteFloatingIp: { time: 240 * MILLISECOND, source: "floating-ip delete 0.24 s, performance-docs (Rally)", evidence: "verified" },
        createSecurityGroup: {
          time: 285 * MILLISECOND,
          source: "create_security_group medians 0.27 to 0.30 s, performance-docs (Rally)",
          evidence: "derived",
        },
        deleteSecurityGroup: { time: 240 * MILLISECOND, source: "taken to be like the deletion of a floating IP", evidence: "assumed" },
        createSecurityGroupRule: {
          time: 185 * MILLISECOND,
          source: "100 rules in 16.7 s, 20 in 4.4 s, performance-docs (Rally)",
          evidence: "derived",
        },
        deleteSecurityGroupRule: { time: 185 * MILLISECOND, source: "taken to be like making one", evidence: "assumed" },
        listPorts: { time: 100 * MILLISECOND, source: "taken to be like list_networks", evidence: "assumed" },
        updateAgent: { time: 100 * MILLISECOND, source: "PUT /agents/{id}, taken to be like list_networks", evidence: "assumed" },
      },
    },
    dhcpAgent: {
      workers: 1,
      workersSource: "one DHCP agent; a scenario with networking has one on every network node",
      transport: "rpc",
      operations: {
        serveNetwork: { time: 800 * MILLISECOND, source: "a namespace, a port and dnsmasq", evidence: "assumed" },
        reloadAllocations: { time: 50 * MILLISECOND, source: "a line in dnsmasq's hosts file and a signal", evidence: "assumed" },
        answerDhcp: { time: 2 * MILLISECOND, source: "dnsmasq: DISCOVER to ACK", evidence: "assumed" },
      },
    },
    l3Agent: {
      workers: 1,
      workersSource: "one L3 agent; a scenario with networking has one on every network node",
      transport: "rpc",
      operations: {
        updateRouter: { time: SECOND, source: "a namespace, interfaces and iptables of one router", evidence: "assumed" },
      },
    },
    ovnNorthd: {
      workers: 1,
      workersSource: "ovn-northd: one at work at a time",
      transport: "http",
      operations: {
        translate: { time: 20 * MILLISECOND, source: "a logical change turned into flows of the southbound database", evidence: "assumed" },
      },
    },
    ovnController: {
      workers: 1,
      workersSource: "one ovn-controller on every host",
      transport: "http",
      scope: "host",
      operations: {
        plugInterface: {
          time: 150 * MILLISECOND,
          source: "claims the port and writes its flows, told at once by OVSDB",
          evidence: "assumed",
        },
        unplugInterface: { time: 50 * MILLISECOND, source: "takes flows out", evidence: "assumed" },
        refreshSecurityGroups: {
          time: 10 * MILLISECOND,
          source: "an address set changes, which it processes incrementally",
          evidence: "assumed",
        },
      },
    },
    linuxbridgeAgent: {
      workers: 1,
      workersSource: "one Linux bridge agent on every host",
      transport: "rpc",
      scope: "host",
      operations: {
        plugInterface: {
          time: 350 * MILLISECOND,
          delayUpTo: 2 * SECOND,
          source: "as the Open vSwitch agent; polling_interval 2 s (verified)",
          evidence: "assumed",
        },
        unplugInterface: { time: 100 * MILLISECOND, source: "taking the tap out of the bridge", evidence: "assumed" },
        refreshSecurityGroups: { time: 200 * MILLISECOND, source: "iptables-restore and ipset on the host", evidence: "assumed" },
      },
    },
    agent: {
      workers: 1,
      workersSource: "one Open vSwitch agent on every host",
      transport: "rpc",
      scope: "host",
      operations: {
        plugInterface: {
          time: 350 * MILLISECOND,
          delayUpTo: 2 * SECOND,
          source: "wiring 0.2 to 0.5 s (assumed) after a wait for the agent's loop, polling_interval 2 s (verified)",
          evidence: "derived",
        },
        unplugInterface: { time: 100 * MILLISECOND, source: "removing a port from the bridge", evidence: "assumed" },
        refreshSecurityGroups: { time: 60 * MILLISECOND, source: "conjunctive flows of the native firewall", evidence: "assumed" },
      },
    },
  },
});
