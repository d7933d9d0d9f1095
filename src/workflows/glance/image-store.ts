// Where Glance keeps the bytes of its images, and so which way they go when an image is uploaded or read: files of its own, objects in Swift, RBD
// images in Ceph, or volumes of Cinder.
//
// In Ceph a disk or a volume is a copy-on-write clone of the image: nothing is downloaded and nothing is converted. The bytes of volumes pass the network of their back end.
// @source glance_store (_drivers filesystem, swift, rbd, cinder), nova/virt/libvirt/imagebackend.py (Rbd.clone), Zed
import type { Fabric } from "../../datacenter/fabric/fabric.ts";
import type { Flow } from "../vocabulary.ts";

export const imageStores = ["file", "swift", "rbd", "cinder"] as const;
export type ImageStoreType = (typeof imageStores)[number];

/** Attach points of the fabric. */
export const IMAGE_STORE = "image store";
export const USERS = "users";

export class ImageStore {
  readonly type: ImageStoreType;
  private readonly fabric: Fabric;
  private readonly store: number;
  private readonly users: number;

  /** Without the attach points that it would use the store is Glance's own disk, and the users' lines are not looked at. */
  constructor(type: ImageStoreType, fabric: Fabric) {
    this.type = type;
    this.fabric = fabric;
    this.store = fabric.wiring.serviceNamed(IMAGE_STORE);
    this.users = fabric.wiring.serviceNamed(USERS);
  }

  /** Disks in the same Ceph are clones of the image. */
  get clones(): boolean {
    return this.type === "rbd";
  }

  /** From the store through Glance to an attach point. */
  download(bytes: number, to: number, flow: number): Flow {
    return { bytes, from: this.fabric.glance, to, flow, ...this.along(this.store, this.fabric.glance, flow) };
  }

  /** From an attach point through Glance to the store. */
  upload(bytes: number, from: number, flow: number): Flow {
    return { bytes, from, to: this.fabric.glance, flow, ...this.along(this.fabric.glance, this.store, flow) };
  }

  fromUser(bytes: number, flow: number): Flow {
    return this.upload(bytes, this.users < 0 ? this.fabric.glance : this.users, flow);
  }

  toUser(bytes: number, flow: number): Flow {
    return this.download(bytes, this.users < 0 ? this.fabric.glance : this.users, flow);
  }

  /** Of the user; Glance keeps them beside itself until they are imported. */
  toStaging(bytes: number, flow: number): Flow {
    return { bytes, from: this.users < 0 ? this.fabric.glance : this.users, to: this.fabric.glance, flow };
  }

  fromStaging(bytes: number, flow: number): Flow {
    return { bytes, from: this.fabric.glance, to: this.store < 0 ? this.fabric.glance : this.store, flow };
  }

  private along(from: number, to: number, flow: number) {
    if (this.store < 0) return {};
    const also = this.fabric.route(from, to, flow) ?? [];
    return also.length === 0 ? {} : { also };
  }
}
