// Volumes come and go: empty, of an image, of a snapshot or as a clone of another; and the volume types that they are of.
// @source cinder/volume/flows/api/create_volume.py, cinder/volume/flows/manager/create_volume.py, cinder/volume/api.py (delete), Zed
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { VolumeOrigin } from "../../policies/cinder/block-storage/rows.ts";
import type { PythonValue } from "../../policies/python/python-values.ts";
import { cinder } from "../../services/cinder.ts";
import { glance } from "../../services/glance.ts";
import type { ApiOperation, Parameter } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { call, decide, when } from "../vocabulary.ts";
import { blockOf, decideOf, findVolume, makeVolume, named, removeVolume, targetOf, volumev3 } from "./volume-steps.ts";

const GIB = 2 ** 30;

export const theVolume: Parameter = { kind: { is: "name", of: "volume" }, meaning: "The volume" };

/** GiB that are asked for; a part of one counts as a whole. Undefined where nothing is. */
export function sizeAsked(cloud: Cloud, request: number): number | undefined {
  const bytes = cloud.requests.number(request, "size");
  return bytes === undefined ? undefined : Math.ceil(bytes / GIB);
}

/** What an image asks of a volume, or why none can be made of it. */
export function imageForVolume(cloud: Cloud, image: number, project: number): { readonly leastGb: number } | Outcome {
  const registry = cloud.imageRegistry;
  if (!registry.isVisible(image, project)) return "ImageNotFound";
  const { status, minDiskGb, bytes } = registry.of(image);
  return status === "active" ? { leastGb: Math.max(minDiskGb, Math.ceil(bytes / GIB)) } : "ImageUnacceptable";
}

function originOf(cloud: Cloud, request: number): VolumeOrigin {
  const asks = (parameter: string) => cloud.requests.text(request, parameter) !== undefined;
  if (asks("snapshot")) return { from: "snapshot", snapshot: named(cloud, request, "snapshot", "volume snapshot") };
  if (asks("source")) return { from: "volume", volume: named(cloud, request, "source", "volume") };
  if (asks("image")) return { from: "image", image: cloud.imageNamed(cloud.requests.text(request, "image")!) };
  return { from: "nothing" };
}

const fromImage = (cloud: Cloud, request: number) => cloud.requests.text(request, "image") !== undefined;

export const volumeCreate: ApiOperation = {
  name: "volume create",
  meaning: "Make a volume",
  service: volumev3,
  rule: "volume:create",
  parameters: {
    name: { kind: { is: "new name", of: "volume" }, meaning: "Name of the volume" },
    size: {
      kind: { is: "size" },
      meaning: "Its size; a part of a GiB counts as a whole",
      absent: "that of the snapshot or the volume it is made of",
    },
    type: { kind: { is: "name", of: "volume type" }, meaning: "Its volume type", absent: "that of what it is made of, or the first type" },
    image: { kind: { is: "name", of: "image" }, meaning: "The image that it is made of", absent: "none" },
    snapshot: { kind: { is: "name", of: "volume snapshot" }, meaning: "The snapshot that it is made of", absent: "none" },
    source: { kind: { is: "name", of: "volume" }, meaning: "The volume that it is a clone of", absent: "none" },
    availability_zone: { kind: { is: "text" }, meaning: "Availability zone of its back end", absent: "any" },
  },
  workflow: apiRequest(
    "create-volume",
    cinder.api.createVolume,
    "size, volume type",
    when("it is made of an image", fromImage, call(glance.api.showImage, "image id")),
    decide("volume", (cloud, request) => {
      const { requests, simulation } = cloud;
      const name = requests.text(request, "name")!;
      const project = requests.project(request);
      const origin = originOf(cloud, request);
      const image = origin.from === "image" ? imageForVolume(cloud, origin.image, project) : { leastGb: 0 };
      if (typeof image === "string") return image;
      const sizeGb = sizeAsked(cloud, request);
      const type = requests.text(request, "type");
      const zone = requests.text(request, "availability_zone");
      const asked = {
        ...{ name, project, origin, leastGb: image.leastGb },
        ...(sizeGb === undefined ? {} : { sizeGb }),
        ...(type === undefined ? {} : { type }),
        ...(zone === undefined ? {} : { zone }),
      };
      const volume = blockOf(cloud).volumes.create(asked, simulation.now);
      if (typeof volume === "string") return volume;
      requests.target[request] = volume;
      cloud.names.give("volume", name, volume);
      return null;
    }),
    answer(202),
    makeVolume(targetOf),
  ),
};

export const volumeDelete: ApiOperation = {
  name: "volume delete",
  meaning: "Delete a volume that nobody has attached and that has no snapshots",
  service: volumev3,
  rule: "volume:delete",
  parameters: { volume: theVolume },
  workflow: apiRequest(
    "delete-volume",
    cinder.api.deleteVolume,
    "volume id",
    findVolume,
    decideOf("deleting", (block, volume) => block.volumes.beginDelete(volume)),
    answer(202),
    removeVolume(targetOf),
  ),
};

/** `key=value` */
export function keyAndValue(property: string): readonly [string, string] {
  const at = property.indexOf("=");
  return at < 0 ? [property, ""] : [property.slice(0, at), property.slice(at + 1)];
}

export const volumeTypeCreate: ApiOperation = {
  name: "volume type create",
  meaning: "Make a volume type",
  service: volumev3,
  rule: "volume_extension:type_create",
  parameters: {
    name: { kind: { is: "new name", of: "volume type" }, meaning: "Name of the type" },
    property: { kind: { is: "texts" }, meaning: "Extra specs, written key=value", absent: "none" },
    multiattach: { kind: { is: "flag" }, meaning: "Its volumes can be attached to several servers", absent: "false" },
  },
  workflow: apiRequest(
    "create-volume-type",
    cinder.api.createType,
    "name, extra specs",
    decide("volume type", (cloud, request) => {
      const { requests } = cloud;
      const extraSpecs = new Map<string, PythonValue>(requests.texts(request, "property").map(keyAndValue));
      const multiattach = requests.flag(request, "multiattach");
      return blockOf(cloud).volumes.createType({ name: requests.text(request, "name")!, extraSpecs, qosSpecs: null, multiattach });
    }),
    answer(200),
  ),
};

export const volumeTypeDelete: ApiOperation = {
  name: "volume type delete",
  meaning: "Delete a volume type that no volume is of",
  service: volumev3,
  rule: "volume_extension:type_delete",
  parameters: { type: { kind: { is: "name", of: "volume type" }, meaning: "The volume type" } },
  workflow: apiRequest(
    "delete-volume-type",
    cinder.api.deleteType,
    "volume type",
    decide("volume type", (cloud, request) => blockOf(cloud).volumes.deleteType(cloud.requests.text(request, "type")!)),
    answer(202),
  ),
};
