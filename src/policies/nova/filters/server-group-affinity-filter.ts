// Members of an affinity group follow the first one.
import { defineFilter } from "../filter.ts";

export const serverGroupAffinityFilter = defineFilter({
  name: "ServerGroupAffinityFilter",
  source: "nova/scheduler/filters/affinity_filter.py",
  meaning: "All members of an affinity server group share a host.",
  dependsOn: "server group",
  passes: (_hosts, { group, groups }) =>
    group >= 0 && groups.policyOf(group) === "affinity" && groups.hasHosts(group) ? (host) => groups.holdsHost(group, host) : null,
  because: () => () => "the other members of its affinity group are on another host",
});
