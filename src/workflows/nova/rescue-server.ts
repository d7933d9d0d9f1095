// Rescue: the guest is started from a rescue image with its own disk beside it; and back.
// @source nova/compute/manager.py (rescue_instance, unrescue_instance) (Zed)
import { nova } from "../../services/nova.ts";
import { aboutServer } from "../api/about-server.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest } from "../api/steps.ts";
import { fetchImage } from "../launch-server.ts";
import { call, enter, notify } from "../vocabulary.ts";
import { compute } from "./compute-api.ts";
import { gate } from "./gates.ts";
import { onCompute } from "./on-compute.ts";

export const serverRescue: ApiOperation = {
  name: "server rescue",
  meaning: "Start the guest from its image, with its own disk as a second one",
  service: compute,
  rule: "os_compute_api:os-rescue",
  parameters: { server: theServer },
  workflow: apiRequest(
    "rescue-server",
    nova.api.rescueServer,
    "server id",
    gate("rescue"),
    enter("rescuing"),
    answer(200),
    ...onCompute(
      nova.compute.rescueInstance,
      "server id",
      "rescued",
      notify("instance.rescue.start"),
      call(nova.compute.powerOff, "domain"),
      actOnServer("guest stops", (cloud, server) => cloud.stopGuest(server)),
      ...aboutServer(fetchImage),
      call(nova.compute.createDisk, "image id"),
      call(nova.compute.powerOn, "rescue domain"),
      actOnServer("rescue guest starts", (cloud, server) => cloud.runGuest(server)),
      notify("instance.rescue.end"),
    ),
  ),
};

export const serverUnrescue: ApiOperation = {
  name: "server unrescue",
  meaning: "Start the guest from its own disk again",
  service: compute,
  rule: "os_compute_api:os-unrescue",
  parameters: { server: theServer },
  workflow: apiRequest(
    "unrescue-server",
    nova.api.unrescueServer,
    "server id",
    gate("unrescue"),
    enter("unrescuing"),
    answer(202),
    ...onCompute(
      nova.compute.unrescueInstance,
      "server id",
      "active",
      notify("instance.unrescue.start"),
      call(nova.compute.destroyDomain, "rescue domain"),
      actOnServer("rescue guest stops", (cloud, server) => cloud.stopGuest(server)),
      call(nova.compute.powerOn, "domain"),
      actOnServer("guest starts", (cloud, server) => cloud.runGuest(server)),
      notify("instance.unrescue.end"),
    ),
  ),
};
