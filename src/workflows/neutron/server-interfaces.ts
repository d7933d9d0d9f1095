// Interfaces that servers get and lose while they are there: Nova's compute host asks Neutron for the port, and has it wired.
// @source nova/compute/api.py (attach_interface, detach_interface), nova/compute/manager.py (Zed)
import type { Outcome } from "../../datacenter/outcomes.ts";
import { neutron } from "../../services/neutron.ts";
import { nova } from "../../services/nova.ts";
import { type ApiOperation, type Parameter, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { compute } from "../nova/compute-api.ts";
import { gate } from "../nova/gates.ts";
import { act, at, attempt, call, cast, decide, type Step } from "../vocabulary.ts";
import { Ask, called, change } from "./asking.ts";
import { attempted } from "./refusals.ts";

const unlock = actOnServer("unlock", (cloud, server) => cloud.unlock(server));
const idle = decide("nothing else is done to it", (cloud, request) =>
  cloud.locked[cloud.requests.server[request]!] === 1 ? "InstanceInvalidState" : null,
);

/** `get`: asks Neutron for the port. The client waits to the end: the API calls the host. */
function adding(
  name: string,
  meaning: string,
  parameter: Parameter,
  key: string,
  get: readonly Step[],
  back: readonly Step[],
): ApiOperation {
  return {
    name,
    meaning,
    service: compute,
    rule: "os_compute_api:os-attach-interfaces:create",
    parameters: { server: theServer, [key]: parameter },
    workflow: {
      ...apiRequest(
        name.replaceAll(" ", "-"),
        nova.api.attachInterface,
        `server id, ${key} id`,
        gate("attachInterface"),
        idle,
        actOnServer("instance lock", (cloud, server) => cloud.lock(server)),
        attempt(
          [
            cast(nova.compute.attachInterface, `server id, ${key} id`),
            at(nova.compute, ...get, attempt([call(neutron.agent.plugInterface, "port id")], { undo: back })),
          ],
          { undo: [unlock] },
        ),
        unlock,
        answer(200),
      ),
      ownPorts: true,
    },
  };
}

const giveBack = change("the port goes back", (ask) => {
  const port = ask.net.portsOn(ask.server).at(-1);
  if (port !== undefined) ask.net.leave(ask.cloud, port);
});

/** Nova's own name for what Neutron has no address for. */
const addressOrNone = (refusal: Outcome | null): Outcome | null => (refusal === "IpAddressGenerationFailure" ? "NoMoreFixedIps" : refusal);

const serverAddNetwork = adding(
  "server add network",
  "Give the server a new port on a network",
  called("network", "The network"),
  "network",
  [
    call(neutron.server.createPort, "network id, server id"),
    decide("port", (cloud, request) => {
      const ask = new Ask(cloud, request);
      let refusal: Outcome | null = null;
      const missing = attempted(() => {
        refusal = addressOrNone(ask.net.giveNewPort(cloud, ask.server, ask.id("network", "network")));
      });
      return missing ?? refusal;
    }),
  ],
  [giveBack],
);

const serverAddPort = adding(
  "server add port",
  "Give the server a port that there is",
  called("port", "The port"),
  "port",
  [call(neutron.server.bindPort, "port id, host"), change("port", (ask) => ask.net.join(ask.cloud, ask.server, ask.id("port", "port")))],
  [giveBack],
);

/** `ports`: those of the server that go. */
function removing(name: string, meaning: string, parameter: Parameter, key: string, ports: (ask: Ask) => readonly number[]): ApiOperation {
  const find = (cloud: Cloud, request: number): readonly number[] => {
    let found: readonly number[] = [];
    attempted(() => {
      found = ports(new Ask(cloud, request));
    });
    return found;
  };
  return {
    name,
    meaning,
    service: compute,
    rule: "os_compute_api:os-attach-interfaces:delete",
    parameters: { server: theServer, [key]: parameter },
    workflow: {
      ...apiRequest(
        name.replaceAll(" ", "-"),
        nova.api.detachInterface,
        `server id, ${key} id`,
        gate("detachInterface"),
        idle,
        decide("the server has it", (cloud, request) => (find(cloud, request).length === 0 ? "PortNotFound" : null)),
        actOnServer("instance lock", (cloud, server) => cloud.lock(server)),
        answer(202),
        attempt(
          [
            cast(nova.compute.detachInterface, `server id, ${key} id`),
            at(
              nova.compute,
              call(neutron.agent.unplugInterface, "port id"),
              call(neutron.server.deletePort, "port id"),
              act("ports gone", (cloud, request) => {
                const { net } = new Ask(cloud, request);
                for (const port of find(cloud, request)) net.leave(cloud, port);
              }),
            ),
          ],
          { undo: [unlock] },
        ),
        unlock,
      ),
      ownPorts: true,
    },
  };
}

const serverRemovePort = removing("server remove port", "Take the server a port", called("port", "The port"), "port", (ask) => {
  const port = ask.id("port", "port");
  return ask.net.serverWith(port) === ask.server ? [port] : [];
});

const serverRemoveNetwork = removing(
  "server remove network",
  "Take the server its ports on a network",
  called("network", "The network"),
  "network",
  (ask) => {
    const network = ask.id("network", "network");
    return ask.net.portsOn(ask.server).filter((port) => ask.net.networks.port(port).networkId === network);
  },
);

export const interfaceOperations: readonly ApiOperation[] = [serverAddNetwork, serverAddPort, serverRemovePort, serverRemoveNetwork];
