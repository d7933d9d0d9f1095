// What the workflows of images have in common: how an image is found by its name, and whose answer says what.

import type { Images } from "../../datacenter/images.ts";
import type { Outcome } from "../../datacenter/outcomes.ts";
import type { Parameter } from "../api/api-operation.ts";
import type { Cloud } from "../cloud.ts";
import { act, decide, type Step } from "../vocabulary.ts";

/** Glance as the operations of users name it. */
export const image = { name: "glance", type: "image" } as const;

export const theImage: Parameter = { kind: { is: "name", of: "image" }, meaning: "The image" };

export const imageOf = (cloud: Cloud, request: number): number => cloud.requests.target[request]!;

type ImageDecision = (images: Images, image: number, cloud: Cloud, request: number) => Outcome | null;

/** The request is about the image that it names, if its project may see it. */
export const findImage: Step = decide("image", (cloud, request) => {
  const found = cloud.imageNamed(cloud.requests.text(request, "image")!);
  cloud.requests.target[request] = found;
  return cloud.imageRegistry.find(found, cloud.requests.project(request));
});

/** The same, if its project may change it. */
export const findOwnImage: Step = decide("own image", (cloud, request) => {
  const found = cloud.imageNamed(cloud.requests.text(request, "image")!);
  cloud.requests.target[request] = found;
  return cloud.imageRegistry.refusesChange(found, cloud.requests.project(request));
});

export const decideOfImage = (name: string, decision: ImageDecision): Step =>
  decide(name, (cloud, request) => decision(cloud.imageRegistry, imageOf(cloud, request), cloud, request));

export const actOnImage = (name: string, change: (images: Images, image: number, cloud: Cloud, request: number) => void): Step =>
  act(name, (cloud, request) => change(cloud.imageRegistry, imageOf(cloud, request), cloud, request));
