// What users say about a server without touching its guest: locks, metadata; and its password, which the guest's agent sets.
// @source nova/compute/api.py (lock, unlock, update_instance_metadata, set_admin_password) (Zed)
import { nova } from "../../services/nova.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest } from "../api/steps.ts";
import { call, enter, notify } from "../vocabulary.ts";
import { compute } from "./compute-api.ts";
import { gate } from "./gates.ts";
import { onCompute } from "./on-compute.ts";

export const serverLock: ApiOperation = {
  name: "server lock",
  meaning: "Refuse what users ask of the server until it is unlocked",
  service: compute,
  rule: "os_compute_api:os-lock-server:lock",
  parameters: { server: theServer },
  workflow: apiRequest(
    "lock-server",
    nova.api.lockServer,
    "server id",
    gate("lock"),
    actOnServer("locked", (cloud, server) => cloud.lockedByUser.add(server)),
    notify("instance.lock"),
    call(nova.database.saveInstance, "locked"),
    answer(202),
  ),
};

export const serverUnlock: ApiOperation = {
  name: "server unlock",
  meaning: "Let users act on the server again",
  service: compute,
  rule: "os_compute_api:os-lock-server:unlock",
  parameters: { server: theServer },
  workflow: apiRequest(
    "unlock-server",
    nova.api.unlockServer,
    "server id",
    gate("unlock"),
    actOnServer("unlocked", (cloud, server) => cloud.lockedByUser.delete(server)),
    notify("instance.unlock"),
    call(nova.database.saveInstance, "locked"),
    answer(202),
  ),
};

export const serverSetProperty: ApiOperation = {
  name: "server set property",
  meaning: "Change the metadata of the server",
  service: compute,
  rule: "os_compute_api:server-metadata:update",
  parameters: { server: theServer },
  workflow: apiRequest(
    "set-server-property",
    nova.api.updateMetadata,
    "server id, metadata",
    gate("updateMetadata"),
    call(nova.database.saveInstance, "metadata"),
    notify("instance.update"),
    answer(200),
  ),
};

export const serverSetPassword: ApiOperation = {
  name: "server set password",
  meaning: "Have the guest's agent set the administrator's password",
  service: compute,
  rule: "os_compute_api:os-admin-password",
  parameters: { server: theServer },
  workflow: apiRequest(
    "set-server-password",
    nova.api.setPassword,
    "server id, password",
    gate("setPassword"),
    enter("updating_password"),
    answer(202),
    ...onCompute(
      nova.compute.setAdminPassword,
      "server id, password",
      "active",
      notify("instance.password_set.start"),
      call(nova.compute.askGuestAgent, "password"),
      notify("instance.password_set.end"),
    ),
  ),
};
