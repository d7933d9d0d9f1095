// What becomes of the volumes of a server that is deleted: they are detached, and deleted where that was agreed. One that cannot be deleted at that
// moment stays with its project, as Nova leaves it.
// @source nova/compute/manager.py (_shutdown_instance, _cleanup_volumes), nova/compute/api.py (_local_cleanup_bdm_volumes), Zed
import { cinder } from "../../services/cinder.ts";
import { nova } from "../../services/nova.ts";
import type { Cloud } from "../cloud.ts";
import type { WorkflowEngine } from "../engine.ts";
import { retell } from "../retell.ts";
import { act, at, call, perform, type Step, type Workflow, when } from "../vocabulary.ts";
import { blockOf, removeVolume } from "./volume-steps.ts";

const volumeOf = (cloud: Cloud, attachment: number) => blockOf(cloud).books.attachments.of(attachment).volume;

/** About an attachment. `told` is told of its end. */
const releaseVolume = (told: (attachment: number) => void): Workflow => ({
  name: "release-volume",
  subject: "none",
  steps: [
    at(nova.api, call(cinder.api.deleteAttachment, "attachment id")),
    at(
      cinder.api,
      call(cinder.volume.terminateConnection, "attachment id"),
      act("attachment gone", (cloud, attachment) => blockOf(cloud).books.attachments.delete(attachment)),
    ),
    when(
      "the volume goes with the server",
      (cloud, attachment) => blockOf(cloud).books.attachments.of(attachment).deleteOnTermination,
      at(nova.api, call(cinder.api.deleteVolume, "volume id")),
      when(
        "it can be deleted",
        (cloud, attachment) => blockOf(cloud).volumes.beginDelete(volumeOf(cloud, attachment)) === null,
        at(cinder.api, removeVolume(volumeOf)),
      ),
    ),
  ],
  ended: (_cloud, attachment) => told(attachment),
});

const volumesLeave: Step = perform("volumes leave", (cloud, server, strand) => {
  blockOf(cloud).release(server, () => cloud.performed(strand, null));
});

/** A deletion in a cloud with block storage: once the guest is gone, or before the API deletes alone, the volumes leave. */
export function withVolumes(workflow: Workflow): Workflow {
  return retell(workflow, (step) => {
    if (step.word === "decide" && step.name === "shutdown") return [step, volumesLeave];
    const alone = step.word === "when" && (step.name === "it never reached a host" || step.name === "it was shelved");
    if (alone) return [{ ...step, steps: [volumesLeave, ...step.steps] }];
    const locally = workflow.name === "delete-server-locally" && step.word === "notify" && step.notification === "instance.delete.start";
    return locally ? [step, volumesLeave] : null;
  });
}

/** From now on deleted servers let their volumes go, and unshelved ones get those that wait for them. */
export function releaseVolumes(cloud: Cloud, engine: WorkflowEngine): void {
  const block = blockOf(cloud);
  const { attachments } = block.books;
  const left = new Map<number, { open: number; readonly done: () => void }>();
  const release = engine.add(
    releaseVolume((attachment) => {
      const { server } = attachments.of(attachment);
      // A call that found no room in line may have left it.
      attachments.delete(attachment);
      const waiting = left.get(server)!;
      if (--waiting.open > 0) return;
      left.delete(server);
      waiting.done();
    }),
  );
  block.release = (server, done) => {
    const all = attachments.ofServer(server);
    // It goes on in an event of its own, also where there is nothing to do.
    const later = () => cloud.simulation.schedule(0, goOn, server);
    left.set(server, { open: all.length, done: later });
    pending.set(server, done);
    if (all.length === 0) {
      left.delete(server);
      later();
    }
    for (const attachment of all) engine.start(release, attachment);
  };
  const pending = new Map<number, () => void>();
  const goOn = cloud.simulation.kind("volumes have left", (server) => {
    const done = pending.get(server)!;
    pending.delete(server);
    done();
  });
  cloud.notifications.on("instance.unshelve.end", (server) => {
    for (const attachment of attachments.ofServer(server))
      if (attachments.of(attachment).status === "reserved") attachments.complete(attachment);
  });
}
