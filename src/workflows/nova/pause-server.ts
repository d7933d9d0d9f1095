// Pausing a server (its memory stays on the host) and suspending it (its memory goes to the host's disk), and back.
// @source nova/compute/manager.py (pause_instance, unpause_instance, suspend_instance, resume_instance) (Zed)
import type { NotificationName } from "../../datacenter/notifications.ts";
import type { PowerState, TaskState, VmState } from "../../datacenter/servers.ts";
import { nova } from "../../services/nova.ts";
import type { Operation } from "../../services/service.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest } from "../api/steps.ts";
import { call, enter, notify } from "../vocabulary.ts";
import { compute } from "./compute-api.ts";
import { type GatedAction, gate } from "./gates.ts";
import { onCompute } from "./on-compute.ts";

interface Halt {
  readonly action: GatedAction & ("pause" | "unpause" | "suspend" | "resume");
  readonly meaning: string;
  readonly rule: string;
  readonly api: Operation;
  readonly rpc: Operation;
  readonly driver: Operation;
  readonly task: TaskState;
  readonly becomes: VmState;
  /** Null: the guest runs again. */
  readonly power: Exclude<PowerState, "RUNNING"> | null;
  readonly start: NotificationName;
  readonly end: NotificationName;
}

function operation({ action, meaning, rule, api, rpc, driver, task, becomes, power, start, end }: Halt): ApiOperation {
  return {
    name: `server ${action}`,
    meaning,
    service: compute,
    rule,
    parameters: { server: theServer },
    workflow: apiRequest(
      `${action}-server`,
      api,
      "server id",
      gate(action),
      enter(task),
      answer(202),
      ...onCompute(
        rpc,
        "server id",
        becomes,
        notify(start),
        call(driver, "domain"),
        actOnServer("guest", (cloud, server) => (power === null ? cloud.runGuest(server) : cloud.haltGuest(server, power))),
        notify(end),
      ),
    ),
  };
}

export const serverPause = operation({
  action: "pause",
  meaning: "Freeze the guest; its memory stays on the host",
  rule: "os_compute_api:os-pause-server:pause",
  api: nova.api.pauseServer,
  rpc: nova.compute.pauseInstance,
  driver: nova.compute.pauseDomain,
  task: "pausing",
  becomes: "paused",
  power: "PAUSED",
  start: "instance.pause.start",
  end: "instance.pause.end",
});

export const serverUnpause = operation({
  action: "unpause",
  meaning: "Let a frozen guest go on",
  rule: "os_compute_api:os-pause-server:unpause",
  api: nova.api.unpauseServer,
  rpc: nova.compute.unpauseInstance,
  driver: nova.compute.unpauseDomain,
  task: "unpausing",
  becomes: "active",
  power: null,
  start: "instance.unpause.start",
  end: "instance.unpause.end",
});

export const serverSuspend = operation({
  action: "suspend",
  meaning: "Save the guest's memory to the host's disk and stop it",
  rule: "os_compute_api:os-suspend-server:suspend",
  api: nova.api.suspendServer,
  rpc: nova.compute.suspendInstance,
  driver: nova.compute.saveDomain,
  task: "suspending",
  becomes: "suspended",
  power: "SUSPENDED",
  start: "instance.suspend.start",
  end: "instance.suspend.end",
});

export const serverResume = operation({
  action: "resume",
  meaning: "Read the memory of a suspended guest back and let it go on",
  rule: "os_compute_api:os-suspend-server:resume",
  api: nova.api.resumeServer,
  rpc: nova.compute.resumeInstance,
  driver: nova.compute.restoreDomain,
  task: "resuming",
  becomes: "active",
  power: null,
  start: "instance.resume.start",
  end: "instance.resume.end",
});
