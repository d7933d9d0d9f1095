// Volumes of a server: attached in three steps (the volume is reserved, connected, and in use), detached, and exchanged for another under its feet.
// While that goes on the server does nothing else: other requests about it are refused, and its deletion waits.
//
// A server that is shelved and has left its host gets the volume when it is unshelved.
// @source nova/compute/api.py, nova/compute/manager.py (attach_volume, detach_volume, swap_volume), nova/virt/block_device.py (Zed)
import type { Outcome } from "../../datacenter/outcomes.ts";
import { cinder } from "../../services/cinder.ts";
import { nova } from "../../services/nova.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { answer, apiRequest, ofServer } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { compute } from "../nova/compute-api.ts";
import { gate } from "../nova/gates.ts";
import { act, at, attempt, call, cast, decide, type Step, transfer, when } from "../vocabulary.ts";
import { theVolume } from "./create-and-delete.ts";
import { actOf, blockOf, decideOf, named } from "./volume-steps.ts";

const serverOf = (cloud: Cloud, request: number) => cloud.requests.server[request]!;
const hasHost = ofServer((cloud: Cloud, server: number) => cloud.servers.host[server]! >= 0);

const beginWork = decide("instance lock", (cloud, request) => {
  const server = serverOf(cloud, request);
  // Whoever holds the instance lock has not let it go yet.
  if (cloud.locked[server] === 1) return "InstanceInvalidState";
  blockOf(cloud).beginWork(server);
  return null;
});
const endWork = act("unlock", (cloud, request) => blockOf(cloud).endWork(serverOf(cloud, request)));

/** `steps` have the server for themselves; `undo` is done before it is let go after a failure. */
const alone = (steps: readonly Step[], undo: readonly Step[]): Step[] => [beginWork, attempt(steps, { undo: [...undo, endWork] }), endWork];

/** The volume of a parameter, as Nova finds it in Cinder. */
function volumeIn(cloud: Cloud, request: number, parameter: string): number | Outcome {
  const volume = named(cloud, request, parameter, "volume");
  return blockOf(cloud).volumes.find(volume, cloud.requests.project(request)) ?? volume;
}

/** The volume of `parameter` is reserved for the server; the request is about the attachment from now on. */
const reserve = (parameter: string): Step =>
  decide("reserved", (cloud, request) => {
    const volume = volumeIn(cloud, request, parameter);
    if (typeof volume === "string") return volume;
    const deletes = cloud.requests.flag(request, "delete_on_termination");
    const attachment = blockOf(cloud).books.attachments.reserve(volume, serverOf(cloud, request), deletes);
    if (typeof attachment === "string") return attachment;
    cloud.requests.target[request] = attachment;
    return null;
  });

const dropAttachment = actOf("attachment gone", ({ books }, attachment) => {
  if (attachment >= 0) books.attachments.delete(attachment);
});

/** Nova-compute has the volume exported to its host. */
const connect: readonly Step[] = [
  at(nova.compute, call(cinder.api.updateAttachment, "attachment id, connector")),
  at(
    cinder.api,
    actOf("attaching", ({ books }, attachment) => books.attachments.connect(attachment)),
    call(cinder.volume.updateAttachment, "attachment id, connector"),
  ),
];

const complete: readonly Step[] = [
  at(
    nova.compute,
    call(cinder.api.completeAttachment, "attachment id"),
    actOf("in use", ({ books }, attachment) => books.attachments.complete(attachment)),
  ),
];

export const serverAddVolume: ApiOperation = {
  name: "server add volume",
  meaning: "Attach a volume to the server",
  service: compute,
  rule: "os_compute_api:os-volumes-attachments:create",
  parameters: {
    server: theServer,
    volume: theVolume,
    delete_on_termination: { kind: { is: "flag" }, meaning: "The volume is deleted with the server", absent: "false" },
  },
  workflow: apiRequest(
    "attach-volume",
    nova.api.attachVolume,
    "server id, volume id",
    gate("attachVolume"),
    ...alone(
      [
        call(cinder.api.createAttachment, "volume id, server id"),
        reserve("volume"),
        when("it has a host", hasHost, call(nova.compute.reserveDevice, "device name")),
        answer(200),
        when("it has a host", hasHost, cast(nova.compute.attachVolume, "server id, volume id"), ...connect, ...complete),
      ],
      [dropAttachment],
    ),
  ),
};

