// Keeps out hosts without the free PCI devices that the request asks for.
import { defineFilter } from "../filter.ts";
import { passesPciFilter } from "../pci/consume.ts";

const specText = (properties: ReadonlyMap<string, string>) => [...properties].map(([key, value]) => `${key}=${value}`).join(" ");

export const pciPassthroughFilter = defineFilter({
  name: "PciPassthroughFilter",
  source: "nova/scheduler/filters/pci_passthrough_filter.py",
  meaning: "The host must have the PCI devices that are asked for.",
  needs: "PCI devices",
  dependsOn: "PCI requests",
  passes: (hosts, { pciRequests = [] }) => (pciRequests.length === 0 ? null : (host) => passesPciFilter(hosts.pciPools(host), pciRequests)),
  because: (hosts, { pciRequests = [] }) => {
    const asked = pciRequests.map(({ count, specs }) => `${count} of ${specs.map(specText).join(" or ")}`).join(", ");
    return (host) => {
      const free = hosts.pciPools(host).map(({ count, properties }) => `${count} of ${specText(properties)}`);
      return `asked for PCI devices: ${asked}; free: ${free.join(", ") || "none"}`;
    };
  },
});
