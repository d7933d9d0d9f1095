// Keeps out hosts that have enough builds and moves under way; aggregates may set how many are enough.

import { toInt } from "../../python/python-values.ts";
import { smallestValue } from "../aggregate-metadata.ts";
import { defineFilter } from "../filter.ts";

export const aggregateIoOpsFilter = defineFilter({
  name: "AggregateIoOpsFilter",
  source: "nova/scheduler/filters/io_ops_filter.py",
  meaning: "The host must have fewer builds and moves under way than the max_io_ops_per_host of its aggregates.",
  needs: "aggregates",
  options: ["max_io_ops_per_host"],
  passes: (hosts, _request, config) => {
    const usual = config.number("max_io_ops_per_host");
    return (host) => hosts.numIoOps(host) < smallestValue(hosts.aggregates(host), "max_io_ops_per_host", toInt, usual);
  },
  because: (hosts, _request, config) => {
    const usual = config.number("max_io_ops_per_host");
    return (host) => {
      const most = smallestValue(hosts.aggregates(host), "max_io_ops_per_host", toInt, usual);
      return `builds and moves under way: ${hosts.numIoOps(host)} (max_io_ops_per_host = ${most} here)`;
    };
  },
});
