// Container databases: what a listing shows. Each container has as many as its ring has replicas, one for each primary of its part. An object
// server tells one of them when an object has come or gone; if that does not answer in time, the update waits on the object's device
// ("async pending") until the object updater gets it through to all of them. So a listing can lag behind the objects, and differ from one replica
// to the next, until the databases have been replicated.
//
// Assumes that databases take no room, and that whoever asks for a listing is served by the first primary that answers and has the database. One
// that has none, because it was down or is new, takes no updates either until the databases have been replicated.
// @source swift/obj/server.py: async_update, swift/obj/updater.py, swift/proxy/controllers/obj.py: _backend_requests (2.30)
import type { Ring } from "./ring/ring.ts";
import type { StorageNodes } from "./storage-nodes.ts";

export interface ListingRow {
  readonly name: string;
  readonly version: number;
  readonly bytes: number;
  readonly deleted: boolean;
}

interface ContainerDatabases {
  readonly part: number;
  /** By device: rows by name. */
  readonly replicas: Map<number, Map<string, ListingRow>>;
}

interface AsyncPending {
  readonly container: number;
  readonly row: ListingRow;
  readonly delivered: Set<number>;
}

export interface UpdaterPass {
  readonly sent: number;
  /** Updates that wait on. */
  readonly left: number;
}

export class Listings {
  private ring: Ring;
  private readonly nodes: StorageNodes;
  private readonly busy = new Set<number>();
  private readonly containers = new Map<number, ContainerDatabases>();
  /** By the device on which they wait. */
  private readonly pending = new Map<number, AsyncPending[]>();

  constructor(ring: Ring, nodes: StorageNodes) {
    this.ring = ring;
    this.nodes = nodes;
  }

  /** After a rebalance. Databases of devices that are no longer primaries count until they have been replicated. */
  setRing(ring: Ring): void {
    this.ring = ring;
  }

  /** A container server that is too busy does not answer updates in time, but still serves listings. */
  setBusy(device: number, busy: boolean): void {
    if (busy) this.busy.add(device);
    else this.busy.delete(device);
  }

  create(container: number, part: number): void {
    const up = this.primaries(part).filter((device) => this.nodes.state(device) === "up");
    this.containers.set(container, { part, replicas: new Map(up.map((device) => [device, new Map()])) });
  }

  remove(container: number): void {
    this.containers.delete(container);
  }

  primaries(part: number): readonly number[] {
    return this.ring.primaries(part);
  }

  /**
   * Object servers (by device, in the order of their slots) report an object to the container's. `needed` of them at least have one to report to.
   * Returns how many updates wait on their devices.
   */
  update(container: number, row: ListingRow, devices: readonly number[], needed: number): number {
    const { part } = this.require(container);
    const primaries = this.primaries(part);
    let waiting = 0;
    for (let i = 0; i < Math.max(primaries.length, Math.min(needed, devices.length)); i++) {
      const [from, to] = [devices[i % devices.length]!, primaries[i % primaries.length]!];
      if (this.takesUpdates(container, to)) this.merge(container, to, row);
      else {
        const queue = this.pending.get(from) ?? [];
        this.pending.set(from, queue);
        const known = queue.find((other) => other.container === container && other.row === row);
        if (known !== undefined) continue;
        queue.push({ container, row, delivered: new Set() });
        waiting++;
      }
    }
    return waiting;
  }

  asyncPending(device: number): number {
    return this.pending.get(device)?.length ?? 0;
  }

  /** The device has failed: its databases and what waited on it are gone. */
  fail(device: number): void {
    this.pending.delete(device);
    for (const { replicas } of this.containers.values()) replicas.delete(device);
  }

  /** One pass of the object updater of a device. */
  runUpdater(device: number): UpdaterPass {
    if (this.nodes.state(device) !== "up") return { sent: 0, left: this.asyncPending(device) };
    let sent = 0;
    const left = (this.pending.get(device) ?? []).filter(({ container, row, delivered }) => {
      const databases = this.containers.get(container);
      if (databases === undefined) return false; // the container is gone, and the update with it
      const primaries = this.primaries(databases.part);
      for (const to of primaries) {
        if (delivered.has(to) || !this.takesUpdates(container, to)) continue;
        this.merge(container, to, row);
        delivered.add(to);
        sent++;
      }
      return primaries.some((to) => !delivered.has(to));
    });
    if (left.length > 0) this.pending.set(device, left);
    else this.pending.delete(device);
    return { sent, left: left.length };
  }

  /** One pass of the container replicator: all databases that can be reached become equal. Returns rows sent. */
  replicate(container: number): number {
    const { part, replicas } = this.require(container);
    const primaries = this.primaries(part);
    const holders = [...new Set([...primaries, ...replicas.keys()])].filter((device) => this.nodes.state(device) === "up");
    if (!holders.some((device) => replicas.has(device))) return 0;
    let sent = 0;
    for (const to of primaries) if (holders.includes(to) && !replicas.has(to)) replicas.set(to, new Map());
    for (const from of holders) {
      for (const row of replicas.get(from)!.values()) {
        for (const to of primaries) if (to !== from && holders.includes(to) && this.merge(container, to, row)) sent++;
      }
    }
    if (primaries.every((device) => holders.includes(device))) {
      for (const device of [...replicas.keys()]) if (!primaries.includes(device)) replicas.delete(device);
    }
    return sent;
  }

  /** What the first primary that answers and has the database lists (`passed`: those that have been asked before it), by name in the order of code points; null when there is none. */
  list(container: number): { readonly device: number; readonly passed: readonly number[]; readonly rows: readonly ListingRow[] } | null {
    const { part, replicas } = this.require(container);
    const holders = [...this.primaries(part), ...replicas.keys()];
    const device = holders.find((holder) => replicas.has(holder) && this.nodes.state(holder) === "up");
    if (device === undefined) return null;
    const rows = [...replicas.get(device)!.values()].filter(({ deleted }) => !deleted);
    const passed = holders.slice(0, holders.indexOf(device));
    return { device, passed, rows: rows.sort((a, b) => compareCodePoints(a.name, b.name)) };
  }

  private takesUpdates(container: number, device: number): boolean {
    return this.nodes.state(device) === "up" && !this.busy.has(device) && this.require(container).replicas.has(device);
  }

  /** The newest row of a name stays. True when this one is new there. */
  private merge(container: number, device: number, row: ListingRow): boolean {
    const rows = this.require(container).replicas.get(device)!;
    if ((rows.get(row.name)?.version ?? 0) >= row.version) return false;
    rows.set(row.name, row);
    return true;
  }

  private require(container: number): ContainerDatabases {
    const databases = this.containers.get(container);
    if (databases === undefined) throw new RangeError(`no databases of container ${container}`);
    return databases;
  }
}

/** UTF-16 units order as code points do, but for surrogates, which stand for the highest. */
export function compareCodePoints(a: string, b: string): number {
  const rank = (unit: number) => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
