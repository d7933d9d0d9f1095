// Resize and cold migration, which is a resize to the same flavor: the guest is shut down, its disks go to another host, and it starts there. Both
// hosts stay claimed until the user confirms or reverts. Read it from top to bottom: who acts, whom he calls, which state the server is in.
//
// Until the guest is shut down, whatever goes wrong leaves the server where it is, ACTIVE; afterwards it ends in ERROR, and with its new host if
// its disks are there.
//
// @source nova/compute/api.py (resize), nova/conductor/tasks/migrate.py, nova/compute/manager.py (prep_resize, resize_instance, finish_resize), Zed
import { cinder } from "../services/cinder.ts";
import { keystone } from "../services/keystone.ts";
import { neutron } from "../services/neutron.ts";
import { nova } from "../services/nova.ts";
import { placement } from "../services/placement.ts";
import type { Cloud } from "./cloud.ts";
import { claimDestination } from "./live-migrate-server.ts";
import { act, at, attempt, call, cast, decide, enter, notify, on, retry, transfer, user, type Workflow, when } from "./vocabulary.ts";

const hasVolume = (cloud: Cloud, server: number) => cloud.hasVolume[server] === 1;

/** On one host after another, the alternates of the first. */
const prepare = retry({ times: (cloud) => cloud.settings.maxAttempts, on: "RescheduledException", exhausted: "MaxRetriesExceeded" }, [
  on("destination",
    cast(nova.compute.prepResize, "server id, flavor"),
    at(nova.compute, notify("instance.resize_prep.start"),
                     decide("resize claim", (cloud, server) => (cloud.moving.takeOn(server) ? null : "RescheduledException")),
                     notify("instance.resize_prep.end"))),
], { before: [
  on("destination",
    at(nova.compute, cast(nova.conductor.migrateServer, "server id, alternates"))),
  at(nova.conductor, call(placement.api.deleteAllocations, "allocation on the host that was refused"),
                     act("give up the host", (cloud, server) => cloud.moving.leaveDestination(server)),
                     call(placement.api.claimResources, "allocation on the alternate"),
                     decide("alternate", (cloud, server) => (cloud.moving.claimAny(server) ? null : "MaxRetriesExceeded"))),
] });

/** The guest stands still from here on. */
const takeAway = on("source",
  cast(nova.compute.resizeInstance, "server id, host"),
  at(nova.compute,
    enter("resize_migrating"),
    act("migrating", (cloud, server) => cloud.moving.setStatus(server, "migrating")),
    notify("instance.resize.start"),
    call(nova.compute.powerOff, "domain"),
    act("shutdown", (cloud, server) => cloud.stopGuest(server)),
    when("it has disks to copy", (cloud, server) => cloud.moving.hasDisksToCopy(server),
      transfer("disks", (cloud, server) => cloud.moving.diskFlow(server))),
    when("it has a volume", hasVolume,
      call(cinder.volume.disconnectVolume, "volume id"),
      call(cinder.api.deleteAttachment, "attachment id")),
    call(neutron.agent.unplugInterface, "port id"),
    act("post-migrating", (cloud, server) => cloud.moving.setStatus(server, "post-migrating")),
    act("at home elsewhere", (cloud, server) => cloud.moving.switchOver(server)),
    enter("resize_migrated"),
    notify("instance.resize.end")));

const finish = on("destination",
  cast(nova.compute.finishResize, "server id, flavor"),
  at(nova.compute,
    enter("resize_finish"),
    notify("instance.resize_finish.start"),
    call(neutron.server.updatePort, "port id, host"),
    when("it has a volume", hasVolume,
      call(cinder.api.createAttachment, "volume id, connector"),
      call(cinder.volume.connectVolume, "volume id")),
    call(neutron.agent.plugInterface, "port id"),
    call(nova.compute.spawn, "domain"),
    decide("start", (cloud, server) => (cloud.resizeFails(server) ? "ResizeError" : null)),
    call(nova.database.saveInstance, "host, flavor"),
    call(nova.database.saveMigration, "finished"),
    notify("instance.resize_finish.end")));

/** A server that has not moved keeps its host; one that has, has lost its old one. */
const giveUp = [
  notify("instance.resize.error"),
  when("the source has it still", (cloud: Cloud, server: number) => !cloud.moving.hasSwitched(server),
    call(placement.api.moveAllocations, "back to the server"),
    act("give up the host", (cloud, server) => cloud.moving.leaveDestination(server))),
  when("the source has it no more", (cloud: Cloud, server: number) => cloud.moving.hasSwitched(server),
    call(placement.api.deleteAllocations, "the migration's allocation")),
];

export const resizeServer: Workflow = {
  name: "resize-server",
  steps: [
    at(user,             call(keystone.api.issueToken, "name, password"),
                         cast(nova.api.resize, "server id, flavor")),
    at(nova.api,         call(keystone.api.validateToken, "token"),
                         decide("quota", (cloud, server) => (cloud.quotaAllows(server, cloud.moving.newFlavorOf(server)) ? null : "OverQuota")),
                         enter("resize_prep"),
                         act("I/O begins", (cloud, server) => cloud.beginIo(server)),
                         call(nova.database.createMigration, "accepted"),
                         cast(nova.conductor.migrateServer, "server id, flavor")),
    attempt([
      at(nova.conductor, call(placement.api.moveAllocations, "from the server to its migration"),
                         act("pre-migrating", (cloud, server) => cloud.moving.setStatus(server, "pre-migrating")),
                         cast(nova.scheduler.selectDestinations, "request spec")),
      at(nova.scheduler, call(placement.api.allocationCandidates, "vcpus, ram, disk"),
                         decide("hosts", (cloud, server) => cloud.moving.choose(server)),
                         call(nova.scheduler.filterAndWeigh, "host states"),
                         claimDestination),
      at(nova.conductor, prepare),
      on("destination",
        at(nova.compute, takeAway)),
      on("source",
        at(nova.compute, finish)),
    ], { undo: giveUp }),
  ],
  ended(cloud, server, outcome) {
    const { moving } = cloud;
    cloud.endIo(server);
    if (outcome === null) {
      cloud.setState(server, "resized");
      if (moving.restState(server) === "active") cloud.runGuest(server);
      moving.settled(server);
      return;
    }
    // A guest that was shut down and has not arrived is nowhere.
    const rest = moving.restState(server);
    const inError = moving.hasSwitched(server) || (rest === "active" && cloud.running[server] === 0);
    moving.leaveOtherHost(server);
    cloud.setState(server, inError ? "error" : rest);
    moving.end(server, "error", outcome);
  },
};
