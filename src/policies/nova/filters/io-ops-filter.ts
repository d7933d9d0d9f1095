// Keeps out hosts that have enough builds and moves under way.
import { defineFilter } from "../filter.ts";

export const ioOpsFilter = defineFilter({
  name: "IoOpsFilter",
  source: "nova/scheduler/filters/io_ops_filter.py",
  meaning: "The host must have fewer builds and moves under way than max_io_ops_per_host.",
  options: ["max_io_ops_per_host"],
  dependsOn: "host",
  passes: (hosts, _request, config) => {
    const most = config.number("max_io_ops_per_host");
    return (host) => hosts.numIoOps(host) < most;
  },
  because: (hosts, _request, config) => (host) =>
    `builds and moves under way: ${hosts.numIoOps(host)} (max_io_ops_per_host = ${config.number("max_io_ops_per_host")})`,
});
