// Keeps some hosts for some images, and those images on those hosts.
import { defineFilter } from "../filter.ts";

export const isolatedHostsFilter = defineFilter({
  name: "IsolatedHostsFilter",
  source: "nova/scheduler/filters/isolated_hosts_filter.py",
  meaning: "Isolated images go to isolated hosts, and others, if so restricted, do not.",
  needs: "image ids",
  oncePerRequest: true,
  onRebuild: true,
  options: ["isolated_images", "isolated_hosts", "restrict_isolated_hosts_to_isolated_images"],
  dependsOn: "image",
  passes: (hosts, { image }, config) => {
    const images = config.list("isolated_images");
    const isolated = new Set(config.list("isolated_hosts"));
    const restricted = config.flag("restrict_isolated_hosts_to_isolated_images");
    if (images.length === 0) return restricted ? (host) => !isolated.has(hosts.hostName(host)) : null;
    const isIsolated = image?.id !== undefined && images.includes(image.id);
    if (!restricted) return isIsolated ? (host) => isolated.has(hosts.hostName(host)) : null;
    return (host) => isolated.has(hosts.hostName(host)) === isIsolated;
  },
  because: (hosts, { image }, config) => {
    const isolated = new Set(config.list("isolated_hosts"));
    const name = image?.id ?? image?.name ?? "none";
    return (host) =>
      isolated.has(hosts.hostName(host))
        ? `kept for isolated images (isolated_hosts), which the image ${name} is not`
        : `the image ${name} is isolated, and the host is not among isolated_hosts`;
  },
});
