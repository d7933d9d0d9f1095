// Moves without a control plane: the same decisions, claims and states, taken at one instant. Memory and disks take no time; the network carries
// nothing.
import type { Outcome } from "../datacenter/servers.ts";
import type { Cloud } from "./cloud.ts";

/** Null: the server has claimed a destination, and been taken on there. */
function schedule(cloud: Cloud, server: number, tries: number): Outcome | null {
  const { moving } = cloud;
  for (let attempt = 0; attempt < tries; attempt++) {
    const refusal = moving.choose(server);
    if (refusal !== null) return refusal;
    if (!moving.claimAny(server)) return "NoValidHost";
    if (moving.takeOn(server)) return null;
    moving.leaveDestination(server);
  }
  return "NoValidHost";
}

export function liveMigrateInstantly(cloud: Cloud, server: number): void {
  const { moving, hosts } = cloud;
  const outcome = schedule(cloud, server, hosts.count);
  if (outcome === null) {
    moving.switchOver(server);
    moving.leaveOtherHost(server);
    cloud.notifications.emit("instance.live_migration_post.end", server);
  }
  moving.end(server, outcome === null ? "completed" : "error", outcome);
}

export function resizeInstantly(cloud: Cloud, server: number): void {
  const { moving, settings } = cloud;
  const allowed = cloud.quotaAllows(server, moving.newFlavorOf(server));
  const outcome = allowed ? schedule(cloud, server, settings.maxAttempts) : "OverQuota";
  if (outcome !== null) {
    moving.end(server, "error", outcome);
    cloud.notifications.emit("instance.resize.error", server);
    return;
  }
  moving.switchOver(server);
  cloud.setState(server, "resized");
  cloud.notifications.emit("instance.resize_finish.end", server);
  moving.settled(server);
}

export function confirmInstantly(cloud: Cloud, server: number): void {
  cloud.moving.leaveOtherHost(server);
  cloud.setState(server, cloud.moving.restState(server));
  cloud.notifications.emit("instance.resize_confirm.end", server);
  cloud.moving.end(server, "confirmed", null);
}

export function revertInstantly(cloud: Cloud, server: number): void {
  cloud.moving.switchBack(server);
  cloud.moving.leaveOtherHost(server);
  cloud.setState(server, cloud.moving.restState(server));
  cloud.notifications.emit("instance.resize_revert.end", server);
  cloud.moving.end(server, "reverted", null);
}
