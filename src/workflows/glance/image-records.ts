// Images as records: made, listed by queries, changed, shared with other projects, taken out of use and deleted.
// @source glance/api/v2/images.py, glance/api/v2/image_members.py, glance/api/v2/image_actions.py (Zed)
import { listImages } from "../../datacenter/image-query.ts";
import { imageStatuses, imageVisibilities, memberStatuses } from "../../datacenter/images.ts";
import { glance } from "../../services/glance.ts";
import type { ApiOperation, Parameter } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import { keyAndValue } from "../cinder/create-and-delete.ts";
import type { Cloud } from "../cloud.ts";
import { act, decide, notify } from "../vocabulary.ts";
import { decideOfImage, findImage, findOwnImage, image, theImage } from "./image-steps.ts";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Glance's disk_formats and container_formats. */
const diskFormats = ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"];
const containerFormats = ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"];
const properties: Parameter = { kind: { is: "texts" }, meaning: "Properties, written key=value", absent: "none" };

const visibilityOf = (cloud: Cloud, request: number) =>
  imageVisibilities.find((known) => known === cloud.requests.text(request, "visibility"));

export const imageCreate: ApiOperation = {
  name: "image create",
  meaning: "Register an image; its bytes come with image upload, or with image stage and image import",
  service: image,
  rule: "add_image",
  parameters: {
    name: { kind: { is: "new name", of: "image" }, meaning: "Name of the image" },
    disk_format: { kind: { is: "word", words: diskFormats }, meaning: "Format of the disk", absent: "qcow2" },
    container_format: { kind: { is: "word", words: containerFormats }, meaning: "What the disk is wrapped in", absent: "bare" },
    visibility: { kind: { is: "word", words: imageVisibilities }, meaning: "Who sees the image", absent: "shared" },
    protected: { kind: { is: "flag" }, meaning: "It cannot be deleted", absent: "false" },
    min_disk: { kind: { is: "size" }, meaning: "Least root disk or volume", absent: "0 B" },
    min_ram: { kind: { is: "size" }, meaning: "Least memory", absent: "0 B" },
    property: properties,
  },
  workflow: apiRequest(
    "create-image",
    glance.api.createImage,
    "name, properties",
    decide("image", (cloud, request) => {
      const { requests, imageRegistry } = cloud;
      const visibility = visibilityOf(cloud, request) ?? "shared";
      // Only administrators publish images.
      if (visibility === "public" && requests.project(request) >= 0) return "Forbidden";
      const name = requests.text(request, "name")!;
      const made = imageRegistry.register({
        name,
        owner: requests.project(request),
        visibility,
        isProtected: requests.flag(request, "protected"),
        minDiskGb: Math.ceil((requests.number(request, "min_disk") ?? 0) / GIB),
        minRamMb: Math.ceil((requests.number(request, "min_ram") ?? 0) / MIB),
        diskFormat: requests.text(request, "disk_format") ?? "qcow2",
        containerFormat: requests.text(request, "container_format") ?? "bare",
        properties: new Map(requests.texts(request, "property").map(keyAndValue)),
      });
      requests.target[request] = made;
      cloud.names.give("image", name, made);
      return null;
    }),
    notify("image.create"),
    answer(201),
  ),
};

export const imageList: ApiOperation = {
  name: "image list",
  meaning: "List the images that the project sees, by a query",
  service: image,
  rule: "get_images",
  parameters: {
    property: { kind: { is: "texts" }, meaning: "Properties that they have, written key=value", absent: "any" },
    name: { kind: { is: "text" }, meaning: "Their name", absent: "any" },
    status: { kind: { is: "word", words: imageStatuses }, meaning: "Their state", absent: "any" },
    visibility: { kind: { is: "word", words: [...imageVisibilities, "all"] }, meaning: "Who sees them", absent: "all but community" },
    member_status: {
      kind: { is: "word", words: [...memberStatuses, "all"] },
      meaning: "Only images that others share, by what the project has answered",
      absent: "its own, public ones, and those it has accepted",
    },
    size_min: { kind: { is: "size" }, meaning: "Least size", absent: "any" },
    size_max: { kind: { is: "size" }, meaning: "Largest size", absent: "any" },
    sort: { kind: { is: "text" }, meaning: "Keys, written name:asc,size:desc", absent: "the newest first" },
  },
  workflow: apiRequest(
    "list-images",
    glance.api.listImages,
    "query",
    decide("list", (cloud, request) => {
      const { requests, imageRegistry } = cloud;
      const text = (key: string, as: string) => (requests.text(request, key) === undefined ? {} : { [as]: requests.text(request, key) });
      const size = (key: string, as: string) =>
        requests.number(request, key) === undefined ? {} : { [as]: requests.number(request, key) };
      const found = listImages(imageRegistry, requests.project(request), {
        properties: requests.texts(request, "property").map(keyAndValue),
        ...{ ...text("name", "name"), ...text("status", "status"), ...text("visibility", "visibility") },
        ...{ ...text("member_status", "memberStatus"), ...text("sort", "sort") },
        ...{ ...size("size_min", "sizeMin"), ...size("size_max", "sizeMax") },
      });
      if (found === null) return "Invalid";
      cloud.imageLists.set(request, found);
      return null;
    }),
    answer(200),
  ),
};

