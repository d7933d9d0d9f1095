// Launching and deleting without a control plane: the same decisions, claims and states, taken at one instant. For capacity studies over
// weeks and for packing traces, where the seconds of a launch do not matter.
import type { Outcome } from "../datacenter/servers.ts";
import type { Cloud } from "./cloud.ts";

export function launchInstantly(cloud: Cloud, server: number): void {
  const outcome = place(cloud, server);
  cloud.setOutcome(server, outcome);
  if (outcome === "ACTIVE") {
    cloud.setState(server, "active");
    cloud.startGuest(server);
    cloud.notifications.emit("instance.create.end", server);
    return;
  }
  if (outcome !== "OverQuota") cloud.setState(server, "error");
  cloud.notifications.emit("instance.create.error", server);
}

function place(cloud: Cloud, server: number): Outcome {
  if (!cloud.takeQuota(server)) return "OverQuota";
  cloud.setState(server, "building", "scheduling");
  if (!cloud.chooseHost(server) || !cloud.claimChosen(server)) return "NoValidHost";
  const { maxAttempts } = cloud.settings;
  for (let attempt = 1; ; attempt++) {
    cloud.beginBuild(server);
    cloud.notifications.emit("instance.create.start", server);
    const volume = cloud.flavorOf(server).volumeGb > 0;
    const newVolume = volume && cloud.hasVolume[server] === 0;
    const noVolume = newVolume && !cloud.createVolume(server);
    if (newVolume && !noVolume) cloud.notifications.emit("volume.create.end", server);
    const fails = !noVolume && cloud.buildFails(server);
    cloud.endBuild(server);
    if (noVolume) return "VolumeNotCreated";
    if (!fails) return "ACTIVE";
    cloud.leaveHost(server);
    if (attempt === maxAttempts || !cloud.claimNext(server)) {
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
