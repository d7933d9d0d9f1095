// What a request says of hosts by name, before any filter: the destination it must go to, hosts to be ignored, hosts or nodes that are forced.
// @source nova/scheduler/host_manager.py get_filtered_hosts
import type { HostStates } from "./host-states.ts";
import { hintOf, type RequestSpec } from "./request-spec.ts";

/** Keeps in `list` the first `count` entries that the request allows, in their order; returns how many they are. */
export function narrow(hosts: HostStates, request: RequestSpec, list: Int32Array, count: number): number {
  const { destination } = request;
  let left = count;
  const keep = (passes: (host: number) => boolean) => {
    const before = left;
    left = 0;
    for (let i = 0; i < before; i++) if (passes(list[i]!)) list[left++] = list[i]!;
  };
  if (destination?.host) {
    const { host: name, node } = destination;
    keep((host) => hosts.hostName(host) === name && (!node || hosts.nodeName(host) === node));
  }
  const ignored = lowerCase(request.ignoreHosts);
  if (ignored.size > 0) keep((host) => !ignored.has(hosts.hostName(host).toLowerCase()));
  const forced = lowerCase(request.forceHosts);
  if (forced.size > 0) keep((host) => forced.has(hosts.hostName(host).toLowerCase()));
  const nodes = new Set(request.forceNodes);
  if (nodes.size > 0) keep((host) => nodes.has(hosts.nodeName(host)));
  return left;
}

/** Filters are passed over for forced hosts, and where ignoring hosts has left none of `count`. */
export function skipsFilters(request: RequestSpec, count: number): boolean {
  const given = (names: readonly string[] | undefined) => names !== undefined && names.length > 0;
  if (given(request.ignoreHosts) && count === 0) return true;
  return (given(request.forceHosts) || given(request.forceNodes)) && hintOf(request, "_nova_check_type").length === 0;
}

function lowerCase(names: readonly string[] | undefined): ReadonlySet<string> {
  return new Set((names ?? []).map((name) => name.toLowerCase()));
}
