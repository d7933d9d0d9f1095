// OpenStack's notifications. A service emits a kind and an entity; whoever is interested listens and reads the columns. Without listeners an
// emission costs a look into an empty list.

/**
 * Nova's versioned notifications and those of Glance and Cinder. Entity: the server; for image.create, image.upload, image.delete and those of snapshots
 * the image or the snapshot.
 */
export const notificationNames = [
  "instance.create.start",
  "instance.create.end",
  "instance.create.error",
  "instance.delete.start",
  "instance.delete.end",
  "instance.power_off.start",
  "instance.power_off.end",
  "instance.power_on.start",
  "instance.power_on.end",
  "instance.reboot.start",
  "instance.reboot.end",
  "instance.pause.start",
  "instance.pause.end",
  "instance.unpause.start",
  "instance.unpause.end",
  "instance.suspend.start",
  "instance.suspend.end",
  "instance.resume.start",
  "instance.resume.end",
  "instance.rescue.start",
  "instance.rescue.end",
  "instance.unrescue.start",
  "instance.unrescue.end",
  "instance.snapshot.start",
  "instance.snapshot.end",
  "instance.shelve.start",
  "instance.shelve.end",
  "instance.shelve_offload.start",
  "instance.shelve_offload.end",
  "instance.unshelve.start",
  "instance.unshelve.end",
  "instance.password_set.start",
  "instance.password_set.end",
  "instance.soft_delete.start",
  "instance.soft_delete.end",
  "instance.restore.start",
  "instance.restore.end",
  "instance.lock",
  "instance.unlock",
  "instance.update",
  "instance.rebuild.start",
  "instance.rebuild.end",
  "instance.rebuild.error",
  "image.send",
  "image.create",
  "image.upload",
  "image.delete",
  "volume.create.end",
  "volume.delete.end",
  "snapshot.create.end",
  "snapshot.delete.end",
  "scheduler.select_destinations.end",
  "instance.live_migration_pre.start",
  "instance.live_migration_pre.end",
  "instance.live_migration_post.start",
  "instance.live_migration_post.end",
  "instance.live_migration_post_dest.start",
  "instance.live_migration_post_dest.end",
  "instance.live_migration_rollback.start",
  "instance.live_migration_rollback.end",
  "instance.live_migration_rollback_dest.start",
  "instance.live_migration_rollback_dest.end",
  "instance.live_migration_abort.start",
  "instance.live_migration_abort.end",
  "instance.live_migration_force_complete.start",
  "instance.live_migration_force_complete.end",
  "instance.resize_prep.start",
  "instance.resize_prep.end",
  "instance.resize.start",
  "instance.resize.end",
  "instance.resize.error",
  "instance.resize_finish.start",
  "instance.resize_finish.end",
  "instance.resize_confirm.start",
  "instance.resize_confirm.end",
  "instance.resize_revert.start",
  "instance.resize_revert.end",
] as const;
export type NotificationName = (typeof notificationNames)[number];

export type Listener = (entity: number) => void;

export class Notifications {
  private readonly listeners = new Map<NotificationName, Listener[]>(notificationNames.map((name) => [name, []]));

  on(name: NotificationName, listener: Listener): void {
    this.listeners.get(name)!.push(listener);
  }

  emit(name: NotificationName, entity: number): void {
    for (const listener of this.listeners.get(name)!) listener(entity);
  }
}
