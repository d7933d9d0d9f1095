// In which states Nova lets users act on a server; everything else is refused with 409.
// @source nova/compute/api.py, check_instance_state (Zed)
import type { VmState } from "../../datacenter/servers.ts";
import { decideOfServer } from "../api/steps.ts";
import type { Step } from "../vocabulary.ts";

/** By action, the vm states that allow it; the task state has to be none. */
const gates = {
  start: ["stopped"],
  stop: ["active", "error"],
} as const satisfies Readonly<Record<string, readonly VmState[]>>;

export type GatedAction = keyof typeof gates;

/** Refuses a server that is not there, locked by a move, or in the wrong state. */
export const gate = (action: GatedAction): Step =>
  decideOfServer(`state allows ${action}`, (cloud, server) => {
    const { servers } = cloud;
    if (server >= servers.count || servers.requestedAt[server]! < 0 || ["requested", "deleted"].includes(servers.vmStateOf(server)))
      return "InstanceNotFound";
    const allowed: readonly VmState[] = gates[action];
    return allowed.includes(servers.vmStateOf(server)) && servers.taskStateOf(server) === "none" ? null : "InstanceInvalidState";
  });