/** The request is about the attachment that the volume has to the server. */
const findAttachment = (parameter: string): Step =>
  decide("attachment", (cloud, request) => {
    const volume = volumeIn(cloud, request, parameter);
    if (typeof volume === "string") return volume;
    const attachment = blockOf(cloud).books.attachments.between(volume, serverOf(cloud, request));
    cloud.requests.target[request] = attachment;
    return attachment < 0 ? "VolumeBDMNotFound" : null;
  });

const disconnect: readonly Step[] = [call(cinder.api.deleteAttachment, "attachment id")];

export const serverRemoveVolume: ApiOperation = {
  name: "server remove volume",
  meaning: "Detach a volume from the server",
  service: compute,
  rule: "os_compute_api:os-volumes-attachments:delete",
  parameters: { server: theServer, volume: theVolume },
  workflow: apiRequest(
    "detach-volume",
    nova.api.detachVolume,
    "server id, volume id",
    gate("detachVolume"),
    findAttachment("volume"),
    ...alone(
      [
        call(cinder.api.beginDetaching, "volume id"),
        decideOf("detaching", ({ books }, attachment) => books.attachments.beginDetach(attachment)),
        answer(202),
        when("it has a host", hasHost, cast(nova.compute.detachVolume, "server id, volume id"), at(nova.compute, ...disconnect)),
        when("it has none", (cloud, request) => !hasHost(cloud, request), ...disconnect),
        at(cinder.api, call(cinder.volume.terminateConnection, "attachment id")),
        dropAttachment,
      ],
      [actOf("attached still", ({ books }, attachment) => books.attachments.rollDetaching(attachment))],
    ),
  ),
};

export const serverSwapVolume: ApiOperation = {
  name: "server swap volume",
  meaning: "Copy a volume of the server to another one, and go on with that",
  service: compute,
  rule: "os_compute_api:os-volumes-attachments:swap",
  parameters: {
    server: theServer,
    volume: theVolume,
    new_volume: { kind: { is: "name", of: "volume" }, meaning: "The volume that takes its place" },
  },
  workflow: apiRequest(
    "swap-volume",
    nova.api.swapVolume,
    "server id, volume ids",
    gate("swapVolume"),
    ...alone(
      [
        decide("volumes", (cloud, request) => {
          const [from, to] = [volumeIn(cloud, request, "volume"), volumeIn(cloud, request, "new_volume")];
          if (typeof from === "string") return from;
          if (typeof to === "string") return to;
          const { attachments } = blockOf(cloud).books;
          const attachment = attachments.between(from, serverOf(cloud, request));
          if (attachment < 0) return "VolumeBDMNotFound";
          const { rows } = blockOf(cloud).volumes;
          const isSound = attachments.of(attachment).status === "attached" && !blockOf(cloud).volumes.isBusy(from);
          return isSound && rows[from]!.status === "in-use" && rows[to]!.sizeGb >= rows[from]!.sizeGb ? null : "InvalidVolume";
        }),
        call(cinder.api.createAttachment, "volume id, server id"),
        reserve("new_volume"),
        answer(202),
        cast(nova.compute.swapVolume, "server id, volume ids"),
        ...connect,
        at(
          nova.compute,
          transfer("volume", (cloud, request) => {
            const { attachments } = blockOf(cloud).books;
            return blockOf(cloud).swapFlow(oldVolume(cloud, request), attachments.of(cloud.requests.target[request]!).volume);
          }),
        ),
        ...complete,
        at(
          nova.compute,
          ...disconnect,
          act("old attachment gone", (cloud, request) => {
            const { attachments } = blockOf(cloud).books;
            const attachment = attachments.between(oldVolume(cloud, request), serverOf(cloud, request));
            if (attachment >= 0) attachments.delete(attachment);
          }),
        ),
      ],
      [dropAttachment],
    ),
  ),
};

const oldVolume = (cloud: Cloud, request: number) => named(cloud, request, "volume", "volume");
