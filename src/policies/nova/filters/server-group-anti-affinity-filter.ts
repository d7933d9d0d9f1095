// Members of an anti-affinity group go to different hosts, or so many to one as the group's rules allow.
import { defineFilter } from "../filter.ts";

export const serverGroupAntiAffinityFilter = defineFilter({
  name: "ServerGroupAntiAffinityFilter",
  source: "nova/scheduler/filters/affinity_filter.py",
  meaning: "No host has more members of an anti-affinity group than max_server_per_host (1).",
  dependsOn: "server group",
  passes: (hosts, request) => {
    const { group, groups } = request;
    if (group < 0 || groups.policyOf(group) !== "anti-affinity") return null;
    const most = groups.maxServerPerHost(group);
    const itself = request.instanceUuid ?? null;
    // A server that moves may stay where it is.
    return (host) => (itself !== null && hosts.hasInstance(host, itself)) || groups.countOn(group, host) < most;
  },
  because:
    (_hosts, { group, groups }) =>
    (host) =>
      `holds ${groups.countOn(group, host)} of its anti-affinity group already (at most ${groups.maxServerPerHost(group)} a host)`,
});
