// What nova-compute claims of its own host when a build begins: NUMA cells, pages, dedicated CPUs and PCI devices, which Placement does not count.
// The scheduler chose on records that may have been old; here it is decided, and a server that does not fit goes to the next host.
// @source nova/compute/claims.py (Claim), nova/compute/resource_tracker.py
import type { Hosts } from "../../datacenter/hosts.ts";
import type { PciPool } from "../../datacenter/pci-pool.ts";
import { accountFor, releaseFrom } from "./numa/account.ts";
import type { NumaLimits } from "./numa/fit-cell.ts";
import { type CellOrder, fitToHost } from "./numa/fit-to-host.ts";
import type { InstanceTopology } from "./numa/instance-topology.ts";
import { consumePci } from "./pci/consume.ts";
import type { PciRequest } from "./pci/requests.ts";

interface Held {
  readonly topology: InstanceTopology | null;
  readonly devices: readonly PciPool[];
}

export class HostClaims {
  private readonly hosts: Hosts;
  private readonly order: CellOrder;
  private readonly held = new Map<number, Held>();

  constructor(hosts: Hosts, order: CellOrder) {
    this.hosts = hosts;
    this.order = order;
  }

  /** False: the host has no room for the topology, or not the devices, and nothing has changed. `limits` null: no filter has set any. */
  claim(
    server: number,
    host: number,
    topology: InstanceTopology | null,
    devices: readonly PciRequest[],
    limits: NumaLimits | null,
  ): boolean {
    const { hosts } = this;
    const cells = hosts.cells[host]!;
    const pools = hosts.pools[host]!;
    let placed: InstanceTopology | null = null;
    let cellsAfter = cells;
    if (topology !== null && cells !== null) {
      placed = fitToHost(topology, cells, limits, this.order, { pools, requests: devices });
      if (placed === null) return false;
      const accounted = accountFor(cells, placed);
      if (accounted.outcome === "error") return false;
      cellsAfter = accounted.cells;
    }
    const near = placed === null || cells === null ? null : { hostCells: cells, chosenIds: placed.cells.map(({ id }) => id) };
    const poolsAfter = devices.length === 0 ? pools : consumePci(pools, devices, near);
    if (poolsAfter === null) return false;
    hosts.cells[host] = cellsAfter;
    hosts.pools[host] = poolsAfter;
    if (placed !== null || devices.length > 0) this.held.set(server, { topology: placed, devices: difference(pools, poolsAfter) });
    return true;
  }

  /** Gives back what the server holds, if it holds anything. */
  release(server: number, host: number): void {
    const held = this.held.get(server);
    if (held === undefined) return;
    this.held.delete(server);
    const { hosts } = this;
    if (held.topology !== null) {
      const accounted = releaseFrom(hosts.cells[host]!, held.topology);
      if (accounted.outcome === "accounted") hosts.cells[host] = accounted.cells;
    }
    if (held.devices.length === 0) return;
    // Pools stand in the order in which the host was described, so that what is taken next does not depend on who gave back when.
    const free = counts(hosts.pools[host]!);
    for (const [pool, count] of counts(held.devices)) free.set(pool, (free.get(pool) ?? 0) + count);
    hosts.pools[host] = (hosts.descriptions[host]!.pciPools ?? []).flatMap((pool) => {
      const count = free.get(keyOf(pool)) ?? 0;
      return count === 0 ? [] : [{ ...pool, count }];
    });
  }
}

const keyOf = ({ properties, numaNode }: PciPool): string => JSON.stringify([[...properties], numaNode]);

function counts(pools: readonly PciPool[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const pool of pools) sum.set(keyOf(pool), (sum.get(keyOf(pool)) ?? 0) + pool.count);
  return sum;
}

function difference(before: readonly PciPool[], after: readonly PciPool[]): readonly PciPool[] {
  const left = counts(after);
  return before.flatMap((pool) => {
    const taken = pool.count - (left.get(keyOf(pool)) ?? 0);
    return taken === 0 ? [] : [{ ...pool, count: taken }];
  });
}
