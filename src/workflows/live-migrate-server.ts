// Live migration: the guest goes to another host while it runs. Read it from top to bottom: who acts, whom he calls, which state the server is
// in. Until the guest has switched over, whatever goes wrong leaves it where it is, ACTIVE; a host sends one guest at a time.
//
// @source nova/compute/api.py, nova/conductor/tasks/live_migrate.py, nova/compute/manager.py (live_migration), Zed
import type { Outcome } from "../datacenter/servers.ts";
import { cinder } from "../services/cinder.ts";
import { keystone } from "../services/keystone.ts";
import { neutron } from "../services/neutron.ts";
import { nova } from "../services/nova.ts";
import { placement } from "../services/placement.ts";
import type { Cloud } from "./cloud.ts";
import {
  act, at, attempt, call, cast, decide, enter, holding, notify, on, perform, retry, user, type Workflow, when,
} from "./vocabulary.ts";

const hasVolume = (cloud: Cloud, server: number) => cloud.hasVolume[server] === 1;

/** Along the whole list, as for a launch. */
export const claimDestination = retry({ times: (cloud) => cloud.hosts.count + 1, on: "AllocationConflict", exhausted: "NoValidHost" }, [
  call(placement.api.claimResources, "allocation on the destination"),
  decide("claim", (cloud, server) => {
    if (cloud.moving.claimNext(server)) return null;
    return cloud.moving.atEnd(server) ? "NoValidHost" : "AllocationConflict";
  }),
], { before: [] });

const tries = ({ moving, hosts }: Cloud) => (moving.settings.migrateMaxRetries < 0 ? hosts.count : moving.settings.migrateMaxRetries + 1);

/** Hosts that do not suit are not offered again. */
const findDestination = retry({ times: tries, on: "MigrationPreCheckError", exhausted: "NoValidHost" }, [
  at(nova.conductor, cast(nova.scheduler.selectDestinations, "request spec")),
  at(nova.scheduler, call(placement.api.allocationCandidates, "vcpus, ram, disk"),
                     decide("hosts", (cloud, server) => cloud.moving.choose(server)),
                     call(nova.scheduler.filterAndWeigh, "host states"),
                     claimDestination),
  at(nova.conductor, on("destination", call(nova.compute.checkCanLiveMigrateDestination, "server id"))),
  on("destination",
    at(nova.compute, on("source", call(nova.compute.checkCanLiveMigrateSource, "server id")),
                     decide("pre-check", (cloud, server) => (cloud.moving.takeOn(server) ? null : "MigrationPreCheckError")))),
], { before: [
  call(placement.api.deleteAllocations, "allocation on the host that was refused"),
  act("give up the host", (cloud, server) => cloud.moving.leaveDestination(server)),
] });

const notAborted = decide("abort", (cloud, server) => (cloud.moving.abortsBefore(server) ? "OperationAborted" : null));

const makeReady = on("destination",
  call(nova.compute.preLiveMigration, "server id"),
  at(nova.compute,
    when("it has a volume", hasVolume,
      call(cinder.api.createAttachment, "volume id, connector"),
      call(cinder.volume.connectVolume, "volume id")),
    call(neutron.agent.plugInterface, "port id"),
    call(nova.api.externalEvent, "network-vif-plugged")));

const copy = on("source",
  cast(nova.compute.liveMigration, "server id, host"),
  at(nova.compute,
    act("queued", (cloud, server) => cloud.moving.setStatus(server, "queued")),
    holding(nova.liveMigrationSlot,
      notAborted,
      act("preparing", (cloud, server) => cloud.moving.setStatus(server, "preparing")),
      notify("instance.live_migration_pre.start"),
      makeReady,
      notify("instance.live_migration_pre.end"),
      notAborted,
      act("running", (cloud, server) => cloud.moving.setStatus(server, "running")),
      perform("memory", (cloud, server, strand) => cloud.moving.copyMemory(server, strand)))));

const cleanUp = on("source",
  at(nova.compute,
    notify("instance.live_migration_post.start"),
    when("it has a volume", hasVolume,
      call(cinder.volume.disconnectVolume, "volume id"),
      call(cinder.api.deleteAttachment, "attachment id")),
    call(neutron.server.activateBinding, "port id"),
    call(neutron.agent.unplugInterface, "port id"),
    call(nova.compute.postLiveMigration, "server id"),
    on("destination",
      notify("instance.live_migration_post_dest.start"),
      call(nova.compute.postLiveMigrationAtDestination, "server id"),
      notify("instance.live_migration_post_dest.end")),
    call(nova.database.saveInstance, "host"),
    call(placement.api.deleteAllocations, "the migration's allocation"),
    act("leave the source", (cloud, server) => cloud.moving.leaveOtherHost(server)),
    call(nova.database.saveMigration, "completed"),
    notify("instance.live_migration_post.end")));

/** The guest has not moved: what was made for it on the destination goes. */
const rollBack = [
  when("it was to go somewhere", (cloud: Cloud, server: number) => cloud.moving.hasDestination(server),
    notify("instance.live_migration_rollback.start"),
    on("source", call(nova.compute.rollbackLiveMigration, "server id")),
    on("destination",
      notify("instance.live_migration_rollback_dest.start"),
      call(nova.compute.rollbackLiveMigrationAtDestination, "server id"),
      notify("instance.live_migration_rollback_dest.end")),
    call(neutron.server.deleteBinding, "port id"),
    call(placement.api.moveAllocations, "back to the server"),
    act("give up the host", (cloud, server) => cloud.moving.leaveDestination(server)),
    notify("instance.live_migration_rollback.end")),
];

export const liveMigrateServer: Workflow = {
  name: "live-migrate-server",
  steps: [
    at(user,             call(keystone.api.issueToken, "name, password"),
                         cast(nova.api.liveMigrate, "server id, host")),
    at(nova.api,         call(keystone.api.validateToken, "token"),
                         enter("migrating"),
                         call(nova.database.createMigration, "accepted"),
                         cast(nova.conductor.liveMigrate, "server id, host")),
    attempt([
      at(nova.conductor, call(placement.api.moveAllocations, "from the server to its migration"),
                         findDestination),
      at(nova.conductor, call(neutron.server.createBinding, "port id, host"),
                         copy),
      cleanUp,
    ], { undo: rollBack }),
  ],
  ended(cloud, server, outcome) {
    const { moving } = cloud;
    // A guest whose memory was on both hosts is lost with either of them.
    const lost = outcome === "MigrationError" && moving.hasSwitched(server);
    moving.leaveOtherHost(server);
    if (lost) cloud.stopGuest(server);
    cloud.setState(server, lost ? "error" : "active");
    moving.end(server, statusOf(outcome), outcome);
  },
};

function statusOf(outcome: Outcome | null) {
  if (outcome === null) return "completed";
  if (outcome === "OperationAborted") return "cancelled";
  return outcome === "MigrationError" ? "failed" : "error";
}
