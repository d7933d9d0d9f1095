// Brings a server to others that its user names; unknown ones are on no host.
import { defineFilter } from "../filter.ts";
import { hintOf } from "../request-spec.ts";

export const sameHostFilter = defineFilter({
  name: "SameHostFilter",
  source: "nova/scheduler/filters/affinity_filter.py",
  meaning: "The host must hold one of the servers named in the hint same_host.",
  needs: "scheduler hints",
  oncePerRequest: true,
  dependsOn: "scheduler hints",
  passes: (hosts, request) => {
    const others = hintOf(request, "same_host");
    return others.length === 0 || (others.length === 1 && others[0] === "")
      ? null
      : (host) => others.some((uuid) => hosts.hasInstance(host, uuid));
  },
  because: (_hosts, request) => () => `holds none of ${hintOf(request, "same_host").join(", ")} (hint same_host)`,
});
