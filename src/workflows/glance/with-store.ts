// Glance's calls to the service that keeps its bytes, told into every workflow that sends, receives or deletes an image. Assumes that the volumes of
// images take no room in the pools that users' volumes are in.
// @source glance_store/_drivers/swift/store.py, glance_store/_drivers/cinder/store.py (Zed)
import { cinder } from "../../services/cinder.ts";
import { glance } from "../../services/glance.ts";
import type { Operation } from "../../services/service.ts";
import { swift } from "../../services/swift.ts";
import { retell } from "../retell.ts";
import { at, call, type Step, type Workflow, when } from "../vocabulary.ts";
import type { ImageStoreType } from "./image-store.ts";

const stores: Readonly<Record<ImageStoreType, ReadonlyMap<Operation, readonly Operation[]>>> = {
  file: new Map(),
  rbd: new Map(),
  swift: new Map([
    [glance.api.sendImage, [swift.proxy.getObject]],
    [glance.api.uploadImage, [swift.proxy.putObject]],
    [glance.api.deleteImage, [swift.proxy.deleteObject]],
  ]),
  cinder: new Map([
    [glance.api.sendImage, [cinder.api.createAttachment, cinder.volume.connectVolume]],
    [glance.api.uploadImage, [cinder.api.createVolume, cinder.scheduler.chooseBackend, cinder.volume.createVolume]],
    [glance.api.deleteImage, [cinder.api.deleteVolume, cinder.volume.deleteVolume]],
  ]),
};

/** Glance does its part first; whoever has asked it waits for the store. */
export function withImageStore(type: ImageStoreType): (workflow: Workflow) => Workflow {
  const calls = stores[type];
  if (calls.size === 0) return (workflow) => workflow;
  return (workflow) =>
    retell(workflow, (step) => {
      const asked = step.word === "call" || step.word === "cast" ? calls.get(step.operation) : undefined;
      if (asked === undefined) return null;
      const keeps: Step = when(
        `the images are in ${type}`,
        () => true,
        at(glance.api, ...asked.map((operation) => call(operation, "image id"))),
      );
      return [step, keeps];
    });
}
