// What hangs on a network: the hosts, each with its rack and its NICs, and the services outside them: Glance, storage back ends, network
// nodes, the way out. Hosts are numbered first, by row; services follow in their order.

/**
 * How a host uses several NICs. `active-active`: flows are hashed over those that are up (802.3ad). `active-backup`: all flows take the first
 * that is up. `none`: a flow keeps to the NIC whose address it uses, and waits while that one is down.
 * @source Linux Ethernet Bonding Driver HOWTO, modes 4 and 1
 */
export const bonds = ["active-active", "active-backup", "none"] as const;
export type Bond = (typeof bonds)[number];

/** The image service, as an attach point. */
export const GLANCE = "glance";

export interface ServicePoint {
  readonly name: string;
  readonly bytesPerSecond: number;
  /** It stands in this rack, and hangs on its switch; absent: where the services of the cloud are. */
  readonly rack?: number;
}

export interface AttachPoints {
  /** By host: the speed of each of its NICs, in both directions. */
  readonly nicBytesPerSecond: ArrayLike<number>;
  /** By host. */
  readonly racks: ArrayLike<number>;
  /** By host; absent: one each. */
  readonly nics?: ArrayLike<number>;
  /** By host, as an index into `bonds`; absent: active-active. */
  readonly bonds?: ArrayLike<number>;
  readonly services: readonly ServicePoint[];
}

export function rackCount({ racks, services }: AttachPoints): number {
  let count = 0;
  for (let host = 0; host < racks.length; host++) count = Math.max(count, racks[host]! + 1);
  for (const { rack = -1 } of services) count = Math.max(count, rack + 1);
  return count;
}

/** Bytes per second of all NICs of a host. */
export const hostBytesPerSecond = ({ nicBytesPerSecond, nics }: AttachPoints, host: number): number =>
  nicBytesPerSecond[host]! * (nics?.[host] ?? 1);