export const imageSet: ApiOperation = {
  name: "image set",
  meaning: "Change what is said of an image",
  service: image,
  rule: "modify_image",
  parameters: {
    image: theImage,
    property: properties,
    visibility: { kind: { is: "word", words: imageVisibilities }, meaning: "Who sees the image", absent: "as before" },
    protected: { kind: { is: "flag" }, meaning: "It cannot be deleted", absent: "as before" },
  },
  workflow: apiRequest(
    "update-image",
    glance.api.updateImage,
    "image id, changes",
    findOwnImage,
    decideOfImage("changes", (images, own, cloud, request) => {
      const { requests } = cloud;
      const visibility = visibilityOf(cloud, request);
      const refusal = visibility === undefined ? null : images.setVisibility(own, visibility, requests.project(request));
      if (refusal !== null) return refusal;
      const row = images.of(own);
      for (const [key, value] of requests.texts(request, "property").map(keyAndValue)) row.properties.set(key, value);
      if (requests.args(request).protected !== undefined) row.isProtected = requests.flag(request, "protected");
      return null;
    }),
    answer(200),
  ),
};

const theMember: Parameter = { kind: { is: "count" }, meaning: "Number of the project: 2 is project-2" };
const memberOf = ({ requests }: Cloud, request: number) => requests.number(request, "member")! - 1;

export const imageAddProject: ApiOperation = {
  name: "image add project",
  meaning: "Share an image with another project",
  service: image,
  rule: "add_member",
  parameters: { image: theImage, member: theMember },
  workflow: apiRequest(
    "add-image-member",
    glance.api.addMember,
    "image id, project id",
    findOwnImage,
    decideOfImage("member", (images, own, cloud, request) => images.addMember(own, memberOf(cloud, request))),
    answer(200),
  ),
};

export const imageRemoveProject: ApiOperation = {
  name: "image remove project",
  meaning: "Share an image with another project no more",
  service: image,
  rule: "delete_member",
  parameters: { image: theImage, member: theMember },
  workflow: apiRequest(
    "remove-image-member",
    glance.api.removeMember,
    "image id, project id",
    findOwnImage,
    decideOfImage("member", (images, own, cloud, request) => images.removeMember(own, memberOf(cloud, request))),
    answer(204),
  ),
};

export const imageSetMember: ApiOperation = {
  name: "image set member",
  meaning: "Answer for a project that an image is shared with",
  service: image,
  rule: "modify_member",
  parameters: {
    image: theImage,
    status: { kind: { is: "word", words: memberStatuses }, meaning: "The answer: only what is accepted is in the project's lists" },
  },
  workflow: apiRequest(
    "update-image-member",
    glance.api.updateMember,
    "image id, answer",
    findImage,
    decideOfImage("answer", (images, shared, { requests }, request) => {
      const status = memberStatuses.find((known) => known === requests.text(request, "status"))!;
      return images.setMember(shared, requests.project(request), status);
    }),
    answer(200),
  ),
};

export const imageDeactivate: ApiOperation = {
  name: "image set deactivate",
  meaning: "Keep everybody from the bytes of an image",
  service: image,
  rule: "deactivate",
  parameters: { image: theImage },
  workflow: apiRequest(
    "deactivate-image",
    glance.api.deactivateImage,
    "image id",
    findOwnImage,
    decideOfImage("deactivated", (images, own) => images.deactivate(own)),
    answer(204),
  ),
};

export const imageReactivate: ApiOperation = {
  name: "image set activate",
  meaning: "Let everybody at the bytes of an image again",
  service: image,
  rule: "reactivate",
  parameters: { image: theImage },
  workflow: apiRequest(
    "reactivate-image",
    glance.api.reactivateImage,
    "image id",
    findOwnImage,
    decideOfImage("active", (images, own) => images.reactivate(own)),
    answer(204),
  ),
};

export const imageDelete: ApiOperation = {
  name: "image delete",
  meaning: "Delete an image",
  service: image,
  rule: "delete_image",
  parameters: { image: theImage },
  workflow: apiRequest(
    "delete-image",
    glance.api.deleteImage,
    "image id",
    findOwnImage,
    decideOfImage("deleted", (images, own) => images.delete(own)),
    act("name", (cloud, request) => cloud.names.drop("image", cloud.requests.text(request, "image")!)),
    notify("image.delete"),
    answer(204),
  ),
};
