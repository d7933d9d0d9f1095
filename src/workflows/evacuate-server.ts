// Evacuating a server from a host that is down: the scheduler finds another one, the port and the volumes move, and the guest is built anew from
// its image. Its local disk is lost; its address and its volumes are not. The claim on the old host stays until that host is back.
//
// Assumes that disks are local, and that a failed evacuation is not tried on another host (the conductor does not reschedule a rebuild).
// @source nova/conductor/manager.py rebuild_instance, nova/compute/manager.py rebuild_instance (Zed)
import { cinder } from "../services/cinder.ts";
import { glance } from "../services/glance.ts";
import { keystone } from "../services/keystone.ts";
import { neutron } from "../services/neutron.ts";
import { nova } from "../services/nova.ts";
import { placement } from "../services/placement.ts";
import { IMAGE_CACHE } from "./image-cache.ts";
import { imageOnHost } from "./launch-server.ts";
import {
  act,
  at,
  attempt,
  call,
  cast,
  decide,
  enter,
  notify,
  once,
  retry,
  transfer,
  user,
  type Workflow,
  wait,
  when,
} from "./vocabulary.ts";

const endRebuild = act("rebuild ends", (cloud, server) => cloud.endBuild(server));

export const evacuateServer: Workflow = {
  name: "evacuate-server",
  steps: [
    at(user, call(keystone.api.issueToken, "name, password"), call(nova.api.evacuateServer, "server id")),
    at(
      nova.api,
      call(keystone.api.validateToken, "token"),
      enter("rebuilding"),
      notify("instance.rebuild.start"),
      cast(nova.conductor.rebuildInstance, "request spec"),
    ),
    at(
      nova.conductor,
      act("the claim stays behind", (cloud, server) => cloud.scheduling.leaveBehind(server)),
      cast(nova.scheduler.selectDestinations, "request spec"),
    ),
    at(
      nova.scheduler,
      call(placement.api.allocationCandidates, "vcpus, ram, disk"),
      decide("hosts", (cloud, server) => cloud.evacuations!.choose(server)),
      call(nova.scheduler.filterAndWeigh, "host states"),
      retry(
        { times: (cloud) => cloud.hosts.count + 1, on: "AllocationConflict", exhausted: "NoValidHost" },
        [
          call(placement.api.claimResources, "allocation"),
          decide("claim", (cloud, server) => {
            if (cloud.scheduling.claimChosen(server)) return null;
            return cloud.scheduling.atEnd(server) ? "NoValidHost" : "AllocationConflict";
          }),
        ],
        { before: [] },
      ),
    ),
    at(nova.conductor, cast(nova.compute.rebuild, "instance, host")),
    at(
      nova.compute,
      decide("host claim", (cloud, server) => (cloud.takeOn(server) ? null : "RescheduledException")),
      attempt(
        [
          call(neutron.server.bindPort, "port id, host"),
          when(
            "it has a volume",
            (cloud, server) => cloud.hasVolume[server] === 1,
            enter("rebuild_block_device_mapping"),
            call(cinder.api.deleteAttachment, "attachment id"),
            call(cinder.api.createAttachment, "volume id, connector"),
            call(cinder.volume.connectVolume, "volume id"),
          ),
          enter("rebuild_spawning"),
          once(
            IMAGE_CACHE,
            imageOnHost,
            call(glance.api.sendImage, "image id"),
            transfer("image", (cloud, server) => cloud.imageFlow(server)),
            notify("image.send"),
            wait("conversion to raw", (cloud, server) => cloud.imageConversionMicros(server)),
          ),
          call(nova.compute.createDisk, "image id"),
          call(neutron.agent.plugInterface, "port id"),
          call(nova.api.externalEvent, "network-vif-plugged"),
          call(nova.compute.spawn, "domain"),
        ],
        { undo: [endRebuild] },
      ),
      endRebuild,
      call(nova.database.saveInstance, "host"),
    ),
  ],
  ended: (cloud, server, outcome) => cloud.evacuations!.ended(server, outcome),
};
