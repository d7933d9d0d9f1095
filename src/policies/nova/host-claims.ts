// What nova-compute claims of its own host when a build begins: NUMA cells, pages, dedicated CPUs and PCI devices, which Placement does not count.
// The scheduler chose on records that may have been old; here it is decided, and a server that does not fit goes to the next host.
// @source nova/compute/claims.py (Claim), nova/compute/resource_tracker.py
import type { Hosts } from "../../datacenter/hosts.ts";
import type { HostCell } from "../../datacenter/numa/host-cell.ts";
import type { PciPool } from "../../datacenter/pci-pool.ts";
import { accountFor, releaseFrom } from "./numa/account.ts";
import type { NumaLimits } from "./numa/fit-cell.ts";
import { type CellOrder, fitToHost } from "./numa/fit-to-host.ts";
import type { InstanceTopology } from "./numa/instance-topology.ts";
import { consumePci } from "./pci/consume.ts";
import type { PciRequest } from "./pci/requests.ts";

/** What a host has of cells and free devices. */
export interface HostRoom {
  readonly cells: readonly HostCell[] | null;
  readonly pools: readonly PciPool[];
}

/** What a server asks of them; `limits` null: no filter has set any. */
export interface RoomAsked {
  readonly topology: InstanceTopology | null;
  readonly devices: readonly PciRequest[];
  readonly limits: NumaLimits | null;
}

export interface RoomTaken extends HostRoom {
  /** Null: nothing of the cells. A host that reports no topology is not asked for one. */
  readonly placed: InstanceTopology | null;
}

/**
 * The room with the server in it; null where it does not fit. `countsDevices`: cells with many free devices are looked at last by those who
 * want none. The scheduler does so, nova-compute only for servers that want devices.
 */
export function takeRoom({ cells, pools }: HostRoom, asked: RoomAsked, order: CellOrder, countsDevices: boolean): RoomTaken | null {
  const { topology, devices, limits } = asked;
  let placed: InstanceTopology | null = null;
  let cellsAfter = cells;
  if (topology !== null && cells !== null && cells.length > 0) {
    placed = fitToHost(topology, cells, limits, order, countsDevices || devices.length > 0 ? { pools, requests: devices } : null);
    if (placed === null) return null;
    const accounted = accountFor(cells, placed);
    if (accounted.outcome === "error") return null;
    cellsAfter = accounted.cells;
  }
  const near = placed === null || cells === null ? null : { hostCells: cells, chosenIds: placed.cells.map(({ id }) => id) };
  const poolsAfter = devices.length === 0 ? pools : consumePci(pools, devices, near);
  return poolsAfter === null ? null : { cells: cellsAfter, pools: poolsAfter, placed };
}

interface Held {
  readonly topology: InstanceTopology | null;
  readonly devices: ReadonlyMap<string, number>; // by key of the pool
}

export class HostClaims {
  private readonly hosts: Hosts;
  private readonly order: CellOrder;
  private readonly held = new Map<number, Held>();

  constructor(hosts: Hosts, order: CellOrder) {
    this.hosts = hosts;
    this.order = order;
  }

  /** False: the host has no room for the topology, or not the devices, and nothing has changed. */
  claim(server: number, host: number, asked: RoomAsked): boolean {
    const { hosts } = this;
    const pools = hosts.pools[host]!;
    const taken = takeRoom({ cells: hosts.cells[host]!, pools }, asked, this.order, false);
    if (taken === null) return false;
    hosts.cells[host] = taken.cells;
    hosts.pools[host] = taken.pools;
    hosts.changes.note(host);
    if (taken.placed !== null || taken.pools !== pools) {
      this.held.set(server, { topology: taken.placed, devices: difference(pools, taken.pools) });
    }
    return true;
  }

  /** Has the server NUMA cells of its own? */
  hasCells(server: number): boolean {
    return (this.held.get(server)?.topology ?? null) !== null;
  }

  /** What one holder holds is the other's from now on: a server on the move holds under a second number what it has on its other host. */
  exchange(one: number, other: number): void {
    const [ofOne, ofOther] = [this.held.get(one), this.held.get(other)];
    this.held.delete(one);
    this.held.delete(other);
    if (ofOne !== undefined) this.held.set(other, ofOne);
    if (ofOther !== undefined) this.held.set(one, ofOther);
  }

  /** What the server holds is now held under another number, so that it can claim on another host as well. */
  rename(from: number, to: number): void {
    const held = this.held.get(from);
    if (held === undefined) return;
    this.held.delete(from);
    this.held.set(to, held);
  }

  /** Gives back what the server holds, if it holds anything. */
  release(server: number, host: number): void {
    const held = this.held.get(server);
    if (held === undefined) return;
    this.held.delete(server);
    const { hosts } = this;
    if (held.topology !== null) {
      const left = releaseFrom(hosts.cells[host]!, held.topology);
      if (left.outcome === "error") throw new RangeError(`host ${hosts.hostName(host)} cannot take back NUMA cells: ${left.error}`);
      hosts.cells[host] = left.cells;
    }
    hosts.changes.note(host);
    if (held.devices.size === 0) return;
    // Pools stand in the order in which the host was described, so that what is taken next does not depend on who gave back when.
    const free = counts(hosts.pools[host]!);
    for (const [pool, count] of held.devices) free.set(pool, (free.get(pool) ?? 0) + count);
    hosts.pools[host] = (hosts.descriptions[host]!.pciPools ?? []).flatMap((pool) => {
      const left = free.get(keyOf(pool)) ?? 0;
      const count = Math.min(left, pool.count);
      free.set(keyOf(pool), left - count);
      return count === 0 && pool.count > 0 ? [] : [{ ...pool, count }];
    });
  }
}

const keyOf = ({ properties, numaNode }: PciPool): string => JSON.stringify([[...properties], numaNode]);

function counts(pools: readonly PciPool[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const pool of pools) sum.set(keyOf(pool), (sum.get(keyOf(pool)) ?? 0) + pool.count);
  return sum;
}

function difference(before: readonly PciPool[], after: readonly PciPool[]): ReadonlyMap<string, number> {
  if (before === after) return new Map();
  const left = counts(after);
  return new Map([...counts(before)].map(([key, count]) => [key, count - (left.get(key) ?? 0)] as const).filter(([, taken]) => taken > 0));
}
