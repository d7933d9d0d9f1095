// Launching a server, from the user's request to ACTIVE. Read it from top to bottom: who acts, whom he calls, which state the server is in.
// Image download and disk come once a host (the cache keeps the image), networking and block devices side by side; a failed build is
// rescheduled to the next alternate, up to max_attempts.
//
// The scheduler decides on the host states it reads once Placement has answered. Filtering and weighing takes time, and so does a claim:
// meanwhile others decide on the same states, and claim the same hosts.
//
// Assumes the cache keeps every image to the end of the run, and an image is converted at 500 MB/s. The servers of a multi-create request are
// claimed in one call, and built side by side.
// @source nova/compute/manager.py, nova/conductor/manager.py, nova/scheduler/manager.py (Zed)

import type { Outcome } from "../datacenter/servers.ts";
import { cinder } from "../services/cinder.ts";
import { glance } from "../services/glance.ts";
import { keystone } from "../services/keystone.ts";
import { neutron } from "../services/neutron.ts";
import { nova } from "../services/nova.ts";
import { placement } from "../services/placement.ts";
import type { Cloud } from "./cloud.ts";
import { IMAGE_CACHE } from "./image-cache.ts";
import {
  act, at, attempt, call, cast, decide, enter, holding, type Limit, notify, once, retry, type Step, together, transfer, user,
  type Workflow, wait, when, within,
} from "./vocabulary.ts";

const hasVolume = (cloud: Cloud, server: number) => cloud.flavorOf(server).volumeGb > 0;
const holdsVolume = (cloud: Cloud, server: number) => cloud.hasVolume[server] === 1;

const askedTogether = (cloud: Cloud, server: number) => cloud.membersOf(server).length > 1;
const askedAlone = (cloud: Cloud, server: number) => !askedTogether(cloud, server);

/** Along the whole list: a host that others have filled meanwhile is passed over. */
export const claimAlongTheList = retry({ times: (cloud) => cloud.hosts.count + 1, on: "AllocationConflict", exhausted: "NoValidHost" }, [
  call(placement.api.claimResources, "allocation"),
  decide("claim", (cloud, server) => {
    if (cloud.scheduling.claimChosen(server)) return null;
    return cloud.scheduling.atEnd(server) ? "NoValidHost" : "AllocationConflict";
  }),
], { before: [] });

const networking = [
  enter("networking"),
  call(neutron.server.createPort, "network id"),
];

const blockDevices = [
  when("the flavor has a volume", hasVolume,
    enter("block_device_mapping"),
    call(cinder.api.createVolume, "size, volume type"),
    call(cinder.scheduler.chooseBackend, "volume type"),
    decide("room on the tier", (cloud, server) => (cloud.createVolume(server) ? null : "VolumeNotCreated")),
    call(cinder.volume.createVolume, "volume id"),
    notify("volume.create.end"),
    call(cinder.api.createAttachment, "volume id, connector"),
    call(cinder.volume.connectVolume, "volume id")),
];

export const imageOnHost = (cloud: Cloud, server: number): number =>
  cloud.servers.image[server]! * cloud.hosts.count + cloud.servers.host[server]!;

/** The first who needs an image on a host brings it there. */
export const fetchImage = once(IMAGE_CACHE, imageOnHost,
  call(glance.api.sendImage, "image id"),
  transfer("image", (cloud, server) => cloud.imageFlow(server)),
  notify("image.send"),
  wait("conversion to raw", (cloud, server) => cloud.imageConversionMicros(server)));

const diskImage = [
  fetchImage,
  call(nova.compute.createDisk, "image id"),
];

const buildTimeout: Limit = {
  time: (cloud) => cloud.settings.instanceBuildTimeout,
  outcome: "BuildTimeout",
  expired(cloud, server) {
    cloud.setState(server, "error");
    cloud.setOutcome(server, "BuildTimeout"); // whenever what it waits for ends
  },
};

const endBuild = act("build ends", (cloud, server) => cloud.endBuild(server));

const buildOnHost = [
  act("build begins", (cloud, server) => cloud.beginBuild(server)),
  attempt([
    within(buildTimeout,
      holding(nova.buildSlot,
        notify("instance.create.start"),
        decide("host claim", (cloud, server) => (cloud.takeOn(server) ? null : "RescheduledException")),
        together(networking, blockDevices),
        enter("spawning"),
        ...diskImage,
        call(neutron.agent.plugInterface, "port id"),
        call(nova.api.externalEvent, "network-vif-plugged"),
        call(nova.compute.spawn, "domain"),
        decide("build", (cloud, server) => (cloud.buildFails(server) ? "RescheduledException" : null)))),
  ], { undo: [endBuild] }),
  endBuild,
];

