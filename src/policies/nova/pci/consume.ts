// Taking PCI devices from a host's pools, request by request; each sees what the one before has left. With NUMA cells to be near to, the
// pools are narrowed by the request's policy. Physical functions, vDPA and remotely managed devices go only to those who ask for them, but
// are dropped after the policy has had its say, so a request can fail on devices it would not have taken.
// @source nova/pci/stats.py (PciDeviceStats._apply_request, _filter_pools)
import type { HostCell } from "../../../datacenter/numa/host-cell.ts";
import type { PciPool } from "../../../datacenter/pci-pool.ts";
import { booleanIn } from "../../python/text-values.ts";
import type { PciSpec } from "./alias.ts";
import type { PciRequest } from "./requests.ts";

/** The host cells a server is placed on, and all of them, for their sockets. */
export interface Nearness {
  readonly hostCells: readonly HostCell[];
  readonly chosenIds: readonly number[];
}

/**
 * The pools left after all requests, or null if one cannot be met. Pools with fewer properties come first; a pool that has not more than is
 * still needed disappears. Without `near` (no NUMA topology) affinity is not looked at, not even "required".
 */
export function consumePci(pools: readonly PciPool[], requests: readonly PciRequest[], near: Nearness | null): readonly PciPool[] | null {
  let left: readonly PciPool[] = pools.map((pool) => ({ ...pool })).sort((a, b) => a.properties.size - b.properties.size);
  for (const request of requests) {
    const rest = consumeOne(left, request, near);
    if (rest === null) return null;
    left = rest;
  }
  return left;
}

/** PciPassthroughFilter for one host. */
export function passesPciFilter(pools: readonly PciPool[], requests: readonly PciRequest[]): boolean {
  return requests.length === 0 || consumePci(pools, requests, null) !== null;
}

function consumeOne(pools: readonly PciPool[], request: PciRequest, near: Nearness | null): readonly PciPool[] | null {
  const { count, specs } = request;
  let usable: readonly PciPool[] = pools.filter((pool) => specs.some((spec) => matches(pool, spec)));
  if (total(usable) < count) return null;
  if (near !== null) usable = narrow(usable, request, near);
  if (total(usable) < count) return null;
  usable = usable.filter((pool) => !isKeptForOthers(pool, specs));
  if (usable.length === 0 || total(usable) < count) return null;

  return take(count, usable, pools);
}

/** `pools` after `count` devices of the `usable` ones among them are gone. A pool is gone too when it has exactly what is still needed. */
function take(count: number, usable: readonly PciPool[], pools: readonly PciPool[]): readonly PciPool[] {
  const left = new Map(pools.map((pool) => [pool, pool.count]));
  let needed = count;
  for (const pool of usable) {
    if (pool.count > needed) {
      left.set(pool, pool.count - needed);
      break;
    }
    left.delete(pool);
    needed -= pool.count;
    if (needed === 0) break;
  }
  return [...left].map(([pool, count]) => ({ ...pool, count }));
}

/** Is the pool kept for other requests, which ask for its special kind? */
function isKeptForOthers({ properties }: PciPool, specs: readonly PciSpec[]): boolean {
  const type = properties.get("dev_type");
  if ((type === "type-PF" || type === "vdpa") && !specs.some((spec) => spec.get("dev_type") === type)) return true;
  return booleanIn(properties.get("remote_managed") ?? "") && !specs.some((spec) => booleanIn(spec.get("remote_managed") ?? ""));
}

/** Every property equal, upper or lower case. */
function matches({ properties }: PciPool, spec: PciSpec): boolean {
  return [...spec].every(([key, wanted]) => properties.get(key)?.toLowerCase() === wanted.toLowerCase());
}

const total = (pools: readonly PciPool[]): number => pools.reduce((sum, { count }) => sum + count, 0);

/** The pools that the NUMA policy lets the request choose from, in the order they are drawn on. */
function narrow(pools: readonly PciPool[], { count, numaPolicy }: PciRequest, { hostCells, chosenIds }: Nearness): readonly PciPool[] {
  const chosen = new Set<number | null>(chosenIds);
  const near = pools.filter(({ numaNode }) => chosen.has(numaNode));
  if (numaPolicy === "required" || total(near) >= count) return near;
  if (numaPolicy === "socket") {
    if (hostCells.some(({ socket }) => socket === null)) return [];
    const sockets = new Set(hostCells.filter(({ id }) => chosen.has(id)).map(({ socket }) => socket));
    const sharing = new Set<number | null>(hostCells.filter(({ socket }) => sockets.has(socket)).map(({ id }) => id));
    return pools.filter(({ numaNode }) => sharing.has(numaNode));
  }
  const nearOrUnknown = (pool: PciPool) => pool.numaNode === null || chosen.has(pool.numaNode);
  const affine = pools.filter(nearOrUnknown);
  if (numaPolicy === "legacy" || total(affine) >= count) return affine;
  return [...affine, ...pools.filter((pool) => !nearOrUnknown(pool))];
}
