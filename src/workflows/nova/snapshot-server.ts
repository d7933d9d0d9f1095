// Snapshots: the root disk of a server becomes an image in Glance.
//
// Assumes that a snapshot is as large as the server's image: what the guest has written over is not followed.
// @source nova/compute/api.py (snapshot), nova/compute/manager.py (snapshot_instance), nova/virt/libvirt/driver.py (snapshot) (Zed)
import { glance } from "../../services/glance.ts";
import { nova } from "../../services/nova.ts";
import { aboutServer } from "../api/about-server.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import { act, call, enter, notify, type Step, transfer } from "../vocabulary.ts";
import { compute } from "./compute-api.ts";
import { gate } from "./gates.ts";
import { onCompute } from "./on-compute.ts";

/** The bytes on their way from the host to Glance. */
export const uploadDisk: readonly Step[] = [
  call(glance.api.uploadImage, "image id"),
  transfer("disk of the server", (cloud, server) =>
    cloud.imageStore.upload(cloud.imageOf(server)?.bytes ?? 0, cloud.servers.host[server]!, server),
  ),
];

export const serverImageCreate: ApiOperation = {
  name: "server image create",
  meaning: "Make an image of the server's root disk",
  service: compute,
  rule: "os_compute_api:servers:create_image",
  parameters: { server: theServer, name: { kind: { is: "new name", of: "image" }, meaning: "Name of the image" } },
  workflow: apiRequest(
    "snapshot-server",
    nova.api.createImage,
    "server id, name",
    gate("snapshot"),
    call(glance.api.createImage, "name, properties"),
    enter("image_snapshot_pending"),
    answer(202),
    ...onCompute(
      nova.compute.snapshotInstance,
      "server id, image id",
      (cloud, server) => cloud.servers.vmStateOf(server),
      notify("instance.snapshot.start"),
      enter("image_snapshot"),
      call(nova.compute.snapshotDisk, "domain"),
      enter("image_pending_upload"),
      enter("image_uploading"),
      ...aboutServer(...uploadDisk),
      act("image", (cloud, request) => {
        const server = cloud.requests.server[request]!;
        cloud.requests.target[request] = cloud.addImage(
          cloud.requests.text(request, "name")!,
          cloud.imageOf(server)?.bytes ?? 0,
          cloud.requests.project(request),
        );
      }),
      notify("instance.snapshot.end"),
    ),
  ),
};
