// What a verb of the timeline is done to: names, numbers and kinds turned into components of the machine room.

import type { Wiring } from "../datacenter/fabric/wiring.ts";
import type { Component, ComponentKind } from "../datacenter/failures/machine-room.ts";
import { linkObjects, switchObjects } from "./fabric-objects.ts";
import type { HostNames } from "./host-names.ts";
import { whereKeys } from "./schema-timeline.ts";

/** The cloud's hosts as a timeline can name them. */
export interface NamedHosts {
  readonly names: HostNames;
  /** Rack of each host. */
  readonly rackOf: readonly number[];
  readonly racks: number;
  readonly racksPerPdu: number;
  readonly pools: ReadonlyMap<string, readonly number[]>;
  readonly aggregates: ReadonlyMap<string, readonly number[]>;
  readonly zones: ReadonlyMap<string, readonly number[]>;
  /** The network; null where it cannot be drawn. */
  readonly wiring: () => Wiring | null;
}

export interface Where {
  readonly host?: string | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly pool?: string | undefined;
  readonly aggregate?: string | undefined;
  readonly zone?: string | undefined;
  readonly rack?: number | undefined;
  readonly all?: string | undefined;
  readonly pdu?: number | undefined;
  readonly switch?: number | string | undefined;
  readonly link?: readonly string[] | undefined;
  readonly feed?: string | undefined;
}

export type Objects =
  | { readonly ok: true; readonly objects: readonly Component[] }
  | { readonly ok: false; readonly key: string; readonly why: string; readonly candidates?: readonly string[]; readonly hint?: string };

const hostsOf = (rows: readonly number[]): Objects => ({ ok: true, objects: rows.map((index) => ({ kind: "host", index })) });

/** `whole`: racks and the like are meant themselves, not the hosts in them. Exactly one of the keys is given. */
export function objectsOf(where: Where, whole: boolean, hosts: NamedHosts): Objects {
  const { names, rackOf } = hosts;
  const numbered = (kind: ComponentKind, key: string, number: number, count: number): Objects =>
    number <= count
      ? { ok: true, objects: [{ kind, index: number - 1 }] }
      : { ok: false, key, why: `there is no ${key} ${number}: there ${count === 1 ? "is 1" : `are ${count}`}` };
  const every = (kind: ComponentKind, count: number): Objects => ({
    ok: true,
    objects: Array.from({ length: count }, (_, index) => ({ kind, index })),
  });
  const known = (map: ReadonlyMap<string, readonly number[]>, key: string, noun: string, name: string): Objects => {
    const rows = map.get(name);
    if (rows !== undefined && rows.length > 0) return hostsOf(rows);
    if (rows !== undefined) return { ok: false, key, why: `${noun} "${name}" has no hosts` };
    return { ok: false, key, why: `unknown ${noun} "${name}"`, candidates: [...map.keys()] };
  };
  const pdus = Math.ceil(hosts.racks / hosts.racksPerPdu);
  if (where.host !== undefined) {
    const row = names.rowOf(where.host);
    return row === null
      ? { ok: false, key: "host", why: `there is no host "${where.host}"`, hint: names.hintFor(where.host) }
      : hostsOf([row]);
  }
  if (where.hosts !== undefined) {
    const rows: number[] = [];
    for (const text of where.hosts) {
      const named = names.rowsOf(text);
      if (!named.ok) return { ok: false, key: "hosts", why: named.why, hint: named.hint };
      rows.push(...named.rows);
    }
    return hostsOf([...new Set(rows)].sort((a, b) => a - b));
  }
  if (where.pool !== undefined) return known(hosts.pools, "pool", "group of hosts", where.pool);
  if (where.aggregate !== undefined) return known(hosts.aggregates, "aggregate", "aggregate", where.aggregate);
  if (where.zone !== undefined) return known(hosts.zones, "zone", "availability zone", where.zone);
  if (where.rack !== undefined) {
    const { rack } = where;
    if (whole || rack > hosts.racks) return numbered("rack", "rack", rack, hosts.racks);
    return hostsOf(rackOf.flatMap((of, row) => (of === rack - 1 ? [row] : [])));
  }
  if (where.pdu !== undefined) return numbered("pdu", "pdu", where.pdu, pdus);
  if (typeof where.switch === "string" || where.link !== undefined) {
    const wiring = hosts.wiring();
    if (wiring === null) return { ok: true, objects: [] };
    return where.link === undefined ? switchObjects(wiring, String(where.switch)) : linkObjects(wiring, where.link);
  }
  if (where.switch !== undefined) return numbered("switch", "switch", where.switch, hosts.racks);
  if (where.feed !== undefined) return every(where.feed === "power" ? "power" : "router", 1);
  if (where.all === "racks" && whole) return every("rack", hosts.racks);
  if (where.all === "pdus") return every("pdu", pdus);
  if (where.all === "switches") return every("switch", hosts.racks);
  return every("host", rackOf.length);
}

/** The keys of `written` that say what it is about. */
export function whereIn(written: Readonly<Record<string, unknown>>): readonly string[] {
  return whereKeys.filter((key) => written[key] !== undefined);
}

export interface GroupOfHosts {
  readonly name: string | null;
  readonly count: number;
  readonly racks: number;
}

export interface AggregateOfHosts {
  readonly name: string;
  readonly hosts: readonly number[];
  readonly zone: string | undefined;
}

export function namedHosts(
  names: HostNames,
  groups: readonly GroupOfHosts[],
  aggregates: readonly AggregateOfHosts[],
  racksPerPdu: number,
  usualZone: string,
  wiring: () => Wiring | null,
): NamedHosts {
  const rackOf: number[] = [];
  const pools = new Map<string, readonly number[]>();
  let racks = 0;
  for (const { name, count, racks: of } of groups) {
    const first = rackOf.length;
    for (let i = 0; i < count; i++) rackOf.push(racks + (i % of));
    if (name !== null)
      pools.set(
        name,
        Array.from({ length: count }, (_, i) => first + i),
      );
    racks += of;
  }
  const zoneOf = new Map(aggregates.flatMap(({ hosts, zone }) => (zone === undefined ? [] : hosts.map((row) => [row, zone] as const))));
  const zones = new Map<string, number[]>([
    [usualZone, []],
    ...aggregates.flatMap(({ zone }) => (zone === undefined ? [] : [[zone, []] as [string, number[]]])),
  ]);
  for (const row of rackOf.keys()) zones.get(zoneOf.get(row) ?? usualZone)!.push(row);
  return {
    names,
    rackOf,
    racks,
    racksPerPdu,
    pools,
    aggregates: new Map(aggregates.map(({ name, hosts }) => [name, hosts])),
    zones,
    wiring,
  };
}
