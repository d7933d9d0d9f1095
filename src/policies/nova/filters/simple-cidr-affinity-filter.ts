// Brings a server near an address that its user names: into the network of `cidr` bits around `build_near_host_ip`.
import { defineFilter } from "../filter.ts";
import { inNetwork } from "../ip-network.ts";
import { hintOf } from "../request-spec.ts";

export const simpleCidrAffinityFilter = defineFilter({
  name: "SimpleCIDRAffinityFilter",
  source: "nova/scheduler/filters/affinity_filter.py",
  meaning: "The host's address must be in the network of the hints build_near_host_ip and cidr.",
  needs: "scheduler hints",
  oncePerRequest: true,
  dependsOn: "scheduler hints",
  passes: (hosts, request) => {
    const [near] = hintOf(request, "build_near_host_ip");
    if (near === undefined || near === "") return null;
    const within = inNetwork(near + (hintOf(request, "cidr")[0] ?? "/24"));
    return (host) => within(hosts.hostIp(host) ?? "");
  },
  because: (hosts, request) => (host) =>
    `its address ${hosts.hostIp(host) ?? "(none)"} is not in the network of ${hintOf(request, "build_near_host_ip")[0]}${hintOf(request, "cidr")[0] ?? "/24"}`,
});