/** What a failed build leaves behind is taken down before the next host is tried. */
const tearDown = [
  when("it is to be rescheduled", (cloud, server) => cloud.rescheduling(server),
    call(neutron.server.deletePort, "port id"),
    when("it has a volume", holdsVolume,
      call(cinder.api.deleteVolume, "volume id"),
      act("volume gone", (cloud, server) => cloud.deleteVolume(server)),
      notify("volume.delete.end")),
    call(placement.api.deleteAllocations, "allocation"),
    act("leave the host", (cloud, server) => cloud.leaveHost(server))),
];

const nextAlternate = [
  at(nova.compute,   enter("scheduling"),
                     cast(nova.conductor.buildInstances, "request spec, alternates")),
  at(nova.conductor, call(placement.api.claimResources, "allocation"),
                     decide("alternate", (cloud, server) => (cloud.scheduling.claimNext(server) ? null : "MaxRetriesExceeded"))),
];

const build: readonly Step[] = [
  at(nova.conductor, call(nova.database.createInstance, "instance"),
                     retry({ times: (cloud) => cloud.settings.maxAttempts, on: "RescheduledException", exhausted: "MaxRetriesExceeded" }, [
                       cast(nova.compute.buildAndRun, "instance, host"),
                       at(nova.compute, attempt(buildOnHost, { undo: tearDown })),
                     ], { before: nextAlternate })),
  at(nova.compute,   call(nova.database.saveInstance, "launched_at")),
];

function end(cloud: Cloud, server: number, outcome: Outcome | null): void {
  if (outcome === null) {
    cloud.setState(server, "active");
    cloud.setOutcome(server, "ACTIVE");
    cloud.startGuest(server);
    cloud.notifications.emit("instance.create.end", server);
    return;
  }
  // A request that the API refuses never becomes a server; all others end in ERROR and keep what they hold until they are deleted.
  if (cloud.servers.vmStateOf(server) === "requested") cloud.returnQuota(server);
  else cloud.setState(server, "error");
  cloud.setOutcome(server, outcome);
  cloud.notifications.emit("instance.create.error", server);
}

/** Where launches differ between clouds with and without users. */
export interface LaunchRules {
  /** Done by the API once it knows the token. */
  readonly policy: readonly Step[];
  readonly quota: Step;
  /** Done by the conductor once the servers have hosts. */
  readonly inCell: readonly Step[];
}

export const launching = ({ policy, quota, inCell }: LaunchRules): Workflow => ({
  name: "launch-server",
  steps: [
    at(user,           call(keystone.api.issueToken, "name, password"),
                       cast(nova.api.createServer, "flavor, image, networks")),
    at(nova.api,       call(keystone.api.validateToken, "token"),
                       ...policy,
                       call(glance.api.showImage, "image id"),
                       call(neutron.server.listNetworks, "network id"),
                       quota,
                       call(nova.database.createBuildRequest, "request spec"),
                       act("scheduling", (cloud, server) => cloud.setStates(server, "building", "scheduling")),
                       cast(nova.conductor.scheduleAndBuild, "request spec")),
    at(nova.conductor, cast(nova.scheduler.selectDestinations, "request spec")),
    at(nova.scheduler, call(placement.api.allocationCandidates, "vcpus, ram, disk"),
                       decide("hosts", (cloud, server) => cloud.chooseHost(server)),
                       call(nova.scheduler.filterAndWeigh, "host states"),
                       when("asked for alone", askedAlone, claimAlongTheList),
                       when("asked for together", askedTogether, call(placement.api.claimResources, "allocations"))),
    at(nova.conductor, ...inCell,
                       act("the others", (cloud, server) => cloud.buildOthers(server))),
    ...build,
  ],
  ended(cloud, server, outcome) {
    end(cloud, server, outcome);
    // Who leads a request that found no hosts speaks for all its servers.
    for (const other of cloud.waitingOthers(server)) end(cloud, other, outcome);
  },
});

export const launchServer: Workflow = launching({
  policy: [],
  quota: decide("quota", (cloud, server) => (cloud.takeQuotas(server) ? null : "OverQuota")),
  inCell: [],
});

/** The servers of a multi-create request behind the first, once all have hosts. */
export const buildServer: Workflow = { name: "build-server", steps: build, ended: end };

