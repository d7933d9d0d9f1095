// The user is content with the resize: what the old host still has of the server goes, and with it the old host's claim.
//
// @source nova/compute/api.py (confirm_resize), nova/compute/manager.py (_confirm_resize), Zed
import { keystone } from "../services/keystone.ts";
import { nova } from "../services/nova.ts";
import { placement } from "../services/placement.ts";
import { act, at, call, cast, notify, on, user, type Workflow } from "./vocabulary.ts";

export const confirmResize: Workflow = {
  name: "confirm-resize",
  steps: [
    at(user,           call(keystone.api.issueToken, "name, password"),
                       call(nova.api.confirmResize, "server id")),
    at(nova.api,       call(keystone.api.validateToken, "token"),
                       call(nova.database.saveMigration, "confirming"),
                       on("source", cast(nova.compute.confirmResize, "server id"))),
    on("source",
      at(nova.compute, notify("instance.resize_confirm.start"),
                       call(nova.database.saveMigration, "confirmed"),
                       call(placement.api.deleteAllocations, "the migration's allocation"),
                       act("leave the old host", (cloud, server) => cloud.moving.leaveOtherHost(server)),
                       notify("instance.resize_confirm.end"))),
  ],
  ended(cloud, server, outcome) {
    // A call that was refused changes nothing: the server waits to be confirmed or reverted as before.
    if (outcome !== null) {
      cloud.moving.settled(server);
      return;
    }
    cloud.setState(server, cloud.moving.restState(server));
    cloud.moving.end(server, "confirmed", null);
  },
};
