// Keeps out hosts that cannot run the image: `hw_architecture`, `img_hv_type` and `hw_vm_mode` must be among what the host supports. Their
// old names (`architecture`, `hypervisor_type`, `vm_mode`) count where the present ones are missing.
import { defineFilter } from "../filter.ts";

const canonicalArchitecture: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  i386: "i686",
  i486: "i686",
  i586: "i686",
  x86_32: "i686",
  x86_32p: "i686",
};
const canonicalMode: Readonly<Record<string, string>> = { pv: "xen", hv: "hvm", baremetal: "hvm" };

export const imagePropertiesFilter = defineFilter({
  name: "ImagePropertiesFilter",
  source: "nova/scheduler/filters/image_props_filter.py",
  meaning: "The host must support the architecture, hypervisor and VM mode that the image asks for.",
  passes: (hosts, request) => {
    const property = (name: string, oldName: string) => {
      const properties = request.image?.properties;
      return (properties?.get(name) ?? properties?.get(oldName))?.toLowerCase();
    };
    const architecture = property("hw_architecture", "architecture");
    const hypervisor = property("img_hv_type", "hypervisor_type");
    const mode = property("hw_vm_mode", "vm_mode");
    const wanted: string[] = [];
    if (architecture !== undefined) wanted.push(canonicalArchitecture[architecture] ?? architecture);
    if (hypervisor !== undefined) wanted.push(hypervisor === "xapi" ? "xen" : hypervisor);
    if (mode !== undefined) wanted.push(canonicalMode[mode] ?? mode);
    if (wanted.length === 0) return null;
    // A supported instance is a triple; Nova asks that each wanted word be somewhere in the same triple.
    return (host) => {
      const description = hosts.descriptions[host]!;
      return description.supportedHypervisors.some((hypervisorName) => {
        const triple = [description.architecture, hypervisorName, "hvm"];
        return wanted.every((word) => triple.includes(word));
      });
    };
  },
});
