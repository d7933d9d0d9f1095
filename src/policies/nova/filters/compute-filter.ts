// Keeps out hosts whose nova-compute service is disabled or down.
import { defineFilter } from "../filter.ts";

export const computeFilter = defineFilter({
  name: "ComputeFilter",
  source: "nova/scheduler/filters/compute_filter.py",
  meaning: "The host's compute service must be enabled and up.",
  oncePerRequest: true,
  options: ["service_down_time"],
  dependsOn: "host",
  passes: (hosts, _request, config) => {
    const downTime = config.number("service_down_time");
    return (host) => hosts.serviceIsUp(host, downTime);
  },
  because: (hosts, _request, config) => (host) =>
    hosts.serviceDisabled(host)
      ? "its compute service is disabled"
      : `its compute service is down (not heard of within service_down_time = ${config.number("service_down_time")} s, or forced down)`,
});
