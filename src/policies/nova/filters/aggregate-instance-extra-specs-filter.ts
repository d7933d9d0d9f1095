// Keeps flavors on the aggregates whose metadata meet their extra specs. A key without a scope counts too.
import type { Flavor } from "../../../datacenter/flavor.ts";
import { splitMetadata } from "../aggregate-metadata.ts";
import { matchesExtraSpec } from "../extra-spec-match.ts";
import { defineFilter } from "../filter.ts";

const SCOPE = "aggregate_instance_extra_specs:";

function wantedSpecs(flavor: Flavor): readonly (readonly [key: string, requirement: string])[] {
  return [...flavor.extraSpecs].flatMap(([key, requirement]) => {
    if (key.startsWith(SCOPE)) return [[key.slice(SCOPE.length), requirement] as const];
    return key.includes(":") ? [] : [[key, requirement] as const];
  });
}

function meets(values: ReadonlySet<string> | undefined, requirement: string): boolean {
  // Nova's order among several values is that of a set, which is arbitrary; here it is that of the aggregates.
  for (const value of values ?? []) if (matchesExtraSpec(value, requirement)) return true;
  return false;
}

export const aggregateInstanceExtraSpecsFilter = defineFilter({
  name: "AggregateInstanceExtraSpecsFilter",
  source: "nova/scheduler/filters/aggregate_instance_extra_specs.py",
  meaning: "The metadata of the host's aggregates must meet the flavor's extra specs.",
  needs: "aggregates",
  oncePerRequest: true,
  passes: (hosts, request) => {
    const wanted = wantedSpecs(request.flavor);
    if (wanted.length === 0) return null;
    return (host) => {
      const metadata = splitMetadata(hosts.aggregates(host));
      return wanted.every(([key, requirement]) => meets(metadata.get(key), requirement));
    };
  },
  because: (hosts, request) => (host) => {
    const metadata = splitMetadata(hosts.aggregates(host));
    return wantedSpecs(request.flavor)
      .filter(([key, requirement]) => !meets(metadata.get(key), requirement))
      .map(([key, requirement]) => {
        const values = [...(metadata.get(key) ?? [])].join(", ");
        return `the flavor asks for ${key} ${requirement}; the host's aggregates say ${values === "" ? "nothing of it" : values}`;
      })
      .join("; ");
  },
});
