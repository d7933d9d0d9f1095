// Many wishes can be written on the flavor (`hw:cpu_policy`) and on the image (`hw_cpu_policy`); this is where the two are read.
// @source nova/virt/hardware.py, _get_flavor_image_meta (nova 26.2.2)

import { booleanIn } from "../../python/text-values.ts";
import { RequestRefused, type SchedulingRequest } from "./scheduling-request.ts";

export interface Wish {
  readonly flavor: string | undefined;
  readonly image: string | undefined;
}

export function wish(request: SchedulingRequest, name: string, prefix = "hw"): Wish {
  return {
    flavor: request.flavor.extraSpecs.get(`${prefix}:${name}`),
    image: request.image?.properties.get(`${prefix}_${name}`),
  };
}

/** The one value that flavor and image agree on; undefined when neither gives one. Throws when they differ, or when it is none of `known`. */
export function agreed(request: SchedulingRequest, name: string, known: readonly string[], prefix = "hw"): string | undefined {
  const { flavor, image } = wish(request, name, prefix);
  if (flavor && image && flavor !== image) {
    throw new RequestRefused("FlavorImageConflict", `${name}: the flavor says "${flavor}", the image "${image}"`);
  }
  const value = flavor || image;
  if (value && !known.includes(value)) throw new RequestRefused("Invalid", `${name}: "${value}" is none of ${known.join(", ")}`);
  return value || undefined;
}

/** Does either ask for it? Throws when both are given and differ. */
export function asksFor(request: SchedulingRequest, name: string): boolean {
  const { flavor, image } = wish(request, name);
  const [byFlavor, byImage] = [flavor, image].map((text) => (text === undefined ? undefined : booleanIn(text)));
  if (byFlavor !== undefined && byImage !== undefined && byFlavor !== byImage) {
    throw new RequestRefused("FlavorImageConflict", `${name}: the flavor says "${flavor}", the image "${image}"`);
  }
  return byFlavor === true || byImage === true;
}
