// Launching a server whose root disk is a volume: one that there is, or one that Cinder makes of the server's image. The host then needs no image and
// no disk; the volume stays with the server when the build is tried on another host.
// @source nova/virt/block_device.py (DriverVolImageBlockDevice, DriverVolumeBlockDevice), nova/compute/manager.py (_prep_block_device), Zed
import type { Outcome } from "../../datacenter/outcomes.ts";
import { cinder } from "../../services/cinder.ts";
import { nova } from "../../services/nova.ts";
import type { Cloud } from "../cloud.ts";
import { IMAGE_CACHE } from "../image-cache.ts";
import { retell } from "../retell.ts";
import { act, at, call, decide, enter, retry, type Step, type Workflow, when } from "../vocabulary.ts";
import { imageForVolume } from "./create-and-delete.ts";
import { blockOf, makeVolume } from "./volume-steps.ts";

const bootOf = (cloud: Cloud, server: number) => blockOf(cloud).bootVolumes.get(server)!;
const attachmentOf = (cloud: Cloud, server: number) => blockOf(cloud).books.attachments.ofServer(server)[0] ?? -1;
const volumeOf = (cloud: Cloud, server: number) => blockOf(cloud).volumeMadeFor(server);

/** Null: there is one already, from the host before, or it is reserved now. */
function reserve(cloud: Cloud, server: number, volume: number): Outcome | null {
  const attachment = blockOf(cloud).books.attachments.reserve(volume, server, bootOf(cloud, server).deleteOnTermination);
  return typeof attachment === "string" ? attachment : null;
}

const isFirstTry = (cloud: Cloud, server: number) => attachmentOf(cloud, server) < 0;

const makeOne: readonly Step[] = [
  call(cinder.api.createVolume, "size, volume type, image id"),
  decide("root volume", (cloud, server) => {
    const { servers } = cloud;
    const project = servers.project[server]!;
    const { sizeGb, type } = bootOf(cloud, server);
    const image = imageForVolume(cloud, servers.image[server]!, project);
    if (typeof image === "string") return "VolumeNotCreated";
    const asked = { name: `${servers.nameOf(server)}-root`, project, sizeGb, ...(type === undefined ? {} : { type }) };
    const origin = { from: "image", image: servers.image[server]! } as const;
    const volume = blockOf(cloud).volumes.create({ ...asked, origin, leastGb: image.leastGb }, cloud.simulation.now);
    if (typeof volume === "string") return "VolumeNotCreated";
    cloud.names.give("volume", asked.name, volume);
    blockOf(cloud).madeFor(server, volume);
    return null;
  }),
  retry({ times: () => 1, on: "NoValidBackend", exhausted: "VolumeNotCreated" }, [at(cinder.api, makeVolume(volumeOf))], { before: [] }),
];

/** What comes before the volume is connected to the host; a failure here ends the launch. */
const rootVolume: readonly Step[] = [
  enter("block_device_mapping"),
  when(
    "it has no root volume yet",
    isFirstTry,
    when("it is made of the image", (cloud, server) => bootOf(cloud, server).volume === undefined, ...makeOne),
    call(cinder.api.createAttachment, "volume id, server id"),
    decide("reserved", (cloud, server) => {
      const { volume: name } = bootOf(cloud, server);
      if (name === undefined) return reserve(cloud, server, volumeOf(cloud, server));
      const volume = cloud.names.find("volume", name);
      return blockOf(cloud).volumes.find(volume, cloud.servers.project[server]!) ?? reserve(cloud, server, volume);
    }),
  ),
  at(nova.compute, call(cinder.api.updateAttachment, "attachment id, connector")),
  at(
    cinder.api,
    act("attaching", (cloud, server) => blockOf(cloud).books.attachments.connect(attachmentOf(cloud, server))),
    call(cinder.volume.updateAttachment, "attachment id, connector"),
  ),
  at(
    nova.compute,
    call(cinder.api.completeAttachment, "attachment id"),
    act("in use", (cloud, server) => blockOf(cloud).books.attachments.complete(attachmentOf(cloud, server))),
  ),
];

/** Told of a launch: no image comes to the host, and no disk is made there. */
export function fromVolume(workflow: Workflow): Workflow {
  return {
    ...retell(workflow, (step) => {
      if (step.word === "once" && step.name === IMAGE_CACHE) return [];
      if (step.word === "call" && step.operation === nova.compute.createDisk) return [];
      if (step.word !== "together") return null;
      const [networking, blockDevices] = step.branches;
      return [{ ...step, branches: [networking!, [...blockDevices!, ...rootVolume]] }];
    }),
    name: `${workflow.name}-from-volume`,
  };
}
