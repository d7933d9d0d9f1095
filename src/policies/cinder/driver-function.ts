// The expressions that a driver reports of a pool, and what they may ask for.
// @source cinder/scheduler/filters/driver_filter.py, cinder/scheduler/weights/goodness.py (_generate_stats)
import { isList, type PythonValue, str } from "../python/python-values.ts";
import type { Evaluator, LookUp } from "./evaluator/evaluator.ts";
import type { PoolState } from "./pool-state.ts";
import { type VolumeRequestSpec, volumeProperties, wantedCapabilities } from "./volume-request-spec.ts";

/** The attributes of a pool that are `stats.x`; the identity of a cluster is in those of the filter only. */
const stats: ReadonlySet<string> = new Set([
  ...["host", "volume_backend_name", "vendor_name", "driver_version", "storage_protocol", "QoS_support", "total_capacity_gb"],
  ...["allocated_capacity_gb", "free_capacity_gb", "reserved_percentage", "updated"],
]);
const statsOfFilter: ReadonlySet<string> = new Set([...stats, "cluster_name", "backend_id"]);

/**
 * The runs of a pool's function: one, or one for each spelling of its storage protocol if the function speaks of it. Null without a function.
 * A run throws a PythonError where the function fails.
 */
export function driverFunction(
  name: "filter_function" | "goodness_function",
  request: VolumeRequestSpec,
  evaluator: Evaluator,
): (pool: PoolState) => readonly (() => PythonValue)[] | null {
  const attributes = name === "filter_function" ? statsOfFilter : stats;
  const extra = wantedCapabilities(request);
  const volume = volumeProperties(request);
  return (pool) => {
    const reported = pool.reported(name, null);
    if (reported === null) return null;
    const text = str(reported);
    const protocol = pool.storageProtocol;
    const variants = text.includes("storage_protocol") && isList(protocol) ? protocol : [protocol];
    return variants.map((variant) => {
      const lookUp: LookUp = (dictionary, key) => {
        switch (dictionary) {
          case "stats":
            if (!attributes.has(key)) return undefined;
            return key === "storage_protocol" ? variant : pool.attribute(key);
          case "capabilities":
            return key === "storage_protocol" ? variant : pool.capabilities.get(key);
          case "extra":
            return extra.get(key);
          case "qos":
            return request.qosSpecs?.get(key);
          case "volume":
            return volume.get(key);
          default:
            return undefined;
        }
      };
      return () => evaluator.evaluate(text, lookUp);
    });
  };
}
