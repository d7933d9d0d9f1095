// Members of an affinity group follow the first one.
import { defineFilter } from "../filter.ts";

export const serverGroupAffinityFilter = defineFilter({
  name: "ServerGroupAffinityFilter",
  source: "nova/scheduler/filters/affinity_filter.py",
  meaning: "All members of an affinity server group share a host.",
  atClaim: true,
  passes: (_hosts, request) =>
    request.group >= 0 && request.groups.policy === "affinity" && request.groups.hasHosts(request.group)
      ? (host) => request.groups.countOn(request.group, host) > 0
      : null,
});
