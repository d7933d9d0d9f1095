// Glance's registry: every image with its state, its owner, who may see it, and what it asks of a server. An image is a row, numbered from 0 and kept
// to the end of the run. A verb that the API may refuse returns the name of Glance's error, or null, or the row of what it has made.
// @source glance/domain/__init__.py (Image), glance/api/authorization.py, glance/api/policy.py, glance/db/sqlalchemy/api.py (Zed)
import { parameter } from "../kernel/parameter.ts";
import type { Image } from "./flavor.ts";
import type { Outcome } from "./outcomes.ts";

export const imageStatuses = ["queued", "saving", "uploading", "importing", "active", "deactivated", "killed", "deleted"] as const;
export type ImageStatus = (typeof imageStatuses)[number];

export const imageVisibilities = ["private", "shared", "community", "public"] as const;
export type ImageVisibility = (typeof imageVisibilities)[number];
export const memberStatuses = ["pending", "accepted", "rejected"] as const;
export type MemberStatus = (typeof memberStatuses)[number];

export const imageSizeCap = parameter({
  name: "glance.image_size_cap",
  value: 2 ** 40,
  unit: "B",
  meaning: "Largest image that may be uploaded.",
  source: "glance/common/config.py, image_size_cap",
  evidence: "from memory",
});

/** Of no project: the operator's, which everybody may use. */
export const OPERATOR = -1;

export interface ImageRow {
  name: string;
  owner: number;
  status: ImageStatus;
  visibility: ImageVisibility;
  isProtected: boolean;
  minDiskGb: number;
  minRamMb: number;
  bytes: number;
  readonly diskFormat: string;
  readonly containerFormat: string;
  readonly properties: Map<string, string>;
  /** By project. */
  readonly members: Map<number, MemberStatus>;
  /** Volumes and servers whose disks are copy-on-write clones of it: it has to stay. */
  clones: number;
}

export interface NewImage {
  readonly name: string;
  readonly owner: number;
  readonly visibility?: ImageVisibility;
  readonly isProtected?: boolean;
  readonly minDiskGb?: number;
  readonly minRamMb?: number;
  readonly diskFormat?: string;
  readonly containerFormat?: string;
  readonly properties?: ReadonlyMap<string, string>;
}

export interface ImageLimits {
  readonly imageSizeCap: number;
  /** user_storage_quota, in bytes for each project; 0: none. */
  readonly userStorageQuota: number;
}

export class Images {
  readonly rows: ImageRow[] = [];
  /** The same images as servers are told of them. */
  readonly images: Image[];
  private readonly limits: ImageLimits;

  /** `images` are there from the start: active, public, and the operator's. The array grows with the registry. */
  constructor(images: Image[], limits: ImageLimits = { imageSizeCap: imageSizeCap.value, userStorageQuota: 0 }) {
    this.images = images;
    this.limits = limits;
    for (const { name, bytes, diskFormat = "qcow2", properties } of images) {
      const row = this.row({ name, owner: OPERATOR, visibility: "public", diskFormat, properties });
      this.rows.push({ ...row, status: "active", bytes });
    }
  }

  of(image: number): ImageRow {
    const row = this.rows[image];
    if (row === undefined) throw new RangeError(`no image ${image}: there are ${this.rows.length}`);
    return row;
  }

  /** The newest image of that name that is not deleted; -1: there is none. */
  named(name: string): number {
    for (let image = this.rows.length - 1; image >= 0; image--) {
      const row = this.rows[image]!;
      if (row.name === name && row.status !== "deleted") return image;
    }
    return -1;
  }

  /** POST /images: it is queued until its bytes come. */
  register(image: NewImage): number {
    const row = this.row(image);
    this.images.push({ name: row.name, bytes: 0, diskFormat: row.diskFormat, properties: row.properties });
    return this.rows.push(row) - 1;
  }

  /** Glance shows an image to its owner, to members whatever they have answered, and to everybody if it is public or community. */
  isVisible(image: number, project: number): boolean {
    const row = this.rows[image];
    if (row === undefined || row.status === "deleted") return false;
    const { owner, visibility, members } = row;
    return (
      this.owns(image, project) ||
      visibility === "public" ||
      visibility === "community" ||
      (visibility === "shared" && members.has(project)) ||
      owner === project
    );
  }

  /** What the image is not seen by is not there for it. */
  find(image: number, project: number): Outcome | null {
    return this.isVisible(image, project) ? null : "ImageNotFound";
  }

