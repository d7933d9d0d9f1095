// Launching and deleting without a control plane: the same decisions, claims and states, taken at one instant. For capacity studies over
// weeks and for packing traces, where the seconds of a launch do not matter.
import type { Outcome } from "../datacenter/servers.ts";
import type { Cloud } from "./cloud.ts";

export function launchInstantly(cloud: Cloud, leader: number): void {
  const members = cloud.membersOf(leader);
  const refusal = schedule(cloud, leader);
  for (const server of members) {
    const outcome = refusal ?? build(cloud, server);
    if (outcome === "pending") {
      cloud.hangsOn(server, cloud.servers.host[server]!);
      continue;
    }
    cloud.setOutcome(server, outcome);
    if (outcome === "ACTIVE") {
      cloud.setState(server, "active");
      cloud.startGuest(server);
      cloud.notifications.emit("instance.create.end", server);
      continue;
    }
    if (outcome !== "OverQuota") cloud.setState(server, "error");
    cloud.notifications.emit("instance.create.error", server);
  }
}

/** Null: every server of the request has claimed a host. */
function schedule(cloud: Cloud, leader: number): Outcome | null {
  if (!cloud.takeQuotas(leader)) return "OverQuota";
  cloud.setStates(leader, "building", "scheduling");
  const refusal = cloud.chooseHost(leader);
  if (refusal !== null) return refusal;
  if (cloud.membersOf(leader).length > 1) return null;
  while (!cloud.scheduling.claimChosen(leader)) if (cloud.scheduling.atEnd(leader)) return "NoValidHost";
  return null;
}

function build(cloud: Cloud, server: number): Outcome {
  const { maxAttempts } = cloud.settings;
  for (let attempt = 1; ; attempt++) {
    cloud.beginBuild(server);
    cloud.notifications.emit("instance.create.start", server);
    // The scheduler does not know yet that the host is down: the message waits for it.
    if (!cloud.hostWorks(cloud.servers.host[server]!)) return "pending";
    const taken = cloud.takeOn(server);
    const newVolume = taken && cloud.flavorOf(server).volumeGb > 0 && cloud.hasVolume[server] === 0;
    const noVolume = newVolume && !cloud.createVolume(server);
    if (newVolume && !noVolume) cloud.notifications.emit("volume.create.end", server);
    const fails = !taken || (!noVolume && cloud.buildFails(server));
    cloud.endBuild(server);
    if (noVolume) return "VolumeNotCreated";
    if (!fails) return "ACTIVE";
    cloud.leaveHost(server);
    if (attempt === maxAttempts || !cloud.scheduling.claimNext(server)) {
      deleteVolume(cloud, server);
      return "MaxRetriesExceeded";
    }
  }
}

export function deleteInstantly(cloud: Cloud, server: number): void {
  cloud.notifications.emit("instance.delete.start", server);
  cloud.stopGuest(server);
  deleteVolume(cloud, server);
  if (cloud.servers.host[server]! >= 0) cloud.leaveHost(server);
  cloud.setState(server, "deleted");
  cloud.servers.deletedAt[server] = cloud.simulation.now;
  cloud.returnQuota(server);
  cloud.notifications.emit("instance.delete.end", server);
}

function deleteVolume(cloud: Cloud, server: number): void {
  if (cloud.hasVolume[server] === 0) return;
  cloud.deleteVolume(server);
  cloud.notifications.emit("volume.delete.end", server);
}
