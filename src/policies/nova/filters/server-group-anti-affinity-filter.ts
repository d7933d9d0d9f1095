// Members of an anti-affinity group go to different hosts.
import { defineFilter } from "../filter.ts";

export const serverGroupAntiAffinityFilter = defineFilter({
  name: "ServerGroupAntiAffinityFilter",
  source: "nova/scheduler/filters/affinity_filter.py",
  meaning: "No two members of an anti-affinity server group share a host.",
  atClaim: true,
  passes: (_hosts, request) =>
    request.group >= 0 && request.groups.policy === "anti-affinity" ? (host) => request.groups.countOn(request.group, host) === 0 : null,
});
