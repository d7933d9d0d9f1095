// Neutron, the network service: ports are made by the server and wired by the agent on the host, which looks for work every two seconds.
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
      },
    },
  },
});
