// Keeps out hosts that have enough servers.
import { defineFilter } from "../filter.ts";

export const numInstancesFilter = defineFilter({
  name: "NumInstancesFilter",
  source: "nova/scheduler/filters/num_instances_filter.py",
  meaning: "The host must have fewer servers than max_instances_per_host.",
  options: ["max_instances_per_host"],
  dependsOn: "host",
  passes: (hosts, _request, config) => {
    const most = config.number("max_instances_per_host");
    return (host) => hosts.numInstances(host) < most;
  },
  because: (hosts, _request, config) => (host) =>
    `servers on it: ${hosts.numInstances(host)} (max_instances_per_host = ${config.number("max_instances_per_host")})`,
});
