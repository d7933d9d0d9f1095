// The bytes of images: they come from the user and go to the store through Glance, at once or by way of its staging area, and back the same way.
// @source glance/api/v2/image_data.py (upload, stage, download), glance/api/v2/images.py (import_image), glance/async_/flows/api_image_import.py (Zed)
import { glance } from "../../services/glance.ts";
import type { ApiOperation } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import { attempt, call, notify, transfer } from "../vocabulary.ts";
import { actOnImage, decideOfImage, findImage, findOwnImage, image, imageOf, theImage } from "./image-steps.ts";

const ofSize = { kind: { is: "size" }, meaning: "Bytes that are sent" } as const;

export const imageUpload: ApiOperation = {
  name: "image upload",
  meaning: "Send the bytes of an image that is queued",
  service: image,
  rule: "upload_image",
  parameters: { image: theImage, size: ofSize },
  workflow: apiRequest(
    "upload-image",
    glance.api.uploadImage,
    "image id",
    findOwnImage,
    decideOfImage("saving", (images, own, { requests }, request) => images.beginUpload(own, requests.number(request, "size")!, "saving")),
    transfer("image", (cloud, request) => cloud.imageStore.fromUser(cloud.imageRegistry.of(imageOf(cloud, request)).bytes, request)),
    actOnImage("active", (images, own) => images.stored(own)),
    notify("image.upload"),
    answer(204),
  ),
};

export const imageSave: ApiOperation = {
  name: "image save",
  meaning: "Download an image",
  service: image,
  rule: "download_image",
  parameters: { image: theImage },
  workflow: apiRequest(
    "download-image",
    glance.api.sendImage,
    "image id",
    decideFound(),
    transfer("image", (cloud, request) => cloud.imageStore.toUser(cloud.imageRegistry.of(imageOf(cloud, request)).bytes, request)),
    answer(200),
  ),
};

function decideFound() {
  return decideOfImage("image to read", (images, _, cloud, request) => {
    const found = cloud.imageNamed(cloud.requests.text(request, "image")!);
    cloud.requests.target[request] = found;
    return images.refusesDownload(found, cloud.requests.project(request));
  });
}

export const imageStage: ApiOperation = {
  name: "image stage",
  meaning: "Send the bytes of an image to Glance's staging area, to be imported from there",
  service: image,
  rule: "modify_image",
  parameters: { image: theImage, size: ofSize },
  workflow: apiRequest(
    "stage-image",
    glance.api.stageImage,
    "image id",
    findOwnImage,
    decideOfImage("uploading", (images, own, { requests }, request) =>
      images.beginUpload(own, requests.number(request, "size")!, "uploading"),
    ),
    transfer("image", (cloud, request) => cloud.imageStore.toStaging(cloud.imageRegistry.of(imageOf(cloud, request)).bytes, request)),
    answer(204),
  ),
};

export const imageImport: ApiOperation = {
  name: "image import",
  meaning: "Take a staged image over into the store (glance-direct)",
  service: image,
  rule: "modify_image",
  parameters: { image: theImage },
  workflow: apiRequest(
    "import-image",
    glance.api.importImage,
    "image id, glance-direct",
    findOwnImage,
    decideOfImage("importing", (images, own) => images.beginImport(own)),
    answer(202),
    attempt(
      [
        call(glance.api.convertImage, "image id"),
        call(glance.api.uploadImage, "image id"),
        transfer("image", (cloud, request) => cloud.imageStore.fromStaging(cloud.imageRegistry.of(imageOf(cloud, request)).bytes, request)),
        actOnImage("active", (images, own) => images.stored(own)),
        notify("image.upload"),
      ],
      { undo: [actOnImage("killed", (images, own) => images.kill(own))] },
    ),
  ),
};

export const imageShow: ApiOperation = {
  name: "image show",
  meaning: "Look at an image",
  service: image,
  rule: "get_image",
  parameters: { image: theImage },
  workflow: apiRequest("show-image", glance.api.showImage, "image id", findImage, answer(200)),
};
