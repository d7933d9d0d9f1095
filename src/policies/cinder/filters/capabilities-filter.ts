// Holds the extra specs of the volume type against what the pool is capable of: `volume_backend_name: fast`, `capabilities:tier: <or> gold <or>
// silver`. Keys of any other scope are for the driver and are passed over.
import { isDict, isList, type PythonValue } from "../../python/python-values.ts";
import { matchesExtraSpec } from "../extra-spec-match.ts";
import { defineFilter } from "../filter.ts";
import type { PoolState } from "../pool-state.ts";
import { wantedCapabilities } from "../volume-request-spec.ts";

interface Wanted {
  readonly path: readonly string[];
  readonly requirement: PythonValue;
}

export const capabilitiesFilter = defineFilter({
  name: "CapabilitiesFilter",
  source: "cinder/scheduler/filters/capabilities_filter.py",
  meaning: "The pool must have the capabilities that the extra specs of the volume type ask for.",
  passes: (request) => {
    const growsAttached = request.operation === "extend_volume" && request.attachStatus !== "detached";
    const wanted = [...wantedCapabilities(request)].flatMap(([key, requirement]): readonly Wanted[] => {
      const scope = key.split(":");
      if (scope.length > 1 && scope[0] !== "capabilities") return [];
      return [{ path: scope[0] === "capabilities" ? scope.slice(1) : scope, requirement }];
    });
    return (pool) => {
      if (growsAttached && pool.reported("online_extend_support", true) === false) return false;
      return wanted.every((one) => hasCapability(pool, one));
    };
  },
});

function hasCapability(pool: PoolState, { path, requirement }: Wanted): boolean {
  let found: PythonValue = pool.capabilities;
  for (const step of path) {
    const next: PythonValue | undefined = isDict(found) ? found.get(step) : undefined;
    if (next === undefined) return false;
    found = next;
  }
  return (isList(found) ? found : [found]).some((value) => matchesExtraSpec(value, requirement));
}
