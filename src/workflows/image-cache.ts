// The image cache of the compute nodes: base files that nobody uses are removed once they are old enough, by a periodic task of nova-compute.
//
// Looks are worked out when somebody asks for an image: nothing but servers that come and go changes what a look finds.
// @source nova/virt/libvirt/imagecache.py, nova/conf/imagecache.py (Zed)
import type { Micros } from "../kernel/time.ts";
import type { Cloud } from "./cloud.ts";

/** Whoever builds on a host, by whichever workflow, finds the images that others have brought. */
export const IMAGE_CACHE = "the host's image cache";

export interface ImageCacheSettings {
  /** Time between two looks. */
  readonly managerInterval: Micros;
  readonly removeUnusedOriginalMinimumAge: Micros;
}

export class ImageCache {
  /** Base files that were removed, as far as anybody has asked for them again. */
  removed = 0;
  private readonly cloud: Cloud;
  private readonly settings: ImageCacheSettings;
  /** By image and host, servers that use its base file; and the instant at which the last of them went. */
  private readonly users = new Map<number, number>();
  private readonly unusedSince = new Map<number, Micros>();
  private readonly keyOf = new Map<number, number>(); // by server

  constructor(cloud: Cloud, settings: ImageCacheSettings) {
    this.cloud = cloud;
    this.settings = settings;
    cloud.notifications.on("instance.create.end", (server) => this.uses(server));
    cloud.notifications.on("instance.unshelve.end", (server) => this.uses(server));
    cloud.notifications.on("instance.rebuild.end", (server) => this.uses(server));
    cloud.notifications.on("instance.shelve_offload.end", (server) => this.leaves(server));
    cloud.notifications.on("instance.delete.end", (server) => this.leaves(server));
  }

  /** Has a look since removed the file of this image on this host? The next to need it brings it again. */
  hasLost(key: number): boolean {
    const since = this.unusedSince.get(key);
    const { managerInterval, removeUnusedOriginalMinimumAge } = this.settings;
    if (since === undefined || managerInterval <= 0) return false;
    const lastLook = Math.floor(this.cloud.simulation.now / managerInterval) * managerInterval;
    this.unusedSince.delete(key);
    if (lastLook < since + removeUnusedOriginalMinimumAge) return false;
    this.removed++;
    return true;
  }

  /** A server that has moved uses the file where it was built to the end: its base file is brought along with its disk. */
  private uses(server: number): void {
    this.leaves(server);
    const { servers, hosts } = this.cloud;
    if (servers.host[server]! < 0) return;
    const key = servers.image[server]! * hosts.count + servers.host[server]!;
    this.keyOf.set(server, key);
    this.users.set(key, (this.users.get(key) ?? 0) + 1);
    this.unusedSince.delete(key);
  }

  private leaves(server: number): void {
    const key = this.keyOf.get(server);
    if (key === undefined) return;
    this.keyOf.delete(server);
    const left = this.users.get(key)! - 1;
    this.users.set(key, left);
    if (left === 0) this.unusedSince.set(key, this.cloud.simulation.now);
  }
}
