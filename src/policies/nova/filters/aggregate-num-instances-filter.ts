// Keeps out hosts that have enough servers; aggregates may set how many are enough.

import { toInt } from "../../python/python-values.ts";
import { smallestValue } from "../aggregate-metadata.ts";
import { defineFilter } from "../filter.ts";

export const aggregateNumInstancesFilter = defineFilter({
  name: "AggregateNumInstancesFilter",
  source: "nova/scheduler/filters/num_instances_filter.py",
  meaning: "The host must have fewer servers than the max_instances_per_host of its aggregates.",
  needs: "aggregates",
  options: ["max_instances_per_host"],
  passes: (hosts, _request, config) => {
    const usual = config.number("max_instances_per_host");
    return (host) => hosts.numInstances(host) < smallestValue(hosts.aggregates(host), "max_instances_per_host", toInt, usual);
  },
  because: (hosts, _request, config) => {
    const usual = config.number("max_instances_per_host");
    return (host) => {
      const most = smallestValue(hosts.aggregates(host), "max_instances_per_host", toInt, usual);
      return `servers on it: ${hosts.numInstances(host)} (max_instances_per_host = ${most} here)`;
    };
  },
});
