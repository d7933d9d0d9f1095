// Keeps a volume away from others: copies that are to survive a pool are asked for with it.
import { defineFilter } from "../filter.ts";
import { idsInHint } from "../volume-request-spec.ts";

export const differentBackendFilter = defineFilter({
  name: "DifferentBackendFilter",
  source: "cinder/scheduler/filters/affinity_filter.py",
  meaning: "None of the volumes in the hint different_host may be in the pool.",
  passes: (request, around) => {
    const ids = idsInHint(request, "different_host");
    return (pool) => ids !== null && !ids.some((id) => around.volumes.isOn(id, pool));
  },
});
