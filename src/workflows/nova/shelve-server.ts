// Shelving: the server is stopped, its disk becomes an image, and it leaves its host; unshelving builds it anew from that image, wherever the
// scheduler says. Its ports and volumes stay, and it counts against its project's quota all the while.
// @source nova/compute/manager.py (shelve_instance, shelve_offload_instance, unshelve_instance), nova/conductor/manager.py (unshelve_instance), Zed
import type { Outcome } from "../../datacenter/outcomes.ts";
import { cinder } from "../../services/cinder.ts";
import { glance } from "../../services/glance.ts";
import { neutron } from "../../services/neutron.ts";
import { nova } from "../../services/nova.ts";
import { placement } from "../../services/placement.ts";
import { aboutServer } from "../api/about-server.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { actOnServer, answer, apiRequest, ofServer } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { claimAlongTheList, fetchImage } from "../launch-server.ts";
import { act, at, attempt, call, cast, decide, enter, notify, type Step, type Workflow, when } from "../vocabulary.ts";
import { compute } from "./compute-api.ts";
import { gate } from "./gates.ts";
import { onCompute } from "./on-compute.ts";
import { uploadDisk } from "./snapshot-server.ts";

const hasVolume = (cloud: Cloud, server: number) => cloud.hasVolume[server] === 1;

/** What is left on the host goes, and its room is free. Told of a server. */
const offload: readonly Step[] = [
  enter("shelving_offloading"),
  notify("instance.shelve_offload.start"),
  call(nova.compute.terminate, "domain"),
  call(neutron.agent.unplugInterface, "port id"),
  when("it has a volume", hasVolume, call(cinder.volume.disconnectVolume, "volume id")),
  call(placement.api.deleteAllocations, "allocation"),
  act("leave the host", (cloud, server) => {
    cloud.leaveHost(server);
    cloud.setState(server, "shelved_offloaded");
  }),
  call(nova.database.saveInstance, "no host"),
  notify("instance.shelve_offload.end"),
];

const offloadsAtOnce = (cloud: Cloud) => (cloud.settings.shelvedOffloadTime ?? 0) === 0;

/** The periodic task that offloads what has been shelved for long enough. */
export const offloadServer: Workflow = {
  name: "offload-server",
  steps: [
    at(
      nova.compute,
      act("instance lock", (cloud, server) => cloud.lock(server)),
      ...offload,
    ),
  ],
  ended: (cloud, server) => cloud.unlock(server),
};

export const serverShelve: ApiOperation = {
  name: "server shelve",
  meaning: "Stop the server, keep its disk as an image, and free its host",
  service: compute,
  rule: "os_compute_api:os-shelve:shelve",
  parameters: { server: theServer },
  workflow: apiRequest(
    "shelve-server",
    nova.api.shelveServer,
    "server id",
    gate("shelve"),
    call(glance.api.createImage, "name, properties"),
    enter("shelving"),
    answer(202),
    ...onCompute(
      nova.compute.shelveInstance,
      "server id, image id",
      (cloud, server) => (cloud.servers.host[server]! < 0 ? "shelved_offloaded" : "shelved"),
      notify("instance.shelve.start"),
      when(
        "it runs",
        ofServer((cloud, server) => cloud.running[server] === 1),
        call(nova.compute.powerOff, "domain"),
      ),
      actOnServer("guest stops", (cloud, server) => cloud.haltGuest(server, "SHUTDOWN")),
      enter("shelving_image_pending_upload"),
      enter("shelving_image_uploading"),
      ...aboutServer(...uploadDisk),
      notify("instance.shelve.end"),
      when("it is offloaded at once", offloadsAtOnce, ...aboutServer(...offload)),
      when(
        "it is offloaded later",
        (cloud) => !offloadsAtOnce(cloud),
        actOnServer("offload later", (cloud, server) => cloud.offloadLater(server)),
      ),
    ),
  ),
};

export const serverShelveOffload: ApiOperation = {
  name: "server shelve offload",
  meaning: "Free the host of a server that is shelved",
  service: compute,
  rule: "os_compute_api:os-shelve:shelve_offload",
  parameters: { server: theServer },
  workflow: apiRequest(
    "shelve-offload-server",
    nova.api.shelveOffloadServer,
    "server id",
    gate("shelveOffload"),
    enter("shelving_offloading"),
    answer(202),
    ...onCompute(nova.compute.shelveOffloadInstance, "server id", "shelved_offloaded", ...aboutServer(...offload)),
  ),
};

/** A failure leaves the server shelved as it was. */
const giveUp = [
  actOnServer("shelved as before", (cloud, server) => {
    const state = cloud.servers.vmStateOf(server);
    if (state === "shelved_offloaded" && cloud.servers.host[server]! >= 0) {
      cloud.endBuild(server);
      cloud.leaveHost(server);
    }
    cloud.setState(server, state);
    cloud.unlock(server);
  }),
];

const elsewhere: readonly Step[] = [
  at(nova.conductor, cast(nova.scheduler.selectDestinations, "request spec")),
  at(
    nova.scheduler,
    call(placement.api.allocationCandidates, "vcpus, ram, disk"),
    decide(
      "hosts",
      ofServer((cloud, server): Outcome | null => cloud.chooseHostAlone(server)),
    ),
    call(nova.scheduler.filterAndWeigh, "host states"),
    ...aboutServer(claimAlongTheList),
  ),
  at(nova.conductor, cast(nova.compute.unshelveInstance, "server id, host")),
  at(
    nova.compute,
    decide(
      "host claim",
      ofServer((cloud, server): Outcome | null => (cloud.takeOn(server) ? null : "RescheduledException")),
    ),
    notify("instance.unshelve.start"),
    enter("spawning"),
    call(neutron.server.bindPort, "port id, host"),
    ...aboutServer(when("it has a volume", hasVolume, call(cinder.volume.connectVolume, "volume id")), fetchImage),
    call(nova.compute.createDisk, "image id"),
    call(neutron.agent.plugInterface, "port id"),
    call(nova.compute.spawn, "domain"),
    actOnServer("build ends", (cloud, server) => cloud.endBuild(server)),
  ),
];

export const serverUnshelve: ApiOperation = {
  name: "server unshelve",
  meaning: "Start a server that is shelved, on any host if it has none",
  service: compute,
  rule: "os_compute_api:os-shelve:unshelve",
  parameters: { server: theServer },
  workflow: apiRequest(
    "unshelve-server",
    nova.api.unshelveServer,
    "server id",
    gate("unshelve"),
    enter("unshelving"),
    actOnServer("instance lock", (cloud, server) => cloud.lock(server)),
    answer(202),
    attempt(
      [
        cast(nova.conductor.unshelveInstance, "request spec"),
        when(
          "it has its host still",
          ofServer((cloud, server) => cloud.servers.host[server]! >= 0),
          at(nova.conductor, cast(nova.compute.startInstance, "server id")),
          at(nova.compute, notify("instance.unshelve.start"), call(nova.compute.powerOn, "domain")),
        ),
        when(
          "it has none",
          ofServer((cloud, server) => cloud.servers.host[server]! < 0),
          ...elsewhere,
        ),
        at(
          nova.compute,
          actOnServer("guest starts", (cloud, server) => {
            cloud.offloadNever(server);
            cloud.runGuest(server);
            cloud.setState(server, "active");
          }),
          call(nova.database.saveInstance, "host"),
          call(glance.api.deleteImage, "image of the shelved disk"),
          notify("instance.unshelve.end"),
          actOnServer("unlock", (cloud, server) => cloud.unlock(server)),
        ),
      ],
      { undo: giveUp },
    ),
  ),
};
