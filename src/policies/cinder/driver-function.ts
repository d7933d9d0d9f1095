// The expressions that a driver reports of a pool, and what they may ask for.
// @source cinder/scheduler/filters/driver_filter.py, cinder/scheduler/weights/goodness.py (_generate_stats)
import { isList, type PythonValue, str } from "../python/python-values.ts";
import type { Dictionaries, Evaluator } from "./evaluator/evaluator.ts";
import type { PoolState } from "./pool-state.ts";
import { type VolumeRequestSpec, volumeProperties, wantedCapabilities } from "./volume-request-spec.ts";

/** The attributes of a pool that are `stats.x`; the identity of a cluster is in those of the filter only. */
const stats = [
  ...["host", "volume_backend_name", "vendor_name", "driver_version", "storage_protocol", "QoS_support", "total_capacity_gb"],
  ...["allocated_capacity_gb", "free_capacity_gb", "reserved_percentage", "updated"],
];
const statsOfFilter = [...stats, "cluster_name", "backend_id"];

/**
 * The runs of the pool's function: one, or one for each spelling of its storage protocol if the function speaks of it. Null without a function.
 * A run throws a PythonError where the function fails.
 */
export function driverFunction(
  name: "filter_function" | "goodness_function",
  pool: PoolState,
  request: VolumeRequestSpec,
  evaluator: Evaluator,
): readonly (() => PythonValue)[] | null {
  const reported = pool.reported(name, null);
  if (reported === null) return null;
  const text = str(reported);
  const protocol = pool.storageProtocol;
  const variants = text.includes("storage_protocol") && isList(protocol) ? protocol : [protocol];
  const attributes = name === "filter_function" ? statsOfFilter : stats;
  return variants.map((variant) => () => {
    const ofPool = new Map(attributes.map((key) => [key, key === "storage_protocol" ? variant : pool.attribute(key)]));
    const dictionaries: Dictionaries = new Map([
      ["stats", ofPool],
      ["capabilities", variant === protocol ? pool.capabilities : new Map([...pool.capabilities, ["storage_protocol", variant]])],
      ["extra", wantedCapabilities(request)],
      ["qos", request.qosSpecs],
      ["volume", volumeProperties(request)],
    ]);
    return evaluator.evaluate(text, dictionaries);
  });
}
