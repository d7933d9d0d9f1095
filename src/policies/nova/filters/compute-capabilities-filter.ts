// Holds the flavor's extra specs against what the host says of itself: `capabilities:hypervisor_type: QEMU`, `capabilities:vcpus_total: ">= 64"`,
// `capabilities:cpu_info:topology:cores: 8`. A key without a scope counts only if the host has such an attribute or statistic; any other scope
// is ignored.
import type { Flavor } from "../../../datacenter/flavor.ts";
import { parseJson } from "../../python/python-json.ts";
import { isDict, PythonError, type PythonValue, str } from "../../python/python-values.ts";
import { matchesExtraSpec } from "../extra-spec-match.ts";
import { defineFilter } from "../filter.ts";
import { hasHostAttribute, hostAttribute } from "../host-attributes.ts";
import type { HostStates } from "../host-states.ts";

/** Walks from the host down the path; null where it leads nowhere. A text on the way is read as JSON. */
function capability(hosts: HostStates, host: number, path: readonly string[]): PythonValue {
  let found: PythonValue = hostAttribute(hosts, host, path[0]!) ?? hosts.stats(host).get(path[0]!) ?? null;
  for (const step of path.slice(1)) {
    if (typeof found === "string") found = jsonOrNull(found);
    if (!isDict(found)) return null; // neither attributes that count nor statistics
    found = found.get(step) ?? null;
  }
  return found;
}

function jsonOrNull(text: string): PythonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof PythonError) return null;
    throw error;
  }
}

interface Wanted {
  readonly path: readonly string[];
  readonly scoped: boolean;
  readonly requirement: string;
}

function wantedCapabilities(flavor: Flavor): readonly Wanted[] {
  const wanted: Wanted[] = [];
  for (const [key, requirement] of flavor.extraSpecs) {
    const parts = key.split(":");
    const scoped = parts.length > 1;
    if (!scoped || parts[0] === "capabilities") wanted.push({ path: scoped ? parts.slice(1) : parts, scoped, requirement });
  }
  return wanted;
}

function hasCapability(hosts: HostStates, host: number, { path, scoped, requirement }: Wanted): boolean {
  if (!scoped && !hasHostAttribute(path[0]!) && !hosts.stats(host).has(path[0]!)) return true;
  const value = capability(hosts, host, path);
  return value !== null && matchesExtraSpec(str(value), requirement);
}

export const computeCapabilitiesFilter = defineFilter({
  name: "ComputeCapabilitiesFilter",
  source: "nova/scheduler/filters/compute_capabilities_filter.py",
  meaning: "The host must have the capabilities that the flavor's extra specs ask for.",
  oncePerRequest: true,
  dependsOn: "flavor",
  passes: (hosts, request) => {
    const wanted = wantedCapabilities(request.flavor);
    if (wanted.length === 0) return null;
    return (host) => wanted.every((one) => hasCapability(hosts, host, one));
  },
  because: (hosts, request) => (host) =>
    wantedCapabilities(request.flavor)
      .filter((one) => !hasCapability(hosts, host, one))
      .map(({ path, requirement }) => {
        const value = capability(hosts, host, path);
        return `the flavor asks for ${path.join(":")} ${requirement}; the host has ${value === null ? "none" : str(value)}`;
      })
      .join("; "),
});
