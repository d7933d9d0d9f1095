// Stopping and starting a server.
// @source nova/compute/api.py (stop, start), nova/compute/manager.py (stop_instance, start_instance) (Zed)
import { nova } from "../../services/nova.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest } from "../api/steps.ts";
import { at, call, cast, enter, notify } from "../vocabulary.ts";
import { gate } from "./gates.ts";

export const serverStop: ApiOperation = {
  name: "server stop",
  meaning: "Shut the guest down; the server keeps its room",
  service: { name: "nova", type: "compute" },
  rule: "os_compute_api:servers:stop",
  parameters: { server: theServer },
  workflow: apiRequest(
    "stop-server",
    nova.api.stopServer,
    "server id",
    gate("stop"),
    enter("powering-off"),
    answer(202),
    cast(nova.compute.stopInstance, "server id"),
    at(
      nova.compute,
      notify("instance.power_off.start"),
      call(nova.compute.powerOff, "domain"),
      actOnServer("guest stops", (cloud, server) => {
        cloud.stopGuest(server);
        cloud.setState(server, "stopped");
      }),
      call(nova.database.saveInstance, "power state"),
      notify("instance.power_off.end"),
    ),
  ),
};

export const serverStart: ApiOperation = {
  name: "server start",
  meaning: "Start the guest of a server that was stopped",
  service: { name: "nova", type: "compute" },
  rule: "os_compute_api:servers:start",
  parameters: { server: theServer },
  workflow: apiRequest(
    "start-server",
    nova.api.startServer,
    "server id",
    gate("start"),
    enter("powering-on"),
    answer(202),
    cast(nova.compute.startInstance, "server id"),
    at(
      nova.compute,
      notify("instance.power_on.start"),
      call(nova.compute.powerOn, "domain"),
      actOnServer("guest starts", (cloud, server) => {
        cloud.runGuest(server);
        cloud.setState(server, "active");
      }),
      call(nova.database.saveInstance, "power state"),
      notify("instance.power_on.end"),
    ),
  ),
};
