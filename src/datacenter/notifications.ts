// OpenStack's notifications. A service emits a kind and an entity; whoever is interested listens and reads the columns. Without listeners an
// emission costs a look into an empty list.

/** Nova's versioned notifications and those of Glance and Cinder that meters are made from. Entity: the server. */
export const notificationNames = [
  "instance.create.start",
  "instance.create.end",
  "instance.create.error",
  "instance.delete.start",
  "instance.delete.end",
  "instance.power_off.end",
  "instance.power_on.end",
  "instance.rebuild.start",
  "instance.rebuild.end",
  "instance.rebuild.error",
  "image.send",
  "volume.create.end",
  "volume.delete.end",
  "scheduler.select_destinations.end",
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
