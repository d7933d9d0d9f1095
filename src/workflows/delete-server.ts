// Deleting a server: the guest is shut down, its ports and volumes go, its claim is given back. A server that never reached a host is deleted
// by the API alone.
//
// @source nova/compute/api.py, nova/compute/manager.py (Zed)
import type { Outcome } from "../datacenter/servers.ts";
import { cinder } from "../services/cinder.ts";
import { keystone } from "../services/keystone.ts";
import { neutron } from "../services/neutron.ts";
import { nova } from "../services/nova.ts";
import { placement } from "../services/placement.ts";
import type { Cloud } from "./cloud.ts";
import { act, at, call, cast, enter, notify, user, type Workflow, when } from "./vocabulary.ts";

export const deleteServer: Workflow = {
  name: "delete-server",
  whenHostReturns: "goes on",
  steps: [
    at(user,         call(keystone.api.issueToken, "name, password"),
                     call(nova.api.deleteServer, "server id")),
    at(nova.api,     call(keystone.api.validateToken, "token"),
                     enter("deleting"),
                     notify("instance.delete.start")),
    when("it never reached a host", (cloud, server) => cloud.servers.host[server]! < 0,
      at(nova.api,   call(nova.database.destroyInstance, "instance"))),
    when("it has a host", (cloud, server) => cloud.servers.host[server]! >= 0,
      at(nova.api,   cast(nova.compute.terminate, "server id")),
      at(nova.compute,
        act("shutdown", (cloud, server) => cloud.stopGuest(server)),
        call(neutron.agent.unplugInterface, "port id"),
        call(neutron.server.deletePort, "port id"),
        when("it has a volume", (cloud, server) => cloud.hasVolume[server] === 1,
          call(cinder.volume.disconnectVolume, "volume id"),
          call(cinder.api.deleteAttachment, "attachment id"),
          call(cinder.api.deleteVolume, "volume id"),
          call(cinder.volume.deleteVolume, "volume id"),
          act("volume gone", (cloud, server) => cloud.deleteVolume(server)),
          notify("volume.delete.end")),
        call(nova.database.destroyInstance, "instance"),
        call(placement.api.deleteAllocations, "allocation"),
        act("leave the host", (cloud, server) => cloud.leaveHost(server)))),
    when("it was shelved", (cloud, server) => cloud.servers.vmStateOf(server) === "shelved_offloaded",
      at(nova.api,   call(neutron.server.deletePort, "port id"),
                     when("it has a volume", (cloud, server) => cloud.hasVolume[server] === 1,
                       call(cinder.api.deleteVolume, "volume id"),
                       act("volume gone", (cloud, server) => cloud.deleteVolume(server)),
                       notify("volume.delete.end")))),
  ],
  ended,
};

function ended(cloud: Cloud, server: number, outcome: Outcome | null): void {
  if (outcome !== null) {
    // What it has given back it has given back; whoever wants it gone deletes it again.
    const begun = cloud.servers.taskStateOf(server) === "deleting";
    if (begun) cloud.setState(server, cloud.running[server] === 1 ? cloud.servers.vmStateOf(server) : "error");
    for (const listener of cloud.deletionListeners) listener(server);
    return;
  }
  cloud.setState(server, "deleted");
  cloud.servers.deletedAt[server] = cloud.simulation.now;
  cloud.returnQuota(server);
  cloud.notifications.emit("instance.delete.end", server);
}

/** While the host's compute service is known to be down the API deletes without it; what is left on the host goes when that is back. */
export const deleteServerLocally: Workflow = {
  name: "delete-server-locally",
  steps: [
    at(user,         call(keystone.api.issueToken, "name, password"),
                     call(nova.api.deleteServer, "server id")),
    at(nova.api,     call(keystone.api.validateToken, "token"),
                     enter("deleting"),
                     notify("instance.delete.start"),
                     call(neutron.server.deletePort, "port id"),
                     when("it has a volume", (cloud, server) => cloud.hasVolume[server] === 1,
                       call(cinder.api.deleteAttachment, "attachment id"),
                       call(cinder.api.deleteVolume, "volume id"),
                       call(cinder.volume.deleteVolume, "volume id"),
                       act("volume gone", (cloud, server) => cloud.deleteVolume(server)),
                       notify("volume.delete.end")),
                     call(nova.database.destroyInstance, "instance"),
                     call(placement.api.deleteAllocations, "allocation"),
                     act("leave the host", (cloud, server) => {
                       cloud.stopGuest(server);
                       cloud.leaveHost(server);
                     })),
  ],
  ended,
};
