// Keeps out hosts that cannot run the image: `hw_architecture`, `img_hv_type` and `hw_vm_mode` must be among what the host supports, and its
// hypervisor of the version that `img_hv_requested_version` asks for.
import type { Image } from "../../../datacenter/flavor.ts";
import type { NovaConfig } from "../config.ts";
import { defineFilter } from "../filter.ts";
import { canonicalArchitecture, imageProperty } from "../image-properties.ts";
import { satisfiesVersion } from "../version-predicate.ts";

/** Architecture, hypervisor and VM mode, as far as the image asks for them. */
function wantedWords(image: Image | null, config: NovaConfig): readonly string[] {
  const usual = config.text("image_properties_default_architecture");
  return [
    imageProperty(image, "hw_architecture") ?? (usual === null ? undefined : canonicalArchitecture(usual)),
    imageProperty(image, "img_hv_type"),
    imageProperty(image, "hw_vm_mode"),
  ].filter((word) => word !== undefined && word !== "") as readonly string[];
}

export const imagePropertiesFilter = defineFilter({
  name: "ImagePropertiesFilter",
  source: "nova/scheduler/filters/image_props_filter.py",
  meaning: "The host must support the architecture, hypervisor and VM mode that the image asks for.",
  oncePerRequest: true,
  onRebuild: true,
  options: ["image_properties_default_architecture"],
  dependsOn: "image",
  passes: (hosts, { image }, config) => {
    const wanted = wantedWords(image, config);
    if (wanted.length === 0) return null;
    const versions = imageProperty(image, "img_hv_requested_version") as string | undefined;
    // A supported instance is a triple; Nova asks that each wanted word be somewhere in the same triple.
    return (host) =>
      hosts.supportedInstances(host).some((triple) => wanted.every((word) => triple.includes(word))) &&
      satisfiesVersion(hosts.hypervisorVersion(host) ?? 0, versions ?? "");
  },
  because: (hosts, { image }, config) => {
    const wanted = wantedWords(image, config);
    return (host) => {
      const supported = hosts.supportedInstances(host);
      if (!supported.some((triple) => wanted.every((word) => triple.includes(word)))) {
        const offers = supported.map((triple) => triple.join(" ")).join(", ") || "nothing";
        return `the image ${image?.name} asks for ${wanted.join(" ")}; the host supports ${offers}`;
      }
      const versions = imageProperty(image, "img_hv_requested_version");
      return `the image ${image?.name} asks for a hypervisor ${versions}; the host has version ${hosts.hypervisorVersion(host)}`;
    };
  },
});
