// Rebuild: the server keeps its host, its name and its ports, and gets a new root disk from an image.
// @source nova/compute/manager.py (rebuild_instance), nova/conductor/manager.py (rebuild_instance) (Zed)
import { cinder } from "../../services/cinder.ts";
import { glance } from "../../services/glance.ts";
import { nova } from "../../services/nova.ts";
import { aboutServer } from "../api/about-server.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest, ofServer } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { fetchImage } from "../launch-server.ts";
import { act, at, call, cast, decide, enter, notify, when } from "../vocabulary.ts";
import { compute } from "./compute-api.ts";
import { gate } from "./gates.ts";
import { onCompute } from "./on-compute.ts";

const imageAsked = (cloud: Cloud, request: number) => cloud.requests.text(request, "image");
/** As before: a guest that did not run does not run afterwards. */
const ran = ofServer((cloud: Cloud, server: number) => cloud.servers.vmStateOf(server) !== "stopped");

export const serverRebuild: ApiOperation = {
  name: "server rebuild",
  meaning: "Give the server a new root disk from an image; its host, ports and volumes stay",
  service: compute,
  rule: "os_compute_api:servers:rebuild",
  parameters: {
    server: theServer,
    image: { kind: { is: "name", of: "image" }, meaning: "The image", absent: "the one it has" },
  },
  workflow: apiRequest(
    "rebuild-server",
    nova.api.rebuildServer,
    "server id, image id",
    gate("rebuild"),
    call(glance.api.showImage, "image id"),
    decide("image", (cloud, request) => {
      const name = imageAsked(cloud, request);
      return name === undefined || cloud.imageNamed(name) >= 0 ? null : "ImageNotFound";
    }),
    enter("rebuilding"),
    answer(202),
    cast(nova.conductor.rebuildInstance, "request spec"),
    at(
      nova.conductor,
      ...onCompute(
        nova.compute.rebuild,
        "server id, image id",
        (cloud, server) => (cloud.running[server] === 1 ? "active" : "stopped"),
        notify("instance.rebuild.start"),
        when("it runs", ran, call(nova.compute.powerOff, "domain")),
        actOnServer("guest stops", (cloud, server) => cloud.stopGuest(server)),
        enter("rebuild_block_device_mapping"),
        when(
          "it has a volume",
          ofServer((cloud, server) => cloud.hasVolume[server] === 1),
          call(cinder.volume.disconnectVolume, "volume id"),
          call(cinder.volume.connectVolume, "volume id"),
        ),
        act("new image", (cloud, request) => {
          const name = imageAsked(cloud, request);
          if (name !== undefined) cloud.servers.image[cloud.requests.server[request]!] = cloud.imageNamed(name);
        }),
        enter("rebuild_spawning"),
        ...aboutServer(fetchImage),
        call(nova.compute.createDisk, "image id"),
        when(
          "it ran",
          ran,
          call(nova.compute.spawn, "domain"),
          actOnServer("guest starts", (cloud, server) => cloud.runGuest(server)),
        ),
        notify("instance.rebuild.end"),
      ),
    ),
  ),
};
