// Keeps out hosts that cannot run the image: `hw_architecture`, `img_hv_type` and `hw_vm_mode` must be among what the host supports, and its
// hypervisor of the version that `img_hv_requested_version` asks for.
import { defineFilter } from "../filter.ts";
import { canonicalArchitecture, imageProperty } from "../image-properties.ts";
import { satisfiesVersion } from "../version-predicate.ts";

export const imagePropertiesFilter = defineFilter({
  name: "ImagePropertiesFilter",
  source: "nova/scheduler/filters/image_props_filter.py",
  meaning: "The host must support the architecture, hypervisor and VM mode that the image asks for.",
  oncePerRequest: true,
  onRebuild: true,
  options: ["image_properties_default_architecture"],
  dependsOn: "image",
  passes: (hosts, { image }, config) => {
    const usual = config.text("image_properties_default_architecture");
    const wanted = [
      imageProperty(image, "hw_architecture") ?? (usual === null ? undefined : canonicalArchitecture(usual)),
      imageProperty(image, "img_hv_type"),
      imageProperty(image, "hw_vm_mode"),
    ].filter((word) => word !== undefined && word !== "") as readonly string[];
    if (wanted.length === 0) return null;
    const versions = imageProperty(image, "img_hv_requested_version") as string | undefined;
    // A supported instance is a triple; Nova asks that each wanted word be somewhere in the same triple.
    return (host) =>
      hosts.supportedInstances(host).some((triple) => wanted.every((word) => triple.includes(word))) &&
      satisfiesVersion(hosts.hypervisorVersion(host) ?? 0, versions ?? "");
  },
});
