// Deletions that users ask for, and the deleted servers that can still be restored: with reclaim_instance_interval a server is only stopped at first.
// @source nova/compute/api.py (delete, soft_delete, restore, force_delete), nova/compute/manager.py (_reclaim_queued_deletes) (Zed)
import { keystone } from "../../services/keystone.ts";
import { nova } from "../../services/nova.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import { act, at, call, cast, enter, notify, user, type Workflow, when } from "../vocabulary.ts";
import { compute } from "./compute-api.ts";
import { gate } from "./gates.ts";
import { onCompute } from "./on-compute.ts";

export const softDeleteServer: Workflow = {
  name: "soft-delete-server",
  whenHostReturns: "goes on",
  steps: [
    at(user, call(keystone.api.issueToken, "name, password"), call(nova.api.deleteServer, "server id")),
    at(
      nova.api,
      call(keystone.api.validateToken, "token"),
      act("instance lock", (cloud, server) => cloud.lock(server)),
      enter("soft-deleting"),
      notify("instance.soft_delete.start"),
      when(
        "it has a host",
        (cloud, server) => cloud.servers.host[server]! >= 0,
        cast(nova.compute.softDelete, "server id"),
        at(nova.compute, call(nova.compute.powerOff, "domain")),
      ),
      act("guest stops", (cloud, server) => cloud.haltGuest(server, "SHUTDOWN")),
      call(nova.database.saveInstance, "vm state"),
    ),
  ],
  ended(cloud, server) {
    cloud.setState(server, "soft-delete");
    cloud.notifications.emit("instance.soft_delete.end", server);
    cloud.unlock(server);
  },
};

export const serverRestore: ApiOperation = {
  name: "server restore",
  meaning: "Bring back a server that was deleted softly",
  service: compute,
  rule: "os_compute_api:os-deferred-delete:restore",
  parameters: { server: theServer },
  workflow: apiRequest(
    "restore-server",
    nova.api.restoreServer,
    "server id",
    gate("restore"),
    enter("restoring"),
    answer(202),
    ...onCompute(
      nova.compute.restoreInstance,
      "server id",
      "active",
      notify("instance.restore.start"),
      call(nova.compute.powerOn, "domain"),
      actOnServer("guest starts", (cloud, server) => cloud.runGuest(server)),
      notify("instance.restore.end"),
    ),
  ),
};

/** Answers `cloud.askDeletion`. `remove` deletes a server for good once nothing else is under way with it. */
export class Deletions {
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(cloud: Cloud, engine: WorkflowEngine, remove: (server: number) => void) {
    const { simulation, servers, settings, notifications } = cloud;
    const reclaim = settings.reclaimInstanceInterval ?? 0;
    let softly = -1;
    const over = simulation.timer("deleted long enough", (server) => {
      if (servers.vmStateOf(server) === "soft-delete") remove(server);
    });
    const tell = (server: number) => {
      const waiting = this.waiting.get(server) ?? [];
      this.waiting.delete(server);
      for (const done of waiting) done();
    };
    notifications.on("instance.delete.end", tell);
    notifications.on("instance.soft_delete.end", (server) => {
      simulation.set(reclaim, over, server);
      tell(server);
    });
    cloud.askDeletion = (server, force, done) => {
      this.waiting.set(server, [...(this.waiting.get(server) ?? []), done]);
      const idle = servers.taskStateOf(server) === "none" && cloud.locked[server] === 0;
      if (reclaim === 0 || force || !idle || !["active", "stopped", "paused", "suspended"].includes(servers.vmStateOf(server)))
        remove(server);
      else {
        if (softly < 0) softly = engine.add(softDeleteServer);
        engine.start(softly, server);
      }
    };
  }
}
