// Stopping, starting and rebooting a server.
// @source nova/compute/api.py (stop, start, reboot), nova/compute/manager.py (stop_instance, start_instance, reboot_instance) (Zed)
import { nova } from "../../services/nova.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { call, decide, enter, notify, when } from "../vocabulary.ts";
import { compute } from "./compute-api.ts";
import { gate, gateRefuses } from "./gates.ts";
import { onCompute } from "./on-compute.ts";

const isHard = (cloud: Cloud, request: number) => cloud.requests.flag(request, "hard");
const isSoft = (cloud: Cloud, request: number) => !isHard(cloud, request);

export const serverStop: ApiOperation = {
  name: "server stop",
  meaning: "Shut the guest down; the server keeps its room",
  service: compute,
  rule: "os_compute_api:servers:stop",
  parameters: { server: theServer },
  workflow: apiRequest(
    "stop-server",
    nova.api.stopServer,
    "server id",
    gate("stop"),
    enter("powering-off"),
    answer(202),
    ...onCompute(
      nova.compute.stopInstance,
      "server id",
      "stopped",
      notify("instance.power_off.start"),
      call(nova.compute.powerOff, "domain"),
      actOnServer("guest stops", (cloud, server) => cloud.stopGuest(server)),
      notify("instance.power_off.end"),
    ),
  ),
};

export const serverStart: ApiOperation = {
  name: "server start",
  meaning: "Start the guest of a server that was stopped",
  service: compute,
  rule: "os_compute_api:servers:start",
  parameters: { server: theServer },
  workflow: apiRequest(
    "start-server",
    nova.api.startServer,
    "server id",
    gate("start"),
    enter("powering-on"),
    answer(202),
    ...onCompute(
      nova.compute.startInstance,
      "server id",
      "active",
      notify("instance.power_on.start"),
      call(nova.compute.powerOn, "domain"),
      actOnServer("guest starts", (cloud, server) => cloud.runGuest(server)),
      notify("instance.power_on.end"),
    ),
  ),
};

export const serverReboot: ApiOperation = {
  name: "server reboot",
  meaning: "Restart the guest: it shuts itself down, or is cut off where the reboot is hard",
  service: compute,
  rule: "os_compute_api:servers:reboot",
  parameters: { server: theServer, hard: { kind: { is: "flag" }, meaning: "Cut the guest off", absent: "false" } },
  workflow: apiRequest(
    "reboot-server",
    nova.api.rebootServer,
    "server id, type",
    decide("state allows reboot", (cloud, request) =>
      gateRefuses(cloud, cloud.requests.server[request]!, isHard(cloud, request) ? "hardReboot" : "reboot"),
    ),
    when("soft", isSoft, enter("rebooting")),
    when("hard", isHard, enter("rebooting_hard")),
    answer(202),
    ...onCompute(
      nova.compute.rebootInstance,
      "server id, type",
      "active",
      notify("instance.reboot.start"),
      when(
        "soft",
        isSoft,
        enter("reboot_pending"),
        call(nova.compute.powerOff, "domain"),
        actOnServer("guest stops", (cloud, server) => cloud.stopGuest(server)),
        enter("reboot_started"),
      ),
      when(
        "hard",
        isHard,
        enter("reboot_pending_hard"),
        call(nova.compute.destroyDomain, "domain"),
        actOnServer("guest is cut off", (cloud, server) => cloud.stopGuest(server)),
        enter("reboot_started_hard"),
      ),
      call(nova.compute.powerOn, "domain"),
      actOnServer("guest starts", (cloud, server) => cloud.runGuest(server)),
      notify("instance.reboot.end"),
    ),
  ),
};
