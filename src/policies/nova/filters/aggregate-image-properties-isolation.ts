// Keeps images whose properties contradict an aggregate's metadata out of it. An image without the property may go anywhere, and so may one
// whose property is false or 0.
import { splitMetadata } from "../aggregate-metadata.ts";
import { defineFilter } from "../filter.ts";
import { type ImageProperty, imageProperty } from "../image-properties.ts";
import { str } from "../python-values.ts";

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
    const namespace = config.text("aggregate_image_properties_isolation_namespace") ?? "";
    const prefix = namespace === "" ? "" : namespace + (config.text("aggregate_image_properties_isolation_separator") ?? "");
    const agrees = (property: ImageProperty | undefined, values: ReadonlySet<string>) =>
      property === undefined || property === "" || property === false || property === 0 || values.has(str(property));
    return (host) => {
      for (const [key, values] of splitMetadata(hosts.aggregates(host))) {
        if (key.startsWith(prefix) && !agrees(imageProperty(image, key), values)) return false;
      }
      return true;
    };
  },
});
