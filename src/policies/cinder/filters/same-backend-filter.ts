// Puts a volume where others are.
import { defineFilter } from "../filter.ts";
import { idsInHint } from "../volume-request-spec.ts";

export const sameBackendFilter = defineFilter({
  name: "SameBackendFilter",
  source: "cinder/scheduler/filters/affinity_filter.py",
  meaning: "One of the volumes in the hint same_host must be in the pool.",
  passes: (request, around) => {
    const ids = idsInHint(request, "same_host");
    return (pool) => ids !== null && (ids.length === 0 || ids.some((id) => around.volumes.isOn(id, pool)));
  },
});
