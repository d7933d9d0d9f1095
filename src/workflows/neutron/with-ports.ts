// Workflows of servers in a cloud that has networks: where they ask Neutron for a port the server gets one with an address, or Neutron's refusal;
// where they delete it, it is gone; and the host's part is done by whoever the mechanism has there.

import { neutron } from "../../services/neutron.ts";
import type { Operation } from "../../services/service.ts";
import type { Cloud } from "../cloud.ts";
import { act, decide, type Step, type Workflow } from "../vocabulary.ts";
import type { Mechanism } from "./mechanisms.ts";

export function withPorts(workflow: Workflow, mechanism: Mechanism): Workflow {
  const { subject = "server", ownPorts = false } = workflow;
  const serverOf = (cloud: Cloud, about: number) => (subject === "request" ? cloud.requests.server[about]! : about);
  const isOfServers = !ownPorts && (subject === "server" || subject === "request");

  const behind = (operation: Operation): readonly Step[] => {
    if (!isOfServers) return [];
    if (operation === neutron.server.createPort)
      return [decide("ports", (cloud, about) => cloud.network!.giveUsualPort(cloud, serverOf(cloud, about)))];
    if (operation === neutron.server.deletePort)
      return [act("ports gone", (cloud, about) => cloud.network!.takePorts(cloud, serverOf(cloud, about)))];
    return [];
  };
  const byMechanism = (operation: Operation): Operation => {
    if (operation === neutron.agent.plugInterface) return mechanism.plugInterface;
    return operation === neutron.agent.unplugInterface ? mechanism.unplugInterface : operation;
  };
  const all = (steps: readonly Step[]): Step[] => steps.flatMap(one);
  const one = (step: Step): Step[] => {
    switch (step.word) {
      case "call":
      case "cast":
        return [{ ...step, operation: byMechanism(step.operation) }, ...behind(step.operation)];
      case "at":
        return [{ ...step, component: step.component === neutron.agent ? mechanism.onHost : step.component, steps: all(step.steps) }];
      case "on":
      case "holding":
      case "within":
      case "once":
      case "when":
        return [{ ...step, steps: all(step.steps) }];
      case "together":
        return [{ ...step, branches: step.branches.map(all) }];
      case "attempt":
        return [{ ...step, steps: all(step.steps), undo: all(step.undo) }];
      case "retry":
        return [{ ...step, steps: all(step.steps), before: all(step.before) }];
      default:
        return [step];
    }
  };
  return { ...workflow, steps: all(workflow.steps) };
}
