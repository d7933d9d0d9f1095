// Keeps aggregates to the flavors that their metadata name in `instance_type`.

import { strip } from "../../python/python-values.ts";
import { wholeValues } from "../aggregate-metadata.ts";
import { defineFilter } from "../filter.ts";

export const aggregateTypeAffinityFilter = defineFilter({
  name: "AggregateTypeAffinityFilter",
  source: "nova/scheduler/filters/type_filter.py",
  meaning: "Hosts of an aggregate with instance_type take servers of those flavors only.",
  needs: "aggregates",
  oncePerRequest: true,
  passes:
    (hosts, { flavor }) =>
    (host) => {
      const lists = [...wholeValues(hosts.aggregates(host), "instance_type")];
      return lists.length === 0 || lists.some((list) => list.split(",").some((name) => strip(name) === flavor.name));
    },
  because:
    (hosts, { flavor }) =>
    (host) =>
      `kept for the flavors ${[...wholeValues(hosts.aggregates(host), "instance_type")].join(",")} (instance_type of its aggregates), not ${flavor.name}`,
});