  /** Who may change it: its owner, and the operator. */
  private owns(image: number, project: number): boolean {
    return project === OPERATOR || this.of(image).owner === project;
  }

  refusesChange(image: number, project: number): Outcome | null {
    return this.find(image, project) ?? (this.owns(image, project) ? null : "Forbidden");
  }

  /** PUT /images/{id}/file, or its staging. `bytes` are known beforehand here; Glance finds out while they come. */
  beginUpload(image: number, bytes: number, status: "saving" | "uploading"): Outcome | null {
    const row = this.of(image);
    if (row.status !== "queued") return "InvalidImageStatusTransition";
    if (bytes > this.limits.imageSizeCap) return "ImageSizeLimitExceeded";
    const { userStorageQuota } = this.limits;
    if (userStorageQuota > 0 && this.storedBy(row.owner) + bytes > userStorageQuota) return "StorageQuotaFull";
    row.status = status;
    row.bytes = bytes;
    return null;
  }

  /** The staged image is taken over into the store. */
  beginImport(image: number): Outcome | null {
    const row = this.of(image);
    if (row.status !== "uploading") return "InvalidImageStatusTransition";
    row.status = "importing";
    return null;
  }

  /** Its bytes are in the store. An image that was deleted meanwhile stays deleted. */
  stored(image: number): void {
    const row = this.of(image);
    if (row.status === "deleted") return;
    row.status = "active";
    this.images[image] = { ...this.images[image]!, bytes: row.bytes };
  }

  /** What was to be imported could not be. */
  kill(image: number): void {
    const row = this.of(image);
    if (row.status !== "deleted") row.status = "killed";
  }

  /** Only an active image can be read; one that is deactivated only by the operator. */
  refusesDownload(image: number, project: number): Outcome | null {
    const missing = this.find(image, project);
    if (missing !== null) return missing;
    const { status } = this.of(image);
    if (status === "active" || (status === "deactivated" && project === OPERATOR)) return null;
    return status === "deactivated" ? "Forbidden" : "InvalidImageStatusTransition";
  }

  deactivate(image: number): Outcome | null {
    const row = this.of(image);
    if (row.status !== "active" && row.status !== "deactivated") return "InvalidImageStatusTransition";
    row.status = "deactivated";
    return null;
  }

  reactivate(image: number): Outcome | null {
    const row = this.of(image);
    if (row.status !== "active" && row.status !== "deactivated") return "InvalidImageStatusTransition";
    row.status = "active";
    return null;
  }

  /** DELETE /images/{id}. */
  delete(image: number): Outcome | null {
    const row = this.of(image);
    if (row.isProtected) return "ProtectedImageDelete";
    if (row.clones > 0) return "InUseByStore";
    row.status = "deleted";
    return null;
  }

  /** Only the operator makes images public. */
  setVisibility(image: number, visibility: ImageVisibility, project: number): Outcome | null {
    if (visibility === "public" && project !== OPERATOR) return "Forbidden";
    this.of(image).visibility = visibility;
    return null;
  }

  addMember(image: number, member: number): Outcome | null {
    const { visibility, members } = this.of(image);
    if (visibility !== "shared") return "Forbidden";
    if (members.has(member)) return "Duplicate";
    members.set(member, "pending");
    return null;
  }

  removeMember(image: number, member: number): Outcome | null {
    const { visibility, members } = this.of(image);
    if (visibility !== "shared") return "Forbidden";
    return members.delete(member) ? null : "MemberNotFound";
  }

  /** The member's own answer: an image is in its lists only if it has accepted it. */
  setMember(image: number, member: number, status: MemberStatus): Outcome | null {
    const { members } = this.of(image);
    if (!members.has(member)) return "MemberNotFound";
    members.set(member, status);
    return null;
  }

  /** What a project's images take of the store, in bytes. */
  storedBy(project: number): number {
    let bytes = 0;
    for (const { owner, status, bytes: own } of this.rows)
      if (owner === project && status !== "deleted" && status !== "queued") bytes += own;
    return bytes;
  }

  private row(image: NewImage): ImageRow {
    return {
      name: image.name,
      owner: image.owner,
      status: "queued",
      visibility: image.visibility ?? "shared",
      isProtected: image.isProtected ?? false,
      minDiskGb: image.minDiskGb ?? 0,
      minRamMb: image.minRamMb ?? 0,
      bytes: 0,
      diskFormat: image.diskFormat ?? "qcow2",
      containerFormat: image.containerFormat ?? "bare",
      properties: new Map(image.properties ?? []),
      members: new Map(),
      clones: 0,
    };
  }
}
