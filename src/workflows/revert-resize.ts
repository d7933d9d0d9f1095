// The user wants the server as it was: the new guest is destroyed, and the old one starts again on its old host, whose room was kept for it.
//
// @source nova/compute/api.py (revert_resize), nova/compute/manager.py (revert_resize, finish_revert_resize), Zed
import { cinder } from "../services/cinder.ts";
import { keystone } from "../services/keystone.ts";
import { neutron } from "../services/neutron.ts";
import { nova } from "../services/nova.ts";
import { placement } from "../services/placement.ts";
import type { Cloud } from "./cloud.ts";
import { act, at, call, cast, enter, notify, on, user, type Workflow, when } from "./vocabulary.ts";

const hasVolume = (cloud: Cloud, server: number) => cloud.hasVolume[server] === 1;

export const revertResize: Workflow = {
  name: "revert-resize",
  steps: [
    at(user,           call(keystone.api.issueToken, "name, password"),
                       call(nova.api.revertResize, "server id")),
    at(nova.api,       call(keystone.api.validateToken, "token"),
                       enter("resize_reverting"),
                       call(nova.database.saveMigration, "reverting"),
                       on("destination", cast(nova.compute.revertResize, "server id"))),
    on("destination",
      at(nova.compute, notify("instance.resize_revert.start"),
                       act("shutdown", (cloud, server) => cloud.stopGuest(server)),
                       when("it has a volume", hasVolume,
                         call(cinder.volume.disconnectVolume, "volume id"),
                         call(cinder.api.deleteAttachment, "attachment id")),
                       call(neutron.agent.unplugInterface, "port id"),
                       call(placement.api.moveAllocations, "back to the server"),
                       act("back home", (cloud, server) => cloud.moving.switchBack(server)),
                       act("leave the new host", (cloud, server) => cloud.moving.leaveOtherHost(server)),
                       on("source", cast(nova.compute.finishRevertResize, "server id")))),
    on("source",
      at(nova.compute, call(neutron.server.updatePort, "port id, host"),
                       when("it has a volume", hasVolume,
                         call(cinder.api.createAttachment, "volume id, connector"),
                         call(cinder.volume.connectVolume, "volume id")),
                       call(neutron.agent.plugInterface, "port id"),
                       call(nova.compute.spawn, "domain"),
                       call(nova.database.saveInstance, "host, flavor"),
                       call(nova.database.saveMigration, "reverted"),
                       notify("instance.resize_revert.end"))),
  ],
  ended(cloud, server, outcome) {
    const { moving } = cloud;
    // A call that was refused before anything was done changes nothing.
    const rest = moving.restState(server);
    const untouched = rest === "active" ? cloud.running[server] === 1 : moving.hasSwitched(server);
    if (outcome !== null && untouched) {
      cloud.setState(server, "resized");
      moving.settled(server);
      return;
    }
    // A guest that was shut down and has not come back is nowhere.
    moving.leaveOtherHost(server);
    cloud.setState(server, outcome === null ? rest : "error");
    if (outcome === null && rest === "active") cloud.runGuest(server);
    moving.end(server, outcome === null ? "reverted" : "error", outcome);
  },
};
