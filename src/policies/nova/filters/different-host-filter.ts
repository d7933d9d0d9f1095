// Keeps a server away from others that its user names.
import { defineFilter } from "../filter.ts";
import { hintOf } from "../request-spec.ts";

export const differentHostFilter = defineFilter({
  name: "DifferentHostFilter",
  source: "nova/scheduler/filters/affinity_filter.py",
  meaning: "The host must hold none of the servers named in the hint different_host.",
  needs: "scheduler hints",
  oncePerRequest: true,
  dependsOn: "scheduler hints",
  passes: (hosts, request) => {
    const others = hintOf(request, "different_host");
    return others.length === 0 || (others.length === 1 && others[0] === "")
      ? null
      : (host) => !others.some((uuid) => hosts.hasInstance(host, uuid));
  },
  because: (hosts, request) => (host) =>
    `holds ${hintOf(request, "different_host")
      .filter((uuid) => hosts.hasInstance(host, uuid))
      .join(", ")} (hint different_host)`,
});
