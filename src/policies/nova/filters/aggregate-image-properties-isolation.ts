// Keeps images whose properties contradict an aggregate's metadata out of it. An image without the property may go anywhere, and so may one
// whose property is false or 0.
import type { Image } from "../../../datacenter/flavor.ts";
import { str } from "../../python/python-values.ts";
import { splitMetadata } from "../aggregate-metadata.ts";
import type { NovaConfig } from "../config.ts";
import { defineFilter } from "../filter.ts";
import type { HostStates } from "../host-states.ts";
import { type ImageProperty, imageProperty } from "../image-properties.ts";

interface Contradiction {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

/** The first property of the image that a host's aggregates contradict, by host. */
function contradictions(hosts: HostStates, image: Image, config: NovaConfig): (host: number) => Contradiction | null {
  const namespace = config.text("aggregate_image_properties_isolation_namespace") ?? "";
  const prefix = namespace === "" ? "" : namespace + (config.text("aggregate_image_properties_isolation_separator") ?? "");
  const agrees = (property: ImageProperty | undefined, values: ReadonlySet<string>) =>
    property === undefined || property === "" || property === false || property === 0 || values.has(str(property));
  return (host) => {
    for (const [key, values] of splitMetadata(hosts.aggregates(host))) {
      if (key.startsWith(prefix) && !agrees(imageProperty(image, key), values)) return { key, values };
    }
    return null;
  };
}

export const aggregateImagePropertiesIsolation = defineFilter({
  name: "AggregateImagePropertiesIsolation",
  source: "nova/scheduler/filters/aggregate_image_properties_isolation.py",
  meaning: "The image's properties must not contradict the metadata of the host's aggregates.",
  needs: "aggregates",
  oncePerRequest: true,
  onRebuild: true,
  options: ["aggregate_image_properties_isolation_namespace", "aggregate_image_properties_isolation_separator"],
  passes: (hosts, { image }, config) => {
    if (image === null) return null;
    const contradiction = contradictions(hosts, image, config);
    return (host) => contradiction(host) === null;
  },
  because: (hosts, { image }, config) => {
    const contradiction = contradictions(hosts, image!, config);
    return (host) => {
      const { key, values } = contradiction(host)!;
      return `its aggregates want images with ${key} ${[...values].join(" or ")}; the image ${image!.name} has ${str(imageProperty(image, key)!)}`;
    };
  },
});
