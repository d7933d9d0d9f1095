// What operators do to the agents of a host: disable them in Neutron, or stop and start them on the host.
// @source neutron/db/agents_db.py (Zed)
import { NeutronError } from "../../policies/neutron/neutron-error.ts";
import { neutron } from "../../services/neutron.ts";
import type { ApiOperation } from "../api/api-operation.ts";
import type { Workflow } from "../vocabulary.ts";
import { type Ask, change, flag, network, neutronOperation, text } from "./asking.ts";

const host = text("Name of the host they are on");

/** @throws NeutronError where the host has no agents */
function hostOf(ask: Ask): number {
  const name = ask.text("host")!;
  if (!ask.net.networks.agents.has(name)) throw new NeutronError("AgentNotFound", `Agent of host ${name} could not be found.`);
  return ask.cloud.hosts.descriptions.findIndex((description) => description.name === name);
}

const networkAgentSet = neutronOperation({
  name: "network agent set",
  meaning: "Enable the DHCP and L3 agents of a host, or disable them: then they keep what they serve and get nothing more",
  rule: "update_agent",
  parameters: { host, disable: flag("Disable them") },
  operation: neutron.server.updateAgent,
  status: 200,
  does: (ask) => {
    hostOf(ask);
    ask.net.networks.agents.setEnabled(ask.text("host")!, !ask.flag("disable"));
  },
});

/** Nobody is asked: it is done on the host. */
function onTheHost(name: string, meaning: string, does: (ask: Ask, host: number) => void): ApiOperation {
  const workflow: Workflow = {
    name: name.replaceAll(" ", "-"),
    subject: "request",
    steps: [change(name, (ask) => does(ask, hostOf(ask)))],
    ended: (cloud, request, outcome) => cloud.requests.end(request, outcome, cloud.simulation.now),
  };
  return { name, meaning, service: network, rule: "update_agent", parameters: { host }, workflow };
}

export const agentOperations: readonly ApiOperation[] = [
  networkAgentSet,
  onTheHost("network agent stop", "The agents of a host stop working, and reporting", (ask, stopped) => ask.net.health?.stop(stopped)),
  onTheHost("network agent start", "The agents of a host work again", (ask, started) => ask.net.health?.start(started)),
];
