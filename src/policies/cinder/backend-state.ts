// A back end (a driver of a volume service) and its pools, as its reports make them.
// @source cinder/scheduler/host_manager.py (BackendState: update_backend, update_pools, _append_backend_info)
import type { Micros } from "../../kernel/time.ts";
import { isDict, isList, isTrue, PythonError, PythonObject, type PythonValue, str } from "../python/python-values.ts";
import { DEFAULT_POOL_NAME } from "./backend-name.ts";
import { type Capabilities, PoolState } from "./pool-state.ts";
import { protocolVariants } from "./storage-protocol.ts";

export interface BackendName {
  /** `host@backend` */
  readonly host: string;
  /** `cluster@backend`, where several services serve the same back end. */
  readonly clusterName: string | null;
  readonly availabilityZone: string;
}

/** What a pool takes from its back end where it says nothing itself, or nothing true. */
const inherited = ["volume_backend_name", "storage_protocol", "vendor_name", "driver_version"];
/** What it takes only where it has no such key: a null of its own stays. */
const inheritedKeys = ["filter_function", "goodness_function"];

export class BackendState {
  readonly name: BackendName;
  /** In the order in which they were first reported. */
  readonly pools = new Map<string, PoolState>();

  constructor(name: BackendName) {
    this.name = name;
  }

  /**
   * Takes over a report: pools that are new come, pools that it does not name go. A report without a list of pools is one pool by itself; an empty
   * list is none.
   * @throws PythonError KeyError for a pool without a name; ValueError, TypeError for capacities that are no numbers
   */
  update(capabilities: Capabilities, at: Micros, globalRatio: PythonValue): void {
    const listed = capabilities.get("pools") ?? null;
    const reports = new Map<string, Capabilities>();
    if (listed === null) {
      const own = capabilities.get("volume_backend_name") ?? null;
      reports.set(own === null ? DEFAULT_POOL_NAME : str(own), complete(capabilities, capabilities));
    } else if (isList(listed)) {
      for (const pool of listed) {
        const poolName = isDict(pool) ? pool.get("pool_name") : undefined;
        if (!isDict(pool) || poolName === undefined)
          throw new PythonError("KeyError", `back end ${this.name.host}: a pool without pool_name`);
        reports.set(str(poolName), complete(pool, capabilities));
      }
    }
    for (const [poolName, report] of reports) {
      const { host, clusterName, availabilityZone } = this.name;
      const pool = this.pools.get(poolName) ?? new PoolState(host, clusterName, poolName, availabilityZone);
      this.pools.set(poolName, pool);
      pool.update(report, at, globalRatio);
    }
    for (const poolName of [...this.pools.keys()]) if (!reports.has(poolName)) this.pools.delete(poolName);
  }
}

/** What a pool reports, and what it has from its back end. */
function complete(pool: Capabilities, backend: Capabilities): Capabilities {
  const all = new Map(pool);
  for (const key of inherited) if (!isTrue(all.get(key) ?? null)) all.set(key, backend.get(key) ?? null);
  all.set("storage_protocol", protocolVariants(all.get("storage_protocol")!));
  for (const key of inheritedKeys) {
    const value = backend.get(key);
    if (!all.has(key) && value !== undefined) all.set(key, value);
  }
  if (!isTrue(all.get("timestamp") ?? null)) all.set("timestamp", new PythonObject("datetime"));
  return all;
}
